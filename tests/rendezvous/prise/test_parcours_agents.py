"""Several services in one visit, by an agent: proposed, booked all or none, shown, cancelled whole."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.models import Lieu, Service
from messagerie.models import Envoi
from rendezvous.models import (
    EtapeParcours,
    ModeleParcours,
    Motif,
    Parcours,
    PlageOuverture,
    RendezVous,
    Ressource,
)
from rendezvous.prise.libres import read_valeur
from rendezvous.reservation.actions import book_rendezvous
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_motif, make_plage
from tests.rendezvous.prise.conftest import text, url


@pytest.fixture
def pacs(service: Service, lieu: Lieu, autre: Ressource, lundi: date) -> Motif:
    found = make_motif(service, "Pacs", durees=(30,))
    make_plage(autre, lieu, found, jours=(lundi,), blocs=((600, 660),))
    return found


def ask(usager: Usager, motif: Motif, pacs: Motif, lundi: date, **more: str) -> dict[str, str]:
    return {
        "usager": str(usager.pk), "motif_0": str(motif.pk), "personnes_0": "1", "motif_1": str(pacs.pk),
        "personnes_1": "1", "du": lundi.isoformat(), "clef": str(uuid4()), "prevenir": "on",
    } | more  # fmt: skip


def test_proposed_booked_and_cancelled_whole(
    client: Client, usager: Usager, plage: PlageOuverture, motif: Motif, pacs: Motif, lundi: date
) -> None:
    asked = ask(usager, motif, pacs, lundi, chercher="oui")
    page = text(client.post(url("parcours"), asked))
    values = re.findall(r'name="visite" value="([^"]+)"', page)
    assert values
    del asked["chercher"]
    answer = client.post(url("parcours"), asked | {"visite": values[0]})
    found = Parcours.objects.get()
    assert answer["Location"] == url("parcours_fiche", found.pk)
    assert RendezVous.objects.live().filter(parcours=found).count() == 2
    assert Envoi.objects.filter(clef__startswith="parcours:").exists()
    assert "Pacs" in text(client.get(answer["Location"]))
    gone = client.post(url("parcours_annuler", found.pk), {"par": "usager", "prevenir": "on"}, follow=True)
    assert "2 rendez-vous annulés" in text(gone)
    assert not RendezVous.objects.live().exists()


def test_a_bundle_chosen_fills_the_list_and_nothing_else(client: Client, motif: Motif, pacs: Motif) -> None:
    modele = ModeleParcours.objects.create(libelle="Mariage")
    for rang, each in enumerate((motif, pacs)):
        EtapeParcours.objects.create(modele=modele, motif=each, rang=rang)
    page = (url("parcours"), {"modele": str(modele.pk)})
    part = client.post(*page, headers={"HX-Request": "true", "HX-Target": "etapes"}).content.decode()
    assert part.strip().startswith('<div id="etapes"')
    assert f'<option value="{pacs.pk}" selected>' in part
    assert 'hx-target="#etapes"' in client.get(url("parcours")).content.decode()


def test_one_lost_gives_other_visits_and_loses_nothing(
    client: Client, usager: Usager, plage: PlageOuverture, motif: Motif, pacs: Motif, lundi: date, by: Acteur
) -> None:
    asked = ask(usager, motif, pacs, lundi)
    page = text(client.post(url("parcours"), asked | {"chercher": "oui"}))
    value = re.findall(r'name="visite" value="([^"]+)"', page)[0]
    nobody = client.post(url("parcours"), asked | {"visite": value, "usager": ""})
    assert nobody.status_code == 422
    assert "Choisissez pour qui" in text(nobody)
    stop = next(part for part in value.split(";") if part.startswith("1:"))
    wanted = read_valeur(stop.removeprefix("1:"), pacs, 1)
    assert wanted is not None
    book_rendezvous(
        creneau=wanted, motif=pacs, personnes=1, participants=[Participant(nom="Haddad", prenom="Karim")], clef=None,
        canal="guichet", by=by, at=timezone.now(),
    )  # fmt: skip
    lost = client.post(url("parcours"), asked | {"visite": value})
    assert lost.status_code == 409
    assert "Rien n'est réservé" in text(lost)
    assert re.findall(r'name="visite" value="([^"]+)"', text(lost))  # the other half hour
    assert not Parcours.objects.exists()
    assert RendezVous.objects.count() == 1


def test_less_than_two_motifs_is_refused_with_what_was_typed(
    client: Client, usager: Usager, motif: Motif, lundi: date
) -> None:
    answer = client.post(
        url("parcours"), {"usager": usager.pk, "motif_0": motif.pk, "du": lundi.isoformat(), "chercher": "oui",
                          "clef": str(uuid4())},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "au moins deux motifs" in text(answer)
    assert client.get(url("parcours_fiche", 99)).status_code == 404
