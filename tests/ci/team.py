"""The files of a team that uses a template."""

RIGHT = "gitlab: {url: https://gitlab.example.com}\n"
TEST = 'def test_mode(podrunner_render):\n    assert podrunner_render("values/team-a.yaml").config_toml["runners"]\n'
