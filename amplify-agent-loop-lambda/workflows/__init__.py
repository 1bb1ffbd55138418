"""Workflows: templates of steps that are kept, and runs that carry them out, step by step, each step once."""
