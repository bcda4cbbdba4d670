"""config.toml, whatever is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main
from podrunner.importing.names import valid_names

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[1] / "fixtures" / "import"
ONE = '[[runners]]\nname = "a"\nurl = "https://gitlab.example.com"\nexecutor = "kubernetes"\n'


def test_comments_go_with_their_keys(imports: Callable[..., Any]) -> None:
    text = imports(FIXTURES / "registered.toml").text

    assert "    # Small by default:\n        # jobs that need more say so.\n        cpu_request: 250m\n" in text
    assert "image: debian:13  # what most jobs want\n" in text


def test_the_comment_of_the_file_stays_at_its_top(imports: Callable[..., Any]) -> None:
    text = imports(FIXTURES / "privileged-podman.toml").text

    assert text.startswith(
        "# Values of the podrunner chart, imported from privileged-podman.toml.\n#\n# Builds of the platform team.\n"
    )


def test_runners_of_all_executors_are_there_and_names_become_valid_and_unique(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "several.toml")

    assert list(run.values["runners"]) == ["build-host-1", "payments", "payments-2", "open-source"]
    assert run.values["runners"]["open-source"]["config"]["url"] == "https://gitlab.com"
    assert run.messages("changed")["runners[0].executor"] == "was docker: jobs run as pods now, in the namespace ci."
    assert run.messages("changed")["runners[1].name"] == (
        '"Payments (Kubernetes)" is payments now: names are keys of values, of 16 characters at most.'
    )


@pytest.mark.parametrize(
    ("names", "valid"),
    [
        (["Build Host", "build-host", ""], ["build-host", "build-host-2", "runner"]),
        (["a-name-of-seventeen-letters", "averyveryverylongname"], ["a-name-of", "averyveryverylon"]),
        (["--x--", "Ünï"], ["x", "n"]),
    ],
)
def test_names_are_short_lower_case_and_unique(names: list[str], valid: list[str]) -> None:
    assert valid_names(names) == valid


def test_an_address_that_only_the_container_reaches_is_opened_for_the_probes(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "several.toml")

    assert run.values["config"]["listen_address"] == ":9402"
    assert "listen_address" in run.paths("changed")


def test_what_is_dangerous_is_named_with_its_line(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "privileged-podman.toml")

    assert [(c["path"], c["line"]) for c in run.report["changes"] if c["kind"] == "dangerous"] == [
        ("log_level", 4),
        ("runners[0].kubernetes.node_selector_overwrite_allowed", 19),
    ]


def test_privileges_that_a_mode_leaves_to_the_build_container_are_not_called_those_of_every_container(
    imports: Callable[..., Any],
) -> None:
    run = imports(FIXTURES / "privileged-podman.toml")

    assert run.values["podman"]["mode"] == "privileged"
    assert "runners[0].kubernetes.privileged" not in run.paths("dangerous")
    assert run.messages("changed")["runners[0].kubernetes.privileged"] == (
        "only the build container is privileged now; for services, set service_container_security_context."
    )


def test_files_of_the_old_manager_are_left_out_with_what_to_do(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = (
        ONE
        + """
tls-ca-file = "/certs/ca.crt"
tls-cert-file = "/certs/c.crt"
tls-key-file = "/certs/c.key"
[runners.cache]
Type = "gcs"
[runners.cache.gcs]
BucketName = "b-cache"
CredentialsFile = "/secrets/gcs.json"
[runners.kubernetes]
namespace = "a"
[[runners.kubernetes.pod_spec]]
name = "one"
patch_path = "/patches/one.yaml"
[[runners.kubernetes.pod_spec]]
name = "two"
patch = "hostname: two"
"""
    )

    run = imports(written(text))

    mount = "mount it by manager.extraVolumes and manager.extraVolumeMounts, and add the key again."
    left = "left out: {} is a file of the old manager. Instead, {}"
    assert run.messages("no equivalent") == {
        "runners[0].tls-ca-file": left.format(
            "/certs/ca.crt", "put the certificate into a ConfigMap, and name it by trust.caBundle."
        ),
        "runners[0].tls-cert-file": left.format("/certs/c.crt", mount),
        "runners[0].tls-key-file": left.format("/certs/c.key", mount),
        "runners[0].cache.gcs.CredentialsFile": left.format(
            "/secrets/gcs.json",
            "put it into a Secret, as gcs-application-credentials-file, and name that by cache.existingSecret, "
            "with the bucket in cache.gcs.",
        ),
        "runners[0].kubernetes.pod_spec[0].patch_path": left.format(
            "/patches/one.yaml", "write what is in it as patch."
        ),
    }
    assert run.values["runners"]["a"]["config"] == {
        "cache": {"Type": "gcs", "gcs": {"BucketName": "b-cache"}},
        "kubernetes": {"namespace": "a", "pod_spec": [{"name": "two", "patch": "hostname: two"}]},
    }


PATCHED = '[runners.kubernetes]\nnamespace = "a"\n[[runners.kubernetes.pod_spec]]\nname = "p"\npatch = "hostname: b"\n'


def test_patches_that_only_some_jobs_had_are_for_all_and_named(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(ONE + PATCHED))

    assert run.messages("added")["runners[0].feature_flags.FF_USE_ADVANCED_POD_SPEC_CONFIGURATION"] == (
        "is on where there is a pod_spec, which so far only jobs had that set the flag."
    )
    assert run.config_toml()["runners"][0]["feature_flags"] == {"FF_USE_ADVANCED_POD_SPEC_CONFIGURATION": True}


def test_patches_that_are_turned_off_are_left_out(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    off = "[runners.feature_flags]\nFF_USE_ADVANCED_POD_SPEC_CONFIGURATION = false\n"
    run = imports(written(ONE + off + PATCHED))

    assert run.messages("removed") == {
        "runners[0].kubernetes.pod_spec": "has no effect, because FF_USE_ADVANCED_POD_SPEC_CONFIGURATION is off."
    }
    assert "pod_spec" not in run.config_toml()["runners"][0]["kubernetes"]


def test_tables_of_other_executors_are_left_out(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(ONE + '[runners.docker]\nimage = "x"\n[runners.machine]\nIdleCount = 1\n'))

    assert run.exit_code == 0
    assert run.messages("removed") == {
        "runners[0].docker": "belongs to another executor than kubernetes.",
        "runners[0].machine": "belongs to another executor than kubernetes.",
    }


def test_no_request_at_a_time_is_one_as_for_the_runner(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(ONE + "request_concurrency = 0\nlimit = 2\n"))

    assert run.messages("empty")["runners[0].request_concurrency"] == "0, which GitLab Runner takes for 1."
    assert run.values["runners"]["a"]["config"] == {"limit": 2, "kubernetes": {"namespace": "default"}}


def test_a_token_of_a_whole_runner_is_not_to_be_shared(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(ONE + 'token = "0123456789abcdefghij"\n'))

    assert "0123456789" not in run.text + str(run.report)
    assert run.messages("secret") == {
        "runners[0].token": "does not begin with glrt-: do not share it with the old manager, at whose end GitLab may "
        "delete the runner. Create a runner in GitLab, and use its token."
    }


@pytest.mark.parametrize("token", ["glrt-0123456789abcdefghij", "$TOKEN", "ENC[AES256_GCM,data:abc,iv:xx]"])
def test_a_token_of_today_and_a_placeholder_are_not_named(
    token: str, imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    assert imports(written(f'{ONE}token = "{token}"\n')).paths("secret") == []


def test_credentials_are_not_listed_as_added(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = (
        ONE
        + """
[runners.cache]
Type = "s3"
[runners.cache.s3]
BucketName = "b-cache"
AccessKey = "made-up"
SecretKey = "made-up"
[runners.kubernetes.build_container_security_context]
run_as_user = 1000
[runners.kubernetes.build_container_security_context.capabilities]
add = ["SETUID", "SETGID"]
"""
    )

    run = imports(written(text))

    assert run.values["podman"]["mode"] == "unprivileged"
    assert [path for path in run.paths("added") if "Key" in path] == []


def test_a_file_that_begins_with_a_byte_order_mark_is_read(
    imports: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(ONE, encoding="utf-8-sig")

    assert list(imports(file).values["runners"]) == ["a"]
    with file.open(encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert list(imports(Path("-")).values["runners"]) == ["a"]


def test_what_is_still_wrong_names_the_file_that_was_written(
    written: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "team.yaml"

    assert (
        main(["import", str(written(ONE.replace('url = "https://gitlab.example.com"', ""))), "--output", str(output)])
        == 1
    )
    assert f"  {output}:" in capsys.readouterr().err


def test_a_pattern_that_names_its_own_is_not_dangerous(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = ONE + '[runners.kubernetes]\nnamespace = "a"\nnamespace_overwrite_allowed = "^(a|b)$"\n'

    assert imports(written(text)).paths("dangerous") == []


def test_an_old_flag_becomes_the_key_that_replaced_it(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "old-flags.toml")

    assert run.values["runners"]["old"]["config"]["kubernetes"]["print_pod_warning_events"] is False
    assert run.messages("removed")["runners[0].environment[0]"] == (
        "FF_RETRIEVE_POD_WARNING_EVENTS has no effect since v18.0.0. Use runners.kubernetes.print_pod_warning_events. "
        "It is written as kubernetes.print_pod_warning_events: false."
    )


def test_texts_that_go_would_read_as_something_else_stay_texts(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "old-flags.toml")

    assert run.config_toml()["runners"][0]["kubernetes"]["pod_labels"] == {
        "yes-no": "0644",
        "version": "1e3",
        "switch": "on",
    }


def test_the_way_to_another_cluster_is_left_out(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "other-cluster.toml")

    assert run.paths("no equivalent") == [
        "runners[0].kubernetes.host",
        "runners[0].kubernetes.cert_file",
        "runners[0].kubernetes.key_file",
        "runners[0].kubernetes.ca_file",
        "runners[0].token_expires_at",
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a = [1\n", "config.toml: error: not TOML: Unclosed array (at end of document). [config-toml]"),
        (
            ONE + "limit = 'ten'\n",
            'config.toml:5: error: runners[0].limit: must be a whole number, is "ten". [config-type]',
        ),
        ("concurrent = 1\n", "config.toml: error: runners: there is no [[runners]], so nothing to import. [import]"),
        (
            '[[runners]]\nexecutor = "docker-windows"\n',
            "config.toml:1: error: runners[0]: left out: its executor is docker-windows, and this chart runs kubernetes only."
            " [import]",
        ),
    ],
)
def test_a_file_without_anything_to_import_is_refused_with_file_and_line(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str, error: str
) -> None:
    file = written(text)

    assert main(["import", str(file)]) == 1
    out, err = capsys.readouterr()
    assert (out, err.replace(f"{file.parent}/", "").strip()) == ("", error)


def test_a_configuration_without_an_address_is_written_and_fails_with_the_way_out(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    file = written('[[runners]]\nname = "a"\nexecutor = "kubernetes"\n[runners.kubernetes]\nnamespace = "a"\n')

    run = imports(file)

    assert run.exit_code == 1
    assert run.messages("no equivalent")["url"] == (
        "there is no address of GitLab: write it into gitlab.url, or import again with --url."
    )
    assert imports(file, "--url", "https://gitlab.example.com").exit_code == 0


def test_a_file_that_is_there_is_written_over_by_force_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("mine\n")
    command = ["import", str(FIXTURES / "root.toml"), "--output", str(file)]

    assert main(command) == 2
    assert "is there already, and is not written over. Give another name, or --force." in capsys.readouterr().err
    assert file.read_text() == "mine\n"
    assert main([*command, "--force"]) == 0
    assert "unprivilegedRoot" in file.read_text()


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO((FIXTURES / "root.toml").read_text()))

    assert main(["import", "-"]) == 0
    assert "mode: unprivilegedRoot" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "name", "error"),
    [
        ("gitlab: {url: x}\npodman: {}\n", "v.yaml", "is a values file of this chart already"),
        ("some: thing\n", "v.yaml", "neither a config.toml nor values of GitLab's chart (there is some)"),
    ],
)
def test_another_kind_of_file_is_wrong_use(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str, name: str, error: str
) -> None:
    assert main(["import", str(written(text, name))]) == 2
    assert error in capsys.readouterr().err
