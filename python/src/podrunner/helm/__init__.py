"""Helm: a chart and a case become a rendering, in this process or by the `helm` command."""
