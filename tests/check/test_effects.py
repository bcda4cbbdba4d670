"""Values that somebody wrote and that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podrunner.cases.case import Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.chart.chart import Chart
from podrunner.check.coverage.flips import leaves
from podrunner.check.effects import _Comparison, check_effects
from podrunner.formats.placed import load_values, read_values
from podrunner.helm.altered import Altered
from podrunner.helm.library import HelmLibrary
from podrunner.helm.renderer import Renderer, renderer
from tests.matrix_cases import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podrunner.findings.finding import Finding

CHART = Chart.open()
URL = "gitlab: {url: https://gitlab.example.com}\n"
# Values that do nothing, and why that is right: each is written to show that it does nothing.
RIGHT = {
    "common-metadata": [r"commonLabels.app\.kubernetes\.io/part-of", "extraObjects.taken-away"],
    "everything": ["image.registry", "helperImage.registry", "policies.jobs.actions"],
    "mirrored": ["helperImage"],
    "network-policies": ["networkPolicy.jobs.blocked"],
    "bare-manager": ["helperImage.tag"],
}


@pytest.fixture(scope="module")
def own() -> Renderer:
    return renderer("library", CHART)


@pytest.fixture
def said(own: Renderer) -> Callable[..., list[str]]:
    def said(text: str, *, preset: str = "") -> list[str]:
        below = (CHART.preset(preset),) if preset else ()
        case = Case("a", (*below, read_values(URL + text, "values.yaml")))
        return [finding.message for finding in check_effects(own, case)]

    return said


@pytest.mark.parametrize(
    ("text", "path", "way_out"),
    [
        ("cache: {s3: {BucketName: ci-cache}}", "cache.s3.BucketName", "Set cache.type: s3"),
        (
            "cache: {existingSecret: {accessKey: id}}",
            "cache.existingSecret.accessKey",
            "Set cache.type: s3 and cache.existingSecret.name",
        ),
        (
            "cache: {type: s3, s3: {BucketName: ci-cache}, existingSecret: {name: login, accountKey: a}}",
            "cache.existingSecret.accountKey",
            "Set cache.type: azure",
        ),
        (
            "manager: {strategy: {type: Recreate, rollingUpdate: {maxSurge: 2}}}",
            "manager.strategy.rollingUpdate.maxSurge",
            "Set manager.strategy.type: RollingUpdate",
        ),
        (
            "manager: {stableIdentity: true, strategy: {type: Recreate}}",
            "manager.strategy.type",
            "Set manager.stableIdentity: false",
        ),
        ("podman: {mode: none, home: /ci}", "podman.home", "Set podman.mode to anything but none"),
        (
            "runners: {a: {podman: {mode: none, home: /ci}}}",
            "runners.a.podman.home",
            "Set runners.a.podman.mode to anything but none",
        ),
        (
            "podman: {mode: privileged, seccomp: {type: Unconfined}}",
            "podman.seccomp.type",
            "Set podman.mode to anything but privileged",
        ),
        (
            "networkPolicy: {jobs: {enabled: true, egress: [{to: []}], blocked: [10.0.0.0/8]}}",
            "networkPolicy.jobs.blocked",
            "Set networkPolicy.jobs.egress: []",
        ),
        (
            'config: {listen_address: ""}\nmanager: {probes: {readiness: {periodSeconds: 7}}}',
            "manager.probes.readiness.periodSeconds",
            "Set config.listen_address",
        ),
        (
            "global: {imageRegistry: mirror.example.com}\nimage: {registry: other.example.com}",
            "image.registry",
            'Set global.imageRegistry: ""',
        ),
        (
            "manager: {sidecars: {resources: {requests: {cpu: 7m}}}}",
            "manager.sidecars.resources.requests.cpu",
            "Set manager.reloadTokens: true, manager.stableIdentity: true or runners.<name>.credentials",
        ),
        (
            "networkPolicy: {jobs: {blocked: [10.0.0.0/8]}}",
            "networkPolicy.jobs.blocked",
            "Set networkPolicy.jobs.enabled: true",
        ),
        ("proxy: {noProxy: [.example.com]}", "proxy.noProxy", "Set proxy.http or proxy.https"),
        ("trust: {caBundle: {key: a.crt}}", "trust.caBundle.key", "Set trust.caBundle.name"),
        (
            "podman: {fuse: {resource: squat.ai/fuse}}",
            "podman.fuse.resource",
            "Set podman.fuse.source: devicePlugin",
        ),
        (
            "podman: {seccomp: {localhostProfile: a.json}}",
            "podman.seccomp.localhostProfile",
            "Set podman.seccomp.type: Localhost",
        ),
        (
            "podman: {openshift: {scc: {name: builders}}}",
            "podman.openshift.scc.name",
            "Set podman.mode: openshift",
        ),
        (
            "metrics: {podMonitor: {interval: 30s}}",
            "metrics.podMonitor.interval",
            "Set metrics.podMonitor.enabled: true",
        ),
        ("helperImage: {tag: x86_64-v19.4.0}", "helperImage.tag", "Set helperImage.repository"),
        (
            "manager: {updateStrategy: {type: OnDelete}}",
            "manager.updateStrategy.type",
            "Set manager.stableIdentity: true",
        ),
    ],
)
def test_a_value_without_effect_is_named_with_the_key_that_gives_it_one(
    said: Callable[..., list[str]], text: str, path: str, way_out: str
) -> None:
    assert said(text) == [f"{path}: changes nothing that is rendered. {way_out}, or remove it."]


def test_a_null_that_takes_nothing_away_is_told_with_what_an_empty_value_is(said: Callable[..., list[str]]) -> None:
    assert said("jobs: {config: {kubernetes: {node_tolerations: {ci: null, gpu: NoSchedule}}}}") == [
        "jobs.config.kubernetes.node_tolerations.ci: changes nothing that is rendered. null takes a value away, and "
        'there is none. Remove it, or write "" for an empty one.'
    ]


def test_a_null_that_takes_away_what_all_runners_have_is_no_finding(said: Callable[..., list[str]]) -> None:
    tolerations = "config: {kubernetes: {node_tolerations: "

    text = f"jobs: {{{tolerations}{{ci: NoSchedule}}}}}}}}\nrunners: {{a: {{{tolerations}{{ci: null}}}}}}}}, b: {{}}}}"

    found = said(text)

    assert found == []


def test_a_map_that_does_nothing_is_one_finding_at_its_line(own: Renderer) -> None:
    text = f"{URL}cache:\n  path: ci\n  s3:\n    ServerAddress: s3.example.com\n    BucketName: ci-cache\n"

    (finding,) = check_effects(own, Case("a", (read_values(text, "values.yaml"),)))

    assert (finding.path, finding.file, finding.line) == ("cache", "values.yaml", 2)


def test_a_map_whose_values_lack_different_keys_is_not_told_as_one(said: Callable[..., list[str]]) -> None:
    found = said("cache: {existingSecret: {accessKey: a, accountKey: b}}")

    assert [message.partition(":")[0] for message in found] == [
        "cache.existingSecret.accessKey",
        "cache.existingSecret.accountKey",
    ]


def test_where_several_keys_are_missing_each_value_is_told_by_its_own(said: Callable[..., list[str]]) -> None:
    found = said("podman: {fuse: {resource: squat.ai/fuse}, seccomp: {localhostProfile: a.json}}")

    assert [message.partition(":")[0] for message in found] == [
        "podman.fuse.resource",
        "podman.seccomp.localhostProfile",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "trust: {caBundle: {key: ca.crt, kind: ConfigMap}}",
        "podman: {mode: unprivileged, home: /my_custom_dir}",
        "manager: {podSecurityContext: {fsGroup: null}}",
        "runners: {a: {}}",
        "runners: {a: {config: {kubernetes: {namespace: podrunner, node_selector: {a: b}}}}}",
        "cache: {type: s3, s3: {BucketName: ci-cache}}",
        "cache: {s3: {}}",
        # check reads the version from the tag.
        f"image: {{digest: sha256:{'0' * 64}, tag: alpine-v19.3.0}}",
    ],
)
def test_what_holds_anyway_and_what_is_used_is_no_finding(said: Callable[..., list[str]], text: str) -> None:
    assert said(text) == []


def test_what_only_set_says_is_found_at_set(own: Renderer) -> None:
    case = Case("a", (read_values(URL, "values.yaml"),)).with_settings(["cache.s3.BucketName=ci"])

    (finding,) = check_effects(own, case)

    assert (finding.object, finding.file) == ("--set cache.s3.BucketName=ci", "")


def test_a_value_below_that_another_file_replaces_is_no_finding(own: Renderer) -> None:
    layers = [read_values(f"{URL}jobs: {{namespace: {name}}}\n", f"{name}.yaml") for name in ("base", "team")]

    assert check_effects(own, Case("a", tuple(layers))) == ()


def test_a_chart_of_somebody_else_is_looked_at_too(small_chart: Path) -> None:
    case = Case("a", (read_values("labels: {a: b}\n", "values.yaml"),))

    assert check_effects(renderer("library", Chart.open(small_chart)), case) == ()


@pytest.mark.parametrize("preset", CHART.presets)
def test_presets_are_not_looked_at(own: Renderer, preset: str) -> None:
    assert check_effects(own, Case(preset, (*CHART.placeholder, CHART.preset(preset)))) == ()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """Return the cases that Helm is asked for, as it is asked."""
    renders = []
    ask = HelmLibrary._answer

    def counted(self: HelmLibrary, case: Case, *altered: Altered) -> str:
        renders.append(case)
        return ask(self, case, *altered)

    monkeypatch.setattr(HelmLibrary, "_answer", counted)
    return renders


def test_no_more_renders_than_values(own: Renderer, counted: list[Case]) -> None:
    case = Case("a", (read_values(f"{URL}podman: {{run: false}}\nmetrics: {{podMonitor: {{interval: 30s}}}}\n", "a"),))
    own.render(case)

    assert check_effects(own, case)
    # The case itself, and its interval: the address is seen, and `run` says what holds without it.
    assert len(counted) == 2


def test_values_that_stand_in_the_rendering_as_they_are_share_one_render(counted: list[Case], own: Renderer) -> None:
    text = "config: {concurrent: 7, check_interval: 9}\nmanager: {resources: {requests: {cpu: 51m, memory: 77Mi}}}\n"
    case = Case("a", (read_values(URL + text, "a"),))
    own.render(case)

    assert check_effects(own, case) == ()
    # The address is seen. There may be one render more than values that are not, so both sections are tried at once.
    assert len(counted) == 2


@pytest.mark.parametrize(
    ("template", "dead"),
    [
        ("{{ if gt (int .Values.a) 3 }}b: {{ .Values.b }}{{ end }}", ["b"]),
        ("a: {{ .Values.a }}\nb: {{ min 9 (int .Values.b) }}", []),
        ("a: {{ max 9 (int .Values.a) }}\nb: {{ .Values.b }}", ["a"]),
        ("a: {{ .Values.a }}\nb: {{ .Values.a }}", ["b"]),
        ("a: {{ add .Values.a .Values.b }}", []),
        ('a: {{ list .Values.a .Values.b | uniq | join "-" }}', []),
    ],
)
def test_what_marks_of_others_bring_to_light_or_hide_is_found_out(
    tmp_path: Path, template: str, dead: list[str]
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("{apiVersion: v2, name: small, version: 0.1.0}")
    (tmp_path / "values.yaml").write_text("{a: 0, b: 0, c: ''}")
    text = f"kind: ConfigMap\napiVersion: v1\nmetadata: {{name: a}}\ndata:\n  seen: {{{{ .Values.c }}}}\n  {template.replace(chr(10), chr(10) + '  ')}\n"
    (tmp_path / "templates" / "a.yaml").write_text(text)
    case = Case("a", (read_values("{a: 3, b: 4, c: evident-text}", "a.yaml"),))

    assert [one.path for one in check_effects(renderer("library", Chart.open(tmp_path)), case)] == dead


@pytest.mark.parametrize(
    ("podman", "runners", "path", "way_out"),
    [
        (
            "{mode: privileged}",
            "{a: {podman: {mode: none}}}",
            "podman.mode",
            "runners.a.podman.mode overrides it. Remove it.",
        ),
        (
            "{image: 'i:1', storage: {driver: vfs}}",
            "{a: {podman: {image: 'i:2', storage: {driver: overlay}}}}",
            "podman",
            "runners.a.podman overrides it. Remove it.",
        ),
        (
            "{mode: unprivileged}\njobs: {serviceAccount: {annotations: {a: b}}}",
            "{a: {serviceAccount: {name: x}}}",
            "jobs.serviceAccount.annotations.a",
            "runners.a.serviceAccount overrides it. Remove it.",
        ),
        (
            "{storage: {size: 20Gi}}",
            "{a: {podman: {mode: none}}, b: {podman: {mode: none}}}",
            "podman.storage.size",
            "Set runners.a.podman.mode to anything but none, or remove it.",
        ),
        # No runner meets all that a profile needs, though each of them meets a part.
        (
            "{seccomp: {type: Unconfined}}",
            "{a: {podman: {mode: privileged}}, b: {podman: {mode: none}}}",
            "podman.seccomp.type",
            "Set runners.a.podman.mode to anything but privileged, or remove it.",
        ),
    ],
)
def test_a_value_of_all_runners_names_what_the_runners_have_instead(
    said: Callable[..., list[str]], podman: str, runners: str, path: str, way_out: str
) -> None:
    assert said(f"podman: {podman}\nrunners: {runners}") == [f"{path}: changes nothing that is rendered. {way_out}"]


def test_a_key_of_jobs_that_all_runners_have_names_theirs(said: Callable[..., list[str]]) -> None:
    text = "jobs: {config: {limit: 3}}\nrunners: {a: {config: {limit: 4}}, b: {config: {limit: 5}}}"

    assert said(text) == [
        "jobs.config.limit: changes nothing that is rendered. runners.a.config.limit, runners.b.config.limit override it. "
        "Remove it."
    ]


@pytest.mark.full(reason="a render for each value of the repository takes seconds")
def test_every_value_that_marks_show_to_be_carried_has_an_effect_of_its_own(own: Renderer) -> None:
    cases = [case for case in make_cases(load_matrix(ROOT / "tests" / "matrix.yaml", CHART)) if not case.expect_fail]
    wrong, shown = [], 0
    for case in cases[::7]:
        comparison = _Comparison.of(own, case)
        doubtful = [one for one in leaves(comparison.written) if not comparison.is_evident(*one)]
        carried = comparison.carried(doubtful)
        shown += len(carried)
        wrong += [
            f"{case.name}: {path}"
            for path, value in doubtful
            if path in carried and not comparison.has_effect(path, value)
        ]

    assert wrong == []
    assert shown > len(cases[::7])


@pytest.mark.full(reason="a render for each value of the repository takes seconds")
def test_in_the_repositorys_own_values_nothing_is_found_but_what_is_written_to_show_it(own: Renderer) -> None:
    found = {
        file.stem: [finding.path for finding in _of_file(own, file)]
        for file in sorted((ROOT / "tests" / "values").glob("*.yaml"))
    }

    assert {name: paths for name, paths in found.items() if paths} == RIGHT


def _of_file(own: Renderer, file: Path) -> tuple[Finding, ...]:
    below = read_values(URL, "url")
    return check_effects(own, Case(file.stem, (below, load_values(file))))


@pytest.mark.full(reason="a render for each value of the repository takes seconds")
def test_in_the_cases_of_the_matrix_nothing_is_found_but_that(own: Renderer) -> None:
    cases = [
        case
        for case in make_cases(load_matrix(ROOT / "tests" / "matrix.yaml", CHART))
        if "=" not in case.name and not case.expect_fail
    ]

    found = {case.name: paths for case in cases if (paths := [one.path for one in check_effects(own, case)])}

    assert found == {
        "everything": RIGHT["everything"],
        "every-cache-key-by-another-name": ["cache.existingSecret.credentialsFile", "cache.existingSecret.accountKey"],
        "empty-values-that-take-nothing-away": [
            "jobs.config.environment",
            "jobs.config.kubernetes.pod_spec",
            "runners.a.config.kubernetes.volumes.empty_dir",
        ],
    }
