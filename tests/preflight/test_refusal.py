"""What the API server says to a pod that it does not take, in its own words."""

from __future__ import annotations

from podrunner.preflight.facts import Facts
from podrunner.preflight.refusal import judge_refusal
from podrunner.preflight.verdict import Answer

POST = 'POST /api/v1/namespaces/ci/pods: pods "podrunner-preflight-dry-run" is forbidden: '
RESTRICTED = POST + (
    'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "build" must set '
    'securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "build" must not include '
    '"SETGID", "SETUID" in securityContext.capabilities.add), seccompProfile (pod or container "build" must set '
    'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
)
QUOTA = POST + "exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2"
SCC = POST + (
    "unable to validate against any security context constraint: [provider restricted-v2: "
    '.containers[0].capabilities.add: Invalid value: "SETUID": capability may not be added]'
)
WEBHOOK = (
    'POST /api/v1/namespaces/ci/pods: admission webhook "validate.kyverno.svc-fail" denied the request: '
    "images have to come from registry.example.com"
)
HERE = Facts("1.34.4", "ci")


def test_pod_security_is_named_with_its_level_and_the_fields() -> None:
    answer, reason = judge_refusal(RESTRICTED, "baseline", HERE)

    assert answer is Answer.NO
    assert reason.code == "pod-security"
    assert reason.text == (
        "Pod Security refuses the pod, the namespace enforces restricted and it needs baseline: "
        "allowPrivilegeEscalation != false, unrestricted capabilities, seccompProfile"
    )
    assert "pod-security.kubernetes.io/enforce=baseline" in reason.fix


def test_a_quota_is_named_with_the_api_server_s_words() -> None:
    answer, reason = judge_refusal(QUOTA, "baseline", HERE)

    assert (answer, reason.code, reason.seen) == (Answer.NO, "quota", (QUOTA,))


def test_on_openshift_the_preset_s_own_scc_is_not_there_yet() -> None:
    answer, reason = judge_refusal(SCC, "baseline", Facts("1.34.4", "ci", openshift=True))

    assert (answer, reason.code) == (Answer.LIKELY, "scc")
    assert "--service-account NAME" in reason.fix


def test_a_policy_is_named_in_its_own_words() -> None:
    answer, reason = judge_refusal(WEBHOOK, "baseline", HERE)

    assert (answer, reason.code) == (Answer.NO, "admission-webhook")
    assert "validate.kyverno.svc-fail" in str(reason)


def test_a_refusal_that_nobody_knows_is_quoted() -> None:
    answer, reason = judge_refusal("POST /pods: the moon is in the wrong house", "baseline", HERE)

    assert answer is Answer.NO
    assert reason.text == "the API server refuses the pod: POST /pods: the moon is in the wrong house"
