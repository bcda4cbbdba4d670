"""A stand-in for GitLab: the runner's job API and Git over HTTP, in one process.

It runs in a pod with nothing but Python and git, so these modules import only the standard library and one another.
"""
