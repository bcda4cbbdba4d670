"""More than before is reached: by Services that leave the cluster, and by NetworkPolicies that open or go."""

from __future__ import annotations

import pytest

from .conftest import Repository
from .test_widening import wider

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {SPEC, selector: {app: a}, ports: [{port: 80}]}
"""


def service(spec: str) -> str:
    return SERVICE.replace("SPEC", spec)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "type: ClusterIP",
            "type: LoadBalancer",
            "can be reached from outside of the cluster: type LoadBalancer, from anywhere",
        ),
        (
            "type: NodePort",
            "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]",
            "can be reached from outside of the cluster: type LoadBalancer, from 192.0.2.0/24",
        ),
        ("type: ClusterIP", "type: NodePort", "can be reached from outside of the cluster: type NodePort"),
        (
            "type: ClusterIP",
            "type: ClusterIP, externalIPs: [203.0.113.7]",
            "can be reached from outside of the cluster: externalIPs 203.0.113.7",
        ),
        (
            "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]",
            "type: LoadBalancer",
            "can be reached from anywhere, not from 192.0.2.0/24 alone",
        ),
        (
            "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]",
            "type: LoadBalancer, loadBalancerSourceRanges: [192.0.0.0/16]",
            "can be reached from 192.0.0.0/16, not from 192.0.2.0/24 alone",
        ),
    ],
)
def test_a_service_that_leaves_the_cluster_widens(before: str, after: str, told: str, repository: Repository) -> None:
    assert wider(repository.change(service(before), service(after))) == [f"Service/web: {told}"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("type: LoadBalancer", "type: ClusterIP"),
        ("type: LoadBalancer", "type: NodePort"),
        ("type: LoadBalancer", "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]"),
        (
            "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]",
            "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.128/25]",
        ),
    ],
)
def test_a_service_that_is_reached_by_fewer_widens_nothing(before: str, after: str, repository: Repository) -> None:
    assert wider(repository.change(service(before), service(after))) == []


def test_a_renamed_load_balancer_widens_nothing(repository: Repository) -> None:
    before = service("type: LoadBalancer")

    assert wider(repository.change(before, before.replace("name: web", "name: front"))) == []


def test_a_new_load_balancer_widens(repository: Repository) -> None:
    before = service("type: ClusterIP")
    more = service("type: LoadBalancer").replace("name: web", "name: front").replace("app: a", "app: b")

    assert wider(repository.change(before, f"{before}---\n{more}")) == [
        "Service/front: can be reached from outside of the cluster: type LoadBalancer, from anywhere"
    ]


POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: jobs}
spec:
  podSelector: {matchLabels: {role: job}}
  policyTypes: [Ingress, Egress]
  ingress: []
  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32, 10.0.0.0/8]}}], ports: [{port: 443}]}]
"""
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def test_a_policy_that_goes_widens_in_both_directions(repository: Repository) -> None:
    assert wider(repository.change(POLICY, OTHER)) == [
        "NetworkPolicy/jobs: no policy keeps connections to pods role=job out any more",
        "NetworkPolicy/jobs: no policy keeps pods role=job from connecting anywhere any more",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  ingress: []", "  ingress: [{}]", "lets in what was kept out: everything"),
        (
            "  ingress: []",
            "  ingress: [{from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: 9252}]}]",
            "lets in what was kept out: pods a=b at 9252/TCP",
        ),
        (
            "[169.254.169.254/32, 10.0.0.0/8]",
            "[10.0.0.0/8]",
            "lets out what was kept in: 0.0.0.0/0 except 10.0.0.0/8 at 443/TCP",
        ),
        (
            "10.0.0.0/8]",
            "10.1.0.0/16]",
            "lets out what was kept in: 0.0.0.0/0 except 169.254.169.254/32, 10.1.0.0/16 at 443/TCP",
        ),
        (
            "[{port: 443}]",
            "[{port: 443}, {port: 22}]",
            "lets out what was kept in: 0.0.0.0/0 except 169.254.169.254/32, 10.0.0.0/8 at 22/TCP",
        ),
        (
            ", ports: [{port: 443}]",
            "",
            "lets out what was kept in: 0.0.0.0/0 except 169.254.169.254/32, 10.0.0.0/8",
        ),
        ("[Ingress, Egress]", "[Ingress]", "no policy keeps pods role=job from connecting anywhere any more"),
        (
            "{matchLabels: {role: job}}\n  policyTypes: [Ingress, Egress]",
            "{matchLabels: {role: job, team: a}}\n  policyTypes: [Ingress, Egress]",
            "no policy keeps connections to pods role=job out any more",
        ),
    ],
)
def test_a_policy_that_opens_says_what_for(old: str, new: str, told: str, repository: Repository) -> None:
    assert f"NetworkPolicy/jobs: {told}" in wider(repository.change(POLICY, POLICY.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10.0.0.0/8]", "10.0.0.0/7]"),
        ("cidr: 0.0.0.0/0, except: [169.254.169.254/32, 10.0.0.0/8]", "cidr: 192.0.2.0/24"),
        ("egress: [{to", "egress: []\n  # {to"),
        ("{matchLabels: {role: job}}", "{}"),
        ("name: jobs", "name: of-jobs"),
        ("{port: 443}", "{port: 443, protocol: TCP}"),
    ],
)
def test_a_policy_that_closes_or_says_the_same_widens_nothing(old: str, new: str, repository: Repository) -> None:
    assert wider(repository.change(POLICY, POLICY.replace(old, new))) == []


def test_a_first_policy_widens_nothing_and_a_second_of_the_same_pods_does(repository: Repository) -> None:
    second = POLICY.replace("name: jobs", "name: more").replace("ingress: []", "ingress: [{ports: [{port: 80}]}]")

    assert wider(repository.change(OTHER, POLICY)) == []
    repository.git("tag", "--delete", "before")
    assert wider(repository.change(POLICY, f"{POLICY}---\n{second}")) == [
        "NetworkPolicy/more: lets in what was kept out: everything at 80/TCP"
    ]


def test_expressions_of_a_selector_are_told_as_people_write_them(repository: Repository) -> None:
    pods = "podSelector: {matchExpressions: [{key: role, operator: In, values: [job, build]}, {key: old, operator: Exists}]}"
    some = POLICY.replace("podSelector: {matchLabels: {role: job}}", pods)

    assert wider(repository.change(some, OTHER))[0] == (
        "NetworkPolicy/jobs: no policy keeps connections to pods old Exists, role In (build, job) out any more"
    )


def test_a_policy_that_helm_leaves_is_told_with_the_time_from_which_it_is_missed(repository: Repository) -> None:
    kept = POLICY.replace("{name: jobs}", "{name: jobs, annotations: {helm.sh/resource-policy: keep}}")

    assert wider(repository.change(kept, OTHER)) == [
        "NetworkPolicy/jobs: no policy keeps connections to pods role=job out any more once it is deleted: helm upgrade "
        "leaves it",
        "NetworkPolicy/jobs: no policy keeps pods role=job from connecting anywhere any more once it is deleted: helm "
        "upgrade leaves it",
    ]


def test_a_range_of_ports_holds_what_is_within_it(repository: Repository) -> None:
    within = POLICY.replace("{port: 443}", "{port: 400, endPort: 500}")

    assert wider(repository.change(within, within.replace("400, endPort: 500", "443"))) == []
