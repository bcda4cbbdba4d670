"""Which template branches and which values the cases exercise."""
