"""A `.gitlab-ci.yml`, read."""
