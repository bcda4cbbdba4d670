"""What a case sets beside its values, each held to what the helm command makes of it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.cases.lookup import load_objects, read_objects
from podrunner.chart.chart import Chart
from podrunner.findings.errors import RenderError, UsageError, ValuesError
from podrunner.helm.renderer import Renderer, renderer
from podrunner.manifests.rendering import Rendering

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {data}\n"
FOUND = """\
  secret: {{ lookup "v1" "Secret" "shop" "db" | toJson | quote }}
  elsewhere: {{ lookup "v1" "Secret" "other" "db" | toJson | quote }}
  none: {{ lookup "v1" "Secret" "shop" "cache" | toJson | quote }}
  names: {{ range (lookup "v1" "Secret" "shop" "").items }}{{ .metadata.name }} {{ end }}
  everywhere: {{ range (lookup "v1" "Secret" "" "").items }}{{ .metadata.namespace }}/{{ .metadata.name }} {{ end }}
  empty: {{ len (lookup "v1" "Secret" "other" "").items | quote }}
  node: {{ (lookup "v1" "Node" "" "one").kind }}
  monitor: {{ (lookup "monitoring.coreos.com/v1" "ServiceMonitor" "shop" "web").spec | toJson | quote }}
  unknown: {{ lookup "v1" "Endpoints" "shop" "web" | toJson | quote }}
  unknown-group: {{ lookup "example.com/v1" "Lamp" "shop" "" | toJson | quote }}
  version: {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "example.com/v2" }}
"""
OBJECTS: list[dict[str, Any]] = [
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": {"password": "eA=="}},
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "app", "namespace": "shop"}},
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "third"}},
    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}},
    {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"endpoints": [{"port": "http"}]},
    },
]
FILES = {
    "Chart.yaml": """\
apiVersion: v2
name: shop
version: 1.0.0
appVersion: "2.0"
dependencies: [{name: cache, version: 0.1.0}, {name: idle, version: 0.1.0, condition: idle.enabled}]
""",
    "values.yaml": "idle: {enabled: false}\n",
    "values.schema.json": '{"properties": {"size": {"type": "integer"}}}',
    "crds/lamp.yaml": "kind: CustomResourceDefinition\nmetadata: {name: lamps.example.com}\n---\nkind: More\n",
    "crds/README.md": "no manifest",
    "templates/a.yaml": MAP.format(name="a", data='{chart: "{{ .Chart.Name }}-{{ .Chart.Version }}"}'),
    "templates/b.yaml": "kind: B1\n---\nkind: B2\nsize: {{ .Values.size }}\n---\n",
    "templates/deep/c.yaml": "kind: C\napp: {{ .Chart.AppVersion | quote }}\n",
    "templates/empty.yaml": "{{ if false }}kind: Never{{ end }}\n",
    "charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 0.1.0\n",
    "charts/cache/values.schema.json": '{"properties": {"port": {"type": "integer"}}}',
    "charts/cache/crds/x.yaml": "kind: CustomResourceDefinition\nmetadata: {name: x}\n",
    "charts/cache/templates/d.yaml": "kind: D\nchart: {{ .Chart.Version }}\nport: {{ .Values.port }}\n",
    "charts/idle/Chart.yaml": "apiVersion: v2\nname: idle\nversion: 0.1.0\n",
    "charts/idle/crds/y.yaml": "kind: CustomResourceDefinition\nmetadata: {name: y}\n",
}
VERSIONS = {"chart_version": "2.3.4-rc.1+build", "app_version": "1.10"}


def write(folder: Path, files: dict[str, str]) -> Chart:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Chart.open(folder)


@pytest.fixture
def shop(tmp_path: Path) -> Chart:
    """A chart with two dependencies, one of them disabled."""
    return write(tmp_path / "shop", FILES)


def library(chart: Chart) -> Renderer:
    return renderer("library", chart)


def command(chart: Chart) -> Renderer:
    return renderer("command", chart)


def told(rendering: Rendering) -> list[tuple[str, Any]]:
    return [(one.template, one.data) for one in rendering.documents]


def test_the_versions_of_the_chart_are_those_of_the_case(shop: Chart) -> None:
    rendering = library(shop).render(Case("it", **VERSIONS))

    assert rendering.object("ConfigMap")["data"] == {"chart": "shop-2.3.4-rc.1+build"}
    assert [rendering.object("C")["app"], rendering.object("D")["chart"]] == ["1.10", "0.1.0"]


def test_a_case_with_versions_changes_none_of_other_cases(shop: Chart) -> None:
    helm = library(shop)
    before = told(helm.render(Case("it")))
    helm.render(Case("it", **VERSIONS))

    assert told(helm.render(Case("it"))) == before
    assert helm.render(Case("it")).object("C")["app"] == "2.0"


@pytest.mark.usefixtures("helm_on_path")
def test_versions_are_set_as_helm_package_sets_them(shop: Chart, tmp_path: Path) -> None:
    options = ["--version", VERSIONS["chart_version"], "--app-version", VERSIONS["app_version"], "-d", str(tmp_path)]
    subprocess.run(["helm", "package", str(shop.path), *options], check=True, capture_output=True)
    (package,) = tmp_path.glob("*.tgz")

    expected = told(command(Chart.open(package)).render(Case("it")))

    assert told(library(shop).render(Case("it", **VERSIONS))) == expected
    assert told(command(shop).render(Case("it", **VERSIONS))) == expected


def test_lookup_finds_the_objects_of_the_case(tmp_path: Path) -> None:
    chart = write(
        tmp_path / "x", {"Chart.yaml": FILES["Chart.yaml"].partition("dep")[0], "templates/a.yaml": finding()}
    )
    case = Case("it", namespace="shop", kube_version="1.30", api_versions=("example.com/v2",))

    data = library(chart).render(replace(case, lookup=read_objects(OBJECTS))).object("ConfigMap")["data"]

    secret = {"apiVersion": "v1", "data": {"password": "eA=="}, "kind": "Secret"}
    assert json.loads(data.pop("secret")) == {**secret, "metadata": {"name": "db", "namespace": "shop"}}
    assert data == {
        "elsewhere": "{}",
        "none": "{}",
        "names": "app db",
        "everywhere": "shop/app shop/db third/db",
        "empty": "0",
        "node": "Node",
        "monitor": '{"endpoints":[{"port":"http"}]}',
        "unknown": "{}",
        "unknown-group": "{}",
        "version": "v1.30.0 true",
    }


def finding() -> str:
    return MAP.format(name="a", data=f"\n{FOUND}")


def test_lookup_finds_nothing_in_a_case_without_objects(tmp_path: Path) -> None:
    chart = write(tmp_path / "x", {"Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n"})
    write(
        chart.path,
        {"templates/a.yaml": MAP.format(name="a", data='{a: {{ lookup "v1" "Node" "" "a" | toJson | quote }}}')},
    )
    helm = library(chart)
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}}

    found = [
        helm.render(Case("it", lookup=one)).object("ConfigMap")["data"]["a"] for one in ((), read_objects([node]), ())
    ]

    assert found == ["{}", '{"apiVersion":"v1","kind":"Node","metadata":{"name":"a"}}', "{}"]


def test_lookup_of_helm_3_finds_the_same_and_helm_4_is_refused(helm_on_path: str, tmp_path: Path) -> None:
    chart = write(
        tmp_path / "x", {"Chart.yaml": FILES["Chart.yaml"].partition("dep")[0], "templates/a.yaml": finding()}
    )
    case = Case("it", namespace="shop", api_versions=("example.com/v2",), lookup=read_objects(OBJECTS))

    if helm_on_path == "helm3":
        assert told(command(chart).render(case)) == told(library(chart).render(case))
    else:
        with pytest.raises(UsageError, match=r"^--helm command: `lookup` of a case needs Helm 3, or Helm's library: "):
            command(chart).render(case)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"kind": "Secret", "metadata": {"name": "db"}}, "Secret/db has no apiVersion, by which `lookup` finds"),
        ({"apiVersion": "v1", "metadata": {"name": "db"}}, "object/db has no kind, by which `lookup` finds an object"),
        ({"apiVersion": "v1", "kind": "Secret"}, r"Secret/\? has no metadata\.name, by which `lookup` finds an object"),
        ("db", r"an object of lookup must be a map with apiVersion, kind and metadata\.name\."),
    ],
)
def test_an_object_that_lookup_could_not_find_is_refused(manifest: object, said: str) -> None:
    with pytest.raises(UsageError, match=f"^lookup: {said}"):
        read_objects([manifest], "lookup: ")


def test_objects_of_a_file_are_those_of_all_its_documents_and_lists(tmp_path: Path) -> None:
    file = tmp_path / "objects.yaml"
    file.write_text(f"---\n{json.dumps(OBJECTS[0])}\n---\n{json.dumps({'kind': 'List', 'items': OBJECTS[1:]})}\n---\n")

    assert [json.loads(one) for one in load_objects(file)] == OBJECTS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", r"objects\.yaml:2:1: not YAML: "),
        ("", r"objects\.yaml: there are no objects in it\."),
        ("kind: Secret", r"objects\.yaml: Secret/\? has no apiVersion"),
    ],
)
def test_a_file_without_objects_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "objects.yaml").write_text(text)

    with pytest.raises(UsageError, match=said):
        load_objects(tmp_path / "objects.yaml")


def test_crds_are_rendered_when_a_case_asks_for_them(shop: Chart) -> None:
    helm = library(shop)

    templates = [[one.template for one in helm.render(Case("it", include_crds=on)).documents] for on in (False, True)]

    assert [one for one in templates[1] if one not in templates[0]] == [
        *("charts/cache/crds/x.yaml", "crds/lamp.yaml", "crds/lamp.yaml"),
    ]
    assert not any("crds/" in one for one in templates[0])


@pytest.mark.usefixtures("helm_on_path")
def test_crds_are_those_of_helm_template(shop: Chart) -> None:
    case = Case("it", include_crds=True)

    assert told(library(shop).render(case)) == told(command(shop).render(case))


@pytest.mark.usefixtures("helm_on_path")
@pytest.mark.parametrize(
    "templates",
    [
        ["templates/b.yaml"],
        ["templates/deep/c.yaml", "templates/a.yaml"],
        ["templates/*.yaml"],
        ["charts/cache/templates/*", "templates/[^b]*.yaml"],
        ["charts/cache/crds/*.yaml"],
    ],
)
def test_templates_are_chosen_as_helm_template_show_only_does(shop: Chart, templates: list[str]) -> None:
    only = [word for one in templates for word in ("--show-only", one)]
    arguments = ["helm", "template", "podrunner", str(shop.path), "--include-crds", "--kube-version", "1.34.0", *only]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)

    found = library(shop).render(Case("it", include_crds=True)).only(templates)

    assert blocks(found.text) == blocks(done.stdout)


def blocks(text: str) -> list[str]:
    return [block.strip() for block in f"\n{text}".split("\n---\n") if block.strip()]


def test_a_template_that_gives_nothing_is_refused_with_what_there_is(shop: Chart) -> None:
    rendering = library(shop).render(Case("it"))

    with pytest.raises(
        UsageError, match=r"^No object of templates/aa\.yaml .*Did you mean `templates/a\.yaml`\? Rendered: "
    ):
        rendering.only(["templates/aa.yaml"])
    with pytest.raises(UsageError, match=r"^No object of templates/empty\.yaml in this rendering\."):
        rendering.only(["templates/a.yaml", "templates/empty.yaml"])


WRONG = {"size": "many", "cache": {"port": "http"}}


def test_values_that_the_schemas_refuse_are_rendered_when_a_case_asks_for_it(shop: Chart) -> None:
    case = Case("it").with_values(WRONG, "the test")

    with pytest.raises(ValuesError):
        library(shop).render(case)
    with pytest.raises(RenderError, match="schema"):
        library(shop).render_unchecked(case)
    rendering = library(shop).render(replace(case, skip_schema_validation=True))

    assert (rendering.object("B2")["size"], rendering.object("D")["port"]) == ("many", "http")


@pytest.mark.usefixtures("helm_on_path")
@pytest.mark.parametrize("is_packed", [False, True])
def test_schemas_are_skipped_as_helm_template_skips_them(shop: Chart, tmp_path: Path, *, is_packed: bool) -> None:
    if is_packed:
        for name in ("cache", "idle"):
            folder = shop.path / "charts" / name
            subprocess.run(["helm", "package", str(folder), "-d", str(folder.parent)], check=True, capture_output=True)
            folder.rename(tmp_path / name)
    case = replace(Case("it").with_values(WRONG, "the test"), skip_schema_validation=True)

    assert told(library(shop).render(case)) == told(command(shop).render(case))
