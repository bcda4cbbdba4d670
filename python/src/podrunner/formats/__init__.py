"""YAML as Go reads it, and TOML, with the line of every key."""
