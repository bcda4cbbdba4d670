"""From a case to its findings: values, then the render, then what was rendered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.chart.chart import Chart
from podrunner.chart.template_line import template_line
from podrunner.check.at_values import at_their_values, at_written_parts
from podrunner.check.echoes import join_echoes, without_consequences
from podrunner.check.effects import check_effects
from podrunner.check.extra_objects import TEMPLATE, at_extra_objects
from podrunner.check.fields import check_fields, check_new_fields
from podrunner.check.job_pods import at_their_keys
from podrunner.check.manager_resources import check_manager_resources
from podrunner.check.namespace_limits import check_limits
from podrunner.check.object_patches import at_patches
from podrunner.check.patch_files import check_patch_files
from podrunner.check.policy.comments import read_comments
from podrunner.check.policy.policy import Policy
from podrunner.check.render_error import place_render_error
from podrunner.check.result import Result
from podrunner.check.whole_pods import check_whole_pods
from podrunner.findings.errors import RenderError
from podrunner.findings.finding import Finding, errors
from podrunner.findings.path import parse_dotted
from podrunner.findings.rules.config_toml import CONFIG_REQUIRED, CONFIG_TEMPLATE
from podrunner.findings.rules.manifests import LIST_DUPLICATE
from podrunner.findings.rules.matrix_file import EXPECTED_FAILURE
from podrunner.findings.severity import Severity
from podrunner.formats.runner_version import agree
from podrunner.helm.renderer import renderer
from podrunner.manifests.checks.check import check_manifests
from podrunner.manifests.checks.lists import flatten_lists
from podrunner.manifests.checks.release import check_pod_security, check_release
from podrunner.manifests.rendering import is_of_a_runner
from podrunner.manifests.schemas.crds import Crds
from podrunner.output.paths import shown_path
from podrunner.runner.check import find_faults, with_lines
from podrunner.runner.job_pod.objects import MODELLED
from podrunner.runner.job_pod.pod import job_pod_faults
from podrunner.runner.long_polling import check_long_polling
from podrunner.runner.origin import written_path
from podrunner.runner.permissions import check_role
from podrunner.runner.release import check_images, check_modes, check_probes, release_of
from podrunner.values.places import locate, written_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from podrunner.cases.case import Case
    from podrunner.findings.path import Path as Parts
    from podrunner.formats.placed import Values
    from podrunner.helm.renderer import Renderer
    from podrunner.manifests.rendering import Config, Rendering
    from podrunner.runner.fault import Fault
    from podrunner.runner.release import RunnerRelease


def check_case(case: Case, chart: Chart | None = None) -> Result:
    """What all checks say of one case, rendered by Helm in this process. None is podrunner's own chart.

    Comments in its values files say what is ignored. Never raises for what is wrong with the case. Raises UsageError for a
    chart that cannot be loaded.
    """
    chart = chart or Chart.open()
    ignores, _ = read_comments([chart.defaults, *case.layers])
    policy = Policy(ignores=tuple(ignores))
    return policy.judge(Checker(renderer("library", chart), crds=chart.crds, policy=policy).check(case))


@dataclass(frozen=True, slots=True, eq=False)
class Checker:
    """All checks of one chart. `policy` says which errors in values are no reason not to render. `runner_version` is the GitLab Runner that will read config.toml, as far as it is said.

    The tag of the manager's image says it, too, and wins; the chart's appVersion is for where neither does.
    """

    renderer: Renderer
    runner_version: str = ""
    crds: Crds = field(default_factory=Crds)
    policy: Policy = field(default_factory=Policy)

    @property
    def chart(self) -> Chart:
        """The chart that is checked."""
        return self.renderer.chart

    def check(self, case: Case) -> Result:
        """Check one case. Never raises for what is wrong with values or chart."""
        findings = [
            *self.chart.defaults.findings,
            *self.chart.check(case.layers, by_schema=not case.skip_schema_validation),
        ]
        rendering = None
        # Helm does not render what the schema refuses, unless it is told to: as who ignores all of it is.
        if not self.policy.blocking(replace(finding, case=case.name) for finding in findings):
            render = self.renderer.render_unchecked if errors(findings) else self.renderer.render
            findings += self._release_findings(case)
            try:
                rendering = render(case)
                findings = without_consequences(findings + self._rendering_findings(case, rendering))
            except RenderError as error:
                findings.append(self._refused(case, error))
        named = [replace(finding, case=case.name) for finding in findings]
        told = tuple(_expected(case, named))
        return Result(case, told, rendering, is_whole=rendering is not None, job_pods=self._job_pods(case, rendering))

    def _rendering_findings(self, case: Case, rendering: Rendering) -> list[Finding]:
        rendering = flatten_lists(rendering)
        values = self.chart.effective(case.layers)
        release = self._release(case, values)
        of_objects = [self._as_applied(one) for one in check_manifests(rendering, case.kube_version, self.crds)]
        # Without what differs though the objects are the same: one check for all Kubernetes versions.
        same = replace(rendering, case="", notes="")
        found = self.at_values(of_objects, rendering, case.layers)
        found += _findings_of_every_version(self, case.layers, same, release.version)
        found += [self.in_chart(finding) for finding in check_pod_security(rendering, case.kube_version)]
        jobs = job_pod_faults(rendering, values, self.chart.modes, case.kube_version, release.version)
        found += at_their_keys(jobs, rendering, case.layers)
        limits = check_limits(rendering, case.layers, case.kube_version)
        limits += check_whole_pods(rendering, case.layers, case.kube_version)
        limits += check_new_fields(rendering, case.layers, case.kube_version)
        found += self.placed(limits)
        extra = shown_path(self.chart.source / TEMPLATE)
        found = [*at_extra_objects(found, extra, case.layers)] if self.chart.modes else found
        found = join_echoes(found, rendering, case.layers)
        found += [] if case.is_of_matrix else check_effects(self.renderer, case)
        return found

    def _release(self, case: Case, values: Mapping[str, Any]) -> RunnerRelease:
        # What another chart calls image.tag may be of another program.
        known = values if self.chart.modes else {}
        return release_of(known, self.runner_version, case.app_version or self.chart.file.app_version)

    def _job_pods(self, case: Case, rendering: Rendering | None) -> str:
        """How job pods were judged, where it is by another release than theirs."""
        if rendering is None or not self.chart.modes:
            return ""
        version = self._release(case, self.chart.effective(case.layers)).version
        return "" if agree(version, MODELLED) else f"as GitLab Runner {MODELLED} makes them, with the keys of {version}"

    def _release_findings(self, case: Case) -> list[Finding]:
        """What is to be said of the release itself, whether or not the chart takes it."""
        if not self.chart.modes:
            return []
        values = self.chart.effective(case.layers)
        release = self._release(case, values)
        said = [*release.findings(), *check_modes(values, self.chart.modes, release)]
        return [locate(finding, case.layers, parse_dotted(finding.path)) for finding in said]

    def _as_applied(self, finding: Finding) -> Finding:
        """As bad as it is by the way in which this Helm sends objects."""
        if finding.rule is not LIST_DUPLICATE or self.renderer.helm.is_3:
            return finding
        return replace(finding, severity=Severity.ERROR)

    def in_chart(self, finding: Finding) -> Finding:
        """A finding whose file is a template of the chart, with the file's path as people type it, and the line."""
        line = finding.line
        if not line and finding.path:
            line = template_line(self.chart.template(finding.file), finding.object, parse_dotted(finding.path))
        return replace(finding, file=shown_path(self.chart.source / finding.file), line=line)

    def at_values(self, findings: Sequence[Finding], rendering: Rendering, layers: Sequence[Values]) -> list[Finding]:
        """Findings of objects at the values that write what is wrong, and the others `in_chart`."""
        # Most objects are fine: nothing is looked for in values then.
        if not findings:
            return []
        # First what is surely of a patch: values elsewhere may write the same.
        patched = at_patches(findings, rendering, layers)
        moved = at_written_parts(at_their_values(patched, rendering, layers), rendering, layers)
        placed = zip(findings, moved, strict=True)
        return [self.in_chart(finding) if at_value is finding else at_value for finding, at_value in placed]

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings of objects `in_chart`, and those that are at values as they are."""
        return [self.in_chart(one) if one.object and one.file else one for one in findings]

    def _refused(self, case: Case, error: RenderError) -> Finding:
        """Helm's refusal, at the value it speaks of where that is written somewhere, else at the template."""
        finding = place_render_error(error, self.chart.defaults, case.layers)
        if finding.path or not error.template:
            return finding
        return replace(
            finding, file=shown_path(self.chart.source / error.template), line=error.line, column=error.column
        )


@lru_cache(maxsize=512)
def _findings_of_every_version(
    checker: Checker, layers: tuple[Values, ...], rendering: Rendering, version: str
) -> tuple[Finding, ...]:
    # The names in a chart's own values.yaml were there before anybody made an object of that name.
    written = written_values(layers)
    found = [*check_release(rendering, written), *check_role(rendering), *check_probes(rendering, version)]
    # Of this chart, the tag among the values has been judged.
    found += [] if checker.chart.modes else check_images(rendering)
    found = checker.at_values(found, rendering, layers)
    if checker.chart.modes:
        found += check_manager_resources(rendering, layers)
        found += check_patch_files(rendering, layers)
    for config in rendering.configs:
        # Charts without modes are somebody else's: the file may be another program's …
        if not checker.chart.modes and not is_of_a_runner(config.toml.text):
            continue
        faults = find_faults(config.toml.text, version)
        # … or get its runners when they register at start.
        faults = tuple(one for one in faults if checker.chart.modes or not _is_without_runners(one))
        faults += with_lines(check_long_polling(config.toml.data), config.toml)
        found += _config_findings(config, faults, layers)
    left = {finding.path for finding in found if finding.rule == CONFIG_TEMPLATE}
    fields = [finding for finding in check_fields(rendering, layers) if finding.path not in left]
    found += checker.placed(fields)
    return tuple(found)


def _is_without_runners(fault: Fault) -> bool:
    return (fault.rule, fault.path) == (CONFIG_REQUIRED, ("runners",))


def _config_findings(config: Config, faults: Sequence[Fault], layers: Sequence[Values]) -> Iterator[Finding]:
    """Faults of a config.toml, each at the value it came from when that is in one of the layers, and there once."""
    values = written_values(layers)
    told: set[tuple[Parts, str]] = set()
    for fault in faults:
        path = written_path(fault.path, config.toml.data, values, fault.about)
        if not path:
            yield replace(fault.finding(), object=f"ConfigMap/{config.name}")
        elif (path, fault.reason) not in told:
            told.add((path, fault.reason))
            yield locate(fault.at_value(path), layers, path)


def _expected(case: Case, findings: list[Finding]) -> list[Finding]:
    """The findings that are left when a case is expected to fail."""
    if not case.expect_fail:
        return findings
    wrong = errors(findings)
    if any(case.expect_fail in finding.message for finding in wrong):
        return []
    said = f"It failed with: {wrong[0].message}" if wrong else "Nothing was wrong."
    message = f"expected to fail with `{case.expect_fail}`. {said}"
    return [Finding(EXPECTED_FAILURE, message, case=case.name, file=case.file, line=case.line)]
