"""How GitLab's chart runs and watches its manager, in the terms of this chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

URL = "gitlabUrl: https://gitlab.example.com\n"


def test_objects_of_a_list_get_names_and_their_templates_are_evaluated(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
extraObjects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {{name: our.settings}}
    data: {{release: "{{{{ .Release.Name }}}}", kept: "{{{{ `{{{{ .token }}}}` }}}}"}}
"""

    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["extraObjects"] == {
        "configmap-our-settings": {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "our.settings"},
            "data": {"release": "ci", "kept": "{{ .token }}"},
        }
    }


def test_a_secret_among_the_objects_stays_out_of_the_values(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
extraObjects:
  - {{apiVersion: v1, kind: Secret, metadata: {{name: login}}, stringData: {{password: hunter2}}}}
"""

    run = imports(written(text, "v.yaml"))

    assert "extraObjects" not in run.values
    assert run.messages("secret") == {
        "extraObjects[0]": "a Secret with what is in it, left out: make login yourself, by kubectl create secret."
    }
    assert "hunter2" not in run.text + str(run.report)


def test_a_password_in_a_variable_stays_out_of_the_values(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(f"{URL}extraEnv: {{REGISTRY_PASSWORD: hunter2}}\n", "v.yaml"))

    assert run.paths("secret") == ["extraEnv.REGISTRY_PASSWORD"]
    assert "hunter2" not in run.text + str(run.report)


def test_an_object_with_a_password_in_it_stays_out_of_the_values(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
extraObjects:
  - {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{url: "https://me:hunter2@example.com"}}}}
"""

    run = imports(written(text, "v.yaml"))

    assert run.paths("secret") == ["extraObjects[0]"]
    assert "hunter2" not in run.text + str(run.report)


def test_keys_of_a_cache_in_the_environment_become_credentials(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
extraEnvFrom:
  CACHE_S3_ACCESS_KEY: {{secretKeyRef: {{name: s3, key: id}}}}
  CACHE_S3_SECRET_KEY: {{secretKeyRef: {{name: s3, key: secret}}}}
extraEnv: {{CACHE_TYPE: s3, CACHE_S3_SERVER_ADDRESS: s3.example.com, CACHE_S3_BUCKET_NAME: ci}}
"""

    run = imports(written(text, "v.yaml"))

    assert run.exit_code == 0
    assert run.values["runners"]["default"]["credentials"] == {
        "cache.s3.AccessKey": {"name": "s3", "key": "id"},
        "cache.s3.SecretKey": {"name": "s3", "key": "secret"},
    }


def test_monitors_keep_what_a_prometheus_finds_them_by(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
metrics:
  enabled: true
  podMonitor: {{enabled: true, labels: {{release: prometheus}}, interval: 1m, path: /metrics}}
  serviceMonitor: {{enabled: false, namespace: monitoring}}
service: {{enabled: true, type: ClusterIP, clusterIP: 192.0.2.9, labels: {{team: ci}}}}
"""

    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["metrics"] == {
        "podMonitor": {"enabled": True, "labels": {"release": "prometheus"}, "interval": "1m"},
        "service": {"enabled": True, "labels": {"team": "ci"}},
    }
    assert run.messages("no equivalent") == {
        "metrics.podMonitor.path": "the manager answers plain HTTP at /metrics, and its monitor knows.",
        "service.clusterIP": "the Service of the metrics is of the type ClusterIP, and has one port.",
    }
    assert "metrics.serviceMonitor" in run.paths("empty")


def test_a_session_server_behind_a_load_balancer_keeps_its_port_and_address(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
sessionServer: {{enabled: true, timeout: 900, publicIP: 192.0.2.1, loadBalancerSourceRanges: [192.0.2.0/24]}}
"""

    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["sessionServer"] == {
        "enabled": True,
        "timeout": 900,
        "address": "192.0.2.1:9000",
        "service": {"type": "LoadBalancer", "port": 9000, "loadBalancerSourceRanges": ["192.0.2.0/24"]},
    }


def test_a_session_server_behind_an_ingress_loses_only_its_certificate(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
sessionServer:
  enabled: true
  publicIP: terminals.example.com
  ingress: {{enabled: true, className: nginx, tls: [{{secretName: terminals}}]}}
"""

    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["sessionServer"] == {
        "enabled": True,
        "service": {"port": 9000},
        "ingress": {"enabled": True, "className": "nginx", "host": "terminals.example.com"},
    }
    assert run.messages("no equivalent") == {
        "sessionServer.ingress.tls": "the Ingress hands TLS through to the manager: there is no certificate to give."
    }


def test_rollouts_scaling_and_placing_of_the_manager_stay_as_they_are(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
strategy: {{type: Recreate}}
revisionHistoryLimit: 5
hpa: {{minReplicas: 2, maxReplicas: 10, metrics: [{{type: Pods}}]}}
podDisruptionBudget: {{maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow}}
topologySpreadConstraints: [{{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}}]
priorityClassName: high
deploymentLabels: {{team: ci}}
deploymentAnnotations: {{wave: 3}}
unregisterRunners: true
"""

    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["manager"] == {
        "strategy": {"type": "Recreate"},
        "revisionHistoryLimit": 5,
        "autoscaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 10},
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
        "priorityClassName": "high",
        "labels": {"team": "ci"},
        "annotations": {"wave": "3"},
        "unregister": True,
    }
    assert run.messages("no equivalent") == {
        "hpa.metrics": "the autoscaler goes by how busy the managers are: see manager.autoscaling.metric.",
        "podDisruptionBudget.unhealthyPodEvictionPolicy": "the budget says how many, and no more.",
    }


def test_variables_volumes_and_containers_of_the_manager_stay_with_it(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = f"""\
{URL}
extraEnv: {{GOMEMLIMIT: 400MiB}}
extraEnvFrom: {{CLOUD_KEY: {{secretKeyRef: {{name: cloud, key: key}}}}}}
extraEnvFromRefs: [{{configMapRef: {{name: cloud}}}}]
volumes: [{{name: cloud, emptyDir: {{}}}}]
volumeMounts: [{{name: cloud, mountPath: /cloud}}]
initContainers: [{{name: wait, image: "busybox:1.37"}}]
extraContainers: [{{name: beside, image: "busybox:1.37"}}]
"""

    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["manager"] == {
        "unregister": True,
        "env": {"GOMEMLIMIT": "400MiB", "CLOUD_KEY": {"valueFrom": {"secretKeyRef": {"name": "cloud", "key": "key"}}}},
        "envFrom": [{"configMapRef": {"name": "cloud"}}],
        "extraVolumes": [{"name": "cloud", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "cloud", "mountPath": "/cloud"}],
        "extraInitContainers": [{"name": "wait", "image": "busybox:1.37"}],
        "extraContainers": [{"name": "beside", "image": "busybox:1.37"}],
    }
