"""Declared = granted = used, found out by reading a service's Python and its `serverless.yml`; neither is run."""
