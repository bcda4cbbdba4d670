"""Which template branches and which values the cases exercise."""

from podrunner.coverage.check import Coverage, CoverageOptions, check_coverage

__all__ = ["Coverage", "CoverageOptions", "check_coverage"]
