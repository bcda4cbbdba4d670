"""What an assertion is about: templates, and the objects of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.importing.unittest.assertions import LeftOutError, checked_path
from podrunner.importing.unittest.code import Brackets, Code, call, chosen, literal, quoted, tuple_of

if TYPE_CHECKING:
    from podrunner.importing.unittest.release import TestedRelease
    from podrunner.importing.unittest.suite import Assertion, Job, Suite

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Subject:
    """`templates` are paths in the chart or patterns; `selector` is that of helm unittest as text, to be compared."""

    templates: tuple[str, ...]
    index: int | None = None
    selector: str = ""

    @classmethod
    def of(cls, suite: Suite, job: Job, assertion: Assertion) -> Subject:
        """As helm unittest finds it: what the assertion says, else its job, else the suite."""
        said = assertion.given
        index = job.data.get("documentIndex", said.get("documentIndex"))
        selector = said.get("documentSelector") or job.data.get("documentSelector")
        return cls(
            _templates(suite, job, assertion),
            index if isinstance(index, int) and index >= 0 and not selector else None,
            repr(selector) if isinstance(selector, dict) else "",
        )

    @property
    def is_one(self) -> bool:
        """Whether it is one template, which is named."""
        return len(self.templates) == 1 and not _is_pattern(self.templates[0])

    def objects(self, *, if_any: bool) -> Code:
        """The code of a list of its objects, before one is chosen of them."""
        parts = [_objects_of((quoted(one),), if_any=if_any) for one in self.templates]
        return parts[0] if len(parts) == 1 else (Brackets("[", tuple(("*", *one) for one in parts), "]"),)

    def head(self, selector: dict[str, Any], release: TestedRelease, *, if_any: bool) -> tuple[list[Code], int]:
        """The lines before statements about `document`, and how many of them are loops."""
        if selector:
            return self._selected(selector, release)
        if self.index is None and len(self.templates) == 1:
            return [("for document in ", *self.objects(if_any=if_any), ":")], 1
        if any(map(_is_pattern, self.templates)) and self.index is not None and not self.is_one:
            raise LeftOutError("documentIndex of templates that are not named")
        if self.is_one:
            return [("document = ", *self.objects(if_any=False), f"[{self.index}]")], 0
        inner = _objects_of(("template",), if_any=if_any and self.index is None)
        outer: Code = ("for template in ", *tuple_of(self.templates), ":")
        if self.index is None:
            return [outer, ("for document in ", *inner, ":")], 2
        return [outer, ("document = ", *inner, f"[{self.index}]")], 1

    def _selected(self, selector: dict[str, Any], release: TestedRelease) -> tuple[list[Code], int]:
        found = self.selected(selector, release)
        if selector.get("skipEmptyTemplates"):
            return [("for document in ", *found, ":")], 1
        if selector.get("matchMany"):
            return [("documents = ", *found), ("assert documents",), ("for document in documents:",)], 1
        return [("(document,) = ", *found)], 0

    def selected(self, selector: dict[str, Any], release: TestedRelease) -> Code:
        """The code of a list of the objects that a selector chooses."""
        path = checked_path(selector)
        values = call("find_all", "one", quoted(path))
        key = path.rpartition(".")[2]
        wanted = literal(release.renamed(selector.get("value"), key))
        condition = values if selector.get("value") is None else (*wanted, " in ", *values)
        return chosen("one", self.objects(if_any=True), condition)

    def counted(self, selector: dict[str, Any], release: TestedRelease, *, aware: bool) -> Code:
        """The code of a list whose length is what `hasDocuments` counts."""
        if aware and selector:
            return self.selected(selector, release)
        if not self.is_one:
            raise LeftOutError("hasDocuments of templates that are not named: helm unittest counts each for itself")
        source = self.objects(if_any=True)
        return (*source, f"[{self.index}:{(self.index or 0) + 1}]") if aware and self.index is not None else source


def _objects_of(template: Code, *, if_any: bool) -> Code:
    return ("rendering.", *call("objects_of", template, *(["if_any=True"] if if_any else [])))


def _templates(suite: Suite, job: Job, assertion: Assertion) -> tuple[str, ...]:
    if template := assertion.given.get("template"):
        return (_path(str(template)),)
    for said in (job.data.get("templates"), [job.data["template"]] if job.data.get("template") else None):
        if said:
            return tuple(_path(str(one)) for one in said)
    left = {_path(str(one)) for one in suite.data.get("excludeTemplates") or ()}
    named = [_path(str(one)) for one in suite.data.get("templates") or ()]
    if left and (not named or any(map(_is_pattern, [*named, *left]))):
        raise LeftOutError("excludeTemplates without the templates that are left")
    return tuple(one for one in named if one not in left) or (EVERY,)


def _path(template: str) -> str:
    """The path in the chart, of which helm unittest lets `templates/` be left out."""
    is_whole = template.startswith(("templates/", "charts/", "crds/")) or template == EVERY
    return template if is_whole else f"templates/{template}"


def _is_pattern(template: str) -> bool:
    return any(character in template for character in "*?[")
