"""The containers of a job's pod, as the Kubernetes executor writes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import maps, table, texts
from podrunner.runner.images import default_helper
from podrunner.runner.job_pod.overwrites import JobRefusedError, container_resources
from podrunner.runner.job_pod.request import JobImage
from podrunner.runner.job_pod.security_context import container_context
from podrunner.runner.job_pod.services import image_allowed
from podrunner.runner.job_pod.setup import DISABLE_UMASK, DUMB_INIT, HONOR_ENTRYPOINT
from podrunner.runner.job_pod.variables import JobVariables
from podrunner.runner.job_pod.volumes import mounts_of

if TYPE_CHECKING:
    from podrunner.runner.job_pod.setup import JobSetup

# Stand-ins for the runner's own scripts: one that looks for bash or sh and becomes it, and one that looks for a file.
SHELL = "exec bash"
PROBE = "test -e"
_POLICIES = {"": "", "always": "Always", "never": "Never", "if-not-present": "IfNotPresent"}
_POLL_INTERVAL, _POLL_TIMEOUT = 3, 180
_PROBE_FILE, _IDS_FILE = ".gitlab-startup-marker", ".gitlab-build-uid-gid"


def keys_of_resources(container: str) -> str:
    """The beginning of the keys of config.toml that say the resources of a container of a job's pod."""
    if container in ("build", "init-build-uid-gid-collector"):
        return ""
    return "helper_" if container in ("helper", "init-permissions") else "service_"


def build_container(setup: JobSetup) -> dict[str, Any]:
    """The container of the job's script."""
    image = build_image(setup)
    own = str(setup.kubernetes.get("image") or "")
    allowed = setup.kubernetes.get("allowed_images")
    if image.name != setup.variables.expand(own) and not image_allowed(image.name, allowed):
        setup.refusals.append(f"the image {image.name} is not one of allowed_images")
    found = {
        **_container(setup, "build", image, _command(setup, probed=_is_probed(setup))),
        "env": setup.variables.environment(),
        "resources": setup.overwrites.resources[""],
        "securityContext": container_context(setup.kubernetes, "build", setup.variables.expand(image.user)),
    }
    return found | ({"startupProbe": _probe(setup)} if _is_probed(setup) else {})


def helper_container(setup: JobSetup) -> dict[str, Any]:
    """The container that fetches the repository, caches and artifacts."""
    image = JobImage(helper_image(setup), pull_policy=setup.job.image.pull_policy)
    return {
        **_container(setup, "helper", image, _command(setup, probed=False)),
        "resources": setup.overwrites.resources["helper_"],
        "securityContext": container_context(setup.kubernetes, "helper"),
    }


def service_container(setup: JobSetup, name: str, service: JobImage) -> dict[str, Any]:
    """A service."""
    own = str(setup.kubernetes.get("image") or "")
    allowed = setup.kubernetes.get("allowed_services")
    if service.name != setup.variables.expand(own) and not image_allowed(service.name, allowed):
        setup.refusals.append(f"the service {service.name} is not one of allowed_services")
    # What the service declares may name variables that it does not get itself.
    declared = JobVariables(service.variables, setup.variables.complete)
    around = JobVariables((*setup.variables.entries, *service.variables), setup.variables.complete)
    public = [one for one in setup.variables.entries if one.public]
    public += [replace(one, public=True) for one in declared.expanded(around).entries]
    return {
        **_container(setup, name, service, []),
        "env": JobVariables(tuple(public)).environment(),
        "resources": _service_resources(setup, declared),
        "securityContext": container_context(setup.kubernetes, "service", setup.variables.expand(service.user)),
    }


def _service_resources(setup: JobSetup, declared: JobVariables) -> dict[str, Any]:
    shared = setup.overwrites.resources["service_"]
    try:
        return container_resources(setup.kubernetes, "service_", declared, shared)
    except JobRefusedError as error:
        setup.refusals.append(str(error))
        return dict(shared)


def init_containers(setup: JobSetup) -> list[dict[str, Any]]:
    """The containers that run before all others."""
    found = []
    if setup.flag(DISABLE_UMASK):
        image = build_image(setup)
        user = setup.variables.expand(image.user)
        found.append(
            {
                "name": "init-build-uid-gid-collector",
                "image": image.name,
                "command": ["sh", "-c", f"> {setup.builds_dir}/{_IDS_FILE}"],
                "resources": setup.overwrites.resources[""],
                "securityContext": container_context(setup.kubernetes, "build", user),
                "volumeMounts": mounts_of(setup),
            }
        )
    if setup.has_scripts:
        found.append(
            {
                "name": "init-permissions",
                "image": helper_image(setup),
                **_pull_policy(setup, setup.job.image.pull_policy),
                "command": ["sh", "-c", ";\n".join(_preparations(setup))],
                "resources": setup.overwrites.resources["helper_"],
                "securityContext": container_context(setup.kubernetes, "init_permissions"),
                "volumeMounts": mounts_of(setup),
            }
        )
    return found


def build_image(setup: JobSetup) -> JobImage:
    """The job's image, or that of config.toml."""
    name = setup.job.image.name or str(setup.kubernetes.get("image") or "")
    image = setup.early.expand(name)
    if not image and setup.known:
        setup.refusals.append("neither the job nor config.toml names an image")
    return replace(setup.job.image, name=image)


def helper_image(setup: JobSetup) -> str:
    """The image of the helper and of init-permissions."""
    own = str(setup.kubernetes.get("helper_image") or "")
    if own:
        return setup.variables.expand(own)
    selector = {**table(setup.kubernetes.get("node_selector")), **setup.overwrites.node_selector}
    flavor = setup.variables.expand(str(setup.kubernetes.get("helper_image_flavor") or ""))
    return default_helper({"node_selector": selector, "helper_image_flavor": flavor}, setup.runner_version)


def _preparations(setup: JobSetup) -> list[str]:
    """Lines of the script of init-permissions."""
    log = f"{setup.directory('logs')}/output.log"
    found = [f"touch {log} && (chmod 777 {log} || exit 0)"] if setup.attaches else []
    return found + ([f"cp /usr/bin/dumb-init {setup.directory('scripts')}"] if setup.flag(DUMB_INIT) else [])


def _container(setup: JobSetup, name: str, image: JobImage, command: list[str]) -> dict[str, Any]:
    """What build, helper and service containers have in common."""
    if setup.flag(HONOR_ENTRYPOINT):
        command, arguments = [], command
    else:
        command, arguments = command or list(image.entrypoint), list(image.command)
    hooks = _lifecycle(table(setup.kubernetes.get("container_lifecycle")))
    return {
        "name": name,
        "image": image.name,
        **_pull_policy(setup, image.pull_policy),
        **({"command": command} if command else {}),
        **({"args": arguments} if arguments else {}),
        **({"ports": [{"containerPort": port} for port in image.ports]} if image.ports else {}),
        **({"lifecycle": hooks} if hooks else {}),
        "stdin": True,
        "volumeMounts": mounts_of(setup),
    }


def _is_probed(setup: JobSetup) -> bool:
    """Whether Kubernetes asks when the image's entrypoint is through: nobody else waits for it."""
    return setup.flag(HONOR_ENTRYPOINT) and not setup.attaches


def _command(setup: JobSetup, *, probed: bool) -> list[str]:
    shell = ["sh", "-c", SHELL]
    if probed or not setup.flag(DUMB_INIT):
        return shell
    return [f"{setup.directory('scripts')}/dumb-init", "--", *shell]


def _probe(setup: JobSetup) -> dict[str, Any]:
    interval = _positive(setup.kubernetes.get("poll_interval"), _POLL_INTERVAL)
    file = f"{setup.builds_dir.rstrip('/')}/{_PROBE_FILE}"
    return {
        "exec": {"command": [str(setup.runner.get("shell") or "bash"), "-c", PROBE, "--", file, PROBE]},
        "successThreshold": 1,
        "initialDelaySeconds": 1,
        "periodSeconds": interval,
        "failureThreshold": _positive(setup.kubernetes.get("poll_timeout"), _POLL_TIMEOUT) // interval,
    }


def _positive(value: Any, default: int) -> int:
    return value if isinstance(value, int) and value > 0 else default


def _pull_policy(setup: JobSetup, asked: tuple[str, ...]) -> dict[str, str]:
    """The first policy that is allowed: the others are for when an image cannot be pulled."""
    own = setup.kubernetes.get("pull_policy")
    configured = [own] if isinstance(own, str) else texts(own)
    wanted = list(asked) or configured or [""]
    allowed = texts(setup.kubernetes.get("allowed_pull_policies")) or configured or [""]
    setup.refusals.extend(f"the pull policy {one} is not known" for one in (*wanted, *allowed) if one not in _POLICIES)
    first = next((policy for policy in wanted if policy in allowed), None)
    if first is None:
        setup.refusals.append(f"no pull policy of {', '.join(wanted)} is among {', '.join(allowed)}")
    policy = _POLICIES.get(first or "")
    return {"imagePullPolicy": policy} if policy else {}


def _lifecycle(own: dict[str, Any]) -> dict[str, Any]:
    fields = (("post_start", "postStart"), ("pre_stop", "preStop"))
    return {field: _handler(table(own[key])) for key, field in fields if key in own}


def _handler(own: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "exec" in own:
        found["exec"] = {"command": texts(table(own["exec"]).get("command"))}
    if "http_get" in own:
        get = table(own["http_get"])
        headers = [
            {"name": one.get("name", ""), "value": one.get("value", "")} for one in maps(get.get("http_headers"))
        ]
        texts_of = {key: get[key] for key in ("host", "path", "scheme") if get.get(key)}
        found["httpGet"] = {**texts_of, "port": get.get("port", 0), **({"httpHeaders": headers} if headers else {})}
    if "tcp_socket" in own:
        socket = table(own["tcp_socket"])
        found["tcpSocket"] = {"port": socket.get("port", 0), **({"host": socket["host"]} if socket.get("host") else {})}
    return found
