"""The list of changes, for people and as JSON; never a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from podrunner.findings.path import dotted, parse_dotted
from podrunner.importing.change import Fate, KeyChange
from podrunner.output.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podrunner.findings.finding import Finding

_TITLES = {
    Fate.DANGEROUS: "dangerous, and imported as it is",
    Fate.UNSUPPORTED: "no equivalent, left out",
    Fate.REMOVED: "removed, nobody reads it",
    Fate.BY_HAND: "to change by hand, as docs/migrate-builds.md shows",
    Fate.CHANGED: "changed",
    Fate.SECRET: "secrets, left out",
    Fate.ADDED: "added",
    Fate.EMPTY: "nothing to import",
}
# Too many to have a line each.
_BY_TABLE = (Fate.ADDED, Fate.EMPTY)


def text_report(source: str, changes: Sequence[KeyChange], width: int | None = None) -> str:
    """Changes by kind, each with its line; what was added or empty by table.

    `width` is that of the terminal, None for no end of a line.
    """
    parts = []
    for kind, title in _TITLES.items():
        ours = sorted((change for change in changes if change.kind is kind), key=lambda change: change.line)
        if ours and kind in _BY_TABLE:
            parts.append(_part(title, _listed(ours), width))
        elif ours:
            parts.append(_part(title, [f"{_place(source, one)}{one.path}: {one.message}" for one in ours], width))
    return "\n".join(parts)


def _part(title: str, lines: Iterable[str], width: int | None) -> str:
    wrapped = [wrap(line, width, first="  ", rest="    ") for line in lines]
    return "".join(f"{line}\n" for line in [f"{title}:", *wrapped])


def _place(source: str, change: KeyChange) -> str:
    return f"{source}:{change.line}: " if change.line else ""


def _listed(changes: Sequence[KeyChange]) -> list[str]:
    """Keys, each once, a line for each table; those that are joined with what was put in them.

    A single runner is not named each time.
    """
    only = not any(change.path.startswith("runners[1]") for change in changes)
    tables: dict[str, dict[str, list[str]]] = {}
    for change in changes:
        *table, name = parse_dotted(change.path.removeprefix("runners[0].") if only else change.path)
        parts = tables.setdefault(dotted(tuple(table)), {}).setdefault(dotted((name,)), [])
        if not change.message.endswith("."):
            parts.append(change.message)
    lines = {
        table: ", ".join(f"{key} ({', '.join(parts)})" if parts else key for key, parts in keys.items())
        for table, keys in tables.items()
    }
    return [f"{table}: {keys}" if table else keys for table, keys in lines.items()]


def json_report(
    source: str,
    changes: Iterable[KeyChange],
    commands: Sequence[str],
    findings: Iterable[Finding] = (),
    values: str = "",
) -> str:
    """The same as JSON, with the values as YAML.

    {source, changes: [{kind, path, line, message}], commands, findings: [{rule, path, message}], values}.
    """
    entries = [
        {"kind": change.kind.value, "path": change.path, "line": change.line, "message": change.message}
        for change in changes
    ]
    wrong = [{"rule": one.rule.code, "path": one.path, "message": one.message} for one in findings]
    report = {"source": source, "changes": entries, "commands": list(commands), "findings": wrong, "values": values}
    return json.dumps(report, indent=2, ensure_ascii=False)
