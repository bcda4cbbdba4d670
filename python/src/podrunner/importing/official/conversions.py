"""How values of GitLab's chart are written here where it is another way: the functions that official.yaml names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from podrunner.findings.path import dotted, value_at
from podrunner.importing.change import Fate
from podrunner.importing.official.values import Official, put, table
from podrunner.importing.runner import SHARED_TOKEN, is_shared_token
from podrunner.importing.secrets import CREDENTIALS
from podrunner.manifests.objects import maps
from podrunner.manifests.objects import table as as_table
from podrunner.runner.keys import Key, load_keys
from podrunner.secrets.find import holds_secret
from podrunner.secrets.value import is_opaque, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

_USER_KEYS = ("runAsUser", "runAsGroup", "fsGroup", "supplementalGroups")
_OF_THE_CHART = ("runAsNonRoot", "seccompProfile")
_PROXY = {"HTTP_PROXY": "proxy.http", "HTTPS_PROXY": "proxy.https", "NO_PROXY": "proxy.noProxy"}
_ENVIRONMENT = ("manager", "env")
_METRICS = 9252
# No path, address, version or list of words.
_ONE_WORD = re.compile(r"[^\s/:.,$-]+")
_NOTHING_REGISTERS = "only `gitlab-runner register` reads it, and nothing registers here."
_TINI = ["/usr/local/bin/tini", "--", "gitlab-runner"]
# Without an executor's prefix or the cache's: what `register` asks about the runner in GitLab.
_OF_GITLAB = re.compile(r"(REGISTER_|RUNNER_(TAG_LIST|EXECUTOR)|REGISTRATION_|CI_SERVER_TOKEN|TEMPLATE_CONFIG_FILE)")


def url(official: Official, path: Path, value: Any) -> None:
    """GitlabUrl."""
    if holds_secret(str(value)):
        official.changes.add(Fate.SECRET, path, "holds a password, and is left out: give the address with --url.")
        return
    official.url = str(value)
    official.changes.add(Fate.MAPPED, path, "is gitlab.url.")


def token(official: Official, path: Path, value: Any) -> None:
    """runnerToken: never copied."""
    if is_shared_token(str(value)):
        return official.changes.add(Fate.SECRET, path, f"a secret, left out. It {SHARED_TOKEN}")
    return official.changes.add(Fate.SECRET, path, "a secret, left out: make a Secret of it, by the command below.")


def registration_token(official: Official, path: Path, value: Any) -> None:
    """runnerRegistrationToken: GitLab is about to refuse it, and nothing here registers."""
    if str(value).startswith("glrt-"):
        return token(official, path, value)
    message = "a secret, left out, and of no use: create the runner in GitLab, and make a Secret of its token (glrt-…)."
    return official.changes.add(Fate.SECRET, path, message)


def sentry(official: Official, path: Path, value: Any) -> None:
    """sentryDsn: holds a key."""
    del value
    official.changes.add(Fate.SECRET, path, "left out: it holds a key, and config.toml is a ConfigMap here.")


def names(official: Official, path: Path, value: Any) -> None:
    """A list of {name: …}, or of names, as a list of names."""
    found = [item.get("name") if isinstance(item, dict) else item for item in value]
    _put(official, path, [name for name in found if name])


def number(official: Official, path: Path, value: Any) -> None:
    """A whole number, which may be written as a text there."""
    _put(official, path, int(value) if isinstance(value, str) and value.strip().isdigit() else value)


def unregister(official: Official, path: Path, value: Any) -> None:
    """unregisterRunners: GitLab's chart does not read it where deploymentLifecycle is set."""
    if official.templates.values.data.get("deploymentLifecycle"):
        official.changes.add(Fate.EMPTY, path, "is not read beside deploymentLifecycle.")
    else:
        _put(official, path, value)


def texts(official: Official, path: Path, value: Any) -> None:
    """Labels, annotations and selectors: GitLab's chart makes texts of what YAML reads as something else."""
    _put(official, path, {key: _text(item) for key, item in value.items()})


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


def image(official: Official, path: Path, value: Any) -> None:
    """Image: one text until chart 0.40, a registry or none, a repository and a tag."""
    repository, tag = str(value), ""
    if ":" in repository.rpartition("/")[2]:
        repository, _, tag = repository.rpartition(":")
    first, slash, rest = repository.partition("/")
    has_registry = slash and ("." in first or ":" in first or first == "localhost")
    found = {"registry": first if has_registry else "docker.io", "repository": rest if has_registry else repository}
    official.values["image"] = {**found, **({"tag": tag} if tag else {})}
    official.moved[path] = ("image",)
    official.changes.add(Fate.CHANGED, path, "is image.registry, image.repository and image.tag.")


def tini(official: Official, path: Path, value: Any) -> None:
    """useTini: an image without dumb-init."""
    if value:
        _put(official, path, _TINI)


def user(official: Official, path: Path, value: Any) -> None:
    """podSecurityContext: user and groups; the rest is the chart's."""
    known = {key: value[key] for key in _USER_KEYS if key in value and value[key] != 0}
    if known:
        _put(official, path, known)
    for key in value:
        if key in _USER_KEYS and key not in known:
            official.changes.add(
                Fate.CHANGED, (*path, key), "the manager does not run as root: it has a user of its own."
            )
        elif key in _OF_THE_CHART:
            official.changes.add(Fate.CHANGED, (*path, key), "is set by this chart: no root, seccomp RuntimeDefault.")
        elif key not in known:
            official.changes.add(Fate.UNSUPPORTED, (*path, key), "the manager's pod has user and groups only.")


def certificates(official: Official, path: Path, value: Any) -> None:
    """certsSecretName: a Secret with <host of GitLab>.crt, which the manager alone trusted."""
    host = urlsplit(str(official.templates.values.data.get("gitlabUrl") or "")).hostname or "gitlab.example.com"
    _put(official, path, {"kind": "Secret", "name": str(value), "key": f"{host}.crt"})
    message = f"is trust.caBundle, with the key {host}.crt of the Secret: jobs, their helper and podman trust it, too."
    official.changes.add(Fate.CHANGED, path, message)


def metrics(official: Official, path: Path, value: Any) -> None:
    """metrics.enabled and metrics.port: one address, which the probes ask, too."""
    data = official.templates.values.data.get("metrics") or {}
    if path[-1] == "port":
        if data.get("enabled"):
            official.top["listen_address"] = f":{value}"
        official.changes.add(Fate.MAPPED, path, "is the port of config.listen_address.")
    elif value:
        official.changes.add(Fate.MAPPED, path, "is config.listen_address.")
        # What GitLab's chart writes of its own, below podAnnotations.
        official.annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": str(data.get("port") or _METRICS)}
    else:
        message = "the manager listens anyway, since its probes ask it."
        official.changes.add(Fate.CHANGED, path, message)


def config(official: Official, path: Path, value: Any) -> None:
    """runners.config: the [[runners]] table."""
    if value_at(official.templates.values.data, ("runners", "configOverride")):
        message = "runners.configOverride is the whole config.toml: GitLab's chart does not read this beside it."
        official.changes.add(Fate.REMOVED, path, message)
        return
    official.config, official.config_path = str(value), path
    official.changes.add(Fate.MAPPED, path, "is runners.")


def config_override(official: Official, path: Path, value: Any) -> None:
    """runners.configOverride: a whole config.toml, that GitLab's chart takes in place of all else."""
    official.config, official.config_path = str(value), path
    official.changes.add(
        Fate.MAPPED, path, "is config and runners. GitLab's chart reads no other value of runners then."
    )


def executor(official: Official, path: Path, value: Any) -> None:
    """runners.executor, when it is another than kubernetes."""
    official.runner["executor"] = value
    official.changes.add(Fate.MAPPED, path, "is the executor of the runner.")


def job_namespace(official: Official, path: Path, value: Any) -> None:
    """runners.jobNamespace: a namespace that runners.config names by a template."""
    official.values.setdefault("jobs", {})["namespace"] = str(value)
    official.changes.add(Fate.MAPPED, path, "is jobs.namespace.")


def secret(official: Official, path: Path, value: Any) -> None:
    """runners.secret: it stays, and its key runner-token is read."""
    official.secret = str(value)
    official.changes.add(Fate.MAPPED, path, "is runners.<name>.token.existingSecret.")


def runner_name(official: Official, path: Path, value: Any) -> None:
    """runners.name."""
    official.runner["name"] = str(value)
    official.changes.add(Fate.MAPPED, path, "is the name of the runner.")


def cache_secret(official: Official, path: Path, value: Any) -> None:
    """runners.cache.secretName: what it opens stands in runners.config, which is read later."""
    del path
    official.cache_secret = str(value)


def environment_list(official: Official, path: Path, value: Any) -> None:
    """envVars: [{name: …, value: …}]."""
    for index, item in enumerate(maps(value)):
        _variable(official, (*path, index), str(item.get("name")), item.get("value"))


def environment_map(official: Official, path: Path, value: Any) -> None:
    """extraEnv: {NAME: value}."""
    for name, text in value.items():
        _variable(official, (*path, name), name, text)


def environment_sources(official: Official, path: Path, value: Any) -> None:
    """extraEnvFrom: {NAME: {secretKeyRef: …}}."""
    for name, source in value.items():
        reference = as_table(as_table(source).get("secretKeyRef"))
        secret = next((dotted(below) for below, key in _variables() if key.variable == name and key.secret), "")
        if secret in CREDENTIALS and {"name", "key"} <= set(reference):
            official.credentials[secret] = {key: str(reference[key]) for key in ("name", "key")}
            official.changes.add(Fate.MAPPED, (*path, name), f"is {secret} of runners.<name>.credentials.")
        elif _OF_GITLAB.match(name):
            official.changes.add(Fate.UNSUPPORTED, (*path, name), _NOTHING_REGISTERS)
        else:
            _set_variable(official, (*path, name), name, {"valueFrom": source})


def _put(official: Official, path: Path, value: Any) -> None:
    put(official, path, table()[path]["to"], value)


def _variable(official: Official, path: Path, name: str, value: Any) -> None:
    """A variable that `gitlab-runner register` makes a key of [[runners]] from, written as that key."""
    if holds_secret(str(value)):
        official.changes.add(Fate.SECRET, path, "looks as if it held a secret, and is left out.")
        return
    if name.upper() in _PROXY:
        to = _PROXY[name.upper()]
        put(official, path, to, str(value).split(",") if to.endswith("noProxy") else str(value))
        return
    found = next(((below, key) for below, key in _variables() if key.variable == name), None)
    if found is None and is_secret(name, str(value)):
        message = f"a secret, left out: name a Secret that has it by manager.env.{name}.valueFrom.secretKeyRef."
        official.changes.add(Fate.SECRET, path, message)
        return
    if _OF_GITLAB.match(name):
        official.changes.add(Fate.UNSUPPORTED, path, _NOTHING_REGISTERS)
        return
    if found is None:
        _set_variable(official, path, name, str(value))
        return
    below, key = found
    if key.secret:
        official.changes.add(Fate.SECRET, path, "a secret, left out.")
        return
    here = official.runner
    for part in below[:-1]:
        here = here.setdefault(str(part), {})
    typed = _typed(key, value)
    here[str(below[-1])] = _without_doubtful(official, path, typed) if below == ("environment",) else typed
    official.changes.add(Fate.MAPPED, path, f"is the key {'.'.join(map(str, below))} of the runner.")


def _without_doubtful(official: Official, path: Path, entries: list[str]) -> list[str]:
    """Variables of all jobs without those whose value may be a password, whatever they are called."""
    kept = []
    for entry in entries:
        name, _, text = entry.partition("=")
        if _ONE_WORD.fullmatch(text) and is_opaque(text):
            message = (
                f"{name} may be a secret, and is left out: set it in GitLab, as a masked CI/CD variable, or in "
                "runners.<name>.config.environment if it is none."
            )
            official.changes.redactor.add(text)
            official.changes.add(Fate.SECRET, path, message)
        else:
            kept.append(entry)
    return kept


def _set_variable(official: Official, path: Path, name: str, value: Any) -> None:
    """A variable of the manager. Its name may hold dots, so that no dotted path leads there."""
    manager, env = _ENVIRONMENT
    official.values.setdefault(manager, {}).setdefault(env, {})[name] = value
    official.moved[path] = (*_ENVIRONMENT, name)
    official.changes.add(Fate.MAPPED, path, f"is {dotted((*_ENVIRONMENT, name))}.")


def _variables() -> Iterator[tuple[Path, Key]]:
    def walk(key: Key, path: Path) -> Iterator[tuple[Path, Key]]:
        for child in key.children.values():
            if child.variable:
                yield (*path, child.name), child
            yield from walk(child, (*path, child.name))

    return walk(load_keys().root.children["runners"], ())


def _typed(key: Key, value: Any) -> Any:
    text = str(value)
    if key.type == "boolean":
        return text.lower() in ("1", "t", "true")
    if key.type == "integer":
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if "array of string" in key.type:
        return [part.strip() for part in text.split(",")]
    return text
