"""The archive of a plan: one folder for the plan and one for each row, with a list of checks."""
