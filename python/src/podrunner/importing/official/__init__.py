"""GitLab's own chart, gitlab-runner: its keys, and what becomes of each."""
