"""Suites of helm unittest as pytest files: each kind of assertion passes and fails as it should, and what is left out is named."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from podrunner.cli.main import main
from podrunner.importing.unittest.code import lines, literal, quoted, raw
from podrunner.importing.unittest.module import import_suites, name_of
from podrunner.importing.unittest.paths import object_path, values_of

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  namespace: {{ .Release.Namespace }}
  annotations: {example.com/team: a, encoded: c2VjcmV0, text: "a\\nb\\n"}
spec:
  replicas: {{ .Values.replicas }}
  paused: false
  strategy: {}
  template:
    spec:
      containers:
        - {name: web, image: "web:{{ .Values.tag }}", args: [a, b, a], resources: {limits: {memory: 1Gi}}}
        - {name: side, image: "side:1"}
  numbers: [1, 2, 1]
"""
SERVICES = "{{- range list 1 2 }}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s{{ . }}, labels: {app: web}}\n{{- end }}\n"
REFUSAL = "{{- if .Values.refuse }}{{ fail .Values.refuse }}{{ end }}\n"


@pytest.fixture
def chart(pytester: pytest.Pytester) -> Path:
    """Make a chart with a folder of suites, and leave pytest in it."""
    templates = pytester.mkdir("templates")
    (templates / "deployment.yaml").write_text(DEPLOYMENT)
    (templates / "services.yaml").write_text(SERVICES)
    (templates / "refusal.yaml").write_text(REFUSAL)
    (templates / "NOTES.txt").write_text("Look at {{ .Release.Name }}.\n")
    (pytester.path / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (pytester.path / "values.yaml").write_text("replicas: 1\ntag: latest\nrefuse: ''\n")
    pytester.mkdir("tests")
    pytester.makeini("[pytest]\nfilterwarnings =\n    ignore:cannot discover fixture:pytest.PytestWarning\n")
    return pytester.path


def suite_of(assertion: str, template: str = "deployment.yaml", job: str = "") -> str:
    """A suite with one test of one assertion, as flow YAML or a block."""
    entry = textwrap.indent(textwrap.dedent(assertion).strip(), "          ").lstrip()
    return (
        f"suite: web\ntemplates: [{template}]\ntests:\n  - it: says so\n{textwrap.indent(job, '    ')}"
        f"    asserts:\n        - {entry}\n"
    )


def written(chart: Path, text: str) -> Any:
    source = chart / "tests" / "web_test.yaml"
    source.write_text(text)
    module = import_suites(source, source.parent / name_of(source), None)
    module.file.write_text(module.text)
    return module


def outcomes(pytester: pytest.Pytester, *suites: str) -> list[str]:
    """What pytest says of the tests that suites become, in one run: each costs a second."""
    module = written(pytester.path, "---\n".join(suites))
    assert module.left == ()
    recorder = pytester.inline_run("-p", "no:cacheprovider", "tests")
    return [report.outcome for report in recorder.getreports("pytest_runtest_logreport") if report.when == "call"]


NUMBERS = "spec.numbers"
# Assertion → the same with something else expected.
PAIRS = {
    "equal": ("equal: {path: spec.replicas, value: 1}", "equal: {path: spec.replicas, value: 2}"),
    "equal of a map": (
        "equal: {path: 'spec.template.spec.containers[1]', value: {name: side, image: 'side:1'}}",
        "equal: {path: 'spec.template.spec.containers[1]', value: {name: side}}",
    ),
    "equal of a path that is not there": ("exists: {path: spec}", "equal: {path: spec.nothing, value: null}"),
    "equal by a filter": (
        "equal: {path: 'spec.template.spec.containers[?(@.name == \"web\")].image', value: 'web:latest'}",
        "equal: {path: 'spec.template.spec.containers[?(@.name == \"web\")].image', value: 'web:1'}",
    ),
    "equal, decoded": (
        "equal: {path: metadata.annotations.encoded, value: secret, decodeBase64: true}",
        "equal: {path: metadata.annotations.encoded, value: other, decodeBase64: true}",
    ),
    "equal of every item": (
        "equal: {path: 'spec.template.spec.containers[*].kind', value: a}\nnot: true",
        "equal: {path: 'spec.template.spec.containers[*].name', value: web}",
    ),
    "notEqual": ("notEqual: {path: spec.replicas, value: 2}", "notEqual: {path: spec.replicas, value: 1}"),
    "not": ("equal: {path: spec.replicas, value: 2}\nnot: true", "equal: {path: spec.replicas, value: 1}\nnot: true"),
    "not of a negation": (
        "notEqual: {path: spec.replicas, value: 1}\nnot: true",
        "notEqual: {path: spec.replicas, value: 2}\nnot: true",
    ),
    "matchRegex": (
        "matchRegex: {path: metadata.name, pattern: -web$}",
        "matchRegex: {path: metadata.name, pattern: ^w}",
    ),
    "notMatchRegex": (
        "notMatchRegex: {path: metadata.name, pattern: ^w}",
        "notMatchRegex: {path: metadata.name, pattern: -web$}",
    ),
    "exists": ("exists: {path: spec.strategy}", "exists: {path: spec.nothing}"),
    "notExists": ("notExists: {path: spec.nothing}", "notExists: {path: spec.strategy}"),
    "isNull": ("isNull: {path: spec.nothing}", "isNull: {path: spec.replicas}"),
    "isNotNull": ("isNotNull: {path: spec.replicas}", "isNotNull: {path: spec.nothing}"),
    "isNullOrEmpty": ("isNullOrEmpty: {path: spec.strategy}", "isNullOrEmpty: {path: spec.replicas}"),
    "isEmpty": ("isEmpty: {path: spec.paused}", "isEmpty: {path: spec.nothing}"),
    "isNotNullOrEmpty": ("isNotNullOrEmpty: {path: spec.replicas}", "isNotNullOrEmpty: {path: spec.strategy}"),
    "isNotEmpty": ("isNotEmpty: {path: metadata.name}", "isNotEmpty: {path: spec.strategy}"),
    "contains": (
        "contains: {path: 'spec.template.spec.containers', content: {name: side, image: 'side:1'}}",
        "contains: {path: 'spec.template.spec.containers', content: {name: side}}",
    ),
    "contains with a count": (
        "contains: {path: 'spec.template.spec.containers[0].args', content: a, count: 2}",
        "contains: {path: 'spec.template.spec.containers[0].args', content: a, count: 1}",
    ),
    "contains with any": (
        "contains: {path: 'spec.template.spec.containers', content: {name: side}, any: true}",
        "contains: {path: 'spec.template.spec.containers', content: {name: other}, any: true}",
    ),
    "notContains": (
        "notContains: {path: 'spec.template.spec.containers[0].args', content: c}",
        "notContains: {path: 'spec.template.spec.containers[0].args', content: a}",
    ),
    "isSubset": (
        "isSubset: {path: metadata, content: {name: RELEASE-NAME-web}}",
        "isSubset: {path: metadata, content: {name: web}}",
    ),
    "isNotSubset": (
        "isNotSubset: {path: metadata, content: {name: web}}",
        "isNotSubset: {path: metadata, content: {name: RELEASE-NAME-web}}",
    ),
    "isKind": ("isKind: {of: Deployment}", "isKind: {of: Service}"),
    "isAPIVersion": ("isAPIVersion: {of: apps/v1}", "isAPIVersion: {of: v1}"),
    "isType": ("isType: {path: spec.replicas, type: int}", "isType: {path: spec.replicas, type: string}"),
    "isNotType": ("isNotType: {path: spec.replicas, type: string}", "isNotType: {path: spec.replicas, type: int}"),
    "hasDocuments": ("hasDocuments: {count: 1}", "hasDocuments: {count: 2}"),
    "hasDocuments with not": ("hasDocuments: {count: 2}\nnot: true", "hasDocuments: {count: 1}\nnot: true"),
    "lengthEqual": (
        "lengthEqual: {path: spec.template.spec.containers, count: 2}",
        "lengthEqual: {path: spec.template.spec.containers, count: 1}",
    ),
    "lengthEqual of paths": (
        "lengthEqual: {paths: [spec.template.spec.containers, spec.template.spec.containers]}",
        "lengthEqual: {paths: [spec.template.spec.containers, 'spec.template.spec.containers[0].args']}",
    ),
    "notLengthEqual": (
        "notLengthEqual: {path: spec.template.spec.containers, count: 1}",
        "notLengthEqual: {path: spec.template.spec.containers, count: 2}",
    ),
    "containsDocument": (
        "containsDocument: {kind: Deployment, apiVersion: apps/v1, name: RELEASE-NAME-web, namespace: NAMESPACE}",
        "containsDocument: {kind: Deployment, apiVersion: apps/v1, name: other}",
    ),
    "greaterOrEqual": (
        "greaterOrEqual: {path: spec.replicas, value: 1}",
        "greaterOrEqual: {path: spec.replicas, value: 2}",
    ),
    "greaterOrEqual of a quantity": (
        "greaterOrEqual: {path: 'spec.template.spec.containers[0].resources.limits.memory', value: 900Mi}",
        "greaterOrEqual: {path: 'spec.template.spec.containers[0].resources.limits.memory', value: 2Gi}",
    ),
    "notGreaterOrEqual": (
        "notGreaterOrEqual: {path: spec.replicas, value: 2}",
        "notGreaterOrEqual: {path: spec.replicas, value: 1}",
    ),
    "lessOrEqual": ("lessOrEqual: {path: spec.replicas, value: 1}", "lessOrEqual: {path: spec.replicas, value: 0}"),
    "notLessOrEqual": (
        "notLessOrEqual: {path: spec.replicas, value: 0}",
        "notLessOrEqual: {path: spec.replicas, value: 1}",
    ),
    "equalRaw": (
        'equalRaw: {value: "Look at RELEASE-NAME.\\n"}\ntemplate: NOTES.txt',
        "equalRaw: {value: Look}\ntemplate: NOTES.txt",
    ),
    "notEqualRaw": (
        "notEqualRaw: {value: Look}\ntemplate: NOTES.txt",
        'notEqualRaw: {value: "Look at RELEASE-NAME.\\n"}\ntemplate: NOTES.txt',
    ),
    "matchRegexRaw": (
        "matchRegexRaw: {pattern: RELEASE-NAME}\ntemplate: NOTES.txt",
        "matchRegexRaw: {pattern: other}\ntemplate: NOTES.txt",
    ),
    "notMatchRegexRaw": (
        "notMatchRegexRaw: {pattern: other}\ntemplate: NOTES.txt",
        "notMatchRegexRaw: {pattern: Look}\ntemplate: NOTES.txt",
    ),
    "notFailedTemplate": ("notFailedTemplate: {}", "failedTemplate: {}"),
    "equal, true and 1": ("equal: {path: spec.paused, value: false}", "equal: {path: spec.paused, value: 0}"),
    "equal of a number": ("equal: {path: spec.replicas, value: 1}", "equal: {path: spec.replicas, value: true}"),
    "notEqual, false and 0": (
        "notEqual: {path: spec.paused, value: 0}",
        "notEqual: {path: spec.paused, value: false}",
    ),
    "isSubset, false and 0": (
        "isSubset: {path: spec, content: {paused: false}}",
        "isSubset: {path: spec, content: {paused: 0}}",
    ),
    "contains, true and 1": (
        f"contains: {{path: {NUMBERS}, content: 1}}",
        f"contains: {{path: {NUMBERS}, content: true}}",
    ),
    "contains, counted": (
        f"contains: {{path: {NUMBERS}, content: 1, count: 2}}",
        f"contains: {{path: {NUMBERS}, content: true, count: 2}}",
    ),
    "contains of a map": (
        "notContains: {path: spec.nothing, content: a}",
        "notContains: {path: spec.strategy, content: a}",
    ),
    "contains of a text": (
        "exists: {path: metadata.name}",
        "contains: {path: metadata.name, content: web}",
    ),
    "lengthEqual of a text": (
        "notLengthEqual: {path: spec.numbers, count: 16}",
        "lengthEqual: {path: metadata.name, count: 16}",
    ),
    "matchRegex up to the end": (
        "matchRegex: {path: metadata.annotations.text, pattern: 'b\\n$'}",
        "matchRegex: {path: metadata.annotations.text, pattern: 'b$'}",
    ),
    "matchRegex of lines": (
        "matchRegex: {path: metadata.annotations.text, pattern: '(?m)a$'}",
        "matchRegex: {path: metadata.annotations.text, pattern: '[$]$'}",
    ),
}


def test_every_assertion_passes_and_fails_as_it_does_for_helm_unittest(pytester: pytest.Pytester, chart: Path) -> None:
    suites = [suite_of(one) for pair in PAIRS.values() for one in pair]

    assert chart == pytester.path
    found = outcomes(pytester, *suites)

    pairs = dict(zip(PAIRS, zip(found[::2], found[1::2], strict=True), strict=True))
    assert {kind: pair for kind, pair in pairs.items() if pair != ("passed", "failed")} == {}


REFUSALS = {
    "failedTemplate: {}": ("too bad", "passed"),
    "failedTemplate: {errorMessage: too (bad)}": ("too (bad)", "passed"),
    "failedTemplate: {errorMessage: good}": ("too bad", "failed"),
    "failedTemplate: {errorPattern: 'too .*d'}": ("too bad", "passed"),
    "failedTemplate: {errorPattern: '^good'}": ("too bad", "failed"),
    "notFailedTemplate: {}": ("too bad", "failed"),
}


def test_a_refusal_is_expected_by_what_it_says(pytester: pytest.Pytester, chart: Path) -> None:
    suites = [suite_of(one, job=f"set: {{refuse: {message}}}\n") for one, (message, _) in REFUSALS.items()]

    assert chart == pytester.path
    assert outcomes(pytester, *suites) == [result for _, result in REFUSALS.values()]


CHOICES = {
    "documentIndex: 1\n": "passed",
    "documentIndex: 0\n": "failed",
    "documentIndex: 2\n": "failed",
    "documentSelector: {path: metadata.name, value: s2}\n": "passed",
    "documentSelector: {path: metadata.name, value: s1}\n": "failed",
    "documentSelector: {path: metadata.name, value: s3}\n": "failed",
    "documentSelector: {path: metadata.name, value: s3, skipEmptyTemplates: true}\n": "passed",
    "documentSelector: {path: metadata.labels.app, value: web}\n": "failed",
    "documentSelector: {path: metadata, value: {name: s2, labels: {app: web}}}\n": "passed",
    "documentSelector: {path: metadata.name, value: s2, matchMany: true}\n": "passed",
    "documentSelector: {path: metadata.labels.app, matchMany: true}\n": "failed",
}


def test_one_document_is_chosen_by_place_or_by_what_stands_in_it(pytester: pytest.Pytester, chart: Path) -> None:
    suites = [suite_of("equal: {path: metadata.name, value: s2}", "services.yaml", given) for given in CHOICES]

    assert chart == pytester.path
    assert outcomes(pytester, *suites) == list(CHOICES.values())


CLUSTER = """\
kubernetesProvider:
  scheme:
    v1/Secret: {gvr: {version: v1, resource: secrets}, namespaced: true}
    v1/Node: {gvr: {version: v1, resource: nodes}, namespaced: false}
  objects:
    - {apiVersion: v1, kind: Secret, metadata: {name: RELEASE-NAME-db, namespace: NAMESPACE}, data: {a: Yg==}}
    - {apiVersion: v1, kind: Pod, metadata: {name: of-no-scheme}}
"""
IN_CLUSTER = """\
kind: ConfigMap
secret: {{ (lookup "v1" "Secret" .Release.Namespace (printf "%s-db" .Release.Name)).data | toJson }}
node: {{ (lookup "v1" "Node" "" "one").kind }}
pod: {{ (lookup "v1" "Pod" .Release.Namespace "of-no-scheme").kind }}
version: {{ .Chart.Version }} {{ .Chart.AppVersion }}
"""


def test_versions_of_the_chart_objects_of_a_cluster_and_crds_are_imported(
    pytester: pytest.Pytester, chart: Path
) -> None:
    (chart / "templates" / "cluster.yaml").write_text(IN_CLUSTER)
    pytester.mkdir("crds").joinpath("lamp.yaml").write_text("kind: CustomResourceDefinition\n")
    node = "kubernetesProvider: {objects: [{apiVersion: v1, kind: Node, metadata: {name: one}}]}\n"
    versions = "chart: {version: 3.0.0, appVersion: 1.10}\n"
    given = {
        f"{CLUSTER}|equal: {{path: secret, value: {{a: Yg==}}}}": "passed",
        f"{CLUSTER}|equal: {{path: node, value: Node}}": "failed",
        f"{CLUSTER}|isNullOrEmpty: {{path: pod}}": "passed",
        "|isNullOrEmpty: {path: secret}": "passed",
        f"{versions}|equal: {{path: version, value: 3.0.0 1.10}}": "passed",
        f"{versions}|equal: {{path: version, value: 3.0.0 1.1}}": "failed",
        "includeCrds: true\n|isKind: {of: CustomResourceDefinition}\ntemplate: crds/lamp.yaml": "passed",
        "|isKind: {of: CustomResourceDefinition}\ntemplate: crds/lamp.yaml": "failed",
    }
    suites = [f"{part}{suite_of(one, 'cluster.yaml')}" for part, one in (key.split("|") for key in given)]
    of_job = f"{CLUSTER}{suite_of('equal: {path: node, value: Node}', 'cluster.yaml', node)}"

    assert chart == pytester.path
    assert outcomes(pytester, *suites, of_job) == [*given.values(), "passed"]


COUNTS = {
    "containsDocument: {kind: Service, apiVersion: v1, name: s2, any: true}": "passed",
    "containsDocument: {kind: Service, apiVersion: v1, name: s3, any: true}": "failed",
    "hasDocuments: {count: 2}\ndocumentIndex: 0": "passed",
    "hasDocuments: {count: 1, filterAware: true}\ndocumentIndex: 0": "passed",
    "notExists: {path: spec}\ntemplate: refusal.yaml": "passed",
    "exists: {path: kind}\ntemplate: refusal.yaml": "failed",
    "hasDocuments: {count: 0}\ntemplate: refusal.yaml": "passed",
}


def test_several_documents_and_none_are_counted(pytester: pytest.Pytester, chart: Path) -> None:
    assert chart == pytester.path
    assert outcomes(pytester, *(suite_of(one, "services.yaml") for one in COUNTS)) == list(COUNTS.values())


def test_snapshots_are_of_all_objects_or_of_a_part(
    pytester: pytest.Pytester, chart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    several = "matchSnapshot: {path: metadata}\n- matchSnapshot: {}\n- matchSnapshotRaw: {}\n  template: NOTES.txt"
    text = suite_of(several.replace("\n", "\n        "), "services.yaml").replace("                  ", "        ")

    assert outcomes(pytester, text) == ["passed"]
    folder = chart / "tests" / "snapshots" / "test_web"
    assert sorted(file.name for file in folder.iterdir()) == [
        "test_says_so-2.yaml",
        "test_says_so-3.yaml",
        "test_says_so.yaml",
    ]
    (chart / "templates" / "services.yaml").write_text(SERVICES.replace("app: web", "app: other"))
    assert outcomes(pytester, text) == ["failed"]


SUITE = """\
suite: web "1"
values: [../values.yaml]
set: {tag: one, image.pullPolicy: Always}
release: {name: ci}
capabilities: {majorVersion: 1, minorVersion: 30}
templates: [deployment.yaml, services.yaml]
tests:
  - it: has one replica
    set: {replicas: 2}
    release: {upgrade: true}
    template: templates/deployment.yaml
    asserts:
      - equal: {path: spec.replicas, value: 2}
      - equal: {path: metadata.name, value: ci-web}
      - isKind: {of: Deployment}
        documentIndex: 0
  - it: has one replica
    values: [values/more.yaml]
    asserts:
      - exists: {path: metadata.name}
  - it: is not ready
    skip: {reason: not yet}
    asserts:
      - isKind: {of: Pod}
"""
MODULE = '''\
"""web '1': imported from web_test.yaml, a suite of helm unittest."""

from functools import partial
from pathlib import Path

import pytest
from podrunner import find, find_all, same

HERE = Path(__file__).parent


@pytest.fixture
def podrunner_chart():
    return HERE / ".."


@pytest.fixture
def render(podrunner_render):
    return partial(
        podrunner_render,
        HERE / "../values.yaml",
        {"tag": "one", "image": {"pullPolicy": "Always"}},
        release="ci",
        namespace="namespace",
        kube_version="1.30",
    )


def test_has_one_replica(render):
    rendering = render({"replicas": 2}, revision=2)

    for document in rendering.objects_of("templates/deployment.yaml"):
        assert same(find(document, "spec.replicas"), 2)
        assert find(document, "metadata.name") == "ci-web"
    document = rendering.objects_of("templates/deployment.yaml")[0]
    assert document["kind"] == "Deployment"


def test_has_one_replica_2(render):
    rendering = render(
        HERE / "values/more.yaml", {"tag": "one", "image": {"pullPolicy": "Always"}}
    )

    for template in ("templates/deployment.yaml", "templates/services.yaml"):
        for document in rendering.objects_of(template):
            assert find_all(document, "metadata.name")


def test_is_not_ready():
    pytest.skip("not yet")
'''


def test_a_suite_becomes_a_module_that_people_can_read(chart: Path) -> None:
    module = written(chart, SUITE)

    assert module.text == MODULE
    assert (module.tests, module.left) == (3, ())


LEFT_OUT = {
    "isType: {path: spec, type: int64}": "isType int64: no value of YAML has that type",
    "equal: {path: a..b, value: 1}": "`find` does not take the path a..b",
    "equal: {path: '$[?(@.kind == \"Role\")].a', value: 1}": "`find` does not take the path",
    "matchRegex: {path: kind, pattern: '[[:alpha:]]'}": "Python does not read the pattern [[:alpha:]] as Go does",
    "matchRegex: {path: kind, pattern: '('}": "Python does not read the pattern (",
    "matchSnapshot: {}\nnot: true": "matchSnapshot with `not`",
    "matchRegexRaw: {pattern: a}": "NOTES.txt",
    "failedTemplate: {errorPattern: values don't meet the specifications}": "is of the chart's schema",
    "failedTemplate: {errorMessage: \"at '/replicas': got string, want integer\"}": "is of the chart's schema",
    "isGood: {path: kind}": "podrunner knows no assertion isGood",
    "containsDocument: {kind: Pod, apiVersion: v1}\nnot: true": "containsDocument with `not`",
}


@pytest.mark.parametrize("assertion", LEFT_OUT)
def test_what_cannot_be_said_is_left_out_with_its_line(chart: Path, assertion: str) -> None:
    module = written(chart, suite_of(assertion))

    assert [left.line for left in module.left] == [6]
    assert LEFT_OUT[assertion] in module.left[0].why


def test_a_test_that_leaves_something_out_is_skipped_with_the_line(pytester: pytest.Pytester, chart: Path) -> None:
    written(chart, suite_of("isGood: {path: kind}"))

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rs", "tests")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*web_test.yaml:6: podrunner knows no assertion isGood*"])


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (
            "chart: {version: 2.0.0}\ntemplates: [charts/db/templates/a.yaml]\n",
            "helm unittest changes the versions of dependencies, too",
        ),
        ("postRenderer: {cmd: yq}\n", "renders as `helm template` does"),
        ("excludeTemplates: ['a*']\n", "excludeTemplates without the templates that are left"),
    ],
)
def test_what_a_whole_suite_needs_and_is_not_there_leaves_out_its_tests(chart: Path, part: str, why: str) -> None:
    suite = suite_of("isKind: {of: Deployment}")
    module = written(
        chart, part + (suite.replace("templates: [deployment.yaml]\n", "") if "templates:" in part else suite)
    )

    assert [why in left.why for left in module.left] == [True]


def test_assertions_that_can_be_said_run_before_the_skip(pytester: pytest.Pytester, chart: Path) -> None:
    text = suite_of("isKind: {of: Wrong}\n- isGood: {}").replace("          - isGood", "        - isGood")

    written(chart, text)

    pytester.runpytest_inprocess("-p", "no:cacheprovider", "tests").assert_outcomes(failed=1)


def test_the_command_writes_a_file_beside_each_suite_and_says_what_is_left_out(
    chart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (chart / "tests" / "a_test.yaml").write_text(suite_of("isKind: {of: Deployment}"))
    (chart / "tests" / "b-c_test.yaml").write_text(suite_of("isGood: {}"))

    code = main(["import-tests", "tests/*_test.yaml"])

    assert code == 1
    assert capsys.readouterr().err == (
        "tests/test_a.py: 1 test\n"
        "tests/test_b_c.py: 1 test\n"
        "tests/b-c_test.yaml:6: left out: podrunner knows no assertion isGood.\n"
        "2 tests imported, 1 assertions or tests left out, as each skip says.\n"
    )
    assert (chart / "tests" / "test_a.py").exists()


def test_the_command_ends_with_0_when_everything_is_imported(chart: Path, tmp_path: Path) -> None:
    (chart / "tests" / "a_test.yaml").write_text(suite_of("isKind: {of: Deployment}"))

    assert main(["import-tests", "tests/a_test.yaml", "--output-dir", str(tmp_path / "out"), "-q"]) == 0
    assert (tmp_path / "out" / "test_a.py").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["nothing/*_test.yaml"],
            "nothing/*_test.yaml: no such file. Suites of helm unittest are called tests/*_test.yaml",
        ),
        (["Chart.yaml"], "Chart.yaml:1: not a suite of helm unittest: it has no list `tests`."),
        (["tests/broken_test.yaml"], "tests/broken_test.yaml:1: not a suite of helm unittest, since it is not YAML"),
        (["tests/a_test.yaml"], "tests/test_a.py: is there already, and is not written over."),
        (["tests/a_test.yaml", "tests/A_test.yaml", "--force"], "becomes tests/test_a.py, as tests/a_test.yaml does"),
    ],
)
def test_wrong_use_writes_nothing(
    chart: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    for name in ("a", "A"):
        (chart / "tests" / f"{name}_test.yaml").write_text(suite_of("isKind: {of: Deployment}"))
    (chart / "tests" / "broken_test.yaml").write_text("{{ range }}\n")
    (chart / "tests" / "test_a.py").write_text("mine")

    code = main(["import-tests", *arguments])

    assert code == 2
    assert sentence in capsys.readouterr().err
    assert (chart / "tests" / "test_a.py").read_text() == "mine"


def test_a_namespace_in_capital_letters_is_changed_where_it_is_one(chart: Path) -> None:
    expected = "{namespace: NAMESPACE, name: NAMESPACE, host: web.NAMESPACE.svc, POD_NAMESPACE: RELEASE-NAME-x}"

    module = written(chart, suite_of(f"equal: {{path: a, value: {expected}}}"))

    found = re.search(r"== (\{.*?\n    +\})", module.text, re.DOTALL)
    assert found is not None
    assert "".join(found[1].split()) == (
        '{"namespace":"namespace","name":"NAMESPACE","host":"web.namespace.svc","POD_NAMESPACE":"release-name-x",}'
    )


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("$.spec.a", "spec.a"),
        ("spec.c[0].a", "spec.c[0].a"),
        ("spec.c[*].a", "spec.c[*].a"),
        ("spec.c[?(@.name=='x')].a", "spec.c[name=x].a"),
        ("spec.c[?(@.port == 80)]", "spec.c[port=80]"),
        ('data["my.conf"]', 'data["my.conf"]'),
        ("data['plain']", "data.plain"),
        (" spec.a ", "spec.a"),
        ("", ""),
    ],
)
def test_paths_are_those_of_find(path: str, ours: str) -> None:
    assert object_path(path) == ours


def test_settings_are_values() -> None:
    settings = {"a.b": 1, "a.c": {"d": 2}, "hosts[1]": "x", "notes.[example.com/a].b": True, "[k.8]": 3}

    assert values_of(settings) == {
        "a": {"b": 1, "c": {"d": 2}},
        "hosts": [None, "x"],
        "notes": {"example.com/a": {"b": True}},
        "k.8": 3,
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a", '"a"'),
        ('a"b', "'a\"b'"),
        ("a'b", '"a\'b"'),
        ("a'\"b", '"a\'\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ("a\n", '"a\\n"'),
    ],
)
def test_texts_have_the_quotes_that_ruff_gives_them(text: str, code: str) -> None:
    assert quoted(text) == code


def test_patterns_are_raw_where_they_have_a_backslash() -> None:
    assert (raw(r"a\.b"), raw("a.b"), raw('a"b'), raw("a\nb")) == (r'r"a\.b"', '"a.b"', "'a\"b'", '"a\\nb"')


def test_a_long_value_is_broken_and_a_text_of_lines_stands_in_lines() -> None:
    code = (
        "assert ",
        "x",
        " == ",
        *literal({"text": "first line of it\nsecond line of it\n" * 2, "list": [1, None, True]}),
    )

    assert lines(code, 4) == [
        "    assert x == {",
        '        "text": (',
        '            "first line of it\\n"',
        '            "second line of it\\n"',
        '            "first line of it\\n"',
        '            "second line of it\\n"',
        "        ),",
        '        "list": [1, None, True],',
        "    }",
    ]
