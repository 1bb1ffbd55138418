"""A user's files: announced, uploaded, looked after, removed."""
