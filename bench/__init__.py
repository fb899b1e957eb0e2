"""`make bench`: how far acts, boxes, sweeps and launches are from what the database allows."""
