"""Rules about the config.toml of GitLab Runner."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

CONFIG_TOML = Rule(
    "config-toml",
    Severity.ERROR,
    wrong="The file is not TOML.",
    remedy="Correct the line.",
)

CONFIG_UNKNOWN_KEY = Rule(
    "config-unknown-key",
    Severity.ERROR,
    wrong="GitLab Runner does not know a key and ignores it.",
    remedy="Take the nearest key, or move it to the table that the message names.",
    also=(Severity.WARNING,),
)

CONFIG_TOO_NEW = Rule(
    "config-too-new",
    Severity.ERROR,
    wrong="This version of GitLab Runner does not read the key yet, and ignores it silently.",
    remedy="Take the release that the message names, or leave the key out.",
    more="runner-versions.md",
    also=(Severity.WARNING,),
)

CONFIG_REQUIRED = Rule(
    "config-required",
    Severity.ERROR,
    wrong="A key that the runner needs is missing.",
    remedy="Add it.",
)

CONFIG_TYPE = Rule(
    "config-type",
    Severity.ERROR,
    wrong="A value has the wrong type, so the runner does not start.",
    remedy="Write a value of the right type.",
)

CONFIG_ENUM = Rule(
    "config-enum",
    Severity.ERROR,
    wrong="A value is not one of those that the runner knows.",
    remedy="Choose one from the list in the message.",
)

CONFIG_FORMAT = Rule(
    "config-format",
    Severity.ERROR,
    wrong="A value is not a valid duration, quantity, `KEY=value`, patch of a pod or the like.",
    remedy="Write it like the example in the message. It is a warning where some servers take it.",
    also=(Severity.WARNING,),
)

CONFIG_SECRET = Rule(
    "config-secret",
    Severity.WARNING,
    wrong="A secret is written out in a ConfigMap.",
    remedy="Keep it in a Secret, and name a variable here.",
)

CONFIG_REMOVED = Rule(
    "config-removed",
    Severity.ERROR,
    wrong="This version of GitLab Runner no longer reads it.",
    remedy="Use what the message names instead.",
    also=(Severity.WARNING,),
)

CONFIG_DEPRECATED = Rule(
    "config-deprecated",
    Severity.WARNING,
    wrong="A later version of GitLab Runner will not read it.",
    remedy="Plan to replace it.",
)

CONFIG_UNKNOWN_FLAG = Rule(
    "config-unknown-flag",
    Severity.WARNING,
    wrong="GitLab Runner has no such feature flag.",
    remedy="Take the nearest flag.",
)

CONFIG_DEBUG_LOG = Rule(
    "config-debug-log",
    Severity.WARNING,
    wrong="This log level prints job tokens into the manager's log.",
    remedy="Use `info`.",
)

CONFIG_VOLUME_NAME = Rule(
    "config-volume-name",
    Severity.ERROR,
    wrong="A volume has the name of another one, or of one that the runner makes itself, so job pods are refused.",
    remedy="Rename it.",
)

CONFIG_VOLUME_MOUNT = Rule(
    "config-volume-mount",
    Severity.ERROR,
    wrong="Two volumes are mounted at one path, so job pods are refused, or one volume hides the other.",
    remedy="Move one of them.",
    also=(Severity.WARNING,),
)

CONFIG_OVERWRITE = Rule(
    "config-overwrite",
    Severity.WARNING,
    wrong="A job may set a value that nobody meant to allow, and gains what the message says.",
    remedy="Begin the pattern with ^, end it with $, and name what is allowed: GitLab Runner looks for it anywhere in the value.",
)

CONFIG_UNUSED = Rule(
    "config-unused",
    Severity.WARNING,
    wrong="A pattern or list about jobs allows nothing, so no job can use it.",
    remedy="Write it as the message says, or remove it.",
)

CONFIG_IGNORED = Rule(
    "config-ignored",
    Severity.WARNING,
    wrong="GitLab Runner leaves a value out, or a part of it, and says so in its debug log at most.",
    remedy="Remove the value, or set the key that the message names.",
)

CONFIG_TEMPLATE = Rule(
    "config-template",
    Severity.ERROR,
    wrong="A text has a leftover of a template, such as `{{ .Values.tag }}` or `%!s(<nil>)`.",
    remedy="Write what it stands for.",
)

CONFIG_PULL_POLICY = Rule(
    "config-pull-policy",
    Severity.WARNING,
    wrong="Jobs of a runner may use private images that a node has pulled for another one, with Secrets that the runner "
    "does not have.",
    remedy="Set `pull_policy` to `always`, or give the runners nodes of their own.",
    more="teams.md",
)

CONFIG_LONG_POLLING = Rule(
    "config-long-polling",
    Severity.WARNING,
    wrong="Jobs wait while a request to GitLab is held open: GitLab Runner warns of it whenever it reads the file.",
    remedy="Raise `request_concurrency`, `limit` or `concurrent` as the message says.",
)
