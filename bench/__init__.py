"""The benchmarks: what a mode costs (`python -m bench.build`), and how fast checks are (`python -m bench.check`)."""
