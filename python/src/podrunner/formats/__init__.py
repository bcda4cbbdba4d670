"""YAML as Go reads it and TOML, with the place of everything."""
