"""Suites of helm unittest, as pytest files."""
