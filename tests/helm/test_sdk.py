"""Helm's library in a process: mapped beside other work, loaded once."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux says in /proc what a process has mapped"),
]
_MAPPED = 'print(len({line.split()[-1] for line in open("/proc/self/maps") if "libhelm" in line}))'


def mapped(*lines: str) -> str:
    """Run lines of Python; give how many files of Helm's library the process has mapped at their end."""
    code = "\n".join(["from podrunner.helm.sdk import load_library, map_library", *lines, _MAPPED])
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_the_file_that_is_mapped_before_is_the_one_that_is_loaded() -> None:
    assert mapped("map_library()") == "1"
    assert mapped("map_library()", "load_library()") == "1"


def test_a_library_of_the_users_own_is_left_to_who_loads_it() -> None:
    assert mapped('import os; os.environ["HELM_C_LIB"] = "/opt/libhelm_c.so"', "map_library()") == "0"
