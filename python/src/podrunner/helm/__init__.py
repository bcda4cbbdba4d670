"""Helm: a chart and a case in, a rendering out. In this process, or by the `helm` command."""
