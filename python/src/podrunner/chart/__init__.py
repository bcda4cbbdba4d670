"""The chart on disk: what it says of itself, its defaults, schema, presets and modes."""
