"""A chart with subcharts, which Helm's library takes off the loaded chart when a case disables them: no case sees another."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from podrunner.findings.errors import RenderError
from podrunner.formats.placed import Values
from podrunner.helm.renderer import Renderer, renderer

FILES = {
    "Chart.yaml": """\
apiVersion: v2
name: app
version: 0.1.0
dependencies:
- {name: cache, version: 0.1.0, condition: cache.enabled}
- {name: cache, version: 0.1.0, alias: second, condition: second.enabled}
- {name: queue, version: 0.1.0, tags: [optional], import-values: [{child: exported, parent: imported}]}
- {name: packed, version: 0.1.0, condition: "packed.enabled,global.packed"}
""",
    "values.yaml": "imported: {size: 1}\nsecond: {enabled: false}\n",
    "values.schema.json": '{"properties": {"wrong": {"type": "null"}}}',
    "templates/own.yaml": "kind: Own\nmetadata: {name: own}\nsize: {{ .Values.imported | toJson }}\n",
    "charts/cache/Chart.yaml": """\
apiVersion: v2
name: cache
version: 0.1.0
dependencies: [{name: inner, version: 0.1.0, condition: inner.enabled}]
""",
    "charts/cache/templates/s.yaml": "kind: Cache\nmetadata: {name: {{ .Chart.Name }}}\nport: {{ .Values.port }}\n",
    "charts/cache/charts/inner/Chart.yaml": "apiVersion: v2\nname: inner\nversion: 0.1.0\n",
    "charts/cache/charts/inner/templates/i.yaml": "kind: Inner\nmetadata: {name: {{ .Release.Name }}}\n",
    "charts/queue/Chart.yaml": "apiVersion: v2\nname: queue\nversion: 0.1.0\n",
    "charts/queue/values.yaml": "exported: {size: 2, kind: queue}\n",
    "charts/queue/templates/q.yaml": "kind: Queue\nmetadata: {name: queue}\nall: {{ .Values | toJson }}\n",
}
PACKED = {
    "Chart.yaml": "apiVersion: v2\nname: packed\nversion: 0.1.0\n",
    "templates/p.yaml": "kind: Packed\nmetadata: {name: packed}\n",
}
SWITCH = st.sampled_from([True, False])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "cache": st.fixed_dictionaries(
            {},
            optional={
                "enabled": SWITCH,
                "inner": st.builds(lambda on: {"enabled": on}, SWITCH),
                "port": st.integers(1, 9),
            },
        ),
        "second": st.builds(lambda on: {"enabled": on}, SWITCH),
        "tags": st.builds(lambda on: {"optional": on}, SWITCH),
        "queue": st.just({"exported": {"size": 3}}),
        "packed": st.builds(lambda on: {"enabled": on}, SWITCH),
        "global": st.builds(lambda on: {"packed": on}, SWITCH),
        "imported": st.just({"size": 4}),
        "wrong": st.just(1),
    },
)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """A chart with a subchart under two names, one in it, one by tag whose values are imported, and one that is packed."""
    folder = write(tmp_path_factory.mktemp("app"), FILES)
    packed = write(tmp_path_factory.mktemp("packed"), PACKED)
    with tarfile.open(folder / "charts/packed-0.1.0.tgz", "w:gz") as package:
        package.add(packed, "packed")
    return Chart.open(folder)


def rendered(helm: Renderer, values: dict[str, Any]) -> str:
    """The text of a rendering, or why there is none."""
    try:
        return helm.render_unchecked(Case("drawn", (Values(values, "drawn values"),))).text
    except RenderError as error:
        return str(error)


@given(cases=st.lists(VALUES, min_size=2, max_size=4))
@settings(max_examples=30, deadline=None)
def test_a_case_renders_to_the_same_alone_and_after_any_others(chart: Chart, cases: list[dict[str, Any]]) -> None:
    helm = renderer("library", chart)

    there = [rendered(helm, values) for values in cases]
    back = [rendered(helm, values) for values in reversed(cases)]

    assert there == back[::-1]
    assert there == [rendered(renderer("library", chart), values) for values in cases]


def test_a_subchart_that_one_case_disables_is_checked_in_the_next(
    tmp_path: Path, chart: Chart, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "off.yaml").write_text("cache: {enabled: false}\n")
    (tmp_path / "on.yaml").write_text("cache: {enabled: true, port: 80}\n")

    def kinds(*names: str) -> list[str]:
        main(["render", *(str(tmp_path / name) for name in names), "--chart", str(chart.path)])
        return [line for line in capsys.readouterr().out.splitlines() if line == "kind: Cache"]

    assert kinds("on.yaml") == kinds("off.yaml", "on.yaml") == kinds("on.yaml", "off.yaml") == ["kind: Cache"]
