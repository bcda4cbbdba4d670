"""Rules about rendered objects."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

KUBERNETES_SCHEMA = Rule(
    "kubernetes-schema",
    Severity.ERROR,
    wrong="A field is unknown to this Kubernetes version, missing or of the wrong type. This includes what the API server asks of fields beyond its schemas: options, forms of names, ranges, amounts, base64, fields that exclude each other.",
    remedy="Correct the template, or the value that it prints.",
)

RBAC_UNKNOWN = Rule(
    "rbac-unknown",
    Severity.WARNING,
    wrong="A rule of a role names a group, a resource or a verb that Kubernetes does not have, or a resource of another group. It allows nothing.",
    remedy="Write what the message names.",
)

BUDGET_BLOCKS = Rule(
    "budget-blocks",
    Severity.WARNING,
    wrong="A PodDisruptionBudget never allows to evict one of its pods, so that their nodes cannot be drained.",
    remedy="Let one pod be missing, `maxUnavailable: 1`, or run more pods.",
)

LIST_DUPLICATE = Rule(
    "list-duplicate",
    Severity.ERROR,
    wrong="Two items of a list have what tells items apart, such as the name of a variable. Server-side apply refuses the object: Helm 4, Argo CD and Flux use it. Helm 3 takes both, and the last one counts: with `--helm command` of Helm 3 it is a warning.",
    remedy="Keep one of them.",
    also=(Severity.WARNING,),
)

KUBERNETES_API_VERSION = Rule(
    "kubernetes-api-version",
    Severity.ERROR,
    wrong="This Kubernetes version does not serve that API version.",
    remedy="Use the API version that the message names.",
)

KUBERNETES_DEPRECATED = Rule(
    "kubernetes-deprecated",
    Severity.WARNING,
    wrong="A later Kubernetes version no longer serves this API version.",
    remedy="Use the API version that the message names.",
)

KUBERNETES_UNKNOWN_KIND = Rule(
    "kubernetes-unknown-kind",
    Severity.NOTE,
    wrong="An object is of a custom kind and was not checked.",
    remedy="Give its CRD with `--crds`.",
)

KUBERNETES_VERSION = Rule(
    "kubernetes-version",
    Severity.ERROR,
    wrong="There is no data for this Kubernetes version, so nothing was checked against it.",
    remedy="Name a version in the range that the message gives.",
)

KUBERNETES_FIELD = Rule(
    "kubernetes-field",
    Severity.ERROR,
    wrong="The API server refuses a field of an object, or the kubelet can do nothing with it: a name, an image, a path, an amount, a network, a toleration.",
    remedy="Write it as the message says.",
)

KUBERNETES_GATE = Rule(
    "kubernetes-gate",
    Severity.WARNING,
    wrong="The API server of this Kubernetes version drops a field of a pod without a word: the feature gate for it is off by default. This includes pods of jobs.",
    remedy="Remove the field, take the version that the message names, or ignore the finding where the gate is on.",
    more="validation.md",
)

CRD_SCHEMA = Rule(
    "crd-schema",
    Severity.ERROR,
    wrong="A custom object does not match its CRD.",
    remedy="Correct the field.",
)

CRD_UNREADABLE = Rule(
    "crd-unreadable",
    Severity.NOTE,
    wrong="The schema in a CRD cannot be used.",
    remedy="Correct the CRD.",
)

MANIFEST_DUPLICATE = Rule(
    "manifest-duplicate",
    Severity.ERROR,
    wrong="Two objects have the same kind and name, so one of them would be lost.",
    remedy="Rename one of them.",
)

HOOK = Rule(
    "hook",
    Severity.ERROR,
    wrong="`helm.sh/hook` names a hook that Helm does not have, and Helm leaves the object out.",
    remedy="Write the name of a hook, such as `pre-install`.",
)

HOOK_SETTING = Rule(
    "hook-setting",
    Severity.WARNING,
    wrong="A hook has a weight that is not a whole number, or a delete policy or a log policy that Helm does not have. Helm says nothing, and does as if it were 0, or never.",
    remedy='Write a number in quotes, such as `"-5"`, or one of the policies that the message names.',
)

CRD_OF_OBJECT = Rule(
    "crd-of-object",
    Severity.ERROR,
    wrong="The templates make a CustomResourceDefinition and an object of its kind. Helm looks for the kinds of all objects before it makes the first, so that the first `helm install` ends with `no matches for kind`.",
    remedy="Move the definition to `crds/` of the chart or to a chart of its own that is installed before, or make the object a `post-install,post-upgrade` hook.",
)

MANIFEST_DUPLICATE_KEY = Rule(
    "manifest-duplicate-key",
    Severity.ERROR,
    wrong="A map of an object has a key twice.",
    remedy="Correct the template.",
)

NAME_LENGTH = Rule(
    "name-length",
    Severity.ERROR,
    wrong="A name is too long for Kubernetes, or for what a controller appends to it.",
    remedy="Shorten the release name.",
)

NAME_FORM = Rule(
    "name-form",
    Severity.ERROR,
    wrong="An object has no name, or one that Kubernetes refuses.",
    remedy="Use lower-case letters, digits, dashes and dots; no dots in names of Services, StatefulSets and namespaces.",
)

LABEL = Rule(
    "label",
    Severity.ERROR,
    wrong="Kubernetes refuses a label, an annotation or a node selector.",
    remedy="Use at most 63 letters, digits, dashes, dots and underscores. A key may begin with a domain and a slash.",
)

CONTAINER_NAME = Rule(
    "container-name",
    Severity.ERROR,
    wrong="Two containers of one pod have the same name.",
    remedy="Rename one of them.",
)

SELECTOR_OWN = Rule(
    "selector-own",
    Severity.ERROR,
    wrong="A workload does not select its own pods.",
    remedy="Repeat the labels of its template in its selector.",
)

SELECTOR_EMPTY = Rule(
    "selector-empty",
    Severity.WARNING,
    wrong="A Service, budget, policy or monitor selects nothing of this release.",
    remedy="Compare the labels. It is a note where an operator or another release may bring what is selected.",
    also=(Severity.NOTE,),
)

REFERENCE = Rule(
    "reference",
    Severity.WARNING,
    wrong="An object is named that this release does not make.",
    remedy="Create it first, write its name into the values, or correct the name. It is a note where such objects are usually made by somebody else.",
    also=(Severity.NOTE,),
)

REFERENCE_KEY = Rule(
    "reference-key",
    Severity.ERROR,
    wrong="A ConfigMap or Secret has no such key.",
    remedy="Take the nearest key.",
)

REFERENCE_VOLUME = Rule(
    "reference-volume",
    Severity.ERROR,
    wrong="A mount names a volume that its pod does not have.",
    remedy="Add the volume.",
)

REFERENCE_PORT = Rule(
    "reference-port",
    Severity.ERROR,
    wrong="A probe, Service, Ingress or monitor names a port that does not exist.",
    remedy="Name the port in the container or Service, or use its number.",
    also=(Severity.WARNING,),
)

SCRAPE_TIMEOUT = Rule(
    "scrape-timeout",
    Severity.ERROR,
    wrong="A monitor waits longer for an answer than until the next question. The Prometheus operator leaves it out, and nothing is scraped.",
    remedy="Write a `scrapeTimeout` that is at most the interval.",
)

IMAGE_FLOATING = Rule(
    "image-floating",
    Severity.WARNING,
    wrong="An image of a pod or of config.toml has no tag and no digest, or a tag that moves, such as `latest` or `stable`. Tomorrow it may be another image.",
    remedy="Name a version or a digest.",
    also=(Severity.NOTE,),
)

SECRET_IN_PLAIN_SIGHT = Rule(
    "secret-in-plain-sight",
    Severity.WARNING,
    wrong="A password or token stands in a ConfigMap, an annotation, an environment variable or an argument.",
    remedy="Put it into a Secret.",
)

RBAC = Rule(
    "rbac",
    Severity.WARNING,
    wrong="A role has a wildcard, a verb that leads to more rights, all secrets, or cluster-admin.",
    remedy="Allow what is needed and no more.",
)

POD_SECURITY = Rule(
    "pod-security",
    Severity.NOTE,
    wrong="A pod needs a Pod Security level that is not restricted; the message says why.",
    remedy="Label the namespace with that level, or tighten the pod.",
)

SCC = Rule(
    "scc",
    Severity.ERROR,
    wrong="SecurityContextConstraints refuse a pod.",
    remedy="Change the field that the message names, or bind constraints that allow it to the pod's service account.",
)

MANAGER_RESOURCES = Rule(
    "manager-resources",
    Severity.WARNING,
    wrong="The manager may use less CPU or memory than it needs for the jobs of `config.concurrent`.",
    remedy="Raise its limit. It is a note where only its request is low.",
    also=(Severity.NOTE,),
)

LIMIT_RANGE = Rule(
    "limit-range",
    Severity.ERROR,
    wrong="A LimitRange of the release refuses the pods of its jobs, the manager or `helm test`, or a claim: an amount is outside of its bounds, or is not said at all.",
    remedy="Write an amount within the bounds, or change the bound, as the message says. It is a warning where only jobs with a service are refused.",
    also=(Severity.WARNING,),
)

QUOTA = Rule(
    "quota",
    Severity.ERROR,
    wrong="A ResourceQuota of the release is less than one pod needs beside those that are always there, counts an amount that a container does not say, or fewer objects of a kind than there are.",
    remedy="Write at least the amount that the message says, or let the pod ask for less. It is a warning where only jobs with a service, or with a login of a registry, are refused.",
    also=(Severity.WARNING,),
)

QUOTA_JOBS = Rule(
    "quota-jobs",
    Severity.WARNING,
    wrong="A ResourceQuota of the release has no room for as many jobs as may run at the same time. GitLab Runner fails a job whose pod is refused.",
    remedy="Raise the quota, or lower `config.concurrent` or `limit` of the runner.",
)
