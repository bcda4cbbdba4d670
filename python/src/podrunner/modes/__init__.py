"""What a mode promises, and whether a pod keeps it."""
