"""The verdicts of one half as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.importing.judge import Outcome, Verdict
from bench.score import counted, head, row

if TYPE_CHECKING:
    from collections.abc import Sequence

# By the first word of a file's name; all others are manifests.
_KINDS = {
    "config.toml": ("toml", "configmap", "secret"),
    "other executors": ("docker", "machine", "shell", "autoscaler"),
    "builders": ("build",),
    "values": ("values", "overlay", "helm"),
}
_OTHERS = "what installs the chart"


def make_table(half: str, verdicts: Sequence[Verdict]) -> str:
    """The table of one half, by kind of file and in sum; Markdown."""
    heads = ["kind", "files", *(one.value for one in Outcome), "secrets shown"]
    groups = {kind: [one for one in verdicts if _kind(one) == kind] for kind in (*_KINDS, _OTHERS)}
    return "\n".join([head(half, heads), *(_row(*one) for one in [*groups.items(), ("**all**", verdicts)]), ""])


def list_faults(verdicts: Sequence[Verdict]) -> str:
    """What is not right, with what is wrong about it and the facts that the label rests on."""
    return "".join(
        f"{one.label.file.name}: {one.outcome.value}{', SECRETS SHOWN' if one.secrets else ''}. {one.label.what}\n"
        + "".join(f"    {line}\n" for reason in one.reasons for line in reason.splitlines())
        for one in verdicts
        if one.outcome is not Outcome.RIGHT or one.secrets
    )


def share(verdicts: Sequence[Verdict], outcome: Outcome) -> float:
    """How many of the verdicts are this one, 0 to 1."""
    return sum(one.outcome is outcome for one in verdicts) / len(verdicts)


def _kind(verdict: Verdict) -> str:
    word = verdict.label.file.name.partition("-")[0]
    return next((kind for kind, words in _KINDS.items() if word in words), _OTHERS)


def _row(name: str, group: Sequence[Verdict]) -> str:
    counts = [sum(one.outcome is outcome for one in group) for outcome in Outcome]
    secrets = sum(bool(one.secrets) for one in group)
    return row([name, str(len(group)), *counted(counts, len(group)), str(secrets)])
