"""The pytest plugin, in pytest runs of its own."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path

import pytest

MATRIX = """
strategy: full
axes:
  preset: [quiet, loud]
cases:
  refused:
    values: {refuse: set image}
    expect: {fail: set image}
"""


@pytest.fixture
def project(pytester: pytest.Pytester, small_chart: Path) -> pytest.Pytester:
    """Make a project that tests the small chart, strict about warnings."""
    pytester.makeini(f"""
[pytest]
podrunner_chart = {small_chart}
filterwarnings =
    error
    ignore:cannot discover fixture:pytest.PytestWarning
""")
    return pytester


def test_every_case_of_a_matrix_file_is_a_test(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix=MATRIX)

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml", "-v")

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["matrix.yaml::preset=quiet PASSED*", "matrix.yaml::preset=loud PASSED*", "matrix.yaml::refused PASSED*"]
    )


def test_a_failing_case_prints_its_findings_and_no_traceback(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix="cases:\n  wrong:\n    values:\n      mode: lowd\n")

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*case wrong*",
            '*matrix.yaml:4:7: error: mode: "lowd" is not allowed. Did you mean `loud`? *[[]values-enum[]]',
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*testing.py*")


def test_a_warning_does_not_fail_a_case_and_can_be_read(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix="cases:\n  loud:\n    values: {config: 'log_level = \"debug\"'}\n")

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml", "-rA")

    # Without [[runners]] the case fails, too, which shows that both kinds are told apart.
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*error: *runners: missing*", "*podrunner call*", "*warning: *[[]config-debug-log[]]"])


def test_a_case_is_run_alone_by_its_node_id(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix=MATRIX)
    project.makepyfile("def test_other(): pass")

    result = project.runpytest_inprocess("-v", "-k", "loud", "--podrunner-matrix", "matrix.yaml")

    result.assert_outcomes(passed=1, deselected=3)


def test_a_matrix_file_of_the_ini_file_is_collected_where_pytest_meets_it(
    project: pytest.Pytester, small_chart: Path
) -> None:
    project.makeini(f"[pytest]\npodrunner_chart = {small_chart}\npodrunner_matrix = matrix.yaml other/matrix.yaml\n")
    project.makefile(".yaml", matrix=MATRIX)
    project.makefile(".yaml", not_a_matrix="axes: wrong")
    project.makepyfile("def test_other(): pass")

    everything = project.runpytest_inprocess()
    one_file = project.runpytest_inprocess("test_a_matrix_file_of_the_ini_file_is_collected_where_pytest_meets_it.py")

    everything.assert_outcomes(passed=4)
    one_file.assert_outcomes(passed=1)


def test_a_file_that_is_met_and_asked_for_is_collected_once(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix=MATRIX)

    result = project.runpytest_inprocess(".", "--podrunner-matrix", "matrix.yaml")

    result.assert_outcomes(passed=3)


def test_a_mistake_in_the_matrix_file_is_a_collection_error_with_its_line(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix="axis: {}\n")

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*matrix.yaml:1:1: error: unknown key `axis`. Did you mean `axes`?*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_custom_objects_are_checked_with_the_crds_of_a_folder(project: pytest.Pytester) -> None:
    kite = "{apiVersion: example.com/v1, kind: Kite, metadata: {name: k}, spec: {}}"
    project.makefile(".yaml", matrix=f"cases:\n  kite:\n    values: {{objects: [{kite}]}}\n")
    schema = "{type: object, properties: {spec: {type: object, required: [length]}}}"
    versions = f"[{{name: v1, schema: {{openAPIV3Schema: {schema}}}}}]"
    crd = f"spec: {{group: example.com, names: {{kind: Kite}}, versions: {versions}}}"
    (project.mkdir("crds") / "kite.yaml").write_text(f"kind: CustomResourceDefinition\n{crd}\n")

    unknown = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml")
    known = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml", "--podrunner-crds", "crds")

    unknown.assert_outcomes(passed=1)
    known.assert_outcomes(failed=1)
    known.stdout.fnmatch_lines(["*error: Kite/k: spec.length: missing. [[]crd-schema[]]"])


def test_a_chart_may_be_a_package(project: pytest.Pytester, small_chart: Path) -> None:
    with tarfile.open(project.path / "small-1.0.0.tgz", "w:gz") as package:
        package.add(small_chart, "small")
    project.makefile(".yaml", matrix=MATRIX)

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml", "--podrunner-chart", "small-1.0.0.tgz")

    result.assert_outcomes(passed=3)


def test_a_chart_that_is_not_there_ends_the_run_with_a_sentence(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix=MATRIX)

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml", "--podrunner-chart", "nowhere")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *nowhere: no chart here, there is no Chart.yaml. Give the chart's directory."])


def test_another_strategy_makes_other_cases(project: pytest.Pytester) -> None:
    matrix = "strategy: full\naxes:\n  preset: [quiet, loud]\n  release: [a, b]\n"
    project.makefile(".yaml", matrix=matrix)

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml", "--podrunner-strategy", "each")

    result.assert_outcomes(passed=2)


def test_values_files_beside_the_matrix_are_found_from_anywhere(project: pytest.Pytester) -> None:
    folder = project.mkdir("deep")
    (folder / "values.yaml").write_text("mode: loud\n")
    (folder / "matrix.yaml").write_text("axes: {values: [values.yaml]}\n")

    result = project.runpytest_inprocess("-v", "--podrunner-matrix", "deep/matrix.yaml")

    result.stdout.fnmatch_lines(["deep/matrix.yaml::values=values PASSED*"])


def test_a_test_written_by_hand_renders_maps_files_and_presets(project: pytest.Pytester) -> None:
    project.makefile(".yaml", own="replicas: 2\n")
    project.makepyfile("""
        def test_it(podrunner_render, podrunner_chart):
            rendering = podrunner_render(
                "own.yaml", {"image": "x"}, preset="loud", release="ci", namespace="builds", kube_version="1.30"
            )
            deployment = rendering.object("Deployment", "ci")
            assert deployment["spec"]["replicas"] == 2
            assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "x"
            assert rendering.notes == "Release ci is loud.\\n"
            assert rendering.config_toml["concurrent"] == 1
            assert rendering.object("ConfigMap")["data"]["kubernetes"] == "v1.30.0"
            assert podrunner_chart.name == "small"
    """)

    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_values_that_do_not_fit_raise_what_a_test_can_expect(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest
        from podrunner.findings.errors import RenderError, ValuesError

        def test_schema(podrunner_render):
            with pytest.raises(ValuesError, match="mode: .* is not allowed. Did you mean `loud`?"):
                podrunner_render({"mode": "lowd"})

        def test_refusal(podrunner_render):
            with pytest.raises(RenderError, match="set image"):
                podrunner_render({"refuse": "set image"})
    """)

    project.runpytest_inprocess().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ('{"refuse": "set image"}', "E*RenderError: *set image"),
        ('{"mode": "lowd"}', "E*ValuesError: *mode: * is not allowed. Did you mean `loud`?*"),
        ('"nowhere.yaml"', "E*UsageError: nowhere.yaml: no such file."),
    ],
)
def test_what_is_refused_fails_the_test_with_a_sentence(project: pytest.Pytester, values: str, sentence: str) -> None:
    project.makepyfile(f"def test_it(podrunner_render):\n    podrunner_render({values})\n")

    result = project.runpytest_inprocess()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([">       podrunner_render(*", sentence, "", "test_what*.py:2: *Error"])
    result.stdout.no_fnmatch_line("*testing.py*")


def test_an_object_that_is_not_there_fails_with_what_is(project: pytest.Pytester) -> None:
    project.makepyfile("""
        def test_it(podrunner_render):
            podrunner_render().object("DaemonSet")
    """)

    result = project.runpytest_inprocess()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E*LookupError: No DaemonSet in this rendering. Rendered: ConfigMap/podrunner, Deployment/podrunner."]
    )
    result.stdout.no_fnmatch_line("*rendering.py*")


@pytest.mark.process
def test_cases_run_on_two_processes(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix=MATRIX)

    result = project.runpytest_subprocess("--podrunner-matrix", "matrix.yaml", "-n", "2")

    result.assert_outcomes(passed=3)


def test_every_option_and_fixture_has_our_prefix(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(): pass")

    options = project.runpytest_inprocess("--help").stdout.str()
    fixtures = project.runpytest_inprocess("--fixtures").stdout.str()

    ours = options.partition("Helm charts: cases of a matrix file")[2].partition("\n\n")[0]
    flags = [word.rstrip(",") for word in ours.split() if word.startswith("-")]
    assert flags == [
        "--podrunner-matrix=FILE",
        "--podrunner-strategy={full,pairwise,each}",
        "--podrunner-chart=DIR",
        "--podrunner-crds=DIR",
        "--podrunner-helm={library,command}",
        "--podrunner-strict",
        "--podrunner-update-snapshots",
    ]
    assert "podrunner_render --" in fixtures
    assert "podrunner_renderer [session scope]" in fixtures
    assert "podrunner_chart [session scope]" in fixtures
    assert "podrunner_snapshot --" in fixtures


@pytest.mark.process
def test_an_idle_plugin_imports_nothing_but_itself(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    code = (
        "import sys, pytest\n"
        "assert pytest.main(['-q', '-p', 'no:helm-charts', '-p', 'no:cacheprovider']) == 0\n"
        "print(sorted(name for name in sys.modules if name.startswith(('podrunner', 'helm_python', 'jsonschema'))))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)

    assert done.stdout.splitlines()[-1] == "['podrunner', 'podrunner.testing', 'podrunner.testing.plugin']"


POLICY = '[[ignore]]\ncode = "config-*"\nreason = "the lab"\n'


def test_what_a_team_ignores_fails_no_case_and_can_be_read(project: pytest.Pytester) -> None:
    project.makefile(".yaml", matrix="cases:\n  loud:\n    values: {config: 'log_level = \"debug\"'}\n")
    project.makefile(".toml", podrunner=POLICY)

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml", "-rA")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*podrunner call*", "ignored (the lab): *warning: *[[]config-debug-log[]]"])


def test_a_comment_of_the_matrix_file_ignores_a_finding(project: pytest.Pytester) -> None:
    text = "cases:\n  wrong:\n    values:\n      mode: loud\n      mode: loud # podrunner: ignore[matrix-duplicate-key] x\n"
    project.makefile(".yaml", matrix=text, other=text.replace("matrix-", "values-").replace("mode: loud\n", "", 1))

    final = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml")
    unused = project.runpytest_inprocess("--podrunner-matrix", "other.yaml")

    final.assert_outcomes(errors=1)
    unused.assert_outcomes(passed=1)


def test_strict_and_the_policy_let_a_warning_fail_a_case(project: pytest.Pytester) -> None:
    project.makefile(
        ".yaml",
        matrix="cases:\n  a:\n    values: {objects: [{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {selector: {a: b}, ports: [{port: 80}]}}]}\n",
    )

    lax = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml")
    strict = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml", "--podrunner-strict")
    project.makefile(".toml", podrunner='fail-on = "warning"\n')
    agreed = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml")

    lax.assert_outcomes(passed=1)
    strict.assert_outcomes(failed=1)
    agreed.assert_outcomes(failed=1)


def test_the_chart_may_be_that_of_the_policy(pytester: pytest.Pytester, small_chart: Path) -> None:
    pytester.makeini("[pytest]\nfilterwarnings =\n    ignore:cannot discover fixture:pytest.PytestWarning\n")
    pytester.makefile(".toml", podrunner=f'chart = "{small_chart}"\n')
    pytester.makefile(".yaml", matrix=MATRIX)

    pytester.runpytest_inprocess("--podrunner-matrix", "matrix.yaml").assert_outcomes(passed=3)


def test_a_mistake_in_the_policy_is_a_collection_error_with_its_line(project: pytest.Pytester) -> None:
    project.makefile(".toml", podrunner='chrt = "x"\n')
    project.makefile(".yaml", matrix=MATRIX)

    result = project.runpytest_inprocess("--podrunner-matrix", "matrix.yaml")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["podrunner.toml:1: chrt: unknown key. Did you mean `chart`?*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*plugin.py*")


@pytest.fixture
def other_chart(tmp_path: Path) -> Path:
    """Make a chart of one ConfigMap, in a folder of its own."""
    chart = tmp_path / "other"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: other\nversion: 1.0.0\n")
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata: {size: {{ .Values.size | quote }}}\n"
    (chart / "templates" / "config.yaml").write_text(text)
    return chart


@pytest.mark.parametrize("scope", ["function", "module", "session"])
def test_a_module_that_overrides_the_chart_renders_that_one_and_no_other_module_does(
    project: pytest.Pytester, other_chart: Path, scope: str
) -> None:
    project.makepyfile(
        test_a="def test_it(podrunner_render):\n    assert podrunner_render().object('Deployment')\n",
        test_b=f"""
            from pathlib import Path
            import pytest

            @pytest.fixture(scope="{scope}")
            def podrunner_chart():
                return Path({str(other_chart)!r})

            def test_it(podrunner_render):
                rendering = podrunner_render({{"size": 3}})
                assert rendering.object("ConfigMap")["metadata"]["name"] == "other"
                assert rendering.object("ConfigMap")["data"] == {{"size": "3"}}
        """,
        test_c="def test_it(podrunner_render):\n    assert podrunner_render().object('Deployment')\n",
    )

    project.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=3)


def test_a_conftest_that_overrides_the_chart_does_so_for_its_folder(
    project: pytest.Pytester, other_chart: Path
) -> None:
    folder = project.mkdir("charts")
    override = f"import pytest\n@pytest.fixture\ndef podrunner_chart():\n    return {str(other_chart)!r}\n"
    (folder / "conftest.py").write_text(override)
    (folder / "test_other.py").write_text(
        "def test_it(podrunner_render):\n    assert len(podrunner_render({'size': 3}).documents) == 1\n"
    )
    project.makepyfile("def test_it(podrunner_render):\n    assert len(podrunner_render().documents) == 2\n")

    project.runpytest_inprocess().assert_outcomes(passed=2)


def test_a_chart_is_loaded_once_in_a_run_however_many_tests_and_modules_name_it(
    project: pytest.Pytester, other_chart: Path
) -> None:
    module = f"""
        import pytest

        @pytest.fixture
        def podrunner_chart():
            return {str(other_chart)!r}

        @pytest.mark.parametrize("size", [1, 2])
        def test_it(podrunner_render, pytestconfig, size):
            setups = pytestconfig.stash.setdefault(KEY, set())
            setups.add(id(podrunner_render.setup))
            assert len(setups) == 1
    """
    project.makepyfile(shared="import pytest\nKEY = pytest.StashKey()\n")
    project.makepyfile(
        test_a="from shared import KEY\n" + textwrap.dedent(module),
        test_b="from shared import KEY\n" + textwrap.dedent(module),
    )
    project.syspathinsert()

    project.runpytest_inprocess().assert_outcomes(passed=4)


def test_a_fixture_of_a_wider_scope_renders_a_chart_that_it_names(project: pytest.Pytester, other_chart: Path) -> None:
    project.makepyfile(f"""
        import pytest

        @pytest.fixture(scope="session")
        def size(podrunner_renderer):
            return podrunner_renderer({str(other_chart)!r})({{"size": 3}}).object("ConfigMap")["data"]["size"]

        def test_it(size):
            assert size == "3"
    """)

    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_an_override_without_a_chart_is_an_error_of_the_test_in_a_sentence(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest

        @pytest.fixture
        def podrunner_chart():
            return "nowhere"

        def test_it(podrunner_render):
            pass
    """)

    result = project.runpytest_inprocess()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E*UsageError: *nowhere: no chart here, there is no Chart.yaml. Give the chart's *"])
    result.stdout.no_fnmatch_line("*cases.py*")


def test_a_test_sets_versions_lookup_crds_templates_and_whether_schemas_count(pytester: pytest.Pytester) -> None:
    chart = pytester.mkdir("chart")
    for folder in ("templates", "crds"):
        (chart / folder).mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (chart / "values.schema.json").write_text('{"properties": {"size": {"type": "integer"}}}')
    (chart / "crds" / "lamp.yaml").write_text("kind: CustomResourceDefinition\n")
    (chart / "templates" / "b.yaml").write_text("kind: Other\n")
    (chart / "templates" / "a.yaml").write_text(
        "kind: It\nchart: {{ .Chart.Version }} {{ .Chart.AppVersion }}\nsize: {{ .Values.size }}\n"
        'found: {{ (lookup "v1" "Node" "" "one").kind }}\n'
    )
    pytester.makepyfile(
        """
        from pathlib import Path

        import pytest

        @pytest.fixture
        def podrunner_chart():
            return Path(__file__).parent / "chart"

        def test_it(podrunner_render):
            rendering = podrunner_render(
                {"size": "big"},
                chart_version="2.0.0",
                app_version="7",
                lookup=[{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}}],
                include_crds=True,
                skip_schema_validation=True,
                templates=["templates/a*.yaml", "crds/lamp.yaml"],
            )
            assert rendering.objects() == [
                {"kind": "It", "chart": "2.0.0 7", "size": "big", "found": "Node"},
                {"kind": "CustomResourceDefinition"},
            ]

        def test_wrong(podrunner_render):
            with pytest.raises(Exception, match="`latest` is not a version of a chart. Write a semantic version, such as 1.2.3."):
                podrunner_render(chart_version="latest")
            with pytest.raises(Exception, match="lookup: Node/.* has no metadata.name"):
                podrunner_render(lookup=[{"apiVersion": "v1", "kind": "Node"}])
            with pytest.raises(Exception, match="nowhere.yaml: no such file."):
                podrunner_render(lookup="nowhere.yaml")
            with pytest.raises(Exception, match="No object of templates/c.yaml in this rendering"):
                podrunner_render(templates=["templates/c.yaml"])
        """
    )

    pytester.runpytest_inprocess().assert_outcomes(passed=2)
