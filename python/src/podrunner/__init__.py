"""GitLab Runner whose jobs run `podman build` without root: renders, checks and smokes the chart."""

__version__ = "0.1.0"
