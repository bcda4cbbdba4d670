"""The way without podrunner: `helm template` piped to `kubeconform`, as the shell scripts that people write."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from bench.check.case_set import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.check.case_set import CaseSet, Team

_HEAD = "#!/bin/bash\nset -euo pipefail\n"


def write_scripts(cases: CaseSet, chart: Path, peers: dict[str, Path], schemas: str) -> dict[str, Path]:
    """Three ways to do it → script.

    each: one pipe for each team and version, as `podrunner check` renders them. two: the same, two at a time.
    once: each team rendered once, not told a version, so that what the chart does by version is not seen.
    """
    kube = [str(peers["kubeconform"]), "-strict", "-ignore-missing-schemas", "-schema-location", schemas]
    pipes = [
        f"{_template(team, cases, chart, peers['helm'], version)} | {_validate(kube, version)}"
        for team in cases.teams
        for version in VERSIONS
    ]
    scripts = {
        "each": pipes,
        "two": ["(", *pipes[::2], ") &", *pipes[1::2], "wait $!"],
        "once": list(_once(cases, chart, peers["helm"], kube)),
    }
    files = {name: cases.folder / f"{name}.sh" for name in scripts}
    for name, lines in scripts.items():
        files[name].write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return files


def _once(cases: CaseSet, chart: Path, helm: Path, kube: list[str]) -> Iterator[str]:
    for team in cases.teams:
        yield f"{_template(team, cases, chart, helm)} >rendered.yaml"
        for version in VERSIONS:
            yield f"{_validate(kube, version)} rendered.yaml"


def _template(team: Team, cases: CaseSet, chart: Path, helm: Path, version: str = "") -> str:
    command = [str(helm), "template", team.name, str(chart), "--namespace", team.name]
    command += ["--values", str(chart / f"presets/{team.preset}.yaml"), "--values", str(cases.values(team))]
    if version:
        command += ["--kube-version", f"{version}.0"]
    return shlex.join(command)


def _validate(kube: list[str], version: str) -> str:
    return shlex.join([*kube, "-kubernetes-version", f"{version}.0"])
