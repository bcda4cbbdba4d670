"""Which preset fits a cluster: each mode is tried in a short pod, and one is recommended."""
