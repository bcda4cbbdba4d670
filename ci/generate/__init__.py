"""Generators of what stands in this repository twice: schema, tables and pages that are made from one source."""
