"""The pages of who waits without an appointment: from « aucun créneau » to the slot taken, without JavaScript."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from messagerie.models import Envoi
from rendezvous.attente.balayage import offer_ville
from rendezvous.invitations import sign_invitation
from rendezvous.models import InscriptionAttente, Motif, OccurrencePlage, PlageMotif, RendezVous
from rendezvous.views.usager import attendre
from tests.rendezvous.monde import make_motif
from tests.rendezvous.usager.conftest import BASE, QUI, Bureau, Visiteur, read_code, read_text

OU = {"courriel": "Samira@exemple.fr", "telephone": "", "jusqu_on": ""}


def close_offer(bureau: Bureau) -> None:
    OccurrencePlage.objects.update(
        debut_at=timezone.now() - timedelta(days=9), fin_at=timezone.now() - timedelta(days=8)
    )


def reach_form(visiteur: Visiteur, motif: Motif) -> Any:
    page = visiteur.open_creneaux(motif)
    found = re.search(r'href="([^"]+/attendre/)"', page.content.decode())
    assert found, read_text(page)
    return visiteur.get(found[1])


def test_from_no_slot_to_the_slot_taken(visiteur: Visiteur, bureau: Bureau) -> None:
    times = list(OccurrencePlage.objects.values("pk", "debut_at", "fin_at"))
    close_offer(bureau)
    page = reach_form(visiteur, bureau.motif)
    assert "Carte d'identité" in read_text(page)
    page = visiteur.post(page.request["PATH_INFO"], OU)
    assert "samira@exemple.fr" in read_text(page)
    page = visiteur.post(page.request["PATH_INFO"], {"code": "12"})
    assert (page.status_code, "Il vous reste 4 essais" in read_text(page)) == (422, True)
    page = visiteur.post(page.request["PATH_INFO"], {"code": read_code()})
    assert "Vous attendez une place" in read_text(page)
    assert "dès qu'une place se libère" in read_text(page)
    assert "no-store" in page.headers["Cache-Control"]
    for each in times:
        OccurrencePlage.objects.filter(pk=each.pop("pk")).update(**each)
    assert (
        offer_ville(collectivite_id=bureau.collectivite.pk, at=timezone.now().replace(hour=10), is_balayage=True) == 1
    )
    told = Envoi.objects.get(clef__contains=":place:")
    link = re.search(r"https?://[^/\s]+(/usager/\S+/attente/\S+)", told.corps_texte)
    assert link
    page = visiteur.get(link[1])
    free = re.search(r'href="([^"]+/creneaux/[^"]+\?jour=[^"]+)"', page.content.decode())
    assert free
    page = visiteur.choose(visiteur.get(free[1]))
    page = visiteur.confirm(visiteur.post(page.request["PATH_INFO"], QUI | {"courriel": "autre@exemple.fr"}))
    assert RendezVous.objects.get().etat == "confirme"
    assert InscriptionAttente.objects.get().fin == "pris"
    assert "Vous avez pris un créneau" in read_text(visiteur.get(link[1]))


def test_a_slot_is_free_already(visiteur: Visiteur, bureau: Bureau) -> None:
    page = reach_form(visiteur, bureau.motif)
    assert "La première date libre est le" in read_text(page)
    path = page.request["PATH_INFO"]
    for typed, said in (
        ("", "une date avant le premier créneau libre"),
        (bureau.jour.isoformat(), "Un créneau est déjà libre"),
        ("2020-01-01", "Cette date est passée"),
        ("demain", "Écrivez une date, par exemple"),
    ):
        page = visiteur.post(path, OU | {"jusqu_on": typed})
        assert (page.status_code, said in read_text(page)) == (422, True), typed
        assert 'value="Samira@exemple.fr"' in read_text(page)  # what was typed is kept
    page = visiteur.post(path, OU | {"courriel": "", "telephone": "01 99 00 12 34", "jusqu_on": ""})
    assert "n'est pas un mobile" in read_text(page)
    page = visiteur.post(path, OU | {"courriel": ""})
    assert "Écrivez votre courriel ou votre mobile" in read_text(page)
    page = visiteur.post(path, OU | {"jusqu_on": (bureau.jour - timedelta(days=1)).isoformat()})
    assert "Écrivez le code reçu" in read_text(page)


def test_stop_by_the_page_or_in_one_click_of_the_mail_software(visiteur: Visiteur, bureau: Bureau) -> None:
    close_offer(bureau)
    for body in ({"non": "1"}, {"List-Unsubscribe": "One-Click"}):
        page = visiteur.post(reach_form(visiteur, bureau.motif).request["PATH_INFO"], OU)
        page = visiteur.post(page.request["PATH_INFO"], {"code": read_code()})
        path = page.request["PATH_INFO"]
        assert visiteur.get(path).status_code == 200
        assert InscriptionAttente.objects.filter(ended_at=None).count() == 1  # opening it stops nothing
        page = visiteur.post(path, body)
        assert "nous ne vous écrirons plus" in read_text(page)
        page = visiteur.post(path, body)  # twice
        assert page.status_code == 200
    assert not InscriptionAttente.objects.exclude(destinataire="").exists()


def test_one_click_is_neither_redirected_nor_refused_to_a_server_of_mail(
    visiteur: Visiteur, bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server asks for all its users, and follows no redirect (RFC 8058)."""
    monkeypatch.setattr(attendre, "GESTES_MAX", 0)
    close_offer(bureau)
    page = visiteur.post(reach_form(visiteur, bureau.motif).request["PATH_INFO"], OU)
    path = visiteur.post(page.request["PATH_INFO"], {"code": read_code()}).request["PATH_INFO"]
    assert visiteur.client.post(path, {"non": "1"}).status_code == 429
    headers = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://webmail.exemple.fr"}
    assert visiteur.client.post(path, {"List-Unsubscribe": "One-Click"}, **headers).status_code == 200
    assert InscriptionAttente.objects.get().fin == "usager"


def test_an_invitation_does_not_outlive_its_wait(visiteur: Visiteur, bureau: Bureau) -> None:
    Motif.objects.update(reservable_par=Motif.Reservable.INVITES)
    close_offer(bureau)
    first = visiteur.post(f"{BASE}invitation/{sign_invitation(bureau.motif)}/", {})
    page = visiteur.get(re.search(r'href="([^"]+/attendre/)"', first.content.decode())[1])  # type: ignore[index]
    page = visiteur.post(page.request["PATH_INFO"], OU)
    page = visiteur.post(page.request["PATH_INFO"], {"code": read_code()})
    assert "Voir ce qui est libre" in read_text(page)
    page = visiteur.post(page.request["PATH_INFO"], {"non": "1"})
    assert "Voir ce qui est libre" not in read_text(page)
    soon = timezone.now() + timedelta(days=2)
    InscriptionAttente.objects.update(fin="messages", propose_at=soon)  # the third slot told may still be taken
    assert "Voir ce qui est libre" in read_text(visiteur.get(page.request["PATH_INFO"]))


def test_too_many_codes_and_another_code(visiteur: Visiteur, bureau: Bureau) -> None:
    close_offer(bureau)
    page = visiteur.post(reach_form(visiteur, bureau.motif).request["PATH_INFO"], OU)
    path = page.request["PATH_INFO"]
    for _ in range(4):
        page = visiteur.post(path, {"renvoi": "1"})
        assert "Un nouveau code vient de partir" in read_text(page)
    page = visiteur.post(path, {"renvoi": "1"})
    assert (page.status_code, "déjà envoyé plusieurs codes" in read_text(page)) == (409, True)
    assert Envoi.objects.filter(clef__contains=":code:").count() == 5
    assert InscriptionAttente.objects.get().prouve_at is None


def test_who_waits_already_is_told_to_nobody(visiteur: Visiteur, bureau: Bureau) -> None:
    close_offer(bureau)
    page = visiteur.post(reach_form(visiteur, bureau.motif).request["PATH_INFO"], OU)
    visiteur.post(page.request["PATH_INFO"], {"code": read_code()})
    again = visiteur.post(reach_form(visiteur, bureau.motif).request["PATH_INFO"], OU)
    assert "Écrivez le code reçu" in read_text(again)
    assert InscriptionAttente.objects.filter(ended_at=None, prouve_at__isnull=False).count() == 1


def test_a_sensitive_motif_is_not_named_behind_the_link(visiteur: Visiteur, bureau: Bureau) -> None:
    Motif.objects.update(is_sensible=True)
    close_offer(bureau)
    page = visiteur.post(reach_form(visiteur, bureau.motif).request["PATH_INFO"], OU)
    page = visiteur.post(page.request["PATH_INFO"], {"code": read_code()})
    assert "Carte d'identité" not in read_text(page)


def test_unknown_links(visiteur: Visiteur, bureau: Bureau) -> None:
    assert visiteur.get(f"{BASE}attente/{'A' * 32}/").status_code == 404
    assert visiteur.get(f"{BASE}creneaux/faux/attendre/").status_code == 410
    assert visiteur.get(f"/r/aurelle/{'A' * 32}/a").status_code == 404


def test_agents_see_how_many_wait(visiteur: Visiteur, bureau: Bureau) -> None:
    other = make_motif(bureau.service, "Passeport")
    PlageMotif.objects.create(plage=bureau.plage, motif=other)
    close_offer(bureau)
    page = visiteur.post(reach_form(visiteur, bureau.motif).request["PATH_INFO"], OU)
    visiteur.post(page.request["PATH_INFO"], {"code": read_code()})
    agent = Client()
    agent.force_login(bureau.agent)
    text = read_text(agent.get("/c/aurelle/rendez-vous/alertes/"))
    assert "Carte d'identité (1 personne attend un créneau)" in text
    assert text.count("attend un créneau") == 1
    text = read_text(agent.get("/c/aurelle/rendez-vous/statistiques/"))
    assert "sur la période\u00a0: 1 demande, une place signalée à 0, prise par 0" in text
