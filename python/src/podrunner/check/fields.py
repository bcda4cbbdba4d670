"""Fields of the objects of a release, and of the pods of its jobs, that the API server or the kubelet refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, parse_dotted, spoken, value_at
from podrunner.findings.rules.job_pods import JOB_POD_FIELD
from podrunner.findings.rules.manifests import KUBERNETES_FIELD, KUBERNETES_GATE
from podrunner.findings.suggest import listed, nearest
from podrunner.manifests.admission.forms import image, leftover
from podrunner.manifests.admission.gates import dropped_faults
from podrunner.manifests.admission.host import annotation_faults
from podrunner.manifests.admission.objects import object_faults
from podrunner.manifests.admission.pod import pod_faults, whole_pod_faults
from podrunner.manifests.admission.since import too_new_faults, too_new_object_faults
from podrunner.manifests.admission.volumes import MOUNT_TWICE, VOLUME_TWICE
from podrunner.manifests.checks.check import pod_faults_by_schema
from podrunner.manifests.objects import HOOK_ANNOTATION, all_texts, find_pods, maps, table, texts
from podrunner.runner.job_pod.pod import jobs_of
from podrunner.runner.job_pod.replaced_lists import replaced_lists
from podrunner.values.places import locate, written_values
from podrunner.values.search import find_container, find_key, find_value, found_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podrunner.findings.path import Path
    from podrunner.findings.rules.rule import Rule
    from podrunner.formats.placed import Values
    from podrunner.manifests.admission.fault import FieldFault
    from podrunner.manifests.objects import Object, Pod
    from podrunner.manifests.rendering import Config, Rendering

# What of a job pod GitLab Runner fills in with variables of the job: only then it is known.
_EXPANDED = re.compile(r"\.image$|\.(mountPath|subPath|claimName)$|^volumes\[\d+\]\.name$|\.volumeMounts\[\d+\]\.name$")
_VARIABLE = re.compile(r"\.env\[\d+\]\.name$")
_WORD = re.compile(r"[A-Za-z]+")
# Of a pod, and not of its spec.
_AROUND = ("spec", "metadata", "apiVersion", "kind")
# Sections of the values that job pods are made from, and nothing else.
_OF_JOBS = {"jobs", "runners"}
# Rules of config.toml say these, with the way out.
_TOLD_BY_KEYS = (VOLUME_TWICE, MOUNT_TWICE)


@dataclass(frozen=True, slots=True)
class _Field:
    """A field that is refused: what is wrong, `at` in `object`, and whose `template` it is, empty for config.toml.

    `runners` are those whose jobs have it, empty for what is rendered. `container` is the name of the one that it is of.
    """

    rule: Rule
    fault: FieldFault
    object: str
    at: str
    template: str = ""
    is_of_jobs: bool = False
    runners: tuple[str, ...] = ()
    container: str = ""

    @property
    def path(self) -> str:
        """Where it is, with those whose jobs have it."""
        if len(self.runners) > 1:
            return f"jobs of runners {listed(self.runners)}: {self.at}"
        return f"jobs of runner {self.runners[0]}, {self.at}" if self.runners else self.at

    @property
    def about(self) -> str:
        """What is wrong, empty for what is absent."""
        return "" if self.fault.value is None else str(self.fault.value)

    def finding(self) -> Finding:
        """At the object."""
        reason = self.fault.sentence
        found = Finding(self.rule, f"{self.path}: {reason}", object=self.object, path=self.path, file=self.template)
        return replace(found, about=self.about, reason=reason)

    def at_value(self, path: Path) -> Finding:
        """By the path in the values."""
        said = around_a_patch(path) or self.fault.sentence
        return Finding(self.rule, f"{spoken(path)}: {said} ({self.path})", path=dotted(path), about=self.about)


def around_a_patch(path: Path) -> str:
    """What is wrong with a key at the top of a patch that is for a whole pod; empty for others."""
    if path[-2:-1] != ("patch",) or path[-1] not in _AROUND:
        return ""
    return f"unknown key. A patch is one of the pod's spec: write its fields without `{path[-1]}` around them."


def check_fields(rendering: Rendering, layers: Sequence[Values]) -> Iterator[Finding]:
    """An error for each, once for each value, at the value where that is written in one of the layers."""
    # Jobs first: the pod of `helm test` says again what they do.
    yield from _told((*_of_configs(rendering), *_of_pods(rendering), *_of_objects(rendering)), layers)


def check_new_fields(rendering: Rendering, layers: Sequence[Values], kube_version: str) -> Iterator[Finding]:
    """The same for what this version of Kubernetes refuses, or drops by default, and a later one takes."""
    new = (
        *_new_of_configs(rendering, kube_version),
        *_new_of_pods(rendering, kube_version),
        *_new_of_objects(rendering, kube_version),
    )
    yield from _told(new, layers)


def _told(fields: Sequence[_Field], layers: Sequence[Values]) -> Iterator[Finding]:
    values = written_values(layers)
    told: dict[tuple[object, ...], tuple[Path | None, list[_Field]]] = {}
    for field in (_by_who_wrote_it(values, one) for one in fields):
        path = _written(values, field)
        what = (path or (field.object, field.at), field.fault.is_dropped, str(field.fault.value))
        told.setdefault(what, (path, []))[1].append(field)
    for path, same in told.values():
        # What jobs have is told of them, and not again of the pod of `helm test`, which has it from there.
        runners = dict.fromkeys(name for field in same for name in field.runners)
        field = replace(same[0], runners=tuple(runners) if same[0].runners else ())
        yield locate(field.at_value(path), layers, path) if path else field.finding()


def _by_who_wrote_it(values: dict[str, Any], field: _Field) -> _Field:
    """Of two fields that do not go together the one that is written, where the first is somebody's default."""
    other = field.fault.other
    if other is None or find_value(values, field.fault.value, field.path) is not None:
        return field
    at = f"{field.at.removesuffix(field.fault.path)}{other.path}"
    return field if find_value(values, other.value, at) is None else replace(field, fault=other, at=at)


def _written(values: dict[str, Any], field: _Field) -> Path | None:
    """Where the values say it, or a part of it that cannot be right, or else what is called so."""
    value = field.fault.value
    if value not in (None, ""):
        found = find_value(values, value, field.path)
        if found is None and isinstance(value, str):
            found = _part(values, value, field)
        if found is not None:
            return found
    sections = _OF_JOBS if field.is_of_jobs else values.keys() - _OF_JOBS
    within = {name: values[name] for name in values if name in sections}
    if field.runners and "runners" in within:
        within["runners"] = {name: one for name, one in table(within["runners"]).items() if name in field.runners}
    if value in (None, "") and field.container and (item := find_container(within, field.container)):
        return (*item, *parse_dotted(field.fault.path)[2:])
    found = find_key(within, field.fault.path)
    # One that is absent cannot be told from one that somebody else wrote.
    items = found_at(values, found) if found else None
    return (*found, items.index(value)) if found and isinstance(items, list) and value in items else found


def _part(values: dict[str, Any], value: str, field: _Field) -> Path | None:
    """Where a part of a text is written that alone is wrong: an image is made of several."""
    for text in sorted({*all_texts(values)}, key=len, reverse=True):
        if text and text in value:
            is_wrong = len(text.split()) > 1 or text != text.strip() or leftover(f":{text}")
            if is_wrong or (field.path.endswith("image") and image(value) and not image(value.replace(text, "a"))):
                return find_value(values, text, field.path)
    return None


def _of_pods(rendering: Rendering) -> Iterator[_Field]:
    jobs = {_said(fault, spec) for config in rendering.configs for _, fault, spec in _of_jobs(config.toml.text)}
    runners = [one for config in rendering.configs for one in maps(config.toml.data.get("runners"))]
    for pod in find_pods(rendering.documents, rendering.namespace):
        is_hook = HOOK_ANNOTATION in pod.document.text
        for fault in (_as_written(one, pod.spec) for one in pod_faults(pod.spec)):
            # The schema of the kind says what is absent; `helm test` is made of an image and of volumes that jobs have.
            is_told = _said(fault, pod.spec) in jobs or _is_of_jobs(fault)
            is_told = is_told or any(_is_of_runner(fault, one) for one in runners)
            if fault.is_absent or (is_hook and is_told):
                continue
            yield _in_pod(pod, fault, is_hook=is_hook)
        for fault in annotation_faults(pod.annotations, pod.spec):
            if is_hook and _said(fault, pod.spec) in jobs:
                continue
            path = f"{pod.path.removesuffix('spec')}metadata.{fault.path}"
            yield _Field(KUBERNETES_FIELD, fault, pod.document.name, path, pod.document.template)


def _new_of_pods(rendering: Rendering, kube_version: str) -> Iterator[_Field]:
    for pod in find_pods(rendering.documents, rendering.namespace):
        is_hook = HOOK_ANNOTATION in pod.document.text
        for fault in _refused_or_dropped(pod.spec, kube_version):
            yield _in_pod(pod, fault, is_hook=is_hook)


def _in_pod(pod: Pod, fault: FieldFault, *, is_hook: bool) -> _Field:
    path = f"{pod.path}.{fault.path}"
    document, container = pod.document, _container(fault, pod.spec)
    rule = KUBERNETES_GATE if fault.is_dropped else KUBERNETES_FIELD
    return _Field(rule, fault, document.name, path, document.template, is_hook, container=container)


def _new_of_configs(rendering: Rendering, kube_version: str) -> Iterator[_Field]:
    for config in rendering.configs:
        for name, fault in _new_of_jobs(config.toml.text, kube_version):
            yield _in_job(config, name, fault)


def _in_job(config: Config, runner: str, fault: FieldFault, container: str = "") -> _Field:
    name, runners = f"ConfigMap/{config.name}", (runner,)
    rule = KUBERNETES_GATE if fault.is_dropped else JOB_POD_FIELD
    return _Field(rule, fault, name, fault.path, is_of_jobs=True, runners=runners, container=container)


@lru_cache(maxsize=1024)
def _new_of_jobs(config_toml: str, kube_version: str) -> tuple[tuple[str, FieldFault], ...]:
    """Name of a runner → what this version refuses of its job's pod, or drops, by its schema, too."""
    return tuple(
        (str(runner.get("name")), fault)
        for runner, _, job in jobs_of(config_toml)
        for fault in _of_version(job.spec, job.pod, kube_version)
        if not _is_of_jobs(fault)
        and not any(one.path in about_keys(fault.path, fault.sentence) for one in whole_pod_faults(job.pod))
    )


def about_keys(path: str, sentence: str) -> set[str]:
    """A field, and those below it that a sentence names: of a map that says what does not go together, one is at fault."""
    return {path, *(f"{path}.{word}" for word in _WORD.findall(sentence))}


def _of_version(spec: Object, pod: Object, kube_version: str) -> Iterator[FieldFault]:
    yield from _refused_or_dropped(spec, kube_version)
    yield from pod_faults_by_schema(pod, kube_version)


def _refused_or_dropped(spec: Object, kube_version: str) -> Iterator[FieldFault]:
    """What is refused is not dropped."""
    refused = [*too_new_faults(spec, kube_version)]
    yield from refused
    yield from (one for one in dropped_faults(spec, kube_version) if one.path not in {two.path for two in refused})


def _of_objects(rendering: Rendering) -> Iterator[_Field]:
    for document in rendering.documents:
        # As with pods, schemas say what is absent.
        for fault in (one for one in object_faults(document.data) if not one.is_absent):
            yield _Field(KUBERNETES_FIELD, fault, document.name, fault.path, document.template)


def _new_of_objects(rendering: Rendering, kube_version: str) -> Iterator[_Field]:
    for document in rendering.documents:
        for fault in too_new_object_faults(document.data, kube_version):
            yield _Field(KUBERNETES_FIELD, fault, document.name, fault.path, document.template)


def _of_configs(rendering: Rendering) -> Iterator[_Field]:
    for config in rendering.configs:
        for name, fault, spec in _of_jobs(config.toml.text):
            if fault.reason not in _TOLD_BY_KEYS:
                yield _in_job(config, name, fault, _container(fault, spec))


@lru_cache(maxsize=1024)
def _of_jobs(config_toml: str) -> tuple[tuple[str, FieldFault, dict[str, Any]], ...]:
    """(name of a runner, a fault of its job's pod, the pod's spec): of many containers of the same fault, the first."""
    found = []
    # Services have keys of their own: a job that brings one says all that jobs say.
    for runner, _, job in jobs_of(config_toml):
        told: set[tuple[str, str]] = set()
        for fault in whole_pod_faults(job.pod):
            said = _said(fault, job.spec)
            # Jobs may name an image themselves.
            is_of_job = _is_of_jobs(fault) or said == ("missing", "build.image") or _is_nameless(fault, runner)
            if said not in told and not is_of_job:
                told.add(said)
                found.append((str(runner.get("name")), _as_written(fault, job.spec), job.spec))
    return tuple(found)


def _as_written(fault: FieldFault, spec: Mapping[str, Any]) -> FieldFault:
    """The fault in words of who wrote a toleration as KEY=VALUE, or a patch of a container that there is not."""
    *above, last = parse_dotted(fault.path)
    item = value_at(spec, tuple(above))
    if above[:1] == ["tolerations"] and last == "operator" and not item.get("key"):
        written = f"={item.get('value', '')}"
        words = f"`{written}` has no key before `=`. Write KEY=VALUE, or KEY alone for all its values."
        return replace(fault, value=written, words=words)
    if (fault.reason, last, len(above)) == ("missing", "image", 2):
        name, others = str(item.get("name")), [str(one.get("name")) for one in maps(value_at(spec, (above[0],)))]
        if meant := nearest(name, [one for one in others if one != name]):
            words = f"missing. Jobs have no container `{name}`, so that the patch adds one. Did you mean `{meant}`?"
            return replace(fault, words=words)
    return fault


def _said(fault: FieldFault, spec: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with which value; of one that is missing, its container and field."""
    if fault.reason != "missing":
        return fault.reason, str(fault.value)
    return fault.reason, f"{_container(fault, spec)}.{parse_dotted(fault.path)[-1]}"


def _container(fault: FieldFault, spec: Mapping[str, Any]) -> str:
    """The name of the container that a fault is of; empty for the pod's own."""
    at = parse_dotted(fault.path)[:2]
    return str(value_at(spec, (*at, "name")) or "") if at[0] in ("initContainers", "containers") else ""


def _is_nameless(fault: FieldFault, runner: Mapping[str, Any]) -> bool:
    """Whether it is a variable of `environment`, of which the check of config.toml says that it has no name."""
    is_of_variable = fault.reason == "missing" and fault.value == "" and _VARIABLE.search(fault.path)
    return bool(is_of_variable) and any(text.startswith("=") for text in texts(runner.get("environment")))


def _is_of_runner(fault: FieldFault, runner: dict[str, Any]) -> bool:
    """Whether a key of the runner or a patch that replaces lists is told for it."""
    is_of_patch = fault.reason == "missing" and any(one.is_fatal for one in replaced_lists(runner))
    return is_of_patch or _is_nameless(fault, runner)


def _is_of_jobs(fault: FieldFault) -> bool:
    return "$" in str(fault.value) and bool(_EXPANDED.search(fault.path))
