"""What a job can become on the node, as chart/files/modes.yaml says it: asked of the kernel by a setuid file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.modes.promise import CAPABILITIES
from tests.matrix_cases import CHART

MODES: dict[str, dict[str, Any]] = yaml.safe_load((CHART / "files/modes.yaml").read_text())
OF_THE_NODE = [
    name
    for name, mode in MODES.items()
    if mode.get("promise") and mode["promise"].get("hostUsers", True) is not False and not mode["promise"]["privileged"]
]


@pytest.mark.parametrize("mode", OF_THE_NODE)
def test_root_of_the_node_has_the_capabilities_that_are_promised(mode: str) -> None:
    *first, last = MODES[mode]["promise"]["capabilities"]

    assert "uid 0 of the node" in MODES[mode]["reach"]
    assert f"with no capabilities but {', '.join(first)} and {last}" in MODES[mode]["reach"]


@pytest.mark.process
@pytest.mark.skipif(os.geteuid() != 0, reason="makes a setuid file of root: run as root")
@pytest.mark.parametrize("mode", OF_THE_NODE)
def test_a_setuid_file_gives_root_where_the_mode_says_so(mode: str, tmp_path: Path) -> None:
    promise = MODES[mode]["promise"]
    program = tmp_path / "setuid"
    shutil.copy("/bin/cat", program)
    program.chmod(0o4755)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    bounding = ",".join(["-all", *(f"+{name.lower()}" for name in promise["capabilities"])])
    held = ["--no-new-privs"] if promise["noNewPrivileges"] else []
    command = ["setpriv", *held, "--reuid=1000", "--regid=1000", "--clear-groups", "--inh-caps=-all"]
    done = subprocess.run(
        [*command, f"--bounding-set={bounding}", program, "/proc/self/status"],
        capture_output=True,
        text=True,
        check=True,
    )
    wanted = sum(1 << CAPABILITIES[name] for name in promise["capabilities"])
    uid, effective = (
        re.search(r"^Uid:\t1000\t(\d+)", done.stdout, re.M),
        re.search(r"^CapEff:\t(\w+)", done.stdout, re.M),
    )
    gained = (uid and uid[1], effective and int(effective[1], 16))

    assert gained == (("1000", 0) if promise["noNewPrivileges"] else ("0", wanted))
    assert ("by a setuid file" in MODES[mode]["reach"]) is not promise["noNewPrivileges"]
