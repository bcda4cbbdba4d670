"""How often `podrunner import` is right: labelled configurations, what is made of each, and the table of `make import-score`.

labelled  the files of tests/importing/scored with their labels
trial     one import as people run it, and the config.toml that the chart renders from its values
faults    what of a label is not true of a trial
judge     a trial held against its label
table     the counts of one half
"""
