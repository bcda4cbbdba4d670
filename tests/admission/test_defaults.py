"""What the API server adds to objects is what `podrunner diff` takes for granted, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.manifests.difference.defaults import with_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .trial import Bench

NAMESPACE = "defaults"
OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((Path(__file__).parent / "plain_objects.yaml").read_text(encoding="utf-8"))
)
# What nobody could know before: addresses, ids, times, and what admission brings from the cluster.
MADE_UP = re.compile(
    "|".join(
        [
            r"status(\..*)?",
            r"metadata\.(uid|creationTimestamp|managedFields|namespace|generation|finalizers|selfLink)",
            r"metadata\.annotations\.deprecated\.daemonset\..*",
            r"(spec\.template\.)?metadata\.labels\..*(controller-uid|job-name|metadata\.name)",
            r"spec\.selector\.matchLabels\..*controller-uid|spec\.manualSelector",
            r"spec\.volumeClaimTemplates\.\d+\.status\..*",
            r"spec\.(clusterIPs?|ipFamilies|ipFamilyPolicy|ports\.\d+\.nodePort)",
            r"spec\.(tolerations|priority|preemptionPolicy|serviceAccount(Name)?|finalizers)",
            r"spec\.dataSource(Ref)?\..*",
        ]
    )
)


@pytest.mark.parametrize("item", OBJECTS, ids=[f"{one['kind']}-{one['metadata']['name']}" for one in OBJECTS])
def test_the_api_server_adds_what_is_taken_for_granted(bench: Bench, item: dict[str, Any]) -> None:
    ready(bench, NAMESPACE)

    kept = bench.cluster.dry_run(item, NAMESPACE)

    predicted = with_defaults(item)
    assert {path: value for path, value in added(predicted, kept) if not MADE_UP.fullmatch(path)} == {}
    assert dict(added(kept, predicted)) == {}


def ready(bench: Bench, namespace: str) -> None:
    """Make a namespace for the objects, with the account that their pods name."""
    bench.cluster.namespace(namespace, "privileged")
    bench.cluster.ensure({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "builder"}}, namespace)


def added(less: Any, more: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give what one object has that another has not, or has otherwise. What is empty is as good as not there."""
    if isinstance(less, dict) and isinstance(more, dict):
        for key, value in more.items():
            below = f"{path}.{key}" if path else key
            if key in less:
                yield from added(less[key], value, below)
            elif value is not None and not (key == "metadata" and value == {}):
                yield from leaves(value, below)
    elif isinstance(less, list) and isinstance(more, list) and len(less) == len(more):
        for index, (one, other) in enumerate(zip(less, more, strict=True)):
            yield from added(one, other, f"{path}.{index}")
    elif less != more:
        yield path, more


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Give every value below one."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}")
    else:
        yield path, value
