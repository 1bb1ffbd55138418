"""Define which requests the endpoints accept (schemas), and from whom (permissions)."""
