"""What other tools say of objects: whether each calls it an error, in the order of the objects."""

from __future__ import annotations

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.validation.published_schemas import write_published
from podrunner.findings.errors import PodrunnerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from bench.peers import Peer

_AT_ONCE = 2
# Charts of one `helm lint`: its command line has an end.
_BATCH = 200
# Of kube-score's checks, those that speak of what an API server refuses, and that one object is enough for.
OF_VALIDITY = (
    "container-ports-check",
    "cronjob-restartpolicy",
    "deployment-pod-selector-labels-match-template-metadata-labels",
    "label-values",
    "stable-version",
    "statefulset-pod-selector-labels-match-template-metadata-labels",
)
_CRITICAL = 1
_LINTED = re.compile(r"^==> Linting (?P<chart>.*)$|^\[(?P<level>ERROR)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Score:
    """What kube-score says of an object: `fails` is its exit code, `is_invalid` what of that is about validity."""

    fails: bool
    is_invalid: bool


def kubeconform(peer: Peer, folder: Path, objects: Sequence[Mapping[str, Any]], kubernetes: str) -> list[bool]:
    """Those that `kubeconform -strict` calls invalid or has no schema for."""
    schemas, files = folder / "schemas", folder / "objects"
    schemas.mkdir()
    location = write_published(schemas, kubernetes)
    _write(files, objects)
    options = ("-strict", "-output", "json", "-kubernetes-version", f"{kubernetes}.0", "-schema-location", location)
    done = _run(peer, *options, str(files))
    wrong = {one["filename"] for one in json.loads(done.stdout)["resources"]}
    return [str(files / f"{index:05}.yaml") in wrong for index in range(len(objects))]


def kube_score(peer: Peer, folder: Path, objects: Sequence[Mapping[str, Any]], kubernetes: str) -> list[Score]:
    """Each by itself: what it cannot read ends the whole run."""
    files = folder / "scored"
    _write(files, objects)

    def score(index: int) -> Score:
        options = ("--kubernetes-version", f"v{kubernetes}", "--enable-optional-test", "container-ports-check")
        done = _run(peer, "score", *options, "-o", "json", str(files / f"{index:05}.yaml"))
        return Score(done.returncode != 0, done.returncode != 0 and _is_invalid(done.stdout))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(score, range(len(objects))))


def _is_invalid(output: str) -> bool:
    """Whether kube-score could not read an object, or is critical of what has to do with its validity."""
    if not output.strip():
        return True
    checks = [check for one in json.loads(output) or () for check in one["checks"]]
    return any(one["grade"] == _CRITICAL and not one["skipped"] and one["check"]["id"] in OF_VALIDITY for one in checks)


def helm_lint(peer: Peer, folder: Path, objects: Sequence[Mapping[str, Any]], kubernetes: str) -> list[bool]:
    """Those for which `helm lint` has an error when they are all that a chart's templates have."""
    charts = [_chart(folder / f"charts/it-{index:05}", one) for index, one in enumerate(objects)]
    wrong: set[str] = set()
    seen: set[str] = set()
    for first in range(0, len(charts), _BATCH):
        done = _run(peer, "lint", "--kube-version", f"{kubernetes}.0", *map(str, charts[first : first + _BATCH]))
        chart = ""
        for found in _LINTED.finditer(done.stdout + done.stderr):
            chart = found["chart"] or chart
            seen.add(chart)
            if found["level"]:
                wrong.add(chart)
    if missing := {*map(str, charts)} - seen:
        raise PodrunnerError(f"helm lint: says nothing of {len(missing)} charts, such as {min(missing)}.")
    return [str(one) in wrong for one in charts]


def _chart(folder: Path, data: Mapping[str, Any]) -> Path:
    (folder / "templates").mkdir(parents=True)
    about = {"apiVersion": "v2", "name": folder.name, "version": "1.0.0", "icon": "https://example.com/icon.svg"}
    (folder / "Chart.yaml").write_text(json.dumps(about), encoding="utf-8")
    (folder / "values.yaml").write_text("{}\n", encoding="utf-8")
    (folder / "templates/it.yaml").write_text(json.dumps(data, indent=2), encoding="utf-8")
    return folder


def _write(folder: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    folder.mkdir()
    for index, one in enumerate(objects):
        (folder / f"{index:05}.yaml").write_text(json.dumps(one, indent=2), encoding="utf-8")


def _run(peer: Peer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(peer.program), *arguments], capture_output=True, text=True, check=False)
