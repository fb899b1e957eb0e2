"""Simulated people who live through a plan: for the demo county and for rehearsals."""
