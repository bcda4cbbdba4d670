"""Templated texts of values, as GitLab's own chart would have evaluated them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.cases.case import Case
from podrunner.findings.errors import FindingsError, RenderError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.importing import IMPORT_TEMPLATE
from podrunner.helm.renderer import Renderer, open_chart
from podrunner.secrets.redact import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.findings.path import Path as Parts
    from podrunner.formats.placed import Values

_ACTION = "{{"
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

    def evaluate(self, text: str, path: Parts) -> str:
        """A text without template actions. Raises FindingsError with the line of `path` when Helm cannot evaluate it."""
        if _ACTION not in text:
            return text
        own = {"global": self.shared, "runners": {}, **_maps(self.values.data), "podrunnerTemplate": text}
        try:
            case = Case("template", release=self.release, namespace=self.namespace).with_values(own, "template")
            return _renderer().render(case).notes
        except RenderError as error:
            line, column = self.values.places.get(path, (0, 0))
            reason = redact(error.reason)
            way_out = "Write there what it evaluates to, or import the config.toml of the running manager instead."
            message = f"{'.'.join(map(str, path))}: a template that cannot be evaluated here: {reason}. {way_out}"
            file = self.values.source
            finding = Finding(IMPORT_TEMPLATE, message, file=file, line=line, column=column)
            raise FindingsError([finding]) from None


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
