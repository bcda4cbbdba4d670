"""Existing configurations as values of this chart: config.toml, and values of GitLab's own chart."""
