"""Measurements of the library, beside those who would do without it. `python -m benchmarks` runs them all."""
