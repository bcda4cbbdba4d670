"""Helm by its command, `helm template`: the reference that the library is compared with."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.chart.chart import read_chart_file
from podrunner.findings.errors import UsageError
from podrunner.helm.refusal import read_refusal
from podrunner.manifests.rendering import Rendering, parse_documents
from podrunner.manifests.version import UNLISTED_API_VERSIONS, full_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    # Arguments and standard input of a process → what it did.
    Run = Callable[[Sequence[str], str], "Finished"]

_SOURCE = re.compile(r"^---\n# Source: (\S+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ended."""

    exit_code: int
    stdout: str
    stderr: str


def run_process(arguments: Sequence[str], stdin: str) -> Finished:
    """Run a program to its end. Raises UsageError when it is not installed."""
    try:
        done = subprocess.run(
            arguments, input=stdin, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    except FileNotFoundError:
        raise UsageError(
            f"--helm command: there is no program `{arguments[0]}` on PATH. Install Helm, or leave the option out."
        ) from None
    return Finished(done.returncode, done.stdout, done.stderr)


class CommandRenderer:
    """One chart, rendered by one `helm` process each time."""

    def __init__(self, chart: Path, run: Run = run_process) -> None:
        """Raises UsageError when there is no `helm`."""
        self._path = chart
        self._chart_name = read_chart_file(chart).name
        self._run = run
        self._run(["helm", "version", "--short"], "")

    def render(
        self,
        values: Mapping[str, object],
        *,
        case: str = "",
        release: str = "podrunner",
        namespace: str = "podrunner",
        kube_version: str = "1.34.0",
        api_versions: Sequence[str] = (),
    ) -> Rendering:
        """See `Renderer.render`. There are no notes: `helm template` does not render them."""
        arguments = ["helm", "template", release, str(self._path), "--namespace", namespace]
        arguments += ["--kube-version", full_version(kube_version), "--values", "-"]
        for version in (*UNLISTED_API_VERSIONS, *api_versions):
            arguments += ["--api-versions", version]
        # By standard input: values may hold a token, which must be in no file and no argument.
        done = self._run(arguments, json.dumps(values))
        if done.exit_code:
            raise read_refusal(done.stderr)
        # Helm prints in the order of installation; by template it is the order of the library, too.
        parts = sorted(self._split(done.stdout), key=lambda part: part[0])
        documents = [document for template, text in parts for document in parse_documents(template, text)]
        return Rendering(case, release, namespace, tuple(documents), "", done.stdout)

    def _split(self, manifest: str) -> Iterator[tuple[str, str]]:
        _, *parts = _SOURCE.split(manifest)
        for template, text in zip(parts[::2], parts[1::2], strict=True):
            yield template.removeprefix(f"{self._chart_name}/"), text
