"""Runs every check on a case, and collects the findings."""
