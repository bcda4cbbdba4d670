"""What the last sentence says of job pods where values ask for the chart's own GitLab Runner."""

JOB_PODS = " (job pods as GitLab Runner 19.4.0 makes them, with the keys of 19.5.3)"
