"""One test of helm unittest as a function of pytest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.importing.unittest.assertions import (
    LeftOutError,
    checked_path,
    checked_pattern,
    checked_refusal,
    contained,
    real_kind,
    statements,
)
from podrunner.importing.unittest.code import Brackets, Code, call, lines, literal, quoted, raw
from podrunner.importing.unittest.paths import leads_to_many, values_of
from podrunner.importing.unittest.target import Subject

if TYPE_CHECKING:
    from podrunner.importing.unittest.release import TestedRelease
    from podrunner.importing.unittest.suite import Assertion, Job, Suite

_RAW = ("equalRaw", "matchRegexRaw", "matchSnapshotRaw")
# What a job or a suite may say that the plugin cannot do, and why.
_NO_POST_RENDERER = "postRenderer: the plugin renders as `helm template` does, without one"
_NO_DEPENDENCY = "chart: helm unittest changes the versions of dependencies, too, which keep theirs in Helm"


@dataclass(frozen=True, slots=True)
class Left:
    """What was left out, and at which line of the suite."""

    line: int
    why: str


@dataclass(slots=True)
class Body:
    """The lines of a function while it is written. `rows` are (indent, code); `snapshots` counts them.

    `render` is the fixture that renders its suite.
    """

    release: TestedRelease
    render: str = "render"
    rows: list[tuple[int, Code]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    snapshots: int = 0

    def add(self, code: Code, depth: int = 0) -> None:
        """Add a statement, `depth` loops deep."""
        self.rows.append((4 + 4 * depth, code))

    def add_snapshot(self, what: Code) -> None:
        """Add a snapshot; from the second on it needs a name."""
        self.snapshots += 1
        name = [quoted(str(self.snapshots))] if self.snapshots > 1 else []
        self.add(call("podrunner_snapshot", what, *name))


def write_job(suite: Suite, job: Job, body: Body, arguments: list[Code]) -> Body:
    """The body of the function for a job; `arguments` are those of its `render`."""
    if unable := _unable(suite, job):
        body.left.append(Left(job.line, unable))
        return body
    if isinstance(skip := job.data.get("skip"), dict) and skip.get("reason"):
        body.add(call("pytest.skip", quoted(str(skip["reason"]))))
        return body
    _write_assertions(suite, job, body, arguments)
    return body


def _write_assertions(suite: Suite, job: Job, body: Body, arguments: list[Code]) -> None:
    kinds = [(one, *real_kind(one.kind)) for one in job.assertions]
    fails = [one for one, kind, denied in kinds if kind == "failedTemplate" and denied == bool(one.given.get("not"))]
    for one in fails:
        try:
            _write_failure(one, body, arguments)
        except LeftOutError as error:
            body.left.append(Left(one.line, str(error)))
    rest = [one for one, kind, _ in kinds if kind != "failedTemplate"]
    if fails:
        body.left += [Left(one.line, f"{one.kind} beside failedTemplate: nothing is rendered") for one in rest]
        return
    body.add(("rendering = ", *call(body.render, *arguments)) if rest else call(body.render, *arguments))
    if rest:
        body.rows.append((0, ("",)))
    for target, group in _grouped(suite, rest, job, body).items():
        _write_group(target, group, job, body)


def _unable(suite: Suite, job: Job) -> str:
    parts = (suite.data, job.data)
    if any(part.get("postRenderer") for part in parts):
        return _NO_POST_RENDERER
    said = [job.data.get("template"), *(one.given.get("template") for one in job.assertions)]
    said += [one for part in parts for one in part.get("templates") or ()]
    if any(part.get("chart") for part in parts) and any(str(one).startswith("charts/") for one in said):
        return _NO_DEPENDENCY
    return "" if job.assertions else "there are no `asserts`"


def _write_failure(one: Assertion, body: Body, arguments: list[Code]) -> None:
    options: list[Code] = []
    if one.params.get("errorMessage"):
        message = checked_refusal(str(body.release.renamed(one.params["errorMessage"])))
        options = [
            ("match=", raw(message))
            if re.escape(message) == message
            else ("match=", *call("re.escape", quoted(message)))
        ]
    elif one.params.get("errorPattern"):
        pattern = checked_refusal(str(body.release.renamed(one.params["errorPattern"])))
        options = [("match=", raw(checked_pattern(pattern)))]
    body.add(("with ", *call("pytest.raises", "PodrunnerError", *options), ":"))
    body.add(call(body.render, *arguments), 1)


def _grouped(suite: Suite, assertions: list[Assertion], job: Job, body: Body) -> dict[Subject, list[Assertion]]:
    groups: dict[Subject, list[Assertion]] = {}
    for one in assertions:
        try:
            groups.setdefault(Subject.of(suite, job, one), []).append(one)
        except LeftOutError as error:
            body.left.append(Left(one.line, str(error)))
    return groups


def _write_group(target: Subject, group: list[Assertion], job: Job, body: Body) -> None:
    """What is about lists first, then statements about each object."""
    each: list[Code] = []
    is_denied = True
    for one in group:
        kind, contrary = real_kind(one.kind)
        denied = contrary != bool(one.given.get("not"))
        selector = one.given.get("documentSelector") or job.data.get("documentSelector") or {}
        try:
            if not _write_whole(kind, target, selector, one, body, denied=denied):
                each += statements(kind, _renamed(one.params, body.release), denied=denied)
                is_denied = is_denied and denied
        except LeftOutError as error:
            body.left.append(Left(one.line, str(error)))
    if each:
        _write_each(target, group, each, job, body, if_any=is_denied)


def _write_each(
    target: Subject, group: list[Assertion], each: list[Code], job: Job, body: Body, *, if_any: bool
) -> None:
    selector = group[0].given.get("documentSelector") or job.data.get("documentSelector") or {}
    try:
        head, loops = target.head(selector, body.release, if_any=if_any)
    except LeftOutError as error:
        body.left += [Left(one.line, str(error)) for one in group]
        return
    depth = 0
    for code in head:
        body.add(code, depth)
        depth += code[-1] == ":" or str(code[-1]).endswith(":")
    for code in each:
        body.add(code, loops)


def _write_whole(
    kind: str, target: Subject, selector: dict[str, Any], one: Assertion, body: Body, *, denied: bool
) -> bool:
    """Write an assertion that is not about each object; false for one that is. Raises LeftOutError."""
    params = _renamed(one.params, body.release)
    if kind in _RAW:
        _write_notes(kind, target, params, body, denied=denied)
    elif kind == "hasDocuments":
        found = target.counted(selector, body.release, aware=bool(params.get("filterAware")))
        if params.get("count") == 0 and not denied:
            body.add(("assert ", *found, " == ", "[]"))
        else:
            measured: Code = ("len", Brackets("(", (found,), ")", is_call=True))
            body.add(("assert ", *measured, " != " if denied else " == ", repr(params.get("count"))))
    elif kind == "matchSnapshot":
        _write_snapshot(target, selector, params, body, denied=denied)
    elif kind == "containsDocument" and params.get("any"):
        body.add(contained(params, target.objects(if_any=True), denied=denied))
    else:
        return False
    return True


def _write_notes(kind: str, target: Subject, params: dict[str, Any], body: Body, *, denied: bool) -> None:
    if target.templates != ("templates/NOTES.txt",):
        raise LeftOutError(
            f"{kind} of {', '.join(target.templates)}: the text of the chart's own NOTES.txt is rendered alone"
        )
    if kind == "equalRaw":
        body.add(("assert ", "rendering.notes", " != " if denied else " == ", *literal(params.get("value"))))
    elif kind == "matchRegexRaw":
        found = call("re.search", raw(checked_pattern(params.get("pattern"))), "rendering.notes")
        body.add(("assert ", "not " if denied else "", *found))
    elif denied:
        raise LeftOutError("matchSnapshotRaw with `not`")
    else:
        body.add_snapshot(("rendering.notes",))


def _write_snapshot(
    target: Subject, selector: dict[str, Any], params: dict[str, Any], body: Body, *, denied: bool
) -> None:
    if denied:
        raise LeftOutError("matchSnapshot with `not`")
    path = checked_path(params)
    objects = target.selected(selector, body.release) if selector else target.objects(if_any=True)
    chosen = (*objects, f"[{target.index}]") if target.index is not None and target.is_one else objects
    what: Code = chosen
    if path:
        if leads_to_many(path):
            raise LeftOutError(f"a snapshot of the path {path}, which may lead to several values")
        at_path = ("find", Brackets("(", (("one",), (quoted(path),)), ")", is_call=True))
        what = (Brackets("[", (at_path, ("for one in ", *objects)), "]", comma=""),)
        if target.index is not None and target.is_one:
            what = call("find", chosen, quoted(path))
    patterns = [(name, params[name]) for name in ("matchRegex", "notMatchRegex") if isinstance(params.get(name), dict)]
    for name, said in patterns:
        found = call("re.search", raw(checked_pattern(said.get("pattern"))), call("yaml.dump", what))
        body.add(("assert ", "not " if name.startswith("not") else "", *found))
    body.add_snapshot(what)


def _renamed(params: dict[str, Any], release: TestedRelease) -> dict[str, Any]:
    """Parameters with the release's names as they are rendered; what stands at a path that ends in namespace is one."""
    key = str(params.get("path", "")).rpartition(".")[2]
    return {
        name: release.renamed(value, key if name == "value" else name)
        for name, value in params.items()
        if name != "path"
    } | {name: value for name, value in params.items() if name == "path"}


def layers_of(data: dict[str, Any], files: list[Code]) -> list[Code]:
    """The values of a suite or a job, as arguments. Raises LeftOutError."""
    settings = data.get("set")
    try:
        values = values_of(settings) if isinstance(settings, dict) else {}
    except ValueError as error:
        raise LeftOutError(f"Helm does not take {error}") from None
    return [*files, literal(values)] if values else files


def body_lines(body: Body) -> list[str]:
    """The rows as text."""
    return [line for indent, code in body.rows for line in lines(code, indent)]
