"""The older name of `pycommon.interfaces.openapi`."""

from pycommon.interfaces.openapi import OpenAPI, openapi_document

__all__ = ["OpenAPI", "openapi_document"]
