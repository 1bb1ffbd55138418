"""What the endpoints accept (schemas) and from whom (permissions)."""
