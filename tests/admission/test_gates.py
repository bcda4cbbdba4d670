"""Fields that this API server drops without a word are those that `podrunner check` tells, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.manifests.admission.gates import dropped_faults
from podrunner.manifests.admission.since import too_new_faults

if TYPE_CHECKING:
    from .trial import Bench

FILE = Path(__file__).with_name("gated_fields.yaml")
SPECS: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("gate", SPECS)
def test_what_is_dropped_or_refused_is_told(gate: str, bench: Bench) -> None:
    bench.cluster.namespace("gates", "privileged")
    spec = {"containers": [{"name": "a", "image": "a:1"}], **SPECS[gate]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "gated"}, "spec": spec}
    if bench.cluster.refusal_of(pod, "gates"):
        assert list(too_new_faults(spec, bench.cluster.version)) != []
        return
    kept = bench.cluster.dry_run(pod, "gates")["spec"]
    told = {fault.path for fault in dropped_faults(spec, bench.cluster.version)}

    assert told == {fault.path for fault in dropped_faults(spec, "1.25")} - {
        fault.path for fault in dropped_faults(kept, "1.25")
    }
