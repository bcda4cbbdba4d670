"""The objects of one API server, by the official client: what the tests apply, ask for and remove again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from kubernetes import client, config
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ConflictError, DynamicApiError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .control_plane import ControlPlane

ENFORCE = "pod-security.kubernetes.io/enforce"
_GROUPS = {
    **dict.fromkeys(("Role", "RoleBinding"), "rbac.authorization.k8s.io/v1"),
    "NetworkPolicy": "networking.k8s.io/v1",
}
_DEFAULT_ACCOUNT = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}


class Cluster:
    """One API server seen by its administrator, or by whoever has `token`."""

    def __init__(self, plane: ControlPlane, token: str = "") -> None:
        # helm reads the administrator's.
        file = plane.folder / ("account.json" if token else "admin.json")
        kubeconfig = plane.kubeconfig(file, token or plane.admin)
        self.plane = plane
        self._client = config.new_client_from_config(str(kubeconfig))
        self._dynamic = DynamicClient(self._client)

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    @property
    def version(self) -> str:
        """Kubernetes' version, such as 1.34.4."""
        return str(self._dynamic.version["kubernetes"]["gitVersion"]).removeprefix("v")

    def namespace(self, name: str, level: str, annotations: Mapping[str, str] | None = None) -> None:
        """Make a namespace that enforces a Pod Security level, with the account every namespace has."""
        metadata = {"name": name, "labels": {ENFORCE: level}, "annotations": dict(annotations or {})}
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        try:
            self.create(body)
        except ConflictError:
            self._resource(body).patch(body=body, name=name, content_type="application/merge-patch+json")
        self.ensure(_DEFAULT_ACCOUNT, name)

    def create(self, body: Mapping[str, Any], namespace: str = "") -> dict[str, Any]:
        """Make an object; in `namespace` when it names none itself."""
        within = {"namespace": body["metadata"].get("namespace") or namespace or None}
        made: dict[str, Any] = self._resource(body).create(body=dict(body), **within).to_dict()
        return made

    def count(self, quota: Mapping[str, Any]) -> None:
        """Say that nothing of a ResourceQuota is used yet, as its controller would: before, it refuses everything."""
        hard = quota["spec"]["hard"]
        body = {**quota, "status": {"hard": hard, "used": dict.fromkeys(hard, "0")}}
        metadata = quota["metadata"]
        self._resource(quota).status.patch(
            body=body,
            name=metadata["name"],
            namespace=metadata["namespace"],
            content_type="application/merge-patch+json",
        )

    def replace(self, body: Mapping[str, Any]) -> None:
        """Change an object that is there to what is given (a merge patch)."""
        metadata = body["metadata"]
        within = {"name": metadata["name"], "namespace": metadata.get("namespace")}
        self._resource(body).patch(body=dict(body), content_type="application/merge-patch+json", **within)

    def ensure(self, body: Mapping[str, Any], namespace: str = "") -> None:
        """Make an object unless it is there."""
        try:
            self.create(body, namespace)
        except ConflictError:
            return

    def get(self, api_version: str, kind: str, name: str, namespace: str = "") -> dict[str, Any]:
        """Give one object."""
        resource = self._dynamic.resources.get(api_version=api_version, kind=kind)
        found: dict[str, Any] = resource.get(name=name, namespace=namespace or None).to_dict()
        return found

    def remove(self, body: Mapping[str, Any], namespace: str = "") -> None:
        """Remove an object; none is fine."""
        within = body["metadata"].get("namespace") or namespace or None
        try:
            self._resource(body).delete(name=body["metadata"]["name"], namespace=within, body={"gracePeriodSeconds": 0})
        except NotFoundError:
            return

    def remove_all(self, kind: str, namespace: str, selector: str) -> None:
        """Remove what a selector of labels finds."""
        resource = self._dynamic.resources.get(kind=kind, api_version=_GROUPS.get(kind, "v1"))
        for item in resource.get(namespace=namespace, label_selector=selector).items:
            resource.delete(name=item.metadata.name, namespace=namespace)

    def objects(self, kind: str, namespace: str) -> list[dict[str, Any]]:
        """All Pods, Secrets or the like of a namespace."""
        resource = self._dynamic.resources.get(api_version="v1", kind=kind)
        return [item.to_dict() for item in resource.get(namespace=namespace).items]

    def refusal(self, pod: Mapping[str, Any], namespace: str) -> str:
        """Why a pod may not be made in a namespace; empty when it may. Nothing is made."""
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "tried"}, "spec": pod["spec"]}
        try:
            self._resource(body).create(body=body, namespace=namespace, dry_run="All")
        except DynamicApiError as error:
            return str(error.summary())
        return ""

    def dry_run(self, body: Mapping[str, Any], namespace: str) -> dict[str, Any]:
        """Give an object as the API server would keep it. Nothing is made."""
        resource = self._resource(body)
        within = namespace if resource.namespaced else None
        kept: dict[str, Any] = resource.create(body=dict(body), namespace=within, dry_run="All").to_dict()
        return kept

    def refusal_of(self, body: Mapping[str, Any], namespace: str) -> str:
        """Why an object may not be made, in its own namespace or another; empty when it may. Nothing is made."""
        try:
            self.dry_run(body, body["metadata"].get("namespace") or namespace)
        except ConflictError:
            # It is there: made by somebody.
            return ""
        except DynamicApiError as error:
            return str(error.summary())
        return ""

    def refused_debugging(self, pod: str, namespace: str, container: Mapping[str, Any]) -> str:
        """Why a pod may not get an ephemeral container; empty when it may. Nothing is changed."""
        core = client.CoreV1Api(self._client)
        change = {"spec": {"ephemeralContainers": [dict(container)]}}
        try:
            core.patch_namespaced_pod_ephemeralcontainers(pod, namespace, change, dry_run="All")
        except client.ApiException as error:
            return str(error.body)
        return ""

    def refused_apply(self, body: Mapping[str, Any]) -> str:
        """Why server-side apply does not take an object of the namespace `default`; empty when it does. Nothing is made."""
        resource = self._resource(body)
        options = {"content_type": "application/apply-patch+yaml", "field_manager": "tests", "dry_run": "All"}
        try:
            resource.patch(body=dict(body), name=body["metadata"]["name"], namespace="default", **options)
        except DynamicApiError as error:
            return str(error.summary())
        return ""

    def refused_change(
        self, body: Mapping[str, Any], change: Mapping[str, Any], namespace: str, *, strategic: bool = False
    ) -> str:
        """Why an object may not be changed so (a merge patch); empty when it may. Nothing is changed."""
        resource = self._resource(body)
        kind = "strategic-merge-patch" if strategic else "merge-patch"
        options = {"content_type": f"application/{kind}+json", "dry_run": "All"}
        within = namespace if resource.namespaced else None
        try:
            resource.patch(body=dict(change), name=body["metadata"]["name"], namespace=within, **options)
        except DynamicApiError as error:
            return str(error.summary())
        return ""

    def resources(self) -> list[tuple[str, str]]:
        """(group, resource or resource/part) of everything that is served."""
        return [(one.group or "", one.name) for one in self._dynamic.resources.search() if one.name]

    def may(self, account: str, namespace: str, verb: str, group: str, resource: str, name: str) -> bool:
        """Whether RBAC allows an account (`namespace:name`) something."""
        attributes = {"namespace": namespace, "verb": verb, "group": group, "resource": resource, "name": name}
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "metadata": {},
            "spec": {"user": f"system:serviceaccount:{account}", "resourceAttributes": attributes},
        }
        return bool(self.create(review)["status"]["allowed"])

    def token(self, namespace: str, account: str) -> str:
        """Give a token of a service account, as its pods would have it."""
        request = client.AuthenticationV1TokenRequest(
            spec=client.V1TokenRequestSpec(audiences=[], expiration_seconds=3600)
        )
        core = client.CoreV1Api(self._client)
        return str(core.create_namespaced_service_account_token(account, namespace, request).status.token)

    def define(self, resources: Iterable[Mapping[str, Any]]) -> None:
        """Install CustomResourceDefinitions, and wait until their kinds can be used."""
        for body in resources:
            self.ensure(body)
            self._wait_for(body)
        self._dynamic.resources.invalidate_cache()

    def _wait_for(self, body: Mapping[str, Any]) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = self.get(body["apiVersion"], body["kind"], body["metadata"]["name"]).get("status") or {}
            if any((one["type"], one["status"]) == ("Established", "True") for one in status.get("conditions") or []):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{body['metadata']['name']}: not established after 30 s")

    def _resource(self, body: Mapping[str, Any]) -> Any:
        return self._dynamic.resources.get(api_version=body["apiVersion"], kind=body["kind"])
