"""The result for people and programs: diagnoses with their evidence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.explain.catalogue import Level, load_catalogue
from podrunner.explain.certainty import Certainty, find_certainty, what_decides
from podrunner.explain.ranking import rank
from podrunner.explain.scan import Hit, Scan
from podrunner.explain.trace import Line, Stage, Trace, clean
from podrunner.secrets.find import find_in_text
from podrunner.secrets.redact import Redactor, redact
from podrunner.values.change import find_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from podrunner.explain.catalogue import Catalogue, Cause, Pattern
    from podrunner.explain.ranking import Ranked
    from podrunner.formats.placed import Values
    from podrunner.values.change import ValueChange

# `{name}` and `{name|text when it is not known}`.
_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z_]+)(?:\|(?P<unknown>[^}]*))?\}")
# What a manager says of its questions for jobs.
_ASKS_FOR_JOBS = re.compile(r"Checking for jobs\.\.\. failed|/api/v4/jobs/request\b")
# Text that YAML takes as it stands: no number, no truth value, nothing with a mark that means something.
_PLAIN_YAML = re.compile(r"(?!(?i:true|false|yes|no|on|off|null|y|n)$)[A-Za-z_](?:[\w./-]*[\w/])?")
_LONGEST_QUOTE = 400
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A line that was judged by. `source` is empty for the log, else such as `pod status`; `line` counts from 1."""

    source: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One cause, in sentences. `values` is YAML of the values to change, empty where values cannot help.

    `consequences` are the titles of what follows from it, `count` how many lines matched, `level` is one of cause,
    general and symptom: the last names no cause. `certainty` is one of certain, likely and possible; of one that is only
    possible, `rival` is the title of the next candidate, empty where the log has none, and `decide` what would decide.
    """

    id: str
    kind: str
    level: str
    title: str
    cause: str
    fix: str
    values: str
    evidence: tuple[EvidenceLine, ...]
    consequences: tuple[str, ...] = ()
    count: int = 1
    score: int = 0
    certainty: str = Certainty.POSSIBLE.value
    rival: str = ""
    decide: str = ""

    @property
    def names_a_cause(self) -> bool:
        """Whether this says why the job failed."""
        return self.level != Level.SYMPTOM.value


@dataclass(frozen=True, slots=True)
class Explanation:
    """All diagnoses, the most likely first, and what the log tells of itself."""

    diagnoses: tuple[Diagnosis, ...]
    lines: int = 0
    succeeded: bool = False
    # Whether the log begins where GitLab Runner begins.
    is_whole: bool = False
    runner: str = ""

    @property
    def cause(self) -> Diagnosis | None:
        """The first diagnosis, if it names a cause and the job did not succeed."""
        first = next(iter(self.diagnoses), None)
        return first if first and first.names_a_cause and not self.succeeded else None

    def changes(self, layers: Sequence[Values]) -> list[list[ValueChange]]:
        """What to change in values files, the last of which wins, for each diagnosis."""
        return [find_changes(one.values, layers, self.runner) for one in self.diagnoses]


def explain(
    lines: Iterable[str], *, others: Mapping[str, Iterable[str]] | None = None, catalogue: Catalogue | None = None
) -> list[Diagnosis]:
    """Why a job failed, the most likely cause first; empty when nothing of the catalogue matches.

    `lines` are those of the job log, read once, so a generator over a large file is fine. `others` are further texts
    by what to call them: pod status, events, a manager's log.
    """
    return list(examine(lines, others=others, catalogue=catalogue).diagnoses)


def examine(
    lines: Iterable[str], *, others: Mapping[str, Iterable[str]] | None = None, catalogue: Catalogue | None = None
) -> Explanation:
    """As `explain`, with what the log tells of itself."""
    scan, trace = Scan(catalogue or load_catalogue()), Trace()
    scan.feed(trace.read(lines))
    for source, texts in (others or {}).items():
        every = (Line(number, text, source) for number, raw in enumerate(texts, start=1) for text in clean(raw) if text)
        # A job that prepares itself came from GitLab: that the manager was refused one is of another moment.
        scan.feed(line for line in every if trace.stage is Stage.UNKNOWN or not _ASKS_FOR_JOBS.search(line.text))
    ranked = rank(scan, trace)
    diagnoses = tuple(_diagnosis(one, ranked, scan, trace) for one in ranked)
    return Explanation(diagnoses, trace.lines, trace.succeeded, trace.is_whole, trace.facts.get("runner", ""))


def _diagnosis(one: Ranked, ranked: Sequence[Ranked], scan: Scan, trace: Trace) -> Diagnosis:
    entry, hit, facts = one.hit.entry, one.hit, trace.facts
    certainty = find_certainty(one, ranked, trace)
    rival, decide = what_decides(one, ranked) if certainty is Certainty.POSSIBLE else (None, "")
    known = _known(facts, hit, f"{entry.title}{entry.cause}{entry.fix}{entry.values}")
    conditions = [scan.seen[pattern.text] for pattern in entry.beside if pattern.text in scan.seen]
    # That a command failed is no reason: what it said last may be.
    said = trace.last_words if entry.level is Level.GENERAL and hit.best.stage is Stage.END else []
    lines = sorted({*hit.lines(), *conditions[:1], *said}, key=lambda line: (line.source, line.number))
    return Diagnosis(
        id=entry.id,
        kind=entry.kind,
        level=entry.level.value,
        title=_title(entry, known),
        cause=fill(entry.cause, known),
        fix=fill(entry.fix, known),
        values=fill_yaml(entry.values, known),
        evidence=tuple(_evidence(line, entry) for line in lines),
        consequences=tuple(_title(other.entry, _known(facts, other, other.entry.title)) for other in one.consequences),
        count=hit.count,
        score=one.score,
        certainty=certainty.value,
        rival=_title(rival.entry, _known(facts, rival, rival.entry.title)) if rival else "",
        decide=decide,
    )


def _known(facts: Mapping[str, str], hit: Hit, text: str) -> dict[str, str]:
    """What fills the placeholders of a text, without secrets: a part of a line, such as an option's value, may be one."""
    names = {found["name"] for found in _PLACEHOLDER.finditer(text)}
    known = {name: given for name, given in {**facts, **hit.groups}.items() if name in names and given}
    secrets = [secret for line in hit.lines() for secret in find_in_text(line.text)] if known else []
    redactor = Redactor(*secrets)
    return {name: redactor.redact(given) for name, given in known.items()}


def _title(entry: Cause, known: Mapping[str, str]) -> str:
    return " ".join(fill(entry.title, known).split())


def fill(text: str, known: Mapping[str, str]) -> str:
    """A text with its placeholders filled."""

    def value(found: re.Match[str]) -> str:
        given = known.get(found["name"]) or ("?" if found["unknown"] is None else found["unknown"])
        return given if len(given) <= _LONGEST_VALUE else f"{given[: _LONGEST_VALUE - 1]}…"

    return _PLACEHOLDER.sub(value, text)


def fill_yaml(text: str, known: Mapping[str, str]) -> str:
    """YAML with its placeholders filled: what comes from a log is quoted where YAML would read it as something else."""

    def value(found: re.Match[str]) -> str:
        given = fill(found.group(), known)
        quoted = json.dumps(given, ensure_ascii=False)
        if found.string[: found.start()].endswith('"'):
            return quoted[1:-1]
        return given if _PLAIN_YAML.fullmatch(given) or found["name"] not in known else quoted

    return _PLACEHOLDER.sub(value, text)


def _evidence(line: Line, entry: Cause) -> EvidenceLine:
    # Before it is cut: half a secret looks like none.
    text = _excerpt(redact(line.text), (*entry.patterns, *entry.beside))
    return EvidenceLine(line.source, line.number, text)


def _excerpt(text: str, patterns: tuple[Pattern, ...]) -> str:
    """A line that is long: only what is around the match."""
    if len(text) <= _LONGEST_QUOTE:
        return text
    found = next((match for pattern in patterns if (match := pattern.expression.search(text))), None)
    middle = (found.start() + min(found.end(), found.start() + _LONGEST_QUOTE)) // 2 if found else 0
    begin = max(0, min(middle - _LONGEST_QUOTE // 2, len(text) - _LONGEST_QUOTE))
    cut = text[begin : begin + _LONGEST_QUOTE]
    return f"{'…' if begin else ''}{cut}{'…' if begin + _LONGEST_QUOTE < len(text) else ''}"
