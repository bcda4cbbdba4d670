"""A job log as it was meant to be read: without colours, section markers and time stamps, with stage and command."""

from __future__ import annotations

import codecs
import json
import re
from collections import deque
from dataclasses import dataclass
from enum import Enum
from itertools import chain
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
# Commands that only look, as a script has them behind what failed: the failure stays that of the command before.
_LOOKS = re.compile(
    r"^(?:sudo (?:-\w )*)?(?:kubectl .*\b(?:get|describe|logs|events)\b|dmesg\b|journalctl\b|ausearch\b|(?:date|df|id|ls)(?: -\w+)*(?: /\S*)*$)"
)
_STEP = re.compile(r"^(?:\[\d+/\d+\] )?STEP (?P<number>\d+(?:/\d+)?): (?P<step>.+)")
# Lines of a command's output that are kept, of which those that say an error are worth most.
_KEPT, _TOLD = 12, 3
_SAYS_AN_ERROR = re.compile(
    r"(?i)\b(?:err(?:or)?s?|fail(?:ed|ure|s)?|fatal|panic|denied|refused|cannot|can't|could not|unable|invalid|unknown|missing"
    r"|not found|no such|exception|unauthorized|forbidden|timed? ?out)\b"
)
# What is tried again, and texts that are shown for another reason: a diff, a linter's place in a document.
_ASIDE = re.compile(r"\b(?:[Rr]etrying|[Ww]ill retry)\b|^[-+] |^\S+\.(?:adoc|html|md|rst|txt):\d+")
# What go test, pytest and jest say of a test: errors are what tests are about. Not of Docker, which they only use.
_TEST = re.compile(
    r"^(?!.*[Dd]ocker)(?:\s+\w+_test\.go:\d+: |E {3,}|(?:FAILED|ERROR) \S+::|\s+(?:Expected|Received)(?: [a-z]+)?: )"
)
# What kubectl and helm say of themselves, also in an excerpt that shows no command: they ask for the script, not for the runner.
_CLIENT = re.compile(r"^(?:Error from server|error: (?:failed to|You must)|Error: (?:INSTALLATION|UPGRADE) FAILED)")
# What programs that keep or show logs write before each line: found before one that the runner writes itself.
_HEADING = re.compile(
    r'(?:Running with gitlab-runner |Preparing (?:the "\w|environment$)|Getting source from |Executing "step_)'
)
_LONGEST_MARGIN = 60
_PARTS_OF_MARGIN = re.compile(r"\d+|[ \t]+|[^\d \t]+")
# How docker and CRI runtimes keep what a container says.
_STREAM = re.compile(r"std(?:out|err)$")
# Where a log was copied from a page that wraps, or numbers its lines.
_WIDTHS = (80, 100, 120, 132, 160)
_NUMBERED = re.compile(r"^(?P<number>\d{1,6})")
# What stands behind the name of an image that is built: its id, and the end of a block of code on a page.
_AFTER_A_BUILD = re.compile(r"[0-9a-f]{12,64}|```")
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
    # The runner finds that its pod is gone.
    ("ERROR: Error cleaning up pod", Stage.END),
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
        if not self.source and _CLIENT.match(self.text):
            return True
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
        # Whether the job's pod ran: its scheduling, its images and its volumes are no question any more.
        self.started = False
        self._margin = _Margin()
        self._said: deque[Line] = deque(maxlen=_KEPT)
        self._numbers = _GluedNumbers()
        self._wrapping = _Wrapping()

    def read(self, lines: Iterable[str]) -> Iterator[Line]:
        """The lines, cleaned; one that holds carriage returns gives several with the same number.

        What a page wrapped comes twice: in pieces, and joined, with the number of its last piece.
        """
        continues = False
        for raw in lines:
            self.lines += not continues
            continues = len(raw) >= LONGEST_LINE // 4 and not raw.endswith("\n")
            for cleaned in clean(raw):
                text = self._numbers.remove(self._margin.remove(cleaned))
                self._note(text)
                for one in (text, self._wrapping.join(text, raw.rstrip("\r\n"))):
                    if one is not None:
                        line = Line(self.lines, one, "", self.stage, self.commands)
                        self._keep(line)
                        yield line

    @property
    def last_words(self) -> list[Line]:
        """The last lines of the script's last command, those that say an error before others; empty without a script."""
        every = list(self._said)
        telling = [line for line in every if _SAYS_AN_ERROR.search(line.text)]
        return (telling or every)[-_TOLD:]

    def _keep(self, line: Line) -> None:
        if line.stage is not Stage.SCRIPT or not line.text.strip():
            return
        if _COMMAND.match(line.text):
            self._said.clear()
        else:
            self._said.append(line)

    def _note(self, text: str) -> None:
        if self.stage is Stage.UNKNOWN:
            self._note_build(text)
        if text[:1] in "$S[ " or text[:7] in {"Running", "Job suc"}:
            self._note_job(text)
        if text[:1] in "PGERCSU":
            for start, stage in _STAGES:
                if text.startswith(start):
                    self.stage = stage
                    self.started |= stage in {Stage.SOURCES, Stage.SCRIPT}
                    if stage in {Stage.PREPARE, Stage.SOURCES, Stage.SCRIPT}:
                        self.before_script = stage is not Stage.SCRIPT

    def _note_build(self, text: str) -> None:
        """The output of a build alone, without a job around it, succeeded if it ends with the image's name and id."""
        if text.startswith("Successfully tagged "):
            self.succeeded = True
        elif self.succeeded and text and not _AFTER_A_BUILD.fullmatch(text):
            self.succeeded = False

    def _note_job(self, text: str) -> None:
        if text.startswith("Job succeeded"):
            self.succeeded = True
        elif text.startswith("Running with gitlab-runner"):
            self.is_whole = True
        elif text.startswith("Running on runner-"):
            self.started = True
        elif found := _COMMAND.match(text):
            if self.stage is not Stage.AFTER:
                self.commands += not (self.commands and _LOOKS.match(found["command"]))
                self.facts["command"] = found["command"].strip()
        elif found := _STEP.match(text):
            self.facts.update(found.groupdict())
        elif found := _RUNNER.match(text):
            self.facts["runner"] = found["name"]


class _GluedNumbers:
    """Takes off the numbers that a page glued to the lines: 1 to the first, 2 to the second, without a space."""

    def __init__(self) -> None:
        self._last = -1
        # How many lines in a row count on.
        self._run = 0

    def remove(self, text: str) -> str:
        """The text without its number, once two lines before it were numbered."""
        number = str(self._last + 1)
        if self._run and text.startswith(number):
            self._last += 1
            self._run += 1
        elif self._run < 2 and (found := _NUMBERED.match(text)):
            self._last, self._run = int(found["number"]), 1
        if self._run > 2 and text.startswith(number):
            return text[len(number) :].removeprefix(" ")
        return text.removeprefix("1") if text.startswith("1Running with gitlab-runner") else text


class _Margin:
    """Takes off what stands before every line: an indent, a quotation mark, a number, the time, a stream's name."""

    def __init__(self) -> None:
        self._pattern: re.Pattern[str] | None = None
        self._is_open = True

    def remove(self, text: str) -> str:
        """The text without the margin, which is known from the first line that the runner writes itself."""
        if self._is_open and (found := _HEADING.search(text)):
            margin = text[: found.start()]
            # What has a word of its own is a sentence.
            self._is_open = len(margin) > _LONGEST_MARGIN
            # A number that is glued to the line is another matter, since its lines need not have one.
            if margin and not margin.isdigit() and not self._is_open:
                self._pattern = re.compile(_margin(margin))
        return self._pattern.sub("", text, count=1) if self._pattern else text


def _margin(text: str) -> str:
    """A pattern of what is like a margin: numbers and streams may be others, and the spaces beside numbers fewer."""
    parts = []
    has_number = any(character.isdigit() for character in text)
    for part in _PARTS_OF_MARGIN.findall(text):
        if part.isdigit():
            parts.append(r"\d+")
        elif part.isspace():
            parts.append(r"[ \t]*" if has_number and not parts else rf"[ \t]{{0,{len(part)}}}")
        else:
            parts.append(r"std(?:out|err)" if _STREAM.match(part) else re.escape(part))
    return rf"\A{''.join(parts)}"


class _Wrapping:
    """Joins what a page wrapped at one of the usual widths, as long as no line of the log is longer than that."""

    def __init__(self) -> None:
        self._begun = ""
        self._widths = set(_WIDTHS)

    def join(self, text: str, raw: str) -> str | None:
        """The whole line that ends with this text, None if it is not the rest of one; `raw` is the line as it was written."""
        if not self._widths:
            return None
        self._widths = {width for width in self._widths if width >= len(raw)}
        begun, self._begun = self._begun, ""
        is_rest = begun and self._widths and text and not text.startswith(("$ ", "ERROR: ", "Error: ", "STEP "))
        joined = f"{begun}{text}" if is_rest else None
        if len(raw) in self._widths:
            self._begun = f"{joined or text}{' ' if raw.endswith(' ') else ''}"
            return None
        return joined


def clean(raw: str) -> list[str]:
    """The texts of one raw line: no colours, no section markers, no time stamp; quotes are not escaped."""
    if raw.startswith('{"log":'):
        raw = _said(raw)
    if raw.isascii() and "\x1b" not in raw and "section_" not in raw and "\r" not in raw:
        parts = [raw.rstrip("\n")]
    else:
        parts = _ANSI.sub("", _SECTION.sub("\r", raw)).rstrip("\r\n").split("\r")
    return [_plain(part) for part in parts if part] or [""]


def _said(raw: str) -> str:
    """What a line of Docker's own log files says."""
    try:
        return str(json.loads(raw)["log"])
    except (ValueError, KeyError):
        return raw


def _plain(text: str) -> str:
    text = _MARGIN.sub("", text) if "│" in text else text
    if text[:2] == "20":
        text = _TIMESTAMP.sub("", text)
    return text.replace('\\"', '"').rstrip()


def read_lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream of bytes, in pieces of at most LONGEST_LINE bytes; what is no UTF-8 or UTF-16 is replaced."""
    first = stream.readline(LONGEST_LINE)
    pieces = chain([first] if first else [], iter(lambda: stream.readline(LONGEST_LINE), b""))
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from _read_utf_16(pieces)
        return
    for piece in pieces:
        yield piece.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")


def _read_utf_16(pieces: Iterable[bytes]) -> Iterator[str]:
    """PowerShell's redirection writes it: a line feed is two bytes, so that pieces end within a character."""
    decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
    rest = ""
    for piece in pieces:
        *whole, rest = f"{rest}{decoder.decode(piece)}".split("\n")
        yield from (f"{line}\n" for line in whole)
    if rest:
        yield rest
