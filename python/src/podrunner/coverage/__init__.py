"""Which template branches and which values the cases exercise."""

from podrunner.coverage.check import CoverageOptions, check_coverage

__all__ = ["CoverageOptions", "check_coverage"]
