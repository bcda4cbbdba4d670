"""A `.gitlab-ci.yml`: its jobs, their fields, and its checks."""
