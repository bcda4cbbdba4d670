"""A network with a CA of its own, a proxy and a login: a real job gets through all of it by values alone.

No name of company.py's hosts can be looked up, and nothing but its proxy, which wants a password, leads there. The
manager asks https://gitlab.example.com for jobs, the helper clones from it, and podman builds FROM, and pushes to,
registry.example.com. The Secrets are in the namespace of the job pods, which is not the release's.
"""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cases.selection import Selection
from podrunner.chart.chart import Chart
from podrunner.cluster.interruption import Interruption
from podrunner.cluster.objects import namespace as namespace_object
from podrunner.cluster.removal import Removals
from podrunner.cluster.rollout import wait_for_deployment
from podrunner.formats.placed import load_layer
from podrunner.helm.renderer import renderer
from podrunner.output.steps import Progress
from podrunner.secrets.redact import Redactor
from podrunner.smoke.install import install
from podrunner.smoke.judgement import run_job
from podrunner.smoke.plan import SmokeOptions, make_plan
from podrunner.smoke.surroundings import make_namespaces, send_repository, start_stand_in
from podrunner.smoke.trial import SmokeBench, Trial, prepare, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet

HERE = Path(__file__).parent
URL = "https://gitlab.example.com"
PIPELINE = """\
build:
  image: quay.io/podman/stable
  script:
    - mkdir base && cp --parents --dereference $(ldd /bin/sh | grep -o '/[^ ]*') /bin/sh base
    - printf 'FROM scratch\\nCOPY base /\\n' | podman build --quiet --tag registry.example.com/team/base:1 --file - .
    - podman push --quiet registry.example.com/team/base:1 && podman image rm --force registry.example.com/team/base:1
    - printf 'FROM registry.example.com/team/base:1\\nRUN echo "a step knows the proxy ${https_proxy##*@}"\\n' >Containerfile
    - podman build --pull=always --tag registry.example.com/team/app:1 .
    - podman push --quiet registry.example.com/team/app:1 && echo "pushed"
    - echo top:secret | podman login --username ann --password-stdin other.example.com
    - echo "logged in as $(podman login --get-login registry.example.com) and $(podman login --get-login other.example.com)"
    - git ls-remote --quiet origin HEAD >/dev/null && echo "git of the build container gets through"
  after_script:
    - podman pull --quiet registry.example.com/team/app:1 >/dev/null && echo "pulled after the script"
"""
SAID = [
    "STEP 1/2: FROM registry.example.com/team/base:1",
    "Trying to pull registry.example.com/team/base:1...",
    "pushed",
    "logged in as ann and ann",
    "git of the build container gets through",
    "pulled after the script",
    "Job succeeded",
]


@pytest.fixture
def trial(smoke_cluster: Cluster, images: ImageSet, tmp_path: Path) -> Iterator[Trial]:
    """Return a release in the company's network, whose runner waits for jobs."""
    if images.registry is None:
        pytest.skip("needs an image of a registry: PODRUNNER_SMOKE_IMAGES=DIR, made by ci/airgap/build, has one")
    name = f"podrunner-trust-{secrets.token_hex(3)}"
    proxy = f"http://proxy.{name}.svc:3128"
    values = {
        "trust": {"caBundle": {"name": "company-ca"}},
        "proxy": {"http": proxy, "https": proxy, "existingSecret": {"name": "proxy-login"}},
        "podman": {"registries": {"login": {"existingSecret": {"name": "registry-login"}}}},
        "jobs": {"namespace": f"{name}-jobs", "imagePullSecrets": ["registry-login"]},
        # No cache is written; that the manager reads its configuration with the account's key in it is what counts.
        "cache": {
            "type": "azure",
            "azure": {"AccountName": "company", "ContainerName": "cache"},
            "existingSecret": {"name": "cache-login"},
        },
        "networkPolicy": {"manager": {"enabled": True}, "jobs": {"enabled": True}},
    }
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(values))
    (tmp_path / "ci.yml").write_text(PIPELINE)
    options = SmokeOptions(
        renderer("library", Chart.open()),
        Selection(values=(load_layer(tmp_path / "values.yaml"),)),
        pipeline=tmp_path / "ci.yml",
        namespace=name,
        timeout=300,
    )
    plan = replace(make_plan(options, tmp_path), images=images)
    trial = prepare(
        SmokeBench(smoke_cluster, plan, options, Progress(), Removals(Progress(), Interruption()), Redactor()),
        plan.subjects[0],
    )
    try:
        make_company(trial, tmp_path)
        for step in (render, ask_the_companys_gitlab, make_namespaces, start_stand_in, send_repository, install):
            step(trial)
        yield trial
    finally:
        for namespace in (name, f"{name}-jobs"):
            smoke_cluster.api.delete("Namespace", namespace)


def make_company(trial: Trial, folder: Path) -> None:
    """Make the namespaces, the network, its CA and the logins."""
    api, name = trial.bench.api, trial.place.namespace
    for namespace in (name, f"{name}-jobs"):
        api.create(namespace_object(namespace, "baseline"))
    make_certificates(folder)
    texts = {each: (folder / each).read_text() for each in ("ca.crt", "tls.crt", "tls.key")}
    api.create(thing("ConfigMap", "company-ca", name, data={"ca.crt": texts.pop("ca.crt")}))
    api.create(thing("Secret", "company-tls", name, stringData=texts))
    login = json.dumps({"auths": {"registry.example.com": {"auth": base64.b64encode(b"ann:top:secret").decode()}}})
    for namespace in (name, f"{name}-jobs"):
        api.create(
            thing("Secret", "proxy-login", namespace, stringData={"username": "ann", "password": "top%3Asecret"})
        )
    api.create(thing("Secret", "cache-login", name, stringData={"azure-account-key": "key-of-the-account\n"}))
    kind = "kubernetes.io/dockerconfigjson"
    api.create(thing("Secret", "registry-login", f"{name}-jobs", type=kind, stringData={".dockerconfigjson": login}))
    gitlab = trial.stand_in.url.removeprefix("http://")
    images = trial.bench.plan.images
    for item in yaml.safe_load((HERE / "company.yaml").read_text(encoding="utf-8")):
        item["metadata"]["namespace"] = name
        if item["kind"] == "ConfigMap":
            item["data"]["company.py"] = (HERE / "company.py").read_text(encoding="utf-8")
        if item["kind"] == "Deployment":
            network, registry = item["spec"]["template"]["spec"]["containers"]
            network |= {"image": images.stand_in, "args": [gitlab]}
            registry["image"] = images.registry.image if images.registry else ""
        api.create(item)
    wait_for_deployment(api, name, "company")


def thing(kind: str, name: str, namespace: str, **parts: Any) -> dict[str, Any]:
    """A ConfigMap or Secret."""
    return {"kind": kind, "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace}, **parts}


def make_certificates(folder: Path) -> None:
    """Make a CA (ca.crt) and a certificate of its for *.example.com (tls.crt, tls.key)."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    signer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"]
    (folder / "names").write_text("subjectAltName = DNS:*.example.com\n")
    for command in (
        ["req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=Company CA", "-days", "2"],
        ["req", *key, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=Company"],
        ["x509", "-req", "-in", "tls.csr", "-out", "tls.crt", "-days", "2", "-extfile", "names", *signer],
    ):
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)


def ask_the_companys_gitlab(trial: Trial) -> None:
    """Let the runner ask the stand-in by its name in the company, for jobs and for the repository."""
    company = {"gitlab": {"url": URL}, "runners": {"default": {"config": {"clone_url": URL}}}}
    trial.case = trial.case.with_values(company, "the company")
    trial.rendering = trial.bench.options.renderer.render(trial.case)


def test_a_job_gets_through_authority_proxy_and_login_by_values_alone(trial: Trial) -> None:
    run_job(trial)

    log = trial.run.log
    assert [line for line in SAID if f"\n{line}\n" not in log] == []
    assert f"a step knows the proxy proxy.{trial.place.namespace}.svc:3128" in log
    assert "top%3Asecret" not in log
    (company,) = trial.bench.api.list("Pod", trial.place.namespace, "app=company")
    path = f"/api/v1/namespaces/{trial.place.namespace}/pods/{company['metadata']['name']}/log?container=network"
    lines = trial.bench.api.request("GET", path).decode().splitlines()
    reached = {line.removeprefix("connected to ") for line in lines if line.startswith("connected to ")}
    assert reached == {f"{host}.example.com:443" for host in ("gitlab", "registry", "other")}
    config_maps = json.dumps(trial.bench.api.list("ConfigMap", trial.place.namespace))
    assert "@podrunner-secret:default.cache.azure.AccountKey@" in config_maps
    assert [each for each in ("secret@", "top%3Asecret", "key-of-the-account") if each in config_maps] == []
