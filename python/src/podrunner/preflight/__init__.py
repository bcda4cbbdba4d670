"""Which preset fits a cluster: read what it says of itself, try each mode in a short pod, judge, recommend."""
