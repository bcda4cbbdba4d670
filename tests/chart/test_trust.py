"""Authorities, proxy, registries and name servers: each reaches the manager, the jobs and podman."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

PROXY = "http://proxy.example.com:3128"
LOGIN = {"existingSecret": {"name": "proxy-login"}}


def manager(rendering: Any) -> dict[str, Any]:
    """The manager's pod."""
    return dict(rendering.object("Deployment")["spec"]["template"]["spec"])


def environment_of(rendering: Any) -> dict[str, str]:
    """The manager's variables that have a value of their own."""
    return {one["name"]: one["value"] for one in manager(rendering)["containers"][0]["env"] if "value" in one}


def runner(rendering: Any) -> dict[str, Any]:
    """The first runner of config.toml."""
    return dict(rendering.config_toml["runners"][0])


def variables_of(rendering: Any) -> dict[str, str]:
    """The variables that every container of a job gets."""
    return dict(one.split("=", 1) for one in runner(rendering).get("environment", []))


def test_the_ca_bundle_reaches_the_manager_as_a_folder_so_that_a_change_arrives(render: Any) -> None:
    rendering = render({"trust": {"caBundle": {"name": "company-ca", "key": "bundle.pem"}}})
    pod = manager(rendering)

    assert pod["volumes"][-1] == {
        "name": "trust",
        "configMap": {"name": "company-ca", "items": [{"key": "bundle.pem", "path": "ca.crt"}]},
    }
    assert pod["containers"][0]["volumeMounts"][-1] == {
        "name": "trust",
        "mountPath": "/etc/podrunner/trust",
        "readOnly": True,
    }
    assert runner(rendering)["tls-ca-file"] == "/etc/podrunner/trust/ca.crt"
    assert environment_of(rendering)["SSL_CERT_DIR"] == "/etc/ssl/certs:/etc/pki/tls/certs:/etc/podrunner/trust"


def test_the_ca_bundle_may_be_in_a_secret(render: Any) -> None:
    volumes = manager(render({"trust": {"caBundle": {"kind": "Secret", "name": "lab-ca"}}}))["volumes"]

    assert volumes[-1]["secret"] == {"secretName": "lab-ca", "items": [{"key": "ca.crt", "path": "ca.crt"}]}


def test_jobs_need_no_object_in_their_namespace_for_the_ca_bundle(render: Any) -> None:
    rendering = render({"trust": {"caBundle": {"name": "company-ca"}}, "jobs": {"namespace": "jobs"}})

    assert variables_of(rendering)["SSL_CERT_DIR"] == "/etc/ssl/certs:/etc/pki/tls/certs:/podrunner/trust"
    assert sorted(runner(rendering)["kubernetes"]["volumes"]) == ["empty_dir"]


@pytest.mark.process
def test_helper_and_build_container_keep_the_ca_bundle_that_the_runner_sends(render: Any, tmp_path: Path) -> None:
    rendering = render({"trust": {"caBundle": {"name": "company-ca"}}})
    (tmp_path / "sent").write_text("-----BEGIN CERTIFICATE-----\n")
    script = runner(rendering)["pre_get_sources_script"].replace("/podrunner/", f"{tmp_path}/")

    for _ in range(2):
        subprocess.run(
            ["sh", "-euc", script], env=os.environ | {"CI_SERVER_TLS_CA_FILE": str(tmp_path / "sent")}, check=True
        )

    assert (tmp_path / "trust/ca.crt").read_text() == "-----BEGIN CERTIFICATE-----\n"
    assert "CI_SERVER_TLS_CA_FILE" in runner(rendering)["pre_build_script"]


def test_a_script_of_the_users_own_follows_that_of_the_ca_bundle(render: Any) -> None:
    rendering = render(
        {
            "trust": {"caBundle": {"name": "company-ca"}},
            "runners": {"a": {"config": {"pre_get_sources_script": "echo fetching"}}},
        }
    )

    assert runner(rendering)["pre_get_sources_script"].splitlines()[-2:] == ["fi", "echo fetching"]


def test_without_a_ca_bundle_nothing_of_it_is_rendered(render: Any) -> None:
    rendering = render()

    assert {"tls-ca-file", "pre_get_sources_script"} & runner(rendering).keys() == set()
    assert "SSL_CERT" not in rendering.text


def test_the_proxy_reaches_manager_and_jobs_in_both_spellings(render: Any) -> None:
    rendering = render({"proxy": {"http": PROXY, "https": PROXY}})
    expected = dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"], PROXY)

    assert {**environment_of(rendering), **expected} == environment_of(rendering)
    assert {**variables_of(rendering), **expected} == variables_of(rendering)


def test_the_cluster_itself_is_reached_directly(render: Any) -> None:
    rendering = render({"proxy": {"https": PROXY, "noProxy": [".corp", "10.0.0.0/8"]}})
    direct = "localhost,127.0.0.1,::1,.svc,.cluster.local,.corp,10.0.0.0/8"

    assert (variables_of(rendering)["NO_PROXY"], variables_of(rendering)["no_proxy"]) == (direct, direct)
    assert environment_of(rendering)["NO_PROXY"] == f"{direct},$(KUBERNETES_SERVICE_HOST)"
    assert "HTTP_PROXY" not in variables_of(rendering)


def test_the_proxys_password_comes_from_a_secret_and_stands_nowhere(render: Any) -> None:
    rendering = render({"proxy": {"https": PROXY, **LOGIN}})
    (patch,) = runner(rendering)["kubernetes"]["pod_spec"]
    containers = yaml.safe_load(patch["patch"])["containers"]
    address = "http://$(PROXY_USERNAME):$(PROXY_PASSWORD)@proxy.example.com:3128"

    assert runner(rendering)["feature_flags"] == {"FF_USE_ADVANCED_POD_SPEC_CONFIGURATION": True}
    assert [one["name"] for one in containers] == ["build", "helper"]
    for env in [manager(rendering)["containers"][0]["env"], *(one["env"] for one in containers)]:
        by_name = {one["name"]: one for one in env}
        assert by_name["PROXY_PASSWORD"]["valueFrom"] == {"secretKeyRef": {"name": "proxy-login", "key": "password"}}
        assert by_name["HTTPS_PROXY"]["value"] == by_name["https_proxy"]["value"] == address
        # Kubernetes puts in only what stands above.
        assert list(by_name).index("PROXY_PASSWORD") < list(by_name).index("HTTPS_PROXY")
    assert "HTTPS_PROXY" not in variables_of(rendering)


def test_the_proxys_patch_stands_beside_those_of_the_mode(render: Any) -> None:
    rendering = render({"proxy": {"https": PROXY, **LOGIN}}, preset="user-namespace", kube_version="1.34.0")

    names = [patch["name"] for patch in runner(rendering)["kubernetes"]["pod_spec"]]
    assert names == ["podrunner-user-namespace", "podrunner-proxy"]


def test_the_mode_none_takes_what_is_asked_for_and_nothing_else(render: Any) -> None:
    rendering = render(
        {
            "podman": {"mode": "none"},
            "trust": {"caBundle": {"name": "company-ca"}},
            "proxy": {"https": PROXY},
            "jobs": {"namespace": "builds", "imagePullSecrets": ["registry-login"]},
        }
    )
    identity = {"name", "url", "token", "executor"}

    assert runner(rendering).keys() - identity == {"tls-ca-file", "environment", "kubernetes"}
    assert runner(rendering)["kubernetes"] == {"namespace": "builds", "image_pull_secrets": ["registry-login"]}


def test_a_runner_may_pull_with_other_secrets(render: Any) -> None:
    own = {"config": {"kubernetes": {"image_pull_secrets": ["own"]}}}
    rendering = render({"jobs": {"imagePullSecrets": ["registry-login"]}, "runners": {"a": None, "b": own}})

    pulled = [each["kubernetes"]["image_pull_secrets"] for each in rendering.config_toml["runners"]]
    assert pulled == [["registry-login"], ["own"]]


def test_the_notes_name_the_secrets_that_job_pods_wait_for(render: Any) -> None:
    rendering = render(
        {
            "jobs": {"namespace": "jobs", "imagePullSecrets": ["pull"]},
            "proxy": {"https": PROXY, **LOGIN},
            "podman": {"registries": {"login": {"existingSecret": {"name": "login"}}}},
        }
    )

    assert "Job pods need these Secrets in namespace jobs: login, proxy-login, pull." in rendering.notes


def prepare(rendering: Any, folder: Path) -> Path:
    """Run the script that lays out podman's configuration, with its folders below `folder`."""
    script = runner(rendering)["pre_build_script"].replace("/podrunner", f"{folder}/podrunner")
    (folder / "podrunner").mkdir()
    (folder / "podrunner-login").mkdir()
    (folder / "podrunner-login/auth.json").write_text('{"auths": {}}')
    subprocess.run(["bash", "-euc", script], env=os.environ | {"HOME": str(folder)}, check=True)
    return folder / "podrunner"


@pytest.mark.process
def test_podman_knows_mirrors_and_insecure_registries(render: Any, tmp_path: Path) -> None:
    import tomllib

    registries = {"insecure": ["r.example.com:5000"], "mirrors": {"docker.io": [{"location": "m.example.com"}]}}
    folder = prepare(render({"podman": {"registries": registries}}), tmp_path)

    assert tomllib.loads((folder / "config/registries.conf").read_text())["registry"] == [
        {
            "prefix": "docker.io",
            "location": "docker.io",
            "mirror": [{"location": "m.example.com", "insecure": False}],
        },
        {"prefix": "r.example.com:5000", "location": "r.example.com:5000", "insecure": True},
    ]


@pytest.mark.process
def test_all_hosts_of_a_domain_that_are_insecure_have_no_location(render: Any, tmp_path: Path) -> None:
    import tomllib

    folder = prepare(render({"podman": {"registries": {"insecure": ["*.example.com"]}}}), tmp_path)

    (entry,) = tomllib.loads((folder / "config/registries.conf").read_text())["registry"]
    assert entry == {"prefix": "*.example.com", "insecure": True}


@pytest.mark.process
def test_a_registry_that_is_insecure_and_has_mirrors_has_one_entry(render: Any, tmp_path: Path) -> None:
    import tomllib

    registries = {"insecure": ["docker.io"], "mirrors": {"docker.io": [{"location": "m.example.com"}]}}
    folder = prepare(render({"podman": {"registries": registries}}), tmp_path)

    (entry,) = tomllib.loads((folder / "config/registries.conf").read_text())["registry"]
    assert (entry["prefix"], entry["insecure"], len(entry["mirror"])) == ("docker.io", True, 1)


@pytest.mark.process
def test_jobs_start_with_a_copy_of_the_login_that_only_they_can_read(render: Any, tmp_path: Path) -> None:
    rendering = render({"podman": {"registries": {"login": {"existingSecret": {"name": "login"}}}}})
    copy = prepare(rendering, tmp_path) / "run/containers/auth.json"

    assert runner(rendering)["kubernetes"]["volumes"]["secret"] == [
        {
            "name": "login",
            "mount_path": "/podrunner-login",
            "read_only": True,
            "items": {".dockerconfigjson": "auth.json"},
        }
    ]
    assert (json.loads(copy.read_text()), oct(copy.stat().st_mode & 0o777)) == ({"auths": {}}, "0o600")


def test_one_runner_may_have_a_login_of_its_own(render: Any) -> None:
    login = {"podman": {"registries": {"login": {"existingSecret": {"name": "team-b", "key": "auth"}}}}}
    rendering = render({"runners": {"a": None, "b": login}})

    one, other = rendering.config_toml["runners"]
    assert "secret" not in one["kubernetes"]["volumes"]
    assert other["kubernetes"]["volumes"]["secret"][0]["items"] == {"auth": "auth.json"}


def test_name_servers_and_aliases_reach_manager_and_jobs(render: Any) -> None:
    aliases = [{"ip": "192.0.2.10", "hostnames": ["gitlab.example.com"]}]
    servers = {"nameservers": ["192.0.2.53"]}
    kubernetes = {"dns_policy": "none", "dns_config": servers, "host_aliases": aliases}
    rendering = render(
        {
            "manager": {"dnsPolicy": "None", "dnsConfig": servers, "hostAliases": aliases},
            "runners": {"a": {"config": {"kubernetes": kubernetes}}},
        }
    )
    pod = manager(rendering)

    assert (pod["dnsPolicy"], pod["dnsConfig"], pod["hostAliases"]) == ("None", servers, aliases)
    assert {**runner(rendering)["kubernetes"], **kubernetes} == runner(rendering)["kubernetes"]
