"""What is wrong with objects that values write in full, told at their fields in the values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import dotted, parse_dotted
from podrunner.formats.patch import read_patch
from podrunner.manifests.objects import table
from podrunner.values.places import locate, retold, written_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values

# Where the chart renders them, and their key.
TEMPLATE, KEY = "templates/extra/objects.yaml", "extraObjects"


def at_extra_objects(findings: Iterable[Finding], file: str, layers: Sequence[Values]) -> Iterator[Finding]:
    """All findings, those of objects from `file`, the template's path as it is shown, at the value that is the object."""
    values = written_values(layers)
    for finding in findings:
        written = _written(values, finding.object) if finding.object and finding.file == file else None
        if written is None:
            yield finding
            continue
        path = (*written, *parse_dotted(finding.path), *((finding.missing,) if finding.missing else ()))
        if finding.reason:
            yield retold(finding, layers, path, finding.reason)
        else:
            yield locate(replace(finding, path=dotted(path)), layers, path)


def _written(values: Mapping[str, Any], called: str) -> Path | None:
    """The value that is an object, `Kind/name`; None where no single one can be told."""
    kind, _, name = called.partition("/")
    given = {key: _read(one) for key, one in table(values.get(KEY)).items()}
    of_kind = {key: table(one.get("metadata")).get("name") for key, one in given.items() if one.get("kind") == kind}
    found = [key for key, own in of_kind.items() if own == name]
    # A name that a template makes is not known here.
    found = found or [key for key, own in of_kind.items() if "{{" in str(own)]
    return (KEY, found[0]) if len(found) == 1 else None


def _read(given: Any) -> dict[str, Any]:
    """An object as it is written, or the text of a template, which may be no YAML."""
    return table(read_patch(given)[0] if isinstance(given, str) else given)
