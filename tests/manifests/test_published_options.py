"""The schemas that objects are checked by, held to the options that API servers of each version publish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.schemas.constraints import short_name
from podrunner.manifests.schemas.kinds import find_schema

PUBLISHED: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "published_options.yaml").read_text(encoding="utf-8")
)
# A kind of each group whose types charts write.
KINDS = (
    *(("v1", kind) for kind in ("Pod", "Service", "Endpoints", "Namespace", "ResourceQuota", "PersistentVolume")),
    *(("apps/v1", kind) for kind in ("Deployment", "DaemonSet", "StatefulSet")),
    *(("batch/v1", "CronJob"), ("networking.k8s.io/v1", "NetworkPolicy"), ("networking.k8s.io/v1", "Ingress")),
    *(("storage.k8s.io/v1", kind) for kind in ("StorageClass", "VolumeAttachment")),
    *(("resource.k8s.io/v1", kind) for kind in ("ResourceClaim", "ResourceClaimTemplate", "DeviceClass")),
    *(("policy/v1", "PodDisruptionBudget"), ("apiextensions.k8s.io/v1", "CustomResourceDefinition")),
    ("certificates.k8s.io/v1", "CertificateSigningRequest"),
    *(
        ("admissionregistration.k8s.io/v1", kind)
        for kind in (
            *("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy"),
            *("ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy"),
        )
    ),
)
# Published, and refused all the same.
REFUSED = {
    "admissionregistration.v1.MutatingWebhook.sideEffects": ["Some", "Unknown"],
    "admissionregistration.v1.ValidatingWebhook.sideEffects": ["Some", "Unknown"],
    "apps.v1.StatefulSetUpdateStrategy.type": ["Recreate"],
    "core.v1.ServiceSpec.ipFamilies[]": [""],
    "storage.v1.StorageClass.reclaimPolicy": ["Recycle"],
}
# manifests/admission knows them, for the pods of jobs, too.
OF_ADMISSION = {
    *(
        "core.v1.ContainerPort.protocol",
        "core.v1.PodSpec.dnsPolicy",
        "core.v1.TopologySpreadConstraint.whenUnsatisfiable",
    ),
    *("core.v1.Toleration.effect", "core.v1.Toleration.operator", "networking.v1.NetworkPolicyPort.protocol"),
}
# Off by default, so that any value is taken: field → the first version in which it is not.
OFF: dict[str, str] = {
    "core.v1.GRPCAction.mode": "",
    "core.v1.HTTPGetAction.protocol": "",
    "core.v1.ImageVolumeSource.pullPolicy": "1.35",
    "core.v1.Lifecycle.stopSignal": "",
    "core.v1.PodSecurityContext.supplementalGroupsPolicy": "1.33",
    "core.v1.SecurityContext.procMount": "1.33",
    "resource.v1.DeviceToleration.effect": "",
    "resource.v1.DeviceToleration.operator": "",
}
# What nobody writes: the API server keeps no status of an object that is made.
STATUS = ("Status.", "Condition.", "AllocationResult.", "AllocationConfiguration.")


def options_of(version: str) -> dict[str, list[str]]:
    """Field → the options that this version publishes."""
    found = {}
    for field, said in PUBLISHED["options"].items():
        steps = said if isinstance(said, dict) else {PUBLISHED["versions"][0]: said}
        for first, options in steps.items():
            if minor_version(first) <= minor_version(version):
                found[field] = options
    return {field: options for field, options in found.items() if options}


def schemas_of(version: str) -> dict[str, dict[str, Any]]:
    """group.version.type.field → the schema of this field, of all types that some kinds are made of."""
    found: dict[str, dict[str, Any]] = {}
    for api_version, kind in KINDS:
        if schema := find_schema(api_version, kind, minor_version(version)):
            types = schema.schema["$defs"] | {f"{api_version.partition('.')[0]}.{kind}": schema.schema}
            for name, definition in types.items():
                for field, below in definition.get("properties", {}).items():
                    at = f"{short_name(name)}.{field}" if name.startswith("io.") else f"{_group(name)}.{field}"
                    found[at] = found[f"{at}[]"] = below
    return found


def _group(name: str) -> str:
    """storage.v1.StorageClass of storage.StorageClass: all kinds here are v1."""
    group, _, kind = name.rpartition(".")
    return f"{group.partition('/')[0] or 'core'}.v1.{kind}"


def takes(schema: dict[str, Any], field: str, value: str) -> bool:
    return jsonschema_rs.validator_for(schema).is_valid([value] if field.endswith("[]") else value)


@pytest.mark.parametrize("version", PUBLISHED["versions"])
def test_published_options_are_taken_and_others_are_not(version: str) -> None:
    schemas = schemas_of(version)
    options = {field: one for field, one in options_of(version).items() if field in schemas}
    refused = {
        field: [one for one in values if not takes(schemas[field], field, one)] for field, values in options.items()
    }
    open_ones = {field for field in options if takes(schemas[field], field, "Another")}
    off = {field for field, first in OFF.items() if not first or minor_version(version) < minor_version(first)}

    assert len(options) > 60
    assert {field: found for field, found in refused.items() if found} == {
        field: found for field, found in REFUSED.items() if set(found) <= set(options.get(field, ()))
    }
    assert {one for one in open_ones if not any(part in one for part in STATUS)} == {
        *(one for one in OF_ADMISSION | off if one in options)
    }
