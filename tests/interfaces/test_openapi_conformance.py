"""The answers of a service are those that its OpenAPI document promises: Schemathesis over a real HTTP server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pycommon.interfaces.openapi import openapi_document
from tests.interfaces.bridge import served
from tests.interfaces.conformance import conforms
from tests.interfaces.interface_service import note_visit, route
from tests.interfaces.test_openapi import own_endpoints, own_operations

if TYPE_CHECKING:
    from pathlib import Path

    from pycommon.testing import TokenIssuer

ANSWERS_500 = {"failing"}  # on purpose


def test_every_answer_conforms(cold_start: dict[str, str], issuer: TokenIssuer, tmp_path: Path) -> None:
    operations = [each for each in own_operations() if each.name not in ANSWERS_500]
    document = openapi_document(operations, own_endpoints()[0], title="interfaces").document
    routes = {"/interfaces/visits": note_visit, "/interfaces/visits/{id}": note_visit, "/interfaces/{proxy+}": route}
    with served(routes) as url:
        conforms(document, url, {"Authorization": f"Bearer {issuer.token('jane')}"}, tmp_path, max_examples=10)


def test_an_answer_that_does_not_conform_is_found(
    cold_start: dict[str, str], issuer: TokenIssuer, tmp_path: Path
) -> None:
    document = openapi_document([], own_endpoints()[0], title="interfaces").document
    described = document["paths"]["/interfaces/visits"]["post"]["responses"]["200"]["content"]["application/json"]
    described["schema"] = {"type": "object", "required": ["nothing"]}
    with (
        served({"/interfaces/visits": note_visit}) as url,
        pytest.raises(AssertionError, match="Response violates schema"),
    ):
        conforms(document, url, {"Authorization": f"Bearer {issuer.token('jane')}"}, tmp_path, max_examples=2)
