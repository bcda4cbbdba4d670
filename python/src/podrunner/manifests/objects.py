"""Where in objects pods are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from podrunner.findings.path import Path
    from podrunner.manifests.rendering import Document

Object = dict[str, Any]

_TEMPLATES: dict[str, tuple[str, ...]] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"), ("spec", "template")
    ),
}

HOOK_ANNOTATION = "helm.sh/hook"
# Groups with a dot of Kubernetes 1.25 to 1.37. Other projects have names below k8s.io, too: snapshot.storage.k8s.io.
OWN_GROUPS = frozenset(
    f"{name}.k8s.io"
    for name in (
        *("admission", "admissionregistration", "apiextensions", "apiregistration", "authentication", "coordination"),
        *("certificates", "discovery", "events", "flowcontrol.apiserver", "imagepolicy", "internal.apiserver"),
        *(
            "lifecycle",
            "networking",
            "node",
            "rbac.authorization",
            "authorization",
            "resource",
            "scheduling",
            "storage",
        ),
        "storagemigration",
    )
)


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod of a document: `path` is where its spec is, `labels` what selectors see, `annotations` its own."""

    document: Document
    namespace: str
    path: str
    labels: dict[str, Any]
    spec: dict[str, Any]
    annotations: dict[str, Any] = field(default_factory=dict)

    def containers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(path, container) of every container of any kind."""
        for kind in ("initContainers", "containers", "ephemeralContainers"):
            for index, container in enumerate(maps(self.spec.get(kind))):
                yield f"{self.path}.{kind}[{index}]", container


def find_pods(documents: Sequence[Document], namespace: str) -> list[Pod]:
    """Every pod and pod template of Kubernetes' own kinds. `namespace` is that of objects that name none."""
    found = []
    for document in documents:
        way = _TEMPLATES.get(str(document.data.get("kind")))
        if way is None:
            continue
        part: Any = document.data
        for name in way:
            part = table(part.get(name)) if isinstance(part, dict) else {}
        metadata = table(part.get("metadata"))
        labels, annotations = table(metadata.get("labels")), table(metadata.get("annotations"))
        path = ".".join([*way, "spec"])
        found.append(
            Pod(document, namespace_of(document, namespace), path, labels, table(part.get("spec")), annotations)
        )
    return found


def find_pod_spec(item: Object) -> Object | None:
    """The spec of the pod that an object is, or has as a template; None where there is none."""
    way = _TEMPLATES.get(str(item.get("kind")))
    part: Any = item
    for name in () if way is None else (*way, "spec"):
        part = part.get(name) if isinstance(part, dict) else None
    return part if way is not None and isinstance(part, dict) else None


def namespace_of(document: Document, default: str) -> str:
    """The namespace an object goes to."""
    return str(table(document.data.get("metadata")).get("namespace") or default)


def name_of(document: Document) -> str:
    """metadata.name."""
    return str(table(document.data.get("metadata")).get("name") or "")


def is_built_in(api_version: str) -> bool:
    """Whether an API version is of a group of Kubernetes' own. Groups of others have a dot in their names."""
    group = api_version.rpartition("/")[0]
    return "." not in group or group in OWN_GROUPS


def table(value: Any) -> dict[str, Any]:
    """A map, whatever was written there."""
    return value if isinstance(value, dict) else {}


def maps(value: Any) -> list[dict[str, Any]]:
    """The maps of a list, whatever was written there."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The texts of a list, whatever was written there."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def all_texts(
    value: Any, read: Callable[[Path, str], Any] = lambda _path, _text: None, path: Path = ()
) -> Iterator[str]:
    """Every text in maps and lists, however deep; keys are none. `read` gives what a text at a path is, where it is data."""
    if isinstance(value, str):
        yield value
        value = read(path, value)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, below in items:
        yield from all_texts(below, read, (*path, part))


def containers_of(pod: Object) -> list[Object]:
    """All containers of a pod that have a log, in the order in which they start."""
    spec = pod.get("spec") or {}
    return [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]
