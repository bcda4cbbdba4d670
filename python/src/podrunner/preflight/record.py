"""The report for programs; docs/preflight.md describes the keys."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from podrunner.secrets.redact import redact_data

if TYPE_CHECKING:
    from podrunner.preflight.candidate import Candidate
    from podrunner.preflight.facts import NodeKind
    from podrunner.preflight.report import Report
    from podrunner.preflight.verdict import Verdict


def write_json(report: Report) -> str:
    """One object."""
    facts, recommendation = report.facts, report.recommendation
    chosen = recommendation.candidate
    data = {
        "server": report.server,
        "kubernetes": facts.version,
        "namespace": {"name": facts.namespace, "enforce": facts.enforce, "warn": facts.warn, "quotas": facts.quotas},
        "openshift": facts.openshift,
        "nodes": [_node(report, kind) for kind in report.kinds],
        "away": {node.name: node.away for node in facts.nodes if node.away},
        "verdicts": [_verdict(verdict) for verdict in report.verdicts],
        "recommended": _candidate(chosen) | _advice(report) if chosen else None,
        "changes": [] if chosen else [{"fix": fix, "for": names} for fix, names in report.changes],
        "untried": report.untried,
        "unread": facts.unread,
    }
    return json.dumps(redact_data(data), indent=2, ensure_ascii=False) + "\n"


def _node(report: Report, kind: NodeKind) -> dict[str, Any]:
    node = kind.node
    inside = report.inside.get(node.name)
    return {
        "name": node.name,
        "alike": [name for name in kind.names if name != node.name],
        "kernel": node.kernel,
        "runtime": node.runtime,
        "system": node.system,
        "architecture": node.architecture,
        "kubelet": node.kubelet,
        "user_namespaces": node.user_namespaces,
        "seccomp_default": node.seccomp_default,
        "resources": sorted(node.resources),
        "inside": asdict(inside) if inside else None,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    reason = asdict(verdict.reason) if verdict.reason else None
    return {**_candidate(verdict.candidate), "node": verdict.node, "answer": verdict.answer.value, "reason": reason}


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {"name": candidate.name, "preset": candidate.preset, "settings": candidate.settings}


def _advice(report: Report) -> dict[str, Any]:
    recommendation = report.recommendation
    return {
        "answer": recommendation.answer.value,
        "nodes": recommendation.nodes,
        "everywhere": recommendation.everywhere,
        "warnings": recommendation.warnings,
        "command": report.command,
    }
