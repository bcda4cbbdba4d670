"""Templated texts of values, as GitLab's own chart would have evaluated them."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.cases.case import Case
from podrunner.findings.errors import FindingsError, RenderError
from podrunner.findings.finding import Finding
from podrunner.findings.path import value_at
from podrunner.findings.rules.importing import IMPORT_TEMPLATE
from podrunner.helm.renderer import Renderer, open_chart
from podrunner.secrets.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from podrunner.findings.path import Path as Parts
    from podrunner.formats.placed import Values

_ACTION = "{{"
# Without comments and texts in quotes that have no end.
_ACTIONS = re.compile(r"\{\{(?!-?\s*/\*).*?\}\}", re.DOTALL)
_VALUE = re.compile(r"(?<![\w)])\$?(\.Values(?:\.\w+)+)")
# What asks whether a value is there, and does without.
_GUARD = re.compile(r"\b(if|with|range|default|coalesce|or|and|not|empty|hasKey|ternary|dig|required)\b")
_OF_CHART = re.compile(r"\.Chart\.(?:AppVersion|Version)\b|\.Files\b|\blookup\b")
# Named templates of GitLab's chart that people use in their values.
_HELPERS = """\
{{- define "gitlab-runner.name" -}}gitlab-runner{{- end -}}
{{- define "gitlab-runner.fullname" -}}{{ printf "%s-gitlab-runner" .Release.Name }}{{- end -}}
{{- define "gitlab-runner.namespace" -}}{{ .Values.namespace | default .Release.Namespace }}{{- end -}}
{{- define "gitlab-runner.secret" -}}{{ .Values.runners.secret | default (include "gitlab-runner.fullname" .) }}{{- end -}}
{{- define "gitlab-runner.server-tls-ca" -}}{{- end -}}
"""
_NOTES = "{{ tpl .Values.podrunnerTemplate . }}"


@dataclass(frozen=True, slots=True)
class Templates:
    """Evaluates the texts of one values file, for a release of that name and namespace."""

    values: Values
    release: str
    namespace: str
    # What a chart around this one shares with it, as `.Values.global`.
    shared: dict[str, Any] = field(default_factory=dict)

    def evaluate(self, text: str, path: Parts, line_of: Callable[[int], int] | None = None) -> str:
        """A text without template actions.

        `line_of` says in which line of the file a row of the text stands, from 1; else it is that of `path`. Raises
        FindingsError with the line when Helm cannot evaluate the text, or when it reads what the file does not say.
        """
        if _ACTION not in text:
            return text
        own = {"global": self.shared, "runners": {}, **_maps(self.values.data), "podrunnerTemplate": text}
        for row, name in _unknown(text, own):
            reason = f"`{name}` is not in this file"
            raise FindingsError([self._finding(path, reason, line_of(row) if line_of else 0)])
        try:
            case = Case("template", release=self.release, namespace=self.namespace).with_values(own, "template")
            return _renderer().render(case).notes
        except RenderError as error:
            raise FindingsError([self._finding(path, redact(error.reason))]) from None

    def _finding(self, path: Parts, reason: str, line: int = 0) -> Finding:
        at, column = self.values.places.get(path, (0, 0))
        way_out = "Write there what it evaluates to, or import the config.toml of the running manager instead."
        message = f"{'.'.join(map(str, path))}: a template that cannot be evaluated here: {reason}. {way_out}"
        place = (line, 0) if line else (at, column)
        return Finding(IMPORT_TEMPLATE, message, file=self.values.source, line=place[0], column=place[1])


def _unknown(text: str, values: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """(row, name) of what an action reads and only the chart or the cluster knows; Helm would write nothing there."""
    actions = list(_ACTIONS.finditer(text))
    guarded = {name for one in actions if _GUARD.search(one[0]) for name in _VALUE.findall(one[0])}
    for action in actions:
        row = text.count("\n", 0, action.start()) + 1
        yield from ((row, found[0]) for found in _OF_CHART.finditer(action[0]))
        for name in _VALUE.findall(action[0]):
            is_asked = any(name == one or name.startswith(f"{one}.") for one in guarded)
            if not is_asked and value_at(values, tuple(name.split(".")[2:])) is None:
                yield row, name


def is_templated(text: Any) -> bool:
    """Whether a value is a text with template actions."""
    return isinstance(text, str) and _ACTION in text


def _maps(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


@lru_cache
def _renderer() -> Renderer:
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        chart = Path(folder) / "gitlab-runner"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: gitlab-runner\nversion: 0.0.1\n", encoding="utf-8")
        (chart / "templates" / "_helpers.tpl").write_text(_HELPERS, encoding="utf-8")
        (chart / "templates" / "NOTES.txt").write_text(_NOTES, encoding="utf-8")
        return open_chart(chart)
