"""How often `podrunner explain` is right: labelled logs, what is said of each, and the table of `make explain-score`.

labelled  the logs of tests/explain/labelled with their labels, and the vocabulary of causes
judge     what is said of one log, held against its label
table     the counts of one half
"""
