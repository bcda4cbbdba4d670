"""podrunner's errors of an object against a real API server's refusals, over drawn single changes of objects of every kind.

PODRUNNER_DRAWN is how many are drawn, from a seed that PODRUNNER_SEED is. Rules are written with seeds below 1000, figures
are of seeds from 10000 on. PODRUNNER_API_SERVER asks the API server of another version, about the objects that it takes.
PODRUNNER_JUDGED is a file to write what both say of each to, which `make bench-validation` reads.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.formats.kube_version import minor_version

from .conftest import API_SERVER
from .object_errors import object_errors
from .single_changes import SingleChange, draw, single_changes
from .strict_dry_run import StrictDryRun
from .test_defaults import OBJECTS as PLAIN
from .test_defaults import ready

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .trial import Bench

SEED = int(os.environ.get("PODRUNNER_SEED", "10000"))
COUNT = int(os.environ.get("PODRUNNER_DRAWN", "2000"))
RECORD = os.environ.get("PODRUNNER_JUDGED", "")
NAMESPACE = "single-changes"
RICH: list[dict[str, Any]] = list(
    yaml.safe_load_all((Path(__file__).parent / "rich_objects.yaml").read_text(encoding="utf-8"))
)
# Least share of refused changes that are found, the same of pairs of field and kind of change, and most of taken ones
# that are called wrong.
BOUNDS = (0.98, 0.97, 0.002)
# Refusals for what the cluster has or has not: nothing that an object could say.
OF_THE_CLUSTER = re.compile(
    r"error looking up service account|no PriorityClass with name|RuntimeClass.* not found|namespaces .* not found"
)
# Errors on purpose: the API server takes it, and it can never work. Who refuses it is said behind it.
STRICTER = re.compile(
    r"image: must be an image"  # the kubelet
    # No object can have such a name, no node such a label.
    r"|((secret|configMap|(secret|configMap)Ref)|imagePullSecrets\[\d+\]|envFrom\[\d+\])\.name: must be lower-case"
    r"|\.(secretName|claimName): must be lower-case"
    r"|topologyKey: must be at most"
    r"|nodeSelectorTerms\[\d+\]\.matchExpressions\[\d+\]\.values\[\d+\]: must be at most"  # from 1.33 on it is refused
    r"|metadata\.name: missing"  # Helm
    r"|metadata\.name: \d+ characters, at most (63|52): its (pods|jobs)"  # controllers
    r"|nodePort: .* must be a port"  # the allocator, which a dry run does not ask
    r"|: must have a unit"  # no container starts in a few bytes
    r"|is the path of two files"  # the kubelet writes both, and the last stays
    r"|terminationGracePeriodSeconds: must be 0 or more"  # taken for 1
    r"|resourceFieldRef\.containerName: is not the name of a container"  # the kubelet
)
# The same of what an API server before this version does not look at: it refuses the pods and the claims then.
_OF_STATEFUL_SETS = re.compile(r"spec\.(template|volumeClaimTemplates|serviceName)\b")
_STATEFUL_SETS_READ = (1, 34)
KINDS = """
    Pod PodTemplate ReplicationController Deployment ReplicaSet DaemonSet StatefulSet Job CronJob Service Ingress
    IngressClass NetworkPolicy ConfigMap Secret Namespace ServiceAccount ResourceQuota LimitRange PersistentVolumeClaim
    PersistentVolume Endpoints EndpointSlice PodDisruptionBudget HorizontalPodAutoscaler Role ClusterRole RoleBinding
    ClusterRoleBinding PriorityClass StorageClass CSIDriver CSINode VolumeAttachment VolumeAttributesClass RuntimeClass
    Lease ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy
    ValidatingAdmissionPolicyBinding APIService CustomResourceDefinition PriorityLevelConfiguration FlowSchema
    CertificateSigningRequest
"""


@dataclass(frozen=True)
class Judged:
    """A change, why the API server refuses it, and podrunner's errors; each empty where it is taken."""

    change: SingleChange
    refused: str
    said: tuple[str, ...]


@pytest.fixture(scope="module")
def server(bench: Bench) -> Iterator[StrictDryRun]:
    """Return the API server with a namespace for the objects."""
    ready(bench, NAMESPACE)
    made = StrictDryRun(bench.cluster.plane, NAMESPACE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def refused_as_they_are(server: StrictDryRun) -> dict[str, str]:
    """Return why the API server takes some objects not even unchanged: what its version does not have yet."""
    return {name(one): why for one in [*PLAIN, *RICH] if (why := server.refusal(one))}


@pytest.fixture(scope="module")
def judged(bench: Bench, server: StrictDryRun, refused_as_they_are: dict[str, str]) -> list[Judged]:
    """Return the drawn changes, judged by both."""
    changes = draw(Random(SEED), [one for one in [*PLAIN, *RICH] if name(one) not in refused_as_they_are], COUNT)
    version = bench.cluster.version
    begin = time.monotonic()
    refused = server.refusals([one.data for one in changes])
    between = time.monotonic()
    said = [tuple(one.message for one in object_errors(change.data, version)) for change in changes]
    print(f"\n{COUNT} changes: API server {between - begin:.1f} s, podrunner {time.monotonic() - between:.1f} s")
    return [Judged(*one) for one in zip(changes, refused, said, strict=True)]


def test_what_is_changed_is_taken_by_both(bench: Bench, refused_as_they_are: dict[str, str]) -> None:
    items = [*PLAIN, *RICH]
    said = {name(one): why for one in items if (why := object_errors(one, bench.cluster.version))}

    # The cluster's own version has all that they are made of.
    assert API_SERVER or refused_as_they_are == {}
    assert said.keys() == refused_as_they_are.keys()
    assert {one["kind"] for one in items} == set(KINDS.split())


def test_what_the_api_server_refuses_is_found_and_what_it_takes_is_not_called_wrong(
    bench: Bench, judged: list[Judged]
) -> None:
    version = minor_version(bench.cluster.version)
    refused = [one for one in judged if one.refused and not OF_THE_CLUSTER.search(one.refused)]
    taken = [one for one in judged if not one.refused]
    found = [one for one in refused if one.said]
    pairs: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for one in refused:
        pairs[one.change.field, one.change.kind].append(bool(one.said))
    wrong = [one for one in taken if any(not is_on_purpose(text, one.change, version) for text in one.said)]
    if RECORD:
        _record(bench.cluster.version, [*refused, *taken], wrong)
    shares = len(found) / len(refused), sum(map(all, pairs.values())) / len(pairs), len(wrong) / len(taken)
    print(
        f"seed {SEED}: refused {len(refused)}, found {shares[0]:.1%}, of {len(pairs)} pairs of field and kind of change {shares[1]:.1%};"
        f" taken {len(taken)}, called wrong {shares[2]:.2%}"
    )
    print(*_by_kind(refused), "missed most:", *_missed(refused), sep="\n")
    print("called wrong:", *(f"  {one.change.name}: {one.said[0]}" for one in wrong[:20]), sep="\n")

    least, least_pairs, most_wrong = BOUNDS
    assert shares[0] >= least
    assert shares[1] >= least_pairs
    assert shares[2] <= most_wrong
    # Neither is the exception.
    assert len(judged) * 0.1 < len(taken) < len(judged) * 0.5


def _record(version: str, judged: Iterable[Judged], wrong: list[Judged]) -> None:
    """Write what both say of each change, without those refused for what the cluster has not."""
    changes = [
        {
            "object": one.change.data,
            "refused": bool(one.refused),
            "said": bool(one.said),
            "on_purpose": bool(one.said) and not one.refused and one not in wrong,
        }
        for one in judged
    ]
    text = json.dumps({"kubernetes": version, "seed": SEED, "changes": changes})
    Path(RECORD).write_text(text, encoding="utf-8")


def is_on_purpose(text: str, change: SingleChange, version: tuple[int, int]) -> bool:
    """Whether an error is about what an API server of this version takes, though it never works."""
    is_later = change.item["kind"] == "StatefulSet" and version < _STATEFUL_SETS_READ
    return bool(STRICTER.search(text) or (is_later and _OF_STATEFUL_SETS.match(text)))


def name(item: dict[str, Any]) -> str:
    """Kind and name of an object."""
    return f"{item['kind']}/{item['metadata']['name']}"


def _by_kind(refused: Iterable[Judged]) -> list[str]:
    """Share that is found, by kind of change."""
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for one in refused:
        by_kind[one.change.kind].append(bool(one.said))
    return [f"  {kind}: {sum(all_)} of {len(all_)}" for kind, all_ in sorted(by_kind.items())]


def _missed(refused: Iterable[Judged], count: int = 20) -> list[str]:
    missed = Counter(f"{one.change.field}: {one.change.kind}" for one in refused if not one.said)
    return [f"  {number:3} of {name}" for name, number in missed.most_common(count)]


def test_every_kind_of_change_is_drawn_and_every_field_can_be(judged: list[Judged]) -> None:
    kinds = Counter(one.change.kind for one in judged)
    every = {one.kind for item in [*PLAIN, *RICH] for one in single_changes(item)}

    assert kinds.keys() == every
    assert min(kinds.values()) >= COUNT / 1000
