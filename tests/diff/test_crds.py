"""CRDs in crds/, which an upgrade does not touch: they are no change, and are named."""

from __future__ import annotations

import json

from tests.diff.conftest import Repository

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {name}.example.com}}
spec: {{scope: {scope}}}
"""
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
SAID = (
    "CRDs in crds/ differ, which helm upgrade leaves as they are: fans.example.com (gone), lamps.example.com (changed), "
    "stoves.example.com (new). Apply them before the upgrade: kubectl apply --server-side -f crds/"
)


def write_crds(repository: Repository, **scopes: str) -> None:
    folder = repository.chart / "crds"
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    text = "---\n".join(CRD.format(name=name, scope=scope) for name, scope in scopes.items())
    (folder / "all.yaml").write_text(text)


def test_crds_that_differ_are_named_and_are_no_change(repository: Repository) -> None:
    write_crds(repository, lamps="Cluster", fans="Cluster", same="Cluster")
    repository.write(it=TEMPLATE)
    repository.commit("before")
    write_crds(repository, same="Cluster", stoves="Cluster", lamps="Namespaced")

    exit_code, lines = repository.diff("before")

    assert (exit_code, lines) == (0, [SAID, "before → the chart here: no difference in 1 case"])


def test_crds_that_are_written_in_another_way_do_not_differ(repository: Repository) -> None:
    write_crds(repository, lamps="Cluster", fans="Cluster")
    repository.write(it=TEMPLATE)
    repository.commit("before")
    write_crds(repository, fans="'Cluster'", lamps='"Cluster"  ')

    exit_code, lines = repository.diff("before", "--format", "json")

    report = json.loads("\n".join(lines))
    assert (exit_code, report["crds"], report["changes"]) == (0, [], [])


def test_crds_of_a_matrix_that_includes_them_are_no_change_either(repository: Repository) -> None:
    write_crds(repository, lamps="Cluster")
    repository.write(it=TEMPLATE)
    repository.commit("before")
    write_crds(repository, lamps="Namespaced")
    matrix = repository.chart.parent / "matrix.yaml"
    matrix.write_text("cases: {a: {includeCrds: true}}\n")

    exit_code, lines = repository.diff("before", "--matrix", str(matrix), "--format", "json")

    report = json.loads("\n".join(lines))
    assert (exit_code, report["crds"]) == (0, ["lamps.example.com (changed)"])
