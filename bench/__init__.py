"""The benchmarks, and how often answers are right.

build       what a mode costs (`python -m bench.build`)
check       how fast checks are (`python -m bench.check`)
validation  what checks find, compared with an API server (`python -m bench.validation`)
explain     causes of logs, held against labels (`python -m bench.explain`)
importing   imports of configurations, held against labels (`python -m bench.importing`)
"""
