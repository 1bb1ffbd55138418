"""Abstract interpretation of a service's code: every expression's possible values, without running any of it."""
