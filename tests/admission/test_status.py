"""A status that an object brings is not read when it is made: neither the API server nor podrunner finds anything in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .object_errors import object_errors
from .test_single_changes import PLAIN
from .test_single_changes import server as server

if TYPE_CHECKING:
    from .strict_dry_run import StrictDryRun
    from .trial import Bench

_CONDITION = {"type": "", "status": "Nope"}
# Kind → what could not be in a status that a controller writes.
STATUS: dict[str, dict[str, Any]] = {
    # As generators of CRDs write it.
    "CustomResourceDefinition": {
        "acceptedNames": {"kind": "", "plural": ""},
        "conditions": [],
        "storedVersions": [],
    },
    "Pod": {"phase": "Bogus", "hostIP": "x", "qosClass": "Bogus"},
    "Deployment": {"replicas": -1, "conditions": [_CONDITION]},
    "StatefulSet": {"replicas": -1},
    "ReplicaSet": {"replicas": -1},
    "Job": {"active": -1, "succeeded": -1},
    "CronJob": {"active": [{"name": ""}]},
    "Service": {"loadBalancer": {"ingress": [{"ip": "nope"}]}},
    "Ingress": {"loadBalancer": {"ingress": [{"ip": "nope", "hostname": "*bad"}]}},
    "PersistentVolumeClaim": {"phase": "Bogus", "accessModes": ["Bogus"]},
    "PersistentVolume": {"phase": "Bogus"},
    "Namespace": {"phase": "Bogus"},
    "ResourceQuota": {"hard": {"bogus!": "1"}},
    "HorizontalPodAutoscaler": {"currentReplicas": -1, "desiredReplicas": -1},
    "PodDisruptionBudget": {"disruptionsAllowed": -1, "currentHealthy": -1, "desiredHealthy": 0, "expectedPods": 0},
    "APIService": {"conditions": [_CONDITION]},
    "FlowSchema": {"conditions": [_CONDITION]},
}


def test_a_status_is_read_by_neither(bench: Bench, server: StrictDryRun) -> None:
    objects = {one["kind"]: one for one in reversed(PLAIN) if one["kind"] in STATUS and not server.refusal(one)}

    said = {
        kind: (server.refusal(one), [error.message for error in object_errors(one, bench.cluster.version)])
        for kind, one in ((kind, {**one, "status": STATUS[kind]}) for kind, one in objects.items())
    }

    assert said == {kind: ("", []) for kind in STATUS}
