"""Re-export `pycommon.interfaces.openapi` under its older name."""

from pycommon.interfaces.openapi import OpenAPI, openapi_document

__all__ = ["OpenAPI", "openapi_document"]
