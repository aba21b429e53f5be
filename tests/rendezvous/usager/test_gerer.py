"""By the link received, without account: see, move, cancel, keep in a calendar, wait for earlier; and its limits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from collectivites.models import Lieu, Service
from journal.models import Evenement
from rendezvous.jetons import write_jeton
from rendezvous.models import DemandePlusTot, Motif, Occupation, Participation, RendezVous
from tests.rendezvous.monde import make_rendezvous
from tests.rendezvous.usager.conftest import (
    BASE,
    QUI,
    Bureau,
    Visiteur,
    at_local,
    list_valeurs,
    read_field,
    read_text,
)


@pytest.fixture
def lien(visiteur: Visiteur, bureau: Bureau) -> str:
    """The page of an appointment at 9 h 00, booked online."""
    visiteur.confirm(visiteur.reach_code(bureau.motif))
    first = Participation.objects.get(rang=0)
    return f"{BASE}gerer/{write_jeton(bytes(first.sel))}/"


def test_seen_and_kept_in_a_calendar(visiteur: Visiteur, lien: str) -> None:
    page = visiteur.get(lien)
    text = read_text(page)
    assert "Carte d'identité" in text
    assert "Ancien titre" in text
    assert "Claire" not in text
    file = visiteur.get(f"{lien}rendez-vous.ics")
    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in file.headers["Cache-Control"]
    assert b"BEGIN:VEVENT" in file.content
    assert b"Claire" not in file.content


def test_moved_once_and_never_lost(visiteur: Visiteur, bureau: Bureau, lien: str) -> None:
    page = visiteur.get(f"{lien}deplacer/")
    assert len(list_valeurs(page)) == 8  # its own hour is not one to move to
    sent = {"clef": read_field(page, "clef"), "version": read_field(page, "version")}
    start = at_local(bureau.jour, 600)
    make_rendezvous(bureau.motif, bureau.ressource, bureau.lieu, start, fin_at=start + timedelta(minutes=20))
    lost = visiteur.post(f"{lien}deplacer/", sent | {"creneau": list_valeurs(page)[2]})
    assert lost.status_code == 409
    assert len(list_valeurs(lost)) > 3
    rdv = RendezVous.objects.get(canal="en_ligne")
    assert rdv.debut_at == at_local(bureau.jour, 540)
    chosen = sent | {"creneau": list_valeurs(page)[4]}
    done = visiteur.post(f"{lien}deplacer/", chosen)
    assert "Votre rendez-vous est déplacé" in read_text(done)
    assert "Votre rendez-vous est déplacé" in read_text(visiteur.post(f"{lien}deplacer/", chosen))  # sent twice
    rdv.refresh_from_db()
    assert (rdv.debut_at, rdv.sequence) == (at_local(bureau.jour, 640), 1)
    stale = visiteur.post(f"{lien}deplacer/", sent | {"creneau": list_valeurs(page)[6]})
    assert stale.status_code == 409
    assert "a changé entre-temps" in read_text(stale)


def test_cancelled_frees_the_place_at_once(visiteur: Visiteur, bureau: Bureau, lien: str) -> None:
    page = visiteur.get(f"{lien}annuler/")
    assert "aussitôt proposée" in read_text(page)
    assert RendezVous.objects.get().etat == "confirme"  # reading changes nothing
    done = visiteur.post(f"{lien}annuler/", {"version": read_field(page, "version"), "raison": "Malade"})
    assert "Votre rendez-vous est annulé" in read_text(done)
    assert not Occupation.objects.filter(is_actif=True).exists()
    line = Evenement.objects.get(verbe="rendezvous.annule")
    assert line.acteur_nature == "usager"
    assert visiteur.post(f"{lien}annuler/", {"version": "1"}).status_code == 200  # twice is harmless
    assert len(list_valeurs(visiteur.open_creneaux(bureau.motif))) == 9


def test_beyond_the_limit_one_calls(visiteur: Visiteur, lien: str) -> None:
    Motif.objects.update(annulable_minutes=200 * 1440, deplacable_minutes=200 * 1440)
    text = read_text(visiteur.get(lien))
    assert "Il ne se déplace plus en ligne" in text
    assert "tel:0199001234" in text
    for page in ("annuler", "deplacer"):
        assert "ne peut plus être" in read_text(visiteur.get(f"{lien}{page}/"))
        refused = visiteur.post(f"{lien}{page}/", {"version": "1", "creneau": "1-1-0"})
        assert refused.status_code == 409
    assert RendezVous.objects.get().etat == "confirme"


def test_told_of_an_earlier_slot_on_demand(visiteur: Visiteur, lien: str) -> None:
    assert "Me prévenir d'un créneau plus tôt" in read_text(visiteur.get(lien))
    assert "nous vous écrirons" in read_text(visiteur.post(f"{lien}plus-tot/"))
    assert DemandePlusTot.objects.get().ended_at is None
    assert "Ne plus me prévenir" in read_text(visiteur.get(lien))
    visiteur.post(f"{lien}plus-tot/", {"non": "1"})
    assert DemandePlusTot.objects.get().ended_at is not None
    Motif.objects.update(is_plus_tot=False)
    assert visiteur.post(f"{lien}plus-tot/").status_code == 409


def test_unknown_and_expired_links_say_so(visiteur: Visiteur, lien: str) -> None:
    unknown = visiteur.get(f"{BASE}gerer/inconnu/")
    assert unknown.status_code == 404
    assert "Ce lien n'ouvre rien" in read_text(unknown)
    Participation.objects.update(jeton_expire_at=timezone.now() - timedelta(minutes=1))
    for page in ("", "deplacer/", "annuler/", "rendez-vous.ics"):
        expired = visiteur.get(f"{lien}{page}")
        assert expired.status_code == 410
        assert "Ce lien a expiré" in read_text(expired)
        assert "tel:0199001200" in read_text(expired)
    assert visiteur.post(f"{lien}plus-tot/").status_code == 410


def test_a_sensitive_motif_is_not_named(visiteur: Visiteur, bureau: Bureau) -> None:
    Motif.objects.update(is_sensible=True)
    Service.objects.update(nom="Aide aux victimes")
    Lieu.objects.update(nom="Aide aux victimes")
    done = visiteur.confirm(visiteur.reach_code(bureau.motif, courriel=QUI["courriel"]))
    assert "Carte d'identité" in read_text(done)  # who reads has just chosen it
    link = f"{BASE}gerer/{write_jeton(bytes(Participation.objects.get().sel))}/"
    for page in ("", "deplacer/", "annuler/", "rendez-vous.ics"):
        text = read_text(visiteur.get(f"{link}{page}"))
        assert "Carte d'identité" not in text
        assert "Aide aux victimes" not in text


def test_the_pages_read_little(visiteur: Visiteur, bureau: Bureau, lien: str, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(14):
        visiteur.get(lien)
    slots = visiteur.open_creneaux(bureau.motif).request["PATH_INFO"]
    with django_assert_max_num_queries(20):
        visiteur.get(slots)
