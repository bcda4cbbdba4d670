"""The command line: all commands and their options, nothing else."""
