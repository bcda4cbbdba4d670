"""Reports: each format is a function of the results of a check."""
