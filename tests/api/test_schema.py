"""The OpenAPI document: true, complete, valid."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema

from config.api import build_schema, urlpatterns
from tests.api.conftest import Programme, Ville


def test_the_schema_is_generated_without_a_warning() -> None:
    assert call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO()) is None


def test_the_schema_is_public_and_valid(client: Client, db: None) -> None:
    response = client.get("/api/v1/schema/")
    assert response.status_code == 200
    validate_schema(response.json())
    assert response.json()["openapi"].startswith("3.")


def test_every_endpoint_with_a_key_is_in_the_schema() -> None:
    names = {
        route
        for resolver in get_resolver("config.api").url_patterns
        for pattern in getattr(resolver, "url_patterns", [])
        for route in [str(pattern.pattern).replace("<slug:numero>", "{numero}").replace("<int:pk>", "{id}")]
    }
    written = {path.removeprefix("/api/v1/") for path in build_schema()["paths"]}
    assert urlpatterns
    assert written == names
    assert all(
        operation["security"] == [{"clef": []}]
        for path in build_schema()["paths"].values()
        for operation in path.values()
    )


@pytest.mark.parametrize(("path", "name"), [("demandes/", "PageDemandes"), ("usagers/?q=Dupont", "UsagersTrouves")])
def test_an_answer_has_the_shape_that_the_schema_says(
    programme: Programme, ville: Ville, path: str, name: str
) -> None:
    schemas = build_schema()["components"]["schemas"]
    answer = programme.get(path).json()
    row_name = schemas[name]["properties"]["resultats"]["items"]["$ref"].rsplit("/", 1)[1]
    assert set(answer) == set(schemas[name]["properties"])
    assert set(answer["resultats"][0]) == set(schemas[row_name]["properties"])
