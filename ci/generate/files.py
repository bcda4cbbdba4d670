"""Every generated file of this repository, and what makes its text: a new one is one line here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ci.generate import constraints, diagnoses, findings, guarantees, official, pages, schema

if TYPE_CHECKING:
    from collections.abc import Callable

# Group → path below the root → function that gives the text of the whole file.
GROUPS: dict[str, dict[str, Callable[[], str]]] = {
    "schema": {
        "chart/values.schema.json": schema.text,
        "chart/files/config-keys.json": schema.keys_text,
        "chart/files/defaults.json": schema.defaults_text,
        "chart/files/gitlab-runner.json": lambda: official.text(schema.build()[1]),
        "python/src/podrunner/manifests/schemas/constraints.json": constraints.text,
    },
    "docs": {
        "docs/diagnoses.md": diagnoses.text,
        "docs/findings.md": findings.text,
        "docs/guarantees.md": guarantees.text,
        **{name: partial(pages.text, name) for name in pages.FILES},
    },
}
