"""What a service offers, printed and tried out: `pycommon openapi`, `tools`, `mcp` and `local docs`."""
