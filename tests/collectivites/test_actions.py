"""Writes of the first floor: the good case, each refusal, the line in the journal."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from collectivites.actions import (
    DejaRattache,
    DernierAdministrateur,
    add_agent,
    add_fermeture,
    change_rattachement,
    change_reglage,
    remove_fermeture,
    reset_reglage,
    save_lieu,
    save_service,
)
from collectivites.models import (
    Agent,
    Collectivite,
    Fermeture,
    Horaire,
    Lieu,
    Rattachement,
    ReglageLegal,
    Service,
    ServiceRattachement,
)
from collectivites.permissions import Role
from journal.models import Evenement

pytestmark = pytest.mark.usefixtures("mur")


def told() -> list[str]:
    return list(Evenement.objects.order_by("pk").values_list("verbe", flat=True))


def test_a_service_is_created_then_changed(by: Acteur, at: datetime) -> None:
    service = save_service(service=Service(nom="Voirie"), by=by, at=at)
    service.nom = "Voirie et éclairage"
    save_service(service=service, by=by, at=at)
    assert Service.objects.get().nom == "Voirie et éclairage"
    assert told() == ["service.cree", "service.modifie"]


def test_a_place_has_its_whole_week_replaced(by: Acteur, at: datetime) -> None:
    lieu = save_lieu(lieu=Lieu(nom="Mairie"), plages=[(0, (510, 720)), (0, (810, 1050))], by=by, at=at)
    save_lieu(lieu=lieu, plages=[(1, (540, 720))], by=by, at=at)
    assert list(Horaire.objects.values_list("jour", "debut_minute", "fin_minute")) == [(1, 540, 720)]


def test_the_database_refuses_two_ranges_that_overlap(by: Acteur, at: datetime) -> None:
    with pytest.raises(IntegrityError, match="horaire_sans_chevauchement"), transaction.atomic():
        save_lieu(lieu=Lieu(nom="Mairie"), plages=[(0, (510, 720)), (0, (700, 800))], by=by, at=at)


def test_a_closure_is_added_then_removed(by: Acteur, at: datetime) -> None:
    fermeture = add_fermeture(
        lieu=None, debut_on=date(2026, 12, 24), fin_on=date(2026, 12, 26), motif="Noël", by=by, at=at
    )
    remove_fermeture(fermeture=fermeture, by=by, at=at)
    assert not Fermeture.objects.exists()
    assert told() == ["fermeture.ajoutee", "fermeture.retiree"]


def test_a_new_agent_gets_an_account_without_password(ville: Collectivite, by: Acteur, at: datetime) -> None:
    service = save_service(service=Service(nom="Voirie"), by=by, at=at)
    rattachement = add_agent(
        collectivite=ville, email="Yann@Aurelle.example", prenom="Yann", nom="Le Goff", roles=[Role.INSTRUCTEUR],
        services=[service], by=by, at=at,
    )  # fmt: skip
    assert rattachement.agent.email == "yann@aurelle.example"
    assert not rattachement.agent.has_usable_password()
    assert ServiceRattachement.objects.get().service_id == service.pk


def test_an_agent_known_in_another_town_keeps_the_same_account(
    ville: Collectivite, autre_ville: Collectivite, by: Acteur, at: datetime
) -> None:
    known = Agent.objects.create_user("yann@exemple.fr", prenom="Yann", nom="Le Goff")
    Rattachement.objects.create(agent=known, collectivite=autre_ville, roles=[Role.ACCUEIL])
    rattachement = add_agent(
        collectivite=ville, email="yann@exemple.fr", prenom="Autre", nom="Nom", roles=[Role.ACCUEIL], services=[],
        by=by, at=at,
    )  # fmt: skip
    assert rattachement.agent == known
    known.refresh_from_db()
    assert known.prenom == "Yann"


def test_the_same_agent_is_not_attached_twice(
    ville: Collectivite, administrateur: Agent, by: Acteur, at: datetime
) -> None:
    with pytest.raises(DejaRattache):
        add_agent(
            collectivite=ville, email=administrateur.email, prenom="", nom="", roles=[Role.ACCUEIL], services=[],
            by=by, at=at,
        )  # fmt: skip


@pytest.mark.parametrize(("roles", "is_active"), [([Role.ACCUEIL], True), ([Role.ADMINISTRATEUR], False)])
def test_the_last_administrator_stays(
    administrateur: Agent, by: Acteur, at: datetime, roles: list[str], is_active: bool
) -> None:
    rattachement = administrateur.rattachements.get()
    with pytest.raises(DernierAdministrateur):
        change_rattachement(rattachement=rattachement, roles=roles, services=[], is_active=is_active, by=by, at=at)


def test_an_administrator_may_leave_when_another_one_stays(
    ville: Collectivite, administrateur: Agent, by: Acteur, at: datetime
) -> None:
    add_agent(
        collectivite=ville, email="b@exemple.fr", prenom="B", nom="B", roles=[Role.ADMINISTRATEUR], services=[],
        by=by, at=at,
    )  # fmt: skip
    rattachement = administrateur.rattachements.get()
    change_rattachement(
        rattachement=rattachement, roles=[Role.ACCUEIL], services=[], is_active=True, fonction="Chargée d'accueil",
        by=by, at=at,
    )  # fmt: skip
    rattachement.refresh_from_db()
    assert (rattachement.roles, rattachement.fonction) == ([Role.ACCUEIL], "Chargée d'accueil")
    assert told()[-1] == "agent.droits_changes"


def test_a_legal_value_is_changed_then_reset(by: Acteur, at: datetime) -> None:
    change_reglage(clef="essai", valeur=5, motif="Délibération du 3 mars", by=by, at=at)
    assert ReglageLegal.objects.get().valeur == 5
    reset_reglage(clef="essai", by=by, at=at)
    assert not ReglageLegal.objects.exists()
