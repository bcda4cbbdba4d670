"""Which branches the cases reach: rendered with probes, each taken away when it is reached for the first time.

First with probes that write down what they are reached by, which finds most branches by one render a case. What they
cannot see, and what cases reach that Helm refuses, is found by probes that end the render, one render a branch.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.check.coverage.branches import FAIL, NOTE, PROBE, Branch, find_branches, with_probes
from podrunner.findings.errors import RenderError
from podrunner.helm.library import HelmLibrary, copy_without_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart
    from podrunner.helm.renderer import Helm

_REACHED = re.compile(rf"{PROBE}(\d+)\.")
# Helm renders the name that comes first last, of those that are not in deeper folders.
_NOTED = f"templates/000-{PROBE}noted.yaml"
# The root context is where Release and Template are; helpers are often given it in a list or in a map. Some templates copy
# it, and what is written into a copy is lost: those branches are left to the probes that end the render.
_NOTES = f"""\
{{{{- define "{PROBE}note" -}}}}
  {{{{- $number := index . 1 -}}}}
  {{{{- $given := index . 0 -}}}}
  {{{{- $contexts := list $given -}}}}
  {{{{- if kindIs "slice" $given -}}}}
    {{{{- $contexts = $given -}}}}
  {{{{- else if kindIs "map" $given -}}}}
    {{{{- if not (hasKey $given "Template") -}}}}{{{{- $contexts = values $given -}}}}{{{{- end -}}}}
  {{{{- end -}}}}
  {{{{- range $contexts -}}}}
    {{{{- if kindIs "map" . -}}}}
      {{{{- if and (hasKey . "Template") (hasKey . "Release") -}}}}{{{{- $_ := set . (print "{PROBE}" $number ".") "" -}}}}{{{{- end -}}}}
    {{{{- end -}}}}
  {{{{- end -}}}}
{{{{- end -}}}}
noted: {{{{ range $key, $_ := . }}}}{{{{ if hasPrefix "{PROBE}" $key }}}}{{{{ $key }}}}{{{{ end }}}}{{{{ end }}}}
"""


@dataclass(frozen=True, slots=True)
class Exercised:
    """All branches of a chart's own templates, and those that no case reaches."""

    branches: tuple[Branch, ...]
    missed: tuple[Branch, ...]


def exercise(chart: Chart, cases: Iterable[Case]) -> Exercised:
    """Render every case until it reaches no new branch. Cases that Helm refuses count as far as they came."""
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        probed = _Probed(chart, copy_without_schema(chart.path, Path(folder)))
        given = list(cases)
        probed.put(NOTE)
        for case in given:
            probed.remove(_noted(probed.helm, case))
        probed.put(FAIL)
        for case in given:
            while probed.waiting and (reached := _reached(probed.helm, case)) is not None:
                probed.remove({reached})
        return Exercised(tuple(probed.branches), tuple(probed.branches[number] for number in sorted(probed.waiting)))


class _Probed:
    """A copy of a chart with a probe in every branch that was not reached yet, as Helm has loaded it."""

    helm: Helm

    def __init__(self, chart: Chart, copy: Path) -> None:
        self._chart, self._copy, self._probe = chart, copy, FAIL
        self._texts = chart.templates
        self.branches = [branch for template, text in self._texts.items() for branch in find_branches(template, text)]
        self.waiting = set(range(len(self.branches)))

    def put(self, probe: str) -> None:
        """Write all probes that are left anew, as probes of another kind."""
        self._probe = probe
        self._write(self._texts)

    def remove(self, numbers: set[int]) -> None:
        """Take the probes of branches away."""
        reached = numbers & self.waiting
        self.waiting -= reached
        if reached:
            self._write({self.branches[number].template for number in reached})

    def _write(self, templates: Iterable[str]) -> None:
        for template in templates:
            numbers = [number for number in self.waiting if self.branches[number].template == template]
            text = with_probes(self._texts[template], self.branches, numbers, self._probe)
            (self._copy / template).write_text(text, encoding="utf-8")
        notes = self._copy / _NOTED
        notes.write_text(_NOTES, encoding="utf-8") if self._probe == NOTE else notes.unlink(missing_ok=True)
        self.helm = HelmLibrary(self._chart, loaded_from=self._copy)


def _noted(helm: Helm, case: Case) -> set[int]:
    """The numbers of the branches that wrote theirs down; none when Helm refuses the case."""
    try:
        documents = helm.template(case).documents
    except RenderError:
        return set()
    texts = [document.text for document in documents if document.template == _NOTED]
    return {int(number) for text in texts for number in _REACHED.findall(text)}


def _reached(helm: Helm, case: Case) -> int | None:
    """The number of the branch whose probe ended the render; None when none did."""
    try:
        # Values that the schema refuses reach branches, too: a case may expect that.
        helm.template(case)
    except RenderError as error:
        match = _REACHED.search(str(error))
        return int(match[1]) if match else None
    return None
