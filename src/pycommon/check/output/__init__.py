"""How findings are printed: for people, for editors, and for the machines that read reports."""

from pycommon.check.output.formats import Format, render

__all__ = ["Format", "render"]
