"""What the API server says to a pod that it does not take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.explain.diagnosis import examine
from podrunner.preflight.judgement import refused_by_level
from podrunner.preflight.verdict import Answer, Reason

if TYPE_CHECKING:
    from podrunner.preflight.facts import Facts

_LEVEL = re.compile(r'violates PodSecurity "(?P<level>[a-z]+):[^"]*": (?P<fields>.+)')
# `(container "build" must set securityContext.allowPrivilegeEscalation=false)` after the field.
_MUST = re.compile(r" \((?:container|pod|volume)s? [^()]*\)")


def judge_refusal(message: str, level: str, facts: Facts) -> tuple[Answer, Reason]:
    """Why a pod was refused, and whether that is the last word; `level` is the Pod Security level that it needs."""
    if found := _LEVEL.search(message):
        fields = _MUST.sub("", found["fields"])
        return Answer.NO, refused_by_level(facts.namespace, found["level"], level, fields)
    cause = examine([], others={"admission": [message]}).cause
    if cause and cause.id == "scc" and facts.openshift:
        text = "no SecurityContextConstraints fits the pod yet: the preset openshift makes one for its own account"
        fix = "Bind one to an account, and name it: --service-account NAME."
        return Answer.LIKELY, Reason("scc", text, fix, (message,))
    if cause:
        return Answer.NO, Reason(cause.id, cause.title, cause.fix, (message,))
    return Answer.NO, Reason("refused", f"the API server refuses the pod: {message}")
