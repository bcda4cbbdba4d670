"""What Helm makes of a chart and values, parsed once."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import PodrunnerError, RenderError, UsageError
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.formats.flaw import NOT_YAML, Flaw, yaml_flaw
from podrunner.formats.toml import Toml, read_toml
from podrunner.formats.yaml import read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CONFIG_TOML, NOTES = "config.toml", "notes"
_OF_A_RUNNER = re.compile(r"^\s*(?:concurrent\s*=|\[+\s*runners\b)", re.MULTILINE)
# As Helm splits: `---# a comment` begins a document, too.
_KEY = re.compile(r"[ \t-]*([\w./-]+):(?:\s|\Z)")
_CHART = re.compile(r"^# Source: ([^/\n]+/)", re.MULTILINE)
_SEPARATOR = re.compile(r"^---[ \t]*", re.MULTILINE)
# The head of a block such as `config: |+`.
_KEEPS_LINE_ENDS = re.compile(r"[|>](?:\+[1-9]?|[1-9]\+)[ \t]*(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """One Kubernetes object: `template` is the path in the chart, `data` is not to be changed by anybody.

    `duplicate_keys` are there twice in one of its maps, each with the line of the text where it is again; `data` has the
    last. Two with the same text from the same
    template are equal.
    """

    template: str
    text: str
    data: dict[str, Any] = field(compare=False)
    duplicate_keys: tuple[tuple[str, int], ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """`Deployment/ci-podrunner`, as findings call it."""
        metadata = self.data.get("metadata")
        name = metadata.get("name", "") if isinstance(metadata, dict) else ""
        return f"{self.data.get('kind', '')}/{name}"


@dataclass(frozen=True, slots=True)
class Config:
    """A config.toml: `name` is that of its ConfigMap, `template` the path in the chart."""

    name: str
    template: str
    toml: Toml


@dataclass(frozen=True, slots=True)
class Rendering:
    """Everything one render gave. `case` is the name of the case, `text` the whole manifest as `helm template` prints it."""

    case: str
    release: str
    namespace: str
    # Long texts: a failing test prints the rest.
    documents: tuple[Document, ...] = field(repr=False)
    notes: str = field(repr=False)
    text: str = field(repr=False)

    def objects(self, kind: str = "") -> list[dict[str, Any]]:
        """All objects, or all of one kind."""
        return [document.data for document in self.documents if kind in ("", document.data.get("kind"))]

    def object(self, kind: str, name: str | None = None) -> dict[str, Any]:
        """The one object of a kind, or the one of that name. Raises LookupError that lists what is there."""
        __tracebackhide__ = True
        found = [
            document.data
            for document in self.documents
            if kind == document.data.get("kind") and name in (None, document.name.removeprefix(f"{kind}/"))
        ]
        if len(found) == 1:
            return found[0]
        wanted = kind if name is None else f"{kind}/{name}"
        there = listed(sorted(document.name for document in self.documents), 40) or "nothing"
        if found:
            raise LookupError(f"{len(found)} objects are a {wanted}: give a name. Rendered: {there}.")
        raise LookupError(f"No {wanted} in this rendering. Rendered: {there}.")

    def objects_of(self, template: str, *, if_any: bool = False) -> list[dict[str, Any]]:
        """The objects of a template by its path in the chart, or of several by a shell pattern, in their order.

        `templates/deployment.yaml`, `charts/db/templates/*.yaml`. Raises LookupError that lists what is there when
        there are none, unless `if_any`.
        """
        __tracebackhide__ = True
        found = [document.data for document in self.documents if fnmatchcase(document.template, template)]
        if found or if_any:
            return found
        raise LookupError(self._nothing_of(template))

    def only(self, templates: Sequence[str]) -> Rendering:
        """The documents of some templates alone, as `helm template --show-only` chooses them; all of them for no templates.

        They are paths in the chart, `templates/service.yaml`, or patterns, in which `*` stands for no `/`. Of a file in
        crds/, Helm shows the first document alone, this shows all. Raises UsageError for one that gives nothing.
        """
        if not templates:
            return self
        found: dict[int, Document] = {}
        for template in templates:
            fitting = {at: one for at, one in enumerate(self.documents) if _fits(one.template, template)}
            if not fitting:
                raise UsageError(self._nothing_of(template))
            found = {**found, **fitting}
        chart = _CHART.search(self.text)
        return replace(self, documents=tuple(found.values()), text=manifest(chart[1] if chart else "", found.values()))

    def _nothing_of(self, template: str) -> str:
        there = list(dict.fromkeys(document.template for document in self.documents))
        near = did_you_mean(template, there)
        return f"No object of {template} in this rendering.{near} Rendered: {listed(there, 40) or 'nothing'}."

    def part(self, what: str) -> str:
        """config.toml, the notes, or the documents of a template by its path or file name. Raises UsageError with a list."""
        return self._texts().get(what) or "---\n".join(document.text for document in self.documents_of(what))

    def documents_of(self, template: str) -> list[Document]:
        """The documents of a template by its path or file name, all for an empty one. Raises UsageError with a list."""
        found = [document for document in self.documents if document.template.endswith(template)]
        if found or not template:
            return found
        if template in (CONFIG_TOML, NOTES) and self._texts().get(template):
            raise UsageError(f"--format json: is for objects, and {template} is text. Leave one of the options out.")
        if template == NOTES:
            raise UsageError("--show notes: there are none. `helm template` renders no notes, --helm library does.")
        there = [*self._texts(), *dict.fromkeys(one.template for one in self.documents)]
        near = did_you_mean(template, there)
        raise UsageError(f"--show {template}: not in this rendering.{near} Available: {listed(there, 40)}.")

    def _texts(self) -> dict[str, str]:
        """What has a name of its own, where there is any of it."""
        texts = {CONFIG_TOML: "".join(config.toml.text for config in self.configs), NOTES: self.notes}
        return {name: text for name, text in texts.items() if text}

    @property
    def configs(self) -> tuple[Config, ...]:
        """Every config.toml in a ConfigMap, read once."""
        found = []
        for document in self.documents:
            data = document.data.get("data") if document.data.get("kind") == "ConfigMap" else None
            text = data.get(CONFIG_TOML) if isinstance(data, dict) else None
            # The schema refuses what is not text.
            if isinstance(text, str):
                found.append(Config(document.name.removeprefix("ConfigMap/"), document.template, read_toml(text)))
        return tuple(found)

    @property
    def config(self) -> Config:
        """The config.toml of the release. Raises LookupError when there is none or more than one."""
        __tracebackhide__ = True
        configs = self.configs
        if len(configs) == 1:
            return configs[0]
        there = listed(sorted(one.name for one in configs)) or "none"
        raise LookupError(f"One ConfigMap with a key {CONFIG_TOML} expected. Available: {there}.")

    @property
    def config_toml(self) -> dict[str, Any]:
        """What the config.toml of the release says, for whoever wants to change it. Raises LookupError as `config`."""
        __tracebackhide__ = True
        return deepcopy(self.config.toml.data)


def manifest(chart: str, documents: Iterable[Document]) -> str:
    """Documents as `helm template` prints them; `chart` is the name of the chart and a slash."""
    return "".join(f"---\n# Source: {chart}{one.template}\n{one.text}" for one in documents)


def _fits(template: str, pattern: str) -> bool:
    """Whether Go's filepath.Match, with which Helm looks, finds a path."""
    parts, patterns = template.split("/"), pattern.replace("[^", "[!").split("/")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))


def is_of_a_runner(config_toml: str) -> bool:
    """Whether a file called config.toml is GitLab Runner's, be it TOML or not: other programs have one, too."""
    return bool(_OF_A_RUNNER.search(config_toml))


def parse_documents(template: str, text: str, line_end: str = "\n") -> Iterable[Document]:
    """The objects in the output of one template, empty documents left out. Raises RenderError for bad YAML.

    `line_end` is what Helm writes after each: empty for a text that it has written.
    """
    for part in _SEPARATOR.split(text):
        # As Helm cuts and joins them: a text at the end of a document keeps its line end, and only one …
        document = f"{part.strip()}\n"
        if _KEEPS_LINE_ENDS.search(document):
            # … but where it keeps all: Helm 4 leaves those that the template has, and Helm 3 none.
            document = f"{part.lstrip()}{line_end}"
        data, duplicate_keys = _parse(template, document)
        if data is not None:
            yield Document(template, document, data, duplicate_keys)


@lru_cache(maxsize=4096)
def _parse(template: str, text: str) -> tuple[dict[str, Any] | None, tuple[tuple[str, int], ...]]:
    """Data and duplicate keys. Most documents are the same in many cases of a matrix: parsed once."""
    if not text.strip():
        return None, ()
    try:
        data, duplicates = read_document(text)
    except NOT_YAML as error:
        raise _not_yaml(template, text, yaml_flaw(error, text)) from None
    if data is not None and not isinstance(data, dict):
        # Not shown: it may be the rest of a secret that was not indented.
        what = "a list" if isinstance(data, list) else "a single value"
        message = f"{template}: rendered to YAML that is not an object but {what} of {len(text.strip())} characters."
        raise RenderError(message, template=template)
    return data, duplicates


def _not_yaml(template: str, text: str, flaw: Flaw) -> PodrunnerError:
    """The line by its key alone: the rest may be a secret."""
    line, _ = flaw.place
    lines = text.splitlines()
    key = _KEY.match(lines[line - 1]) if 0 < line <= len(lines) else None
    where = f", at line {line} of the rendered document" if line else ""
    where += f", `{key[1]}:`" if key else ""
    sentence = flaw.sentence("rendered to text that is not YAML", where)
    return RenderError(f"{template}: {sentence}", template=template)
