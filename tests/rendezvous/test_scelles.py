"""What seals an appointment is the present: service, motif or demande sealed since it was taken."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from citoyens.models import Interaction, Usager
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.actions import save_service
from collectivites.models import Lieu, Service
from demandes.actions import open_demande
from demandes.actions.traitement import write
from journal.models import Evenement
from journal.phrases import tell
from messagerie.models import Envoi
from rendezvous import scelles
from rendezvous.messages.rappels import prepare_rappel
from rendezvous.models import Motif, Parcours, RendezVous, Ressource
from rendezvous.offre.actions import save_motif
from rendezvous.reservation.actions import book_rendezvous
from rendezvous.reservation.saisie import Participant
from rendezvous.tasks import rewrite_rappels
from tests.rendezvous.monde import make_motif, make_plage, make_rendezvous
from tests.rendezvous.reservation.conftest import LUNDI, slot


@pytest.fixture
def pris(motif: Motif, ressource: Ressource, lieu: Lieu, usager: Usager, by: Acteur, at: datetime) -> RendezVous:
    """Samira comes on Monday: timeline, confirmation, reminder."""
    make_plage(ressource, lieu, motif, jours=(LUNDI,))
    return book_rendezvous(
        creneau=slot(motif, lieu, ressource), motif=motif, personnes=1, clef=None, canal="guichet", by=by, at=at,
        participants=[Participant(usager_id=usager.pk)],
    )  # fmt: skip


@pytest.fixture
def passe(motif: Motif, ressource: Ressource, lieu: Lieu, at: datetime) -> RendezVous:
    """She came last week."""
    debut = at - timedelta(days=7)
    return make_rendezvous(motif, ressource, lieu, debut, fin_at=debut + timedelta(minutes=20), etat="honore")


def domaines(*rows: RendezVous) -> list[str]:
    return [RendezVous.objects.get(pk=row.pk).domaine for row in rows]


def change(service: Service, domaine: str, by: Acteur, at: datetime) -> None:
    service.domaine = domaine
    save_service(service=service, by=by, at=at)


def test_a_service_sealed_seals_its_appointments_and_their_timeline(
    pris: RendezVous, passe: RendezVous, service: Service, by: Acteur, at: datetime, acces: Acces
) -> None:
    rows = Interaction.objects.filter(objet_type="rendezvous", objet_id=pris.pk)
    assert set(rows.values_list("domaine", flat=True)) == {"etat_civil"}
    service.nom = "État civil et élections"
    save_service(service=service, by=by, at=at)  # nothing to follow
    assert RendezVous.objects.get(pk=pris.pk).version == pris.version
    change(service, "social", by, at)
    assert domaines(pris, passe) == ["social", "social"]
    assert set(rows.values_list("domaine", flat=True)) == {"social"}
    assert RendezVous.objects.get(pk=pris.pk).version == pris.version + 1  # a page open meanwhile is out of date
    line = Evenement.objects.get(verbe="rendezvous.domaine")
    assert tell(line) == "domaine de 2 rendez-vous changé"


def test_sealing_never_waits_for_who_only_points_to_the_service(service: Service, by: Acteur, at: datetime) -> None:
    """FOR UPDATE would: whoever passes a demande on holds its row, and at the commit a share of its service."""
    with CaptureQueriesContext(connection) as seen:
        change(service, "social", by, at)
    locks = [each["sql"] for each in seen if "FOR " in each["sql"] and "collectivites_service" in each["sql"]]
    assert locks
    assert all(sql.endswith("FOR NO KEY UPDATE") for sql in locks)


def test_a_service_opened_shows_what_is_to_come_and_keeps_its_past(
    pris: RendezVous, passe: RendezVous, service: Service, by: Acteur, at: datetime
) -> None:
    change(service, "securite", by, at)
    change(service, "urbanisme", by, at)
    assert domaines(pris, passe) == ["urbanisme", "securite"]


def test_a_demande_sealed_since_seals_its_appointment_whatever_the_service(
    pris: RendezVous, passe: RendezVous, service: Service, usager: Usager, by: Acteur, at: datetime
) -> None:
    demande = open_demande(
        objet="Carte perdue", description="", canal="guichet", mode_reponse="sur_place", usager=usager,
        received_at=at, by=by, at=at,
    )  # fmt: skip
    RendezVous.objects.filter(pk=pris.pk).update(demande=demande)
    sealed = write(demande, demande.version, "demande.qualifiee", by=by, at=at, details={}, domaine="social")
    assert domaines(pris, passe) == ["social", "etat_civil"]
    change(service, "finances", by, at)
    assert domaines(pris, passe) == ["social", "finances"]
    write(sealed, sealed.version, "demande.qualifiee", by=by, at=at, details={}, domaine="general")
    assert domaines(pris) == ["finances"]


def test_a_motif_that_joins_a_sealed_service_takes_its_appointments_there(
    pris: RendezVous, passe: RendezVous, motif: Motif, ccas: Service, by: Acteur, at: datetime
) -> None:
    motif.service = ccas
    save_motif(motif=motif, version=1, by=by, at=at)
    assert domaines(pris, passe) == ["social", "social"]
    assert [RendezVous.objects.get(pk=row.pk).service_id == ccas.pk for row in (pris, passe)] == [True, False]


def test_the_messages_of_a_visit_are_kept_by_the_stop_just_sealed(
    pris: RendezVous, service: Service, ressource: Ressource, lieu: Lieu, by: Acteur, at: datetime
) -> None:
    """They name every stop: whoever reads the other one only must not read them."""
    visite = Parcours.objects.create(numero="PAR-2026-00001", created_at=at)
    start = pris.fin_at + timedelta(hours=1)
    permis = make_motif(Service.objects.create(nom="Urbanisme", domaine="urbanisme"), "Permis")
    other = make_rendezvous(permis, ressource, lieu, start, fin_at=start + timedelta(minutes=20), parcours=visite)
    RendezVous.objects.filter(pk=pris.pk).update(parcours=visite)
    sent = Envoi.objects.order_by("pk").filter(objet_type="rendezvous")[0]
    Envoi.objects.filter(pk=sent.pk).update(clef=f"parcours:{visite.pk}:confirmation:courriel:x", objet_id=other.pk)
    change(service, "social", by, at)
    sent.refresh_from_db()
    assert (sent.objet_id, domaines(pris, other)) == (pris.pk, ["social", "urbanisme"])


def test_the_reminder_that_waits_is_written_again_without_naming_it(
    pris: RendezVous, service: Service, by: Acteur, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(scelles, "ask_worker", lambda name, *args, **_: asked.append((name, args)))
    waiting = Envoi.objects.filter(voie=Envoi.Voie.RAPPEL, etat=Envoi.Etat.A_ENVOYER)
    prepare_rappel(pris.pk, at=at)
    assert "Carte d'identité" in waiting.get(canal="courriel").corps_texte
    with TestCase.captureOnCommitCallbacks(execute=True):
        change(service, "social", by, at)
    assert asked == [("rendezvous.tasks.rewrite_rappels", (service.collectivite_id, [pris.pk]))]
    monkeypatch.setattr("rendezvous.tasks.timezone.now", lambda: at)
    rewrite_rappels(*asked[0][1])
    written = set(waiting.values_list("pk", flat=True))
    rewrite_rappels(*asked[0][1])  # a worker died before it said that it was done
    assert written == set(waiting.values_list("pk", flat=True)) != set()
    assert not any("Carte d'identité" in each.corps_texte for each in waiting)
