"""The runner's config.toml: its keys, and where they stand."""

from podrunner.config.check import check_config
from podrunner.config.origin import written_path

__all__ = ["check_config", "written_path"]
