"""Helm by its command, `helm template`: the reference that the library is compared with."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.formats.kube_version import full_version
from podrunner.helm.altered import UNALTERED, Altered, alter
from podrunner.helm.api_server import serve
from podrunner.helm.kube_versions import UNLISTED_API_VERSIONS
from podrunner.helm.refusal import read_refusal
from podrunner.manifests.rendering import Rendering, parse_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart

    # Arguments and standard input of a process → what it did.
    Run = Callable[[Sequence[str], str], "Finished"]

_NO_LOOKUP = (
    "--helm command: `lookup` of a case needs Helm 3, or Helm's library: the command of Helm 4 asks a cluster that it is "
    "given for everything, not for objects alone. Leave --helm out."
)
_SOURCE = re.compile(r"^---\n# Source: (\S+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ended."""

    exit_code: int
    stdout: str
    stderr: str


def run_process(arguments: Sequence[str], stdin: str) -> Finished:
    """Run a program to its end. Raises UsageError when it is not installed."""
    # Here, for it takes time to import that the library in this process does not need.
    import subprocess

    try:
        done = subprocess.run(
            arguments, input=stdin, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    except FileNotFoundError:
        raise UsageError(
            f"--helm command: there is no program `{arguments[0]}` on PATH. Install Helm, or leave the option out."
        ) from None
    return Finished(done.returncode, done.stdout, done.stderr)


class HelmCommand:
    """One chart, rendered by one `helm` process each time."""

    def __init__(self, chart: Chart, run: Run = run_process) -> None:
        """Raises UsageError when there is no `helm`."""
        self._path = chart.path
        self._chart_name = chart.file.name
        self._run = run
        self.is_3 = self._run(["helm", "version", "--short"], "").stdout.startswith("v3.")

    def template(self, case: Case) -> Rendering:
        """See `Helm.template`. There are no notes: `helm template` does not render them."""
        text = self.raw(case)
        # Helm prints in the order of installation; by template it is the order of the library, too.
        parts = sorted(self._split(text), key=lambda part: part[0])
        documents = [document for template, part in parts for document in parse_documents(template, part, "")]
        return Rendering(case.name, case.release, case.namespace, tuple(documents), "", text)

    def raw(self, case: Case) -> str:
        """See `Helm.raw`."""
        with ExitStack() as stack:
            path = stack.enter_context(self._altered(case))
            arguments = ["helm", "template", case.release, str(path), "--namespace", case.namespace]
            arguments += ["--kube-version", full_version(case.kube_version), "--values", "-"]
            for version in (*UNLISTED_API_VERSIONS, *case.api_versions):
                arguments += ["--api-versions", version]
            # Of an upgrade, `helm template` says revision 1, too.
            arguments += ["--is-upgrade"] if case.revision > 1 else []
            arguments += ["--include-crds"] if case.include_crds else []
            arguments += ["--skip-schema-validation"] if case.skip_schema_validation else []
            arguments += stack.enter_context(self._cluster(case)) if case.lookup else []
            return self._said(case, arguments)

    def forget(self) -> None:
        """See `Helm.forget`: each time is a process of its own."""

    def _said(self, case: Case, arguments: Sequence[str]) -> str:
        # By standard input: values may hold a token, which must be in no file and no argument.
        layers = [layer for layer in case.layers if not (self.is_3 and layer.is_later)]
        done = self._run(arguments, json.dumps(replace(case, layers=tuple(layers)).values))
        if done.exit_code:
            raise read_refusal(done.stderr)
        return done.stdout

    @contextmanager
    def _altered(self, case: Case) -> Iterator[Path]:
        """The chart's folder, or a copy where the case has other versions than Chart.yaml."""
        altered = Altered(case.chart_version, case.app_version)
        if altered == UNALTERED:
            yield self._path
            return
        with TemporaryDirectory(prefix="podrunner-") as folder:
            copy = Path(shutil.copytree(self._path, Path(folder) / self._path.resolve().name))
            alter(copy, altered)
            yield copy

    @contextmanager
    def _cluster(self, case: Case) -> Iterator[list[str]]:
        """The options by which `lookup` finds the objects of the case. Raises UsageError for Helm 4.

        With a cluster, Helm 4 takes all it knows from it, also the version of Kubernetes.
        """
        if not self.is_3:
            raise UsageError(_NO_LOOKUP)
        with serve(case.lookup, case.namespace) as kubeconfig, TemporaryDirectory(prefix="podrunner-") as folder:
            file = Path(folder) / "kubeconfig"
            file.touch(mode=0o600)
            file.write_text(kubeconfig, encoding="utf-8")
            yield ["--dry-run=server", "--kubeconfig", str(file)]

    def _split(self, manifest: str) -> Iterator[tuple[str, str]]:
        _, *parts = _SOURCE.split(manifest)
        for template, text in zip(parts[::2], parts[1::2], strict=True):
            yield template.removeprefix(f"{self._chart_name}/"), text
