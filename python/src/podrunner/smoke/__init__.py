"""The smoke: a real job, run by a real GitLab Runner on a real cluster, without a GitLab."""
