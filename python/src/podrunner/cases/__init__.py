"""Cases: what to render. From values files, from presets, and from a matrix file."""
