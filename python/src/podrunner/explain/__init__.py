"""Why a job failed: its log, and its pod where it is still there, judged by a catalogue of causes.

catalogue   the causes, each with patterns, samples, the fix and the values to change
trace       a job log, line by line: without colours, with the stage and the command it belongs to
scan        which entries of the catalogue a log matches
ranking     which of them is the cause and which follow from it
certainty   how sure that is, and what would decide
changes     which line of a values file to change
report      text and JSON
"""
