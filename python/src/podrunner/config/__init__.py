"""The runner's config.toml: its keys, and where they stand."""

from podrunner.config.check import check_config
from podrunner.config.origin import values_paths

__all__ = ["check_config", "values_paths"]
