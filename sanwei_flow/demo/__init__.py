"""A county to try everything in: units, people for every role, and a plan at work."""
