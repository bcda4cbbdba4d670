"""Lines of keys in TOML."""

from __future__ import annotations

from podrunner.formats.toml import find_lines, read_toml

TEXT = '''\
# a comment
concurrent = 3
[session_server]
  session_timeout = 1800

[[runners]]
  name = "a"
  environment = [
    "A=1",
    "B=[[runners]]",
  ]
  pre_build_script = """
echo "x = 1"
[not.a.table]
"""
  [runners.kubernetes]
    image = 'x'
    [runners.kubernetes."pod_labels"]
      "example.com/team" = "a"
    [[runners.kubernetes.volumes.empty_dir]]
      name = "one"
    [[runners.kubernetes.volumes.empty_dir]]
      name = "two"
[[runners]]
  name = "b"
  kubernetes.dns_config = { nameservers = ["1.1.1.1"] }
  [[runners.kubernetes.services]]
    name = ""
'''


def test_every_key_and_table_has_its_line() -> None:
    lines = find_lines(TEXT)

    assert {path: line for path, line in lines.items() if path[-1] != "x"} == {
        ("concurrent",): 2,
        ("session_server",): 3,
        ("session_server", "session_timeout"): 4,
        ("runners", 0): 6,
        ("runners", 0, "name"): 7,
        ("runners", 0, "environment"): 8,
        ("runners", 0, "environment", 0): 8,
        ("runners", 0, "environment", 1): 8,
        ("runners", 0, "pre_build_script"): 12,
        ("runners", 0, "kubernetes"): 16,
        ("runners", 0, "kubernetes", "image"): 17,
        ("runners", 0, "kubernetes", "pod_labels"): 18,
        ("runners", 0, "kubernetes", "pod_labels", "example.com/team"): 19,
        ("runners", 0, "kubernetes", "volumes", "empty_dir", 0): 20,
        ("runners", 0, "kubernetes", "volumes", "empty_dir", 0, "name"): 21,
        ("runners", 0, "kubernetes", "volumes", "empty_dir", 1): 22,
        ("runners", 0, "kubernetes", "volumes", "empty_dir", 1, "name"): 23,
        ("runners", 1): 24,
        ("runners", 1, "name"): 25,
        ("runners", 1, "kubernetes"): 26,
        ("runners", 1, "kubernetes", "dns_config"): 26,
        ("runners", 1, "kubernetes", "dns_config", "nameservers"): 26,
        ("runners", 1, "kubernetes", "dns_config", "nameservers", 0): 26,
        ("runners", 1, "kubernetes", "services", 0): 27,
        ("runners", 1, "kubernetes", "services", 0, "name"): 28,
    }


def test_a_number_that_python_does_not_read_is_a_flaw() -> None:
    flaw = read_toml(f"x = {'9' * 5000}").flaw

    assert flaw
    assert flaw.sentence("not TOML") == "not TOML: a number has more than 4300 digits."
