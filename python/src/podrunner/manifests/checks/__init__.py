"""Checks of rendered objects."""
