"""Cases: what to render. From values files, from presets, and from a matrix file."""

from podrunner.cases.case import Case, Settings, combine
from podrunner.cases.command_line import file_names, preset_cases, values_case
from podrunner.cases.matrix import Matrix, load_matrix, make_cases
from podrunner.cases.strategy import STRATEGIES, Strategy

__all__ = [
    "STRATEGIES",
    "Case",
    "Matrix",
    "Settings",
    "Strategy",
    "combine",
    "file_names",
    "load_matrix",
    "make_cases",
    "preset_cases",
    "values_case",
]
