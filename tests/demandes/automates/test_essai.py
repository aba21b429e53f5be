"""Dry run: what would change, and not one write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from collectivites.acces import Acces
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.automates.choix import load_noms
from demandes.automates.essai import try_regle
from demandes.models import TypeDemande
from tests.demandes.automates.conftest import alors, si
from tests.demandes.conftest import Ouvrir, acces_of, join

pytestmark = pytest.mark.django_db


@contextmanager
def read_only() -> Iterator[None]:
    """Refuse every statement that is not a question."""

    def only_read(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        assert sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
        assert "FOR UPDATE" not in sql.upper()
        assert "FOR NO KEY UPDATE" not in sql.upper()
        return execute(sql, *rest)

    with connection.execute_wrapper(only_read):
        yield


def test_it_says_which_and_what_would_change_and_writes_nothing(
    ouvrir: Ouvrir, acces: Acces, type_eclairage: TypeDemande, service: Service, at: datetime
) -> None:
    lampe, _ = ouvrir(type=None), ouvrir(objet="Poubelle", description="Pleine")
    done = ouvrir()
    noms = load_noms()
    actions = [alors("qualifier", type=type_eclairage.pk), alors("affecter", service=service.pk),
               alors("clore", issue="satisfaite"), alors("note", texte="Vu.")]  # fmt: skip
    with read_only():
        essai = try_regle(
            declencheur="reception", conditions=[si("texte", "un", "lampadaire")], actions=actions, noms=noms,
            acces=acces, taille=100, at=at,
        )  # fmt: skip
    assert (essai.lues, essai.nombre) == (3, 2)
    assert [each.numero for each in essai.concernees] == [done.numero, lampe.numero]
    assert essai.concernees[0].effets[:2] == [
        "qualifier «\u00a0Signaler un problème › Éclairage\u00a0» (déjà)",
        "affecter au service Éclairage public (déjà)",
    ]
    assert not any("déjà" in effet for effet in essai.concernees[1].effets)


def test_a_time_rule_is_tried_on_what_is_old_enough(ouvrir: Ouvrir, acces: Acces, at: datetime) -> None:
    ouvrir()
    for later, expected in ((timedelta(hours=1), 0), (timedelta(days=3), 1)):
        essai = try_regle(
            declencheur="temps", depuis="received", delai_minutes=1_440, conditions=[], actions=[], noms={},
            acces=acces, taille=100, at=at + later,
        )  # fmt: skip
        assert essai.nombre == expected


def test_an_administrator_learns_numbers_never_content_nor_sealed_demandes(
    ville: Collectivite, ouvrir: Ouvrir, type_social: TypeDemande, at: datetime
) -> None:
    plain, _ = ouvrir(), ouvrir(type=type_social)
    admin: Agent = join(ville, "paul@aurelle.example", "Paul Nguyen", roles=(Role.ADMINISTRATEUR,))
    essai = try_regle(
        declencheur="reception", conditions=[], actions=[], noms={}, acces=acces_of(admin, ville), taille=100, at=at
    )
    assert [(each.numero, each.objet, each.pk) for each in essai.concernees] == [(plain.numero, "", 0)]
