"""What to render: cases from values files, from presets and from a matrix file."""
