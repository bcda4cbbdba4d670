"""A job log as it was meant to be read: without colours, section markers and time stamps, with stage and command."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

# A line that is longer is cut into pieces of this many bytes, so that memory stays bounded.
LONGEST_LINE = 1 << 16

_SECTION = re.compile(r"section_(?:start|end):\d+:[\w.-]+(?:\[[^\]\r\n]*\])?(?:\r?\x1b\[0K|\r)?")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# As `kubectl logs --timestamps` writes them, and as GitLab does with its stream and continuation marks.
_TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) (?:[0-9a-f]{2}[OE][ +]?)?")
# As `podrunner smoke` shows a job's log.
_MARGIN = re.compile(r"^ {0,8}│ ?")
_COMMAND = re.compile(r"^\$ (?P<command>.+)")
_STEP = re.compile(r"^(?:\[\d+/\d+\] )?STEP (?P<number>\d+(?:/\d+)?): (?P<step>.+)")
# What is tried again, and texts that are shown for another reason: a diff, a linter's place in a document.
_ASIDE = re.compile(r"\b(?:[Rr]etrying|[Ww]ill retry)\b|^[-+] |^\S+\.(?:adoc|html|md|rst|txt):\d+")
# What go test, pytest and jest say of a test: errors are what tests are about. Not of Docker, which they only use.
_TEST = re.compile(
    r"^(?!.*[Dd]ocker)(?:\s+\w+_test\.go:\d+: |E {3,}|(?:FAILED|ERROR) \S+::|\s+(?:Expected|Received)(?: [a-z]+)?: )"
)
_RUNNER = re.compile(r"^ {1,4}on (?P<name>\S.*?) [\w-]{7,12}(?:, system ID: |$)")


class Stage(Enum):
    """The part of a job that a line belongs to."""

    UNKNOWN = ""
    PREPARE = "prepare"
    SOURCES = "sources"
    SCRIPT = "script"
    AFTER = "after"
    END = "end"


_STAGES = (
    ('Preparing the "', Stage.PREPARE),
    ("Preparing environment", Stage.PREPARE),
    ("Getting source from ", Stage.SOURCES),
    # step_script, and step_release of a job that only releases.
    ('Executing "step_', Stage.SCRIPT),
    # Older runners.
    ("Running before_script and script", Stage.SCRIPT),
    ('Executing "build_script" stage', Stage.SCRIPT),
    ("Running after_script", Stage.AFTER),
    # What is kept of a job that failed; of one that did not, artifacts can make it fail.
    ("Saving cache for failed job", Stage.AFTER),
    ("Uploading artifacts for failed job", Stage.AFTER),
    ("Cleaning up ", Stage.AFTER),
    ("ERROR: Job failed", Stage.END),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `number` counts from 1 in its source; `source` is empty for the log; `command` counts the script's."""

    number: int
    text: str
    source: str = ""
    stage: Stage = Stage.UNKNOWN
    command: int = 0

    @property
    def is_aside(self) -> bool:
        """Whether it tells of something that is not a failure by itself."""
        return bool(_ASIDE.search(self.text) or _TEST.match(self.text))

    @property
    def is_of_script(self) -> bool:
        """Whether a command of the script printed it: all but the runner's own lines, such as the pod's events."""
        in_script = self.stage in {Stage.SCRIPT, Stage.AFTER} or (self.stage is Stage.UNKNOWN and self.command > 0)
        return in_script and not self.text.startswith("WARNING: ")


class Trace:
    """Cleans lines one by one and keeps what they tell about the job."""

    def __init__(self) -> None:
        self.stage = Stage.UNKNOWN
        # Whether the log shows that the job prepared itself, and no script after that.
        self.before_script = False
        self.commands = 0
        self.lines = 0
        # What is known of the job: runner, command, step, number.
        self.facts: dict[str, str] = {}
        self.succeeded = False
        self.is_whole = False

    def read(self, lines: Iterable[str]) -> Iterator[Line]:
        """The lines, cleaned; one that holds carriage returns gives several with the same number."""
        continues = False
        for raw in lines:
            self.lines += not continues
            continues = len(raw) >= LONGEST_LINE // 4 and not raw.endswith("\n")
            for text in clean(raw):
                self._note(text)
                yield Line(self.lines, text, "", self.stage, self.commands)

    def _note(self, text: str) -> None:
        if text[:1] in "$S[ " or text[:7] in {"Running", "Job suc"}:
            self._note_job(text)
        if text[:1] in "PGERCSU":
            for start, stage in _STAGES:
                if text.startswith(start):
                    self.stage = stage
                    if stage in {Stage.PREPARE, Stage.SOURCES, Stage.SCRIPT}:
                        self.before_script = stage is not Stage.SCRIPT

    def _note_job(self, text: str) -> None:
        if text.startswith("Job succeeded"):
            self.succeeded = True
        elif text.startswith("Running with gitlab-runner"):
            self.is_whole = True
        elif found := _COMMAND.match(text):
            if self.stage is not Stage.AFTER:
                self.commands += 1
                self.facts["command"] = found["command"].strip()
        elif found := _STEP.match(text):
            self.facts.update(found.groupdict())
        elif found := _RUNNER.match(text):
            self.facts["runner"] = found["name"]


def clean(raw: str) -> list[str]:
    """The texts of one raw line: no colours, no section markers, no time stamp; quotes are not escaped."""
    if raw.isascii() and "\x1b" not in raw and "section_" not in raw and "\r" not in raw:
        parts = [raw.rstrip("\n")]
    else:
        parts = _ANSI.sub("", _SECTION.sub("\r", raw)).rstrip("\r\n").split("\r")
    return [_plain(part) for part in parts if part] or [""]


def _plain(text: str) -> str:
    text = _MARGIN.sub("", text) if "│" in text else text
    if text[:2] == "20":
        text = _TIMESTAMP.sub("", text)
    return text.replace('\\"', '"').rstrip()


def read_lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream of bytes, in pieces of at most LONGEST_LINE bytes; what is no UTF-8 is replaced."""
    while piece := stream.readline(LONGEST_LINE):
        yield piece.decode("utf-8", errors="replace")
