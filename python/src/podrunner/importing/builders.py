"""Docker in Docker, kaniko and buildah in a [[runners]] table: what podman replaces, and what pipelines must change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Changes, Fate
from podrunner.importing.logins import take_logins, take_mirrors
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from podrunner.findings.path import Path
    from podrunner.importing.runner import ImportedRunner

Table = dict[str, Any]
# Images, by the program that builds in them. A service of these builds for its job.
_PROGRAMS = {
    "kaniko": re.compile(r"kaniko"),
    "buildah": re.compile(r"(^|/)buildah([/:@]|\Z)"),
    "docker": re.compile(r"(^|/)docker([:@]|\Z)|(^|[/:-])dind([-:@.]|\Z)|(^|/)buildkit([:@]|\Z)"),
}
_VARIABLES = {
    "docker": re.compile(
        r"DOCKER_(HOST|TLS_\w+|CERT_PATH|DRIVER|BUILDKIT|CLI_\w+|CONFIG|CONTEXT|API_VERSION)|COMPOSE_DOCKER_CLI_BUILD"
        r"|BUILDKIT_\w+|BUILDX_\w+"
    ),
    "buildah": re.compile(r"STORAGE_(DRIVER|OPTS)|BUILDAH_ISOLATION|_(BUILDAH|CONTAINERS)_\w+"),
    "kaniko": re.compile(r"KANIKO_\w+"),
}
_FOLDERS = {
    "docker": ("/var/run/docker.sock", "/run/docker.sock", "/var/lib/docker", "/etc/docker"),
    "buildah": ("/var/lib/containers", "/home/build/.local/share/containers"),
    "kaniko": ("/kaniko",),
}
# The certificates of Docker in Docker; a ConfigMap or Secret there is somebody else's.
_CERTIFICATES = "/certs"
_OF_NODE_OR_POD = ("empty_dir", "host_path", "pvc")
# What a mode sets for the build container.
_OF_MODE = (
    "privileged",
    "allow_privilege_escalation",
    "run_as_user",
    "run_as_group",
    "run_as_non_root",
    "capabilities",
)
_SCRIPTS = ("pre_get_sources_script", "post_get_sources_script", "pre_build_script", "post_build_script")
_CALLS = re.compile(r"(?<![\w./-])(docker|dockerd|buildah|buildctl)(?=\s)|/kaniko/executor")
_PIPELINE = {
    "docker": (
        "`services: [docker:dind]`: leave it out, podman needs no daemon.",
        "`image: docker:…`: leave it out, or write the image of `podman.image`.",
        "`docker build`, `docker push`, `docker login`: write `podman build`, `podman push`, `podman login`.",
        (
            "`docker buildx build --platform A,B --push`: write `podman build --platform A,B --manifest NAME`, and "
            "`podman manifest push --all NAME`."
        ),
        "`DOCKER_HOST`, `DOCKER_TLS_CERTDIR`, `DOCKER_DRIVER` and the like in `variables`: leave them out.",
    ),
    "kaniko": (
        (
            "`image: gcr.io/kaniko-project/executor` with its `entrypoint`: leave both out, or write the image of "
            "`podman.image`."
        ),
        (
            "`/kaniko/executor --context C --dockerfile F --destination D`: write `podman build -f F -t D C` and "
            "`podman push D`."
        ),
        "`--cache=true --cache-repo R`: write `podman build --layers --cache-from R --cache-to R`.",
        "`/kaniko/.docker/config.json`: write `podman login`, which needs no file.",
    ),
    "buildah": (
        "`image: quay.io/buildah/stable`: leave it out, or write the image of `podman.image`.",
        (
            "`buildah bud` and `buildah build`, `buildah push`, `buildah login`: write `podman build`, `podman push`, "
            "`podman login`."
        ),
        "`STORAGE_DRIVER` and `BUILDAH_ISOLATION` in `variables`: leave them out, `podman.storage` and the mode set them.",
    ),
}


def replace_builders(runner: ImportedRunner, mode: str, podman: str, changes: Changes) -> None:
    """Take what only docker, kaniko or buildah need out of a runner whose jobs build with podman in `mode`.

    `podman` is an image that has it. Each key that goes is noted, and what pipelines must write instead. All others stay.
    """
    path: Path = ("runners", runner.index)
    own, kubernetes = runner.own, runner.kubernetes
    found = {_program(str(kubernetes.get("image", "")))}
    runner.registries = take_mirrors(kubernetes, _is_builder)
    _leave_image(kubernetes, path, podman, changes)
    found |= _leave_services(kubernetes, path, changes)
    _leave_allowed(kubernetes, path, changes)
    runner.registries |= take_logins(kubernetes, path, changes)
    found |= _leave_volumes(kubernetes, path, changes)
    found |= _leave_variables(own, path, changes)
    if mode != "privileged":
        _leave_privileges(kubernetes, path, changes)
    _name_scripts(own, path, changes)
    # Pipelines bring Docker in Docker themselves as often as not.
    for program in sorted(found - {""} or {"docker"}):
        for message in _PIPELINE[program]:
            if not any(change.message == message for change in changes.every):
                changes.note(Fate.BY_HAND, ".gitlab-ci.yml", message, 0)


def _program(image: str) -> str:
    return next((name for name, pattern in _PROGRAMS.items() if pattern.search(image)), "")


def _is_builder(image: str) -> bool:
    return bool(_program(image))


def _leave_image(kubernetes: Table, path: Path, podman: str, changes: Changes) -> None:
    image = str(kubernetes.get("image", ""))
    if _program(image):
        del kubernetes["image"]
        message = f"{image} has no podman: the image of jobs that name none is podman.image now."
        changes.add(Fate.CHANGED, (*path, "kubernetes", "image"), message)
    elif image and "podman" not in image:
        message = (
            f"{image} stays the image of jobs that name none. Jobs that build name one with podman: `image: {podman}`."
        )
        changes.add(Fate.BY_HAND, (*path, "kubernetes", "image"), message)


def _leave_services(kubernetes: Table, path: Path, changes: Changes) -> set[str]:
    services = maps(kubernetes.get("services"))
    gone = {index: _program(str(one.get("name", ""))) for index, one in enumerate(services)}
    for index, program in gone.items():
        if program:
            message = f"{services[index]['name']} is left out: podman builds in the job's own container."
            changes.add(Fate.REMOVED, (*path, "kubernetes", "services", index), message)
    kept = [one for index, one in enumerate(services) if not gone[index]]
    kubernetes.pop("services", None)
    if kept:
        kubernetes["services"] = kept
    return {*gone.values()}


def _leave_allowed(kubernetes: Table, path: Path, changes: Changes) -> None:
    """Lists of what pipelines may name: builders go from them, and a list of images must not lock podman's out."""
    for key in ("allowed_images", "allowed_services"):
        patterns = texts(kubernetes.get(key))
        kept = [one for one in patterns if not _program(one)]
        if kept == patterns:
            continue
        kubernetes.pop(key)
        if kept:
            kubernetes[key] = kept
        else:
            kept = ["all"]
        gone = ", ".join(one for one in patterns if _program(one))
        more = " Add the image that builds, if jobs name it." if key == "allowed_images" else ""
        changes.add(Fate.CHANGED, (*path, "kubernetes", key), f"{gone} left out, allowed: {', '.join(kept)}.{more}")


def _leave_volumes(kubernetes: Table, path: Path, changes: Changes) -> set[str]:
    found = set()
    volumes = table(kubernetes.get("volumes"))
    for kind, every in list(volumes.items()):
        kept = []
        for index, volume in enumerate(maps(every)):
            if program := _of_volume(kind, volume):
                found.add(program)
                place = (*path, "kubernetes", "volumes", kind, index)
                message = f"the volume {volume.get('name')} at {volume.get('mount_path')} is left out: {program} needs it, podman does not."
                changes.replace(Fate.DANGEROUS, place, Fate.REMOVED, message)
            else:
                kept.append(volume)
        volumes[kind] = kept
        if not kept:
            del volumes[kind]
    if not volumes:
        kubernetes.pop("volumes", None)
    return found


def _of_volume(kind: str, volume: Table) -> str:
    places = [str(volume.get(key) or "") for key in ("mount_path", "host_path")]
    if kind in _OF_NODE_OR_POD and any(_is_below(place, _CERTIFICATES) for place in places):
        return "docker"
    return next(
        (name for name, folders in _FOLDERS.items() for at in folders for one in places if _is_below(one, at)), ""
    )


def _is_below(place: str, folder: str) -> bool:
    return f"{place.rstrip('/')}/".startswith(f"{folder}/")


def _leave_variables(own: Table, path: Path, changes: Changes) -> set[str]:
    found, kept = set(), []
    for index, entry in enumerate(texts(own.get("environment"))):
        name = entry.partition("=")[0]
        program = next((one for one, pattern in _VARIABLES.items() if pattern.fullmatch(name)), "")
        if not program:
            kept.append(entry)
            continue
        found.add(program)
        said = {"STORAGE_": "podman.storage says it", "BUILDAH_": "podman reads it as well, and the mode sets it"}
        why = next(
            (text for begin, text in said.items() if name.startswith(begin)),
            f"{program} reads it, podman does not",
        )
        changes.add(Fate.REMOVED, (*path, "environment", index), f"{name} is left out: {why}.")
    own.pop("environment", None)
    if kept:
        own["environment"] = kept
    return found


def _leave_privileges(kubernetes: Table, path: Path, changes: Changes) -> None:
    at: Path = (*path, "kubernetes")
    for key in ("privileged", "allow_privilege_escalation", "cap_add", "allowed_privileged_images"):
        _leave(kubernetes, key, at, changes)
    _leave(kubernetes, "allowed_privileged_services", at, changes)
    for name in ("pod", "build", "helper", "service", "init_permissions"):
        key = f"{name}_security_context" if name == "pod" else f"{name}_container_security_context"
        context = table(kubernetes.get(key))
        for field in _OF_MODE if name == "build" else ("privileged",):
            _leave(context, field, (*at, key), changes)
        # Root, who would own what the jobs' user must write.
        for field in ("run_as_user", "run_as_group") if name in ("pod", "helper") else ():
            if context.get(field) == 0:
                _leave(context, field, (*at, key), changes)
        if not context:
            kubernetes.pop(key, None)


def _leave(keys: Table, key: str, path: Path, changes: Changes) -> None:
    if key in keys:
        value = keys.pop(key)
        if value not in (None, False, [], ""):
            changes.replace(
                Fate.DANGEROUS, (*path, key), Fate.REMOVED, "is left out: podman.mode sets what podman needs."
            )


def _name_scripts(own: Table, path: Path, changes: Changes) -> None:
    for key in _SCRIPTS:
        if found := _CALLS.search(str(own.get(key, ""))):
            called = found[0].strip()
            message = (
                f"calls {called}, which the image of podman does not have: write podman there, or remove the call."
            )
            changes.add(Fate.BY_HAND, (*path, key), message)
