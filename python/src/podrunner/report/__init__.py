"""Reports: each a function of the results of a check, each in its own file."""
