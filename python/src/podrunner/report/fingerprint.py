"""What tells a viewer that a finding is the one that it has seen before."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podrunner.findings.finding import Finding


def fingerprint(finding: Finding) -> str:
    """32 hexadecimal digits; without the line: a finding that moved is not a new one."""
    what = "\0".join([finding.rule.code, finding.file, finding.object, finding.path, finding.message])
    return hashlib.sha256(what.encode()).hexdigest()[:32]
