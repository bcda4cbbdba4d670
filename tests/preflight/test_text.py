"""The report for people, word by word."""

from __future__ import annotations

from podrunner.preflight.candidate import Candidate
from podrunner.preflight.facts import Facts, Node, NodeKind
from podrunner.preflight.inside import Inside
from podrunner.preflight.recommendation import recommend
from podrunner.preflight.report import Report
from podrunner.preflight.text import write_text
from podrunner.preflight.verdict import Answer, Reason, Verdict

SAFE = Candidate("user-namespace", "userNamespace")
LAST = Candidate("privileged", "privileged")
NEW = Node("new-1", "6.8.0-45-generic", "containerd://2.1.4", "Ubuntu 24.04.1 LTS", user_namespaces=True)
OLD = Node("old-1", "5.14.0-362.el9", "cri-o://1.30.2", "Red Hat Enterprise Linux 9.3", seccomp_default=False)
CONTROL = Node("control", away="tainted node-role.kubernetes.io/control-plane:NoSchedule")
KERNEL = Reason("kernel", "Linux 5.14.0-362.el9 is older than 6.3", "Nodes with Linux 6.3 or newer.")
LABEL = Reason("pod-security", "Pod Security refuses the pod", "Label the namespace.")


def report(*verdicts: Verdict, **more: object) -> Report:
    """Make a report of two kinds of nodes."""
    kinds = (NodeKind(NEW, ("new-1", "new-2")), NodeKind(OLD, ("old-1",)))
    facts = Facts("1.34.4", "ci", "baseline", "restricted", nodes=(NEW, OLD, CONTROL), quotas=("team: pods 9 of 10",))
    given = {
        "inside": {"old-1": Inside(user_namespaces="0", modules="lockdown,selinux", label="container_t:s0")},
        **more,
    }
    chosen = recommend([SAFE, LAST], verdicts)
    return Report("https://10.0.0.1", facts, kinds, (SAFE, LAST), verdicts, chosen, "helm install ci", **given)  # type: ignore[arg-type]


def test_each_node_is_a_column_and_equal_reasons_share_a_number() -> None:
    text = write_text(
        report(
            Verdict(SAFE, "new-1", Answer.YES),
            Verdict(SAFE, "old-1", Answer.NO, KERNEL),
            Verdict(LAST, "new-1", Answer.NO, LABEL),
            Verdict(LAST, "old-1", Answer.NO, LABEL),
        ),
        width=110,
    )

    assert (
        text
        == """\
Kubernetes 1.34.4 at https://10.0.0.1
  namespace ci: Pod Security enforces baseline, warns of what is not restricted
  quota team: pods 9 of 10
  node new-1 (and 1 more): Ubuntu 24.04.1 LTS; Linux 6.8.0-45-generic; containerd 2.1.4; user namespaces for
       pods: yes
  node old-1: Red Hat Enterprise Linux 9.3; Linux 5.14.0-362.el9; cri-o 1.30.2; seccompDefault: no;
       user.max_user_namespaces 0; security modules lockdown,selinux, label container_t:s0
  node control: tainted node-role.kubernetes.io/control-plane:NoSchedule, jobs do not get there

preset           new-1 (and 1 more)   old-1
user-namespace   yes                  no [1]
privileged       no [2]               no [2]

[1] Linux 5.14.0-362.el9 is older than 6.3.
[2] Pod Security refuses the pod.

Recommended: user-namespace
  ! Only for new-1: keep jobs to such nodes by runners.<name>.config.kubernetes.node_selector.
  helm install ci
"""
    )


def test_when_none_fits_each_change_is_said_with_what_it_helps() -> None:
    text = write_text(
        report(
            Verdict(SAFE, "new-1", Answer.NO, LABEL),
            Verdict(LAST, "new-1", Answer.NO, LABEL),
            Verdict(SAFE, "old-1", Answer.NO, KERNEL),
        )
    )

    assert text.endswith(
        """\
No preset fits.
What to change, any of these, and then ask again:
  - Label the namespace. For: user-namespace; privileged.
  - Nodes with Linux 6.3 or newer. For: user-namespace.
"""
    )
    assert "privileged       no [1]               ?\n" in text


def test_what_was_not_tried_and_not_read_comes_last() -> None:
    text = write_text(
        report(Verdict(SAFE, "new-1", Answer.YES), untried=("old-1: more kinds of nodes than --max-nodes.",))
    )

    assert text.endswith("\n  helm install ci\n\nNot tried\n  - old-1: more kinds of nodes than --max-nodes.\n")


def test_colours_are_for_terminals() -> None:
    plain, coloured = (
        write_text(report(Verdict(SAFE, "new-1", Answer.YES)), colour=colour) for colour in (False, True)
    )

    assert "\x1b" not in plain
    assert "\x1b[32myes" in coloured
