"""What GitLab Runner makes of config.toml."""
