"""`podrunner diff` says "cannot be applied" of a change exactly when `helm upgrade` fails on it, with Helm 3 and 4."""

from __future__ import annotations

import copy
import json
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from kubernetes.dynamic.exceptions import DynamicApiError

from podrunner.cli.main import main
from podrunner.manifests.difference.defaults import with_defaults
from tests.diff.test_refusals import REFUSED, TAKEN

from .conftest import IMAGES
from .test_defaults import OBJECTS, ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .trial import Bench

NAMESPACE = "upgrades"
# Kinds whose objects would change what the API server does for the other tests, or that have one name only.
LEFT_OUT = {
    *("APIService", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "CustomResourceDefinition"),
    *("Namespace", "CSIDriver", "PriorityLevelConfiguration", "FlowSchema"),
}
DRAWN_FROM = [one for one in OBJECTS if one["kind"] not in LEFT_OUT]
HELMS = ("helm", "helm3")
# Texts that some field takes.
WORDS = (
    *("b", "b.example.com", "2Gi", "500m", "None", "Never", "Always", "Delete", "Retain", "Recreate", "OnDelete"),
    *("Parallel", "NodePort", "Local", "Cluster", "Indexed", "Forbid", "Block", "Immediate", "WaitForFirstConsumer"),
)
Leaf = tuple[tuple[str | int, ...], Any]


@pytest.mark.parametrize("number", range(20))
def test_what_cannot_be_applied_is_what_helm_upgrade_fails_on(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    helm = HELMS[number % 2]
    judge(bench, tmp_path, capsys, draw(random.Random(number), bench, f"drawn-{number}-{helm}"), helm)


@pytest.mark.exhaustive
@pytest.mark.parametrize("helm", HELMS)
@pytest.mark.parametrize("number", range(1000, 1100))
def test_a_hundred_more_with_both_helms(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int, helm: str
) -> None:
    judge(bench, tmp_path, capsys, draw(random.Random(number), bench, f"drawn-{number}-{helm}"), helm)


RECREATE = ("Deployment", ("spec", "strategy"), {"type": "Recreate"})
ON_DELETE = ("StatefulSet", ("spec", "updateStrategy"), {"type": "OnDelete"})


@pytest.mark.parametrize(
    ("change", "helm", "option", "fails"),
    [
        (RECREATE, "helm", "", True),
        (RECREATE, "helm", "--server-side=false", False),
        (RECREATE, "helm3", "", False),
        (ON_DELETE, "helm", "", True),
        (ON_DELETE, "helm", "--server-side=false", True),
        (ON_DELETE, "helm3", "", True),
        (("DaemonSet", ("spec", "updateStrategy"), {"type": "OnDelete"}), "helm", "", False),
        (("DaemonSet", ("spec", "updateStrategy"), {"type": "OnDelete"}), "helm3", "", False),
        (("Job", ("spec", "completions"), 2), "helm", "", True),
        (("PersistentVolume", ("spec", "hostPath", "path"), "/b"), "helm3", "", True),
    ],
)
def test_a_change_is_judged_as_helm_ends(
    bench: Bench,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, Any, Any],
    helm: str,
    option: str,
    fails: bool,
) -> None:
    old = copy.deepcopy(next(one for one in OBJECTS if one["kind"] == change[0]))
    old["metadata"]["name"] = "chosen"
    new = copy.deepcopy(old)
    put(new, *change[1:])

    assert bool(judge(bench, tmp_path, capsys, (old, new), helm, *filter(None, [option]))) is fails


# A release with an object that the API server refuses cannot be installed to begin with.
PAIRS = {name: pair for name, pair in {**REFUSED, **TAKEN}.items() if name != "a value that was not valid stays"}


@pytest.mark.parametrize("number", range(len(PAIRS)), ids=PAIRS)
def test_a_pair_is_judged_as_helm_ends(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    judge_pair(bench, tmp_path, capsys, number, HELMS[number % 2])


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", range(len(PAIRS)), ids=PAIRS)
def test_a_pair_is_judged_as_the_other_helm_ends(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    judge_pair(bench, tmp_path, capsys, number, HELMS[(number + 1) % 2])


def judge_pair(bench: Bench, folder: Path, capsys: pytest.CaptureFixture[str], number: int, helm: str) -> None:
    """Judge one of the pairs, with names, ports and an address of its own: Helm leaves hooks, and what an upgrade failed on."""
    name, own = f"pair-{number}-{helm}", 4 * number + 2 * HELMS.index(helm)
    others = {"30080": str(30200 + own), "30081": str(30201 + own), "10.112.0.77": f"10.112.9.{own}"}
    others |= {f"metadata: {{name: {one}": f"metadata: {{name: {name}-{one}" for one in "ab"}
    charts = []
    for side, text in zip(("before", "after"), list(PAIRS.values())[number], strict=True):
        chart = write_chart(folder / side, {})
        for word, other_word in others.items():
            text = text.replace(word, other_word)
        (chart / "templates" / "it.yaml").write_text(text)
        charts.append(chart)
    judge_charts(bench, (charts[0], charts[1]), capsys, name, helm)


@pytest.mark.parametrize(("helm", "options"), [("helm", ["--server-side=false"]), ("helm3", [])])
def test_a_null_takes_the_fields_of_the_other_strategy_away(
    bench: Bench, tmp_path: Path, helm: str, options: list[str]
) -> None:
    ready(bench, NAMESPACE)
    kind, path, value = ON_DELETE
    old = copy.deepcopy(next(one for one in OBJECTS if one["kind"] == kind))
    new = copy.deepcopy(old)
    put(new, path, {**value, "rollingUpdate": None})
    release = Release(f"way-out-{helm}", helm, bench)

    said = [
        release.run("install", str(write_chart(tmp_path / "before", old))),
        release.run("upgrade", str(write_chart(tmp_path / "after", new)), *options),
        release.run("uninstall"),
    ]

    assert said == ["", "", ""]


def judge(
    bench: Bench,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    sides: tuple[dict[str, Any], dict[str, Any]],
    helm: str,
    *options: str,
) -> str:
    """Upgrade from one object to another with Helm, compare with what `podrunner diff` says, and give what Helm said."""
    before, after = (write_chart(folder / name, item) for name, item in zip(("before", "after"), sides, strict=True))
    return judge_charts(bench, (before, after), capsys, sides[0]["metadata"]["name"], helm, *options)


def judge_charts(
    bench: Bench,
    charts: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    name: str,
    helm: str,
    *options: str,
) -> str:
    """The same from one chart to another."""
    ready(bench, NAMESPACE)
    before, after = charts
    release = Release(f"{name}-{helm}", helm, bench)
    assert release.run("install", str(before)) == ""
    try:
        refused = release.run("upgrade", str(after), *options)
    finally:
        release.run("uninstall")

    main(["diff", str(before), str(after), "--format", "json", "--namespace", NAMESPACE])

    entries = json.loads(capsys.readouterr().out)["changes"]
    said = [one["advice"] for one in entries if one["consequence"] == "immutable"]
    of_another = "of Helm 4 fails" if helm == "helm3" or "--server-side=false" in options else "of Helm 3 fails"
    said = [advice for advice in said if of_another not in advice or "and of Helm 3" in advice]
    assert (bool(said), said) == (bool(refused), said), refused
    return refused


class Release:
    """A release of one Helm in the tests' namespace."""

    def __init__(self, name: str, helm: str, bench: Bench) -> None:
        self.name = name
        self.program = str(Path(IMAGES).resolve() / "parts" / "helm" / helm)
        self.kubeconfig = str(bench.cluster.plane.folder / "admin.json")

    def run(self, command: str, *chart: str) -> str:
        """Run a command of Helm, and give what it said when it failed."""
        whole = [self.program, command, self.name, *chart, "--namespace", NAMESPACE, "--kubeconfig", self.kubeconfig]
        done = subprocess.run(whole, capture_output=True, text=True, check=False)
        return done.stderr.strip() or f"{command} failed" if done.returncode else ""


def draw(chance: random.Random, bench: Bench, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give an object and a change of it that the API server would take as a new object."""
    ready(bench, NAMESPACE)
    while True:
        old = copy.deepcopy(chance.choice(DRAWN_FROM))
        old["metadata"]["name"] = name
        new = changed(chance, old)
        if new != old and all(is_valid(bench, one) for one in (old, new)):
            return old, new


def is_valid(bench: Bench, item: dict[str, Any], namespace: str = NAMESPACE) -> bool:
    """Whether the API server would make it."""
    try:
        bench.cluster.dry_run(item, namespace)
    except DynamicApiError:
        return False
    return True


def changed(chance: random.Random, item: dict[str, Any]) -> dict[str, Any]:
    """Give a copy with one value changed, gone, or written though it is the default, or with the namespace."""
    new = copy.deepcopy(item)
    whole = dict(leaves(with_defaults(item)))
    written = dict(leaves(item))
    kind = chance.choice(["change", "remove", "default", "namespace", "label"])
    if kind == "namespace":
        new["metadata"]["namespace"] = NAMESPACE
    elif kind == "label":
        new["metadata"]["labels"] = {"drawn": str(chance.randrange(100))}
    elif kind == "default" and (left := sorted(whole.keys() - written.keys(), key=str)):
        path = chance.choice(left)
        put(new, path, whole[path])
    elif kind == "remove" and written:
        put(new, chance.choice(sorted(written, key=str)), None)
    elif whole:
        path = chance.choice(sorted(whole, key=str))
        put(new, path, other(chance, whole[path]))
    return new


def leaves(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    """Give every value of an object with its path, but for what makes it this object."""
    if path[:1] in (("apiVersion",), ("kind",), ("metadata",)):
        return
    below = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    if not below:
        yield path, part
    for key, value in below:
        yield from leaves(value, (*path, key))


def put(item: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Set a value, or take it away with None, and make the maps on the way."""
    for key in path[:-1]:
        item = item.setdefault(key, {}) if isinstance(item, dict) else item[key]
    if value is not None:
        item[path[-1]] = value
    elif isinstance(item, dict):
        item.pop(path[-1], None)


def other(chance: random.Random, value: Any) -> Any:
    """Give another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice([1, -1, 7])
    return chance.choice(WORDS) if isinstance(value, str) else value


def write_chart(folder: Path, item: dict[str, Any]) -> Path:
    """Write a chart of one object."""
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: drawn\nversion: 0.1.0\n")
    (folder / "templates" / "it.yaml").write_text(yaml.safe_dump(item))
    return folder
