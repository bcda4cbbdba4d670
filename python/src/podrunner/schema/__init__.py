"""Errors of a JSON schema in words."""
