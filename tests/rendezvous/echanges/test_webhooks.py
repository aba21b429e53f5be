"""Appointments told to other programs: enough to synchronise, nobody's name, hardly anything of a sealed domain."""

from datetime import datetime, timedelta

import pytest

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.models import Lieu, Service
from messagerie.models import AbonnementWebhook, LivraisonWebhook
from messagerie.webhooks.evenements import evenements
from rendezvous.evenements import Evenement, Genre, tell
from rendezvous.models import Motif, RendezVous, Ressource
from tests.rendezvous.monde import make_motif, make_rendezvous


@pytest.fixture(autouse=True)
def abonnement(ville: object, at: datetime) -> AbonnementWebhook:
    codes = [each.code for each in evenements]
    return AbonnementWebhook.objects.create(
        libelle="Portail", url="https://exemple.fr/", secret=b"", evenements=codes, created_at=at
    )


def make(motif: Motif, ressource: Ressource, lieu: Lieu, at: datetime, usager: Usager | None = None) -> RendezVous:
    start = at + timedelta(days=4)
    rdv = make_rendezvous(motif, ressource, lieu, start, fin_at=start + timedelta(minutes=20), usager=usager)
    return RendezVous.objects.select_related("motif", "lieu").get(pk=rdv.pk)


def test_each_event_is_declared() -> None:
    wanted = {"confirme", "deplace", "annule", "present", "honore", "absent"}
    assert {f"rendezvous.{each}" for each in wanted} <= {each.code for each in evenements}


def test_what_happens_is_told_without_any_name(
    motif: Motif, ressource: Ressource, lieu: Lieu, usager: Usager, by: Acteur, at: datetime
) -> None:
    rdv = make(motif, ressource, lieu, at, usager)
    tell(Evenement(Genre.CONFIRME, rdv, by, at))
    row = LivraisonWebhook.objects.get()
    assert row.evenement == "rendezvous.confirme"
    assert row.charge["data"] == {
        "numero": rdv.numero, "etat": "confirme", "version": 1, "motif": "Carte d'identité", "lieu": "Hôtel de ville",
        "debut": "2026-11-23T10:00:00+01:00", "fin": "2026-11-23T10:20:00+01:00",
    }  # fmt: skip


def test_of_a_sealed_or_sensitive_matter_only_number_and_state(
    ccas: Service, service: Service, ressource: Ressource, lieu: Lieu, by: Acteur, at: datetime
) -> None:
    for motif in (make_motif(ccas, "Aide alimentaire"), make_motif(service, "Prénom", is_sensible=True)):
        rdv = make(motif, ressource, lieu, at)
        tell(Evenement(Genre.ANNULE, rdv, by, at))
        told = LivraisonWebhook.objects.latest("pk").charge["data"]
        assert set(told) == {"numero", "etat", "version"}
        ressource.occupations.all().delete()


def test_a_slot_that_comes_free_concerns_nobody_outside(
    motif: Motif, ressource: Ressource, lieu: Lieu, by: Acteur, at: datetime
) -> None:
    tell(Evenement(Genre.LIBERE, make(motif, ressource, lieu, at), by, at))
    assert not LivraisonWebhook.objects.exists()
