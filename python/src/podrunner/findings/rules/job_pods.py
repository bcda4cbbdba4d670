"""Rules about the pods that GitLab Runner makes for jobs, and the Role it needs for that."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

JOB_POD_SECURITY = Rule(
    "job-pod-security",
    Severity.WARNING,
    wrong="Job pods need a higher Pod Security level than their mode promises.",
    remedy="Label the namespace with that level, or remove the option that needs it.",
)

JOB_POD_REFUSED = Rule(
    "job-pod-refused",
    Severity.ERROR,
    wrong="The release makes a namespace whose Pod Security level refuses the job pods.",
    remedy="Set `jobs.podSecurity.enforce`, or remove the option that needs a higher level.",
)

JOB_POD_POLICY = Rule(
    "job-pod-policy",
    Severity.ERROR,
    wrong="The release's own policy for job pods (`policies.jobs`) refuses them.",
    remedy="Remove the key or patch that the mode does not promise, or set `policies.jobs.actions` to `[Warn]` until it is gone.",
)

JOB_POD_PROMISE = Rule(
    "job-pod-promise",
    Severity.ERROR,
    wrong="The job pod, with its services and patches, is not what its mode promises.",
    remedy="Remove the key or patch that changes the field, or give the jobs that need it a runner in another mode. "
    "It is a warning where a patch gives jobs another account.",
    also=(Severity.WARNING,),
)

JOB_POD_NONE = Rule(
    "job-pod-none",
    Severity.ERROR,
    wrong="GitLab Runner refuses every job of the runner before it makes a pod.",
    remedy="Correct what the message names.",
)

JOB_POD_PATCH = Rule(
    "job-pod-patch",
    Severity.ERROR,
    wrong="A patch of `pod_spec` replaces a list of the job pod, and takes away what GitLab Runner put there.",
    remedy="Set `patch_type: strategic`, which joins lists by the names of their items. It is a warning where jobs can "
    "do without what is lost.",
    also=(Severity.WARNING,),
)

JOB_POD_UNREAD = Rule(
    "job-pod-unread",
    Severity.NOTE,
    wrong="A patch of `pod_spec` is in a file of the manager (`patch_path`), so the job pod was judged without it.",
    remedy="Write the patch as `patch`, and it is judged; or check the pod of a job in the cluster.",
)

JOB_POD_FIELD = Rule(
    "job-pod-field",
    Severity.ERROR,
    wrong="The API server refuses a field of the job pods, or the kubelet can do nothing with it, so that no job starts.",
    remedy="Write the key of config.toml as the message says.",
)

ROLE_MISSING = Rule(
    "role-missing",
    Severity.ERROR,
    wrong="The manager's Role lacks verbs that jobs need.",
    remedy="Add the verbs. It is a warning where only some jobs need them.",
    also=(Severity.WARNING,),
)

ROLE_SUPERFLUOUS = Rule(
    "role-superfluous",
    Severity.WARNING,
    wrong="The manager's Role allows what nothing uses.",
    remedy="Remove it.",
)
