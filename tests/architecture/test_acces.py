"""Every URL × every role × a stranger × nobody: generated from the routes, so a new view can't escape it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import PERMISSIONS_PAR_ROLE, Permission, Role

INCONNU = 987_654_321  # an id nobody has
VALEURS = {"int": str(INCONNU), "uuid": "00000000-0000-4000-8000-000000000000", "slug": "inconnu", "str": "inconnu"}
PLATEFORME = "plateforme/"  # Django's admin: its own sign-in, no personal data, tested below


@dataclass(frozen=True)
class Route:
    """One pattern: its path with unknown ids, and the access its view declares."""

    path: str
    name: str
    acces: str | None

    @property
    def is_in_town(self) -> bool:
        return self.path.startswith("/c/")


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[Route]:
    for entry in patterns:
        path = prefix + fill(entry.pattern)
        if isinstance(entry, URLResolver):
            if PLATEFORME not in path:
                yield from walk(entry.url_patterns, path)
        else:
            yield Route(path, entry.name or path, getattr(entry.callback, "acces_declare", None))


def fill(pattern: object) -> str:
    text = str(pattern)
    for name, converter in getattr(pattern, "converters", {}).items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        value = "ici" if name == "collectivite_slug" else VALEURS[kind]
        text = text.replace(f"<{kind}:{name}>", value).replace(f"<{name}>", value)
    return text


ROUTES = list(walk(get_resolver().url_patterns))
IN_TOWN = [route for route in ROUTES if route.is_in_town]
GUARDED = [route for route in IN_TOWN if route.acces in set(Permission)]


def by_path(route: Route) -> str:
    return route.path


@pytest.fixture
def ici(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="ici", nom="Ici")


def sign_in(client: Client, town: Collectivite, roles: list[str]) -> None:
    agent = Agent.objects.create_user("agent@exemple.fr", prenom="Agent", nom="Test")
    Rattachement.objects.create(agent=agent, collectivite=town, roles=roles)
    client.force_login(agent)


def test_the_routes_are_seen() -> None:
    assert len(IN_TOWN) > 40
    assert len(GUARDED) > 35


@pytest.mark.parametrize("route", ROUTES, ids=by_path)
def test_every_view_declares_its_access(route: Route) -> None:
    assert route.acces is not None


@pytest.mark.parametrize("route", IN_TOWN, ids=by_path)
def test_nothing_of_a_town_is_public(route: Route) -> None:
    assert route.acces == "membre" or route.acces in set(Permission)


@pytest.mark.django_db
def test_nobody_is_sent_to_sign_in(client: Client, ici: Collectivite) -> None:
    for route in IN_TOWN:
        for method in (client.get, client.post):
            response = method(route.path)
            assert response.status_code == 302, route
            assert response.headers["Location"].startswith("/connexion/"), route


@pytest.mark.django_db
def test_a_stranger_to_the_town_finds_nothing(client: Client, ici: Collectivite) -> None:
    elsewhere = Collectivite.objects.create(slug="ailleurs", nom="Ailleurs")
    sign_in(client, elsewhere, list(Role.values))
    for route in IN_TOWN:
        for method in (client.get, client.post):
            assert method(route.path).status_code == 404, route


@pytest.mark.django_db
def test_a_former_agent_finds_nothing(client: Client, ici: Collectivite) -> None:
    sign_in(client, ici, list(Role.values))
    Rattachement.objects.update(is_active=False)
    for route in IN_TOWN:
        assert client.get(route.path).status_code == 404, route


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_what_it_may_and_nothing_else(client: Client, ici: Collectivite, role: str) -> None:
    sign_in(client, ici, [role])
    for route in GUARDED:
        for method in (client.get, client.post):
            status = method(route.path).status_code
            if route.acces in PERMISSIONS_PAR_ROLE[role]:
                assert status in {200, 302, 304, 400, 404, 405, 409, 422}, (route, status)
            else:
                assert status == 403, (route, status)


@pytest.mark.django_db
def test_the_operator_of_the_platform_reads_no_personal_table(client: Client) -> None:
    from django.contrib import admin  # noqa: PLC0415 the registry fills at start

    from collectivites.cloison import ModeleCloisonne  # noqa: PLC0415

    assert not [model for model in admin.site._registry if issubclass(model, ModeleCloisonne)]
    assert client.get("/plateforme/").status_code == 302
