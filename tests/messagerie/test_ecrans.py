"""« Envois » and its settings: who sees what, what a refusal says, how many queries a page costs."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite
from collectivites.permissions import Role
from journal.models import Evenement
from messagerie.actions import queue_message
from messagerie.chiffrement import decrypt
from messagerie.lecture import build_recipient
from messagerie.models import CompteSms, Envoi, Essai, ModeleMessage
from messagerie.pieces import PieceAEnvoyer
from messagerie.suites import ObjetLie, objets
from tests.messagerie.conftest import create_agent

BASE = "/c/aurelle/envois/"
CLEFS = {"ovh_service": "sms-1", "ovh_application_key": "AK", "ovh_application_secret": "AS", "ovh_consumer_key": "CK"}


@pytest.fixture(autouse=True)
def _not_a_demo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO, settings.PASSERELLE_URL = False, ""
    readable = ObjetLie("demande", lambda slug, pk: f"/c/{slug}/demandes/{pk}/", lambda acces, pk: pk != 666)
    monkeypatch.setattr(objets, "_entries", {"demande": (1, readable)})


def sign_in(client: Client, agent: Agent) -> Client:
    client.force_login(agent)
    return client


@pytest.fixture
def chef(client: Client, superviseur: Agent) -> Client:
    return sign_in(client, superviseur)


@pytest.fixture
def admin(client: Client, ville: Collectivite) -> Client:
    return sign_in(client, create_agent(ville, Role.ADMINISTRATEUR, email="nadia@aurelle.example"))


def create(ville: Collectivite, clef: str = "1", *, etat: str = "", **message: Any) -> Envoi:
    given: dict[str, Any] = {"canal": "courriel", "destinataire": "lea@example.org", "texte": "Le secret du dossier"}
    given |= {"objet_type": "demande", "objet_id": 1, "by": AUTOMATE, "at": timezone.now()}
    with collectivite_active(ville.pk):
        row = queue_message(**(given | {"clef": clef} | message))
        if etat:
            Envoi.objects.filter(pk=row.pk).update(etat=etat)
        return row


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_an_empty_ledger_says_what_will_be_there(chef: Client) -> None:
    assert "Rien n'a encore été envoyé" in text(chef.get(BASE)).replace("&#x27;", "'")


def test_the_list_shows_each_fate_and_filters(chef: Client, ville: Collectivite) -> None:
    create(ville, "1", etat="remis")
    create(ville, "2", canal="sms", destinataire="0639981234", texte="Bonjour", etat="echec")
    create(ville, "3", destinataire="Zoe@example.org", at=timezone.now() - timedelta(days=45))
    page = text(chef.get(BASE))
    assert "lea@example.org" in page
    assert "06\u00a039\u00a098\u00a012\u00a034" in page
    assert "Zoe@example.org" not in page, "older than thirty days"
    assert "Le secret du dossier" not in page
    only = text(chef.get(BASE, {"etat": "echec"}))
    assert "lea@example.org" not in only
    for q, found in (("06 39 98", True), ("+3363998", True), ("0033639", True), ("07", False), ("lea@", False)):
        assert ("06\u00a039\u00a098\u00a012\u00a034" in text(chef.get(BASE, {"q": q}))) is found
    assert "Zoe@example.org" in text(chef.get(BASE, {"q": "Zoe", "periode": "tout"}))
    assert "Aucun message ne correspond" in text(chef.get(BASE, {"canal": "sms", "etat": "remis"}))


@pytest.mark.parametrize(
    "query",
    ["etat=x&canal=y&periode=z&q=%00%25_'", "apres=x", "apres=99999999999999999-1", "avant=1-1", "q=%F0%9F%98%80"],
)
def test_any_address_is_answered(chef: Client, ville: Collectivite, query: str) -> None:
    create(ville)
    assert chef.get(f"{BASE}?{query}").status_code == 200


def test_pages_follow_each_other_both_ways_without_loss(chef: Client, ville: Collectivite) -> None:
    at = timezone.now()
    for number in range(120):
        create(ville, str(number), destinataire=f"n{number:03}@example.org", at=at)  # same instant: the id decides
    seen: list[str] = []
    address = BASE
    for _ in range(3):
        response = chef.get(address)
        seen += [envoi.destinataire for envoi, _, _ in response.context["lignes"]]
        last, address = response, BASE + response.context["suivant"]
    assert seen == [f"n{number:03}@example.org" for number in reversed(range(120))]
    assert last.context["suivant"] == ""
    back = chef.get(BASE + last.context["precedent"])
    assert [envoi.destinataire for envoi, _, _ in back.context["lignes"]] == seen[50:100]
    first = chef.get(BASE + back.context["precedent"])
    assert [envoi.destinataire for envoi, _, _ in first.context["lignes"]] == seen[:50]
    assert first.context["precedent"] == ""


def own_queries(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return [q["sql"] for q in queries if "messagerie_" in q["sql"]]


def test_a_page_costs_the_same_for_one_row_and_for_fifty(chef: Client, ville: Collectivite) -> None:
    row = create(ville)
    one = own_queries(chef, BASE)
    for number in range(60):
        create(ville, f"n{number}")
    fifty = own_queries(chef, BASE)
    assert len(fifty) == len(one) <= 6
    assert all("corps_texte" not in sql for sql in fifty)
    with CaptureQueriesContext(connection) as queries:
        chef.get(BASE)
    assert len(queries) <= 14, "six of them open the session, the town and the menu"
    assert len(own_queries(chef, f"{BASE}{row.pk}/")) <= 4


@pytest.mark.django_db(transaction=True)
def test_the_recipient_is_found_by_the_index_behind_the_wall(
    ville: Collectivite, superutilisateur: psycopg.Connection
) -> None:
    at = timezone.now()
    with collectivite_active(ville.pk):
        common = {"canal": "courriel", "corps_texte": "x", "prevu_at": at, "created_at": at}
        Envoi.objects.bulk_create(Envoi(clef=str(n), destinataire=f"n{n}@example.org", **common) for n in range(2_000))
    superutilisateur.execute("ANALYZE messagerie_envoi")
    with collectivite_active(ville.pk):
        plan = Envoi.objects.filter(build_recipient("lea@")).explain()
    assert "envoi_destinataire_idx" in plan
    assert "~>=~ 'lea@'" in plan, "the prefix itself is an index condition"


def test_the_message_of_another_town_does_not_exist(
    chef: Client, ville: Collectivite, autre_ville: Collectivite
) -> None:
    theirs = create(autre_ville)
    for path in ("", "renvoyer/", "annuler/"):
        address = f"{BASE}{theirs.pk}/{path}"
        assert (chef.post(address) if path else chef.get(address)).status_code == 404
    assert "lea@example.org" not in text(chef.get(BASE))
    with collectivite_active(autre_ville.pk):
        assert Envoi.objects.get().etat == "a_envoyer"


def test_the_text_is_for_those_who_may_read_the_demande(chef: Client, ville: Collectivite) -> None:
    mine = text(chef.get(f"{BASE}{create(ville).pk}/"))
    assert "Le secret du dossier" in mine
    assert "Message-ID" in mine
    for hidden in (
        create(ville, "2", objet_id=666, objet="Aide sociale"),
        create(ville, "3", objet_type="compte", objet_id=1),
        create(ville, "4", objet_type="", objet_id=None),
        create(ville, "5", objet_type="inconnu"),
    ):
        page = text(chef.get(f"{BASE}{hidden.pk}/"))
        assert "Contenu réservé" in page
        assert "Le secret du dossier" not in page
        assert "Aide sociale" not in page
        assert "Message-ID" not in page


def test_reading_a_text_is_told_in_the_journal_and_reading_a_fate_is_not(chef: Client, ville: Collectivite) -> None:
    row, hidden = create(ville), create(ville, "2", objet_id=666)
    chef.get(f"{BASE}{row.pk}/")
    chef.get(f"{BASE}{hidden.pk}/")
    with collectivite_active(ville.pk):
        assert [(line.verbe, line.objet_id) for line in Evenement.objects.all()] == [("envoi.lu", row.pk)]


def test_the_sheet_escapes_what_people_wrote(chef: Client, ville: Collectivite) -> None:
    row = create(ville, texte="<script>alert(1)</script>", objet="<b>x</b>")
    page = text(chef.get(f"{BASE}{row.pk}/"))
    assert "&lt;script&gt;" in page
    assert "<b>x</b>" not in page


def test_a_supervisor_sends_again_or_withdraws_and_is_told_when_too_late(chef: Client, ville: Collectivite) -> None:
    failed, waiting, done = create(ville, "1", etat="echec"), create(ville, "2"), create(ville, "3", etat="remis")
    assert chef.post(f"{BASE}{failed.pk}/renvoyer/").status_code == 302
    assert chef.post(f"{BASE}{waiting.pk}/annuler/").status_code == 302
    for row, gesture in ((done, "renvoyer"), (waiting, "annuler")):
        refused = chef.post(f"{BASE}{row.pk}/{gesture}/")
        assert refused.status_code == 409
        assert "Trop tard" in text(refused)
    with collectivite_active(ville.pk):
        states = dict(Envoi.objects.values_list("clef", "etat"))
    assert states == {"1": "a_envoyer", "2": "annule", "3": "remis"}


def test_an_agent_of_the_desk_sees_the_fate_but_sends_nothing_again(client: Client, ville: Collectivite) -> None:
    desk = sign_in(client, create_agent(ville, Role.ACCUEIL, email="thomas@aurelle.example"))
    row = create(ville, etat="echec")
    assert "Renvoyer" not in text(desk.get(f"{BASE}{row.pk}/"))
    assert desk.post(f"{BASE}{row.pk}/renvoyer/").status_code == 403
    for path in ("modeles/", "compte-sms/", "modeles/demande.reponse/sms/"):
        assert desk.get(f"{BASE}{path}").status_code == 403


@pytest.mark.parametrize(
    ("tries", "late", "sentence"),
    [
        (["credit"], False, "Les SMS ne partent plus."),
        (["credit", "envoye"], False, None),
        (["panne", "inconnu", "panne"], False, "Les SMS ont du mal à partir."),
        (["panne", "panne"], False, None),
        ([], True, "Les envois prennent du retard."),
    ],
)
def test_the_page_warns_before_the_usagers_notice(
    chef: Client, ville: Collectivite, tries: list[str], late: bool, sentence: str | None
) -> None:
    now = timezone.now()
    row = create(ville, prevu_at=now - timedelta(minutes=6) if late else now)
    with collectivite_active(ville.pk):
        for rang, issue in enumerate(tries):
            Essai.objects.create(
                envoi=row, canal="sms", rang=rang, issue=issue, detail="Le compte n'a plus de crédit.",
                at=now - timedelta(minutes=len(tries) - rang),
            )  # fmt: skip
    page = text(chef.get(BASE))
    warned = [s for s in ("Les SMS ne partent plus.", "Les SMS ont du mal", "Les envois prennent") if s in page]
    assert warned == ([sentence[: len(warned[0])]] if sentence and warned else [])
    assert bool(warned) == bool(sentence)


# ── Settings ──────────────────────────────────────────────────────────────────────────────────────────────────────

TEXTE = f"{BASE}modeles/demande.accuse_enregistrement/sms/"


def test_a_text_is_previewed_saved_and_taken_back(admin: Client, ville: Collectivite) -> None:
    assert "Accusé d" in text(admin.get(f"{BASE}modeles/"))
    previewed = admin.post(TEXTE, {"corps": "Reçu {{ numero }} le {{ recue_le }}, hôtel", "geste": "apercu"})
    assert "Recu DEM-2026-0871 le mardi 24 novembre à 9 h 40, hotel" in text(previewed)
    with collectivite_active(ville.pk):
        assert not ModeleMessage.objects.exists()
    assert admin.post(TEXTE, {"corps": "Reçu {{ recue_le }}\r\nMerci"}).status_code == 302
    with collectivite_active(ville.pk):
        assert ModeleMessage.objects.get().corps == "Reçu {{ recue_le }}\nMerci"
    assert "votre texte" in text(admin.get(f"{BASE}modeles/"))
    assert admin.post(f"{TEXTE}remettre/").status_code == 302
    with collectivite_active(ville.pk):
        assert not ModeleMessage.objects.exists()


def test_a_refused_text_comes_back_with_the_sentence(admin: Client, ville: Collectivite) -> None:
    refused = admin.post(TEXTE, {"corps": "Reçu {{ numro }} <script>"})
    assert refused.status_code == 422
    page = text(refused)
    assert "Vouliez-vous" in page
    assert "Reçu {{ numro }} &lt;script&gt;" in page
    without_date = admin.post(TEXTE, {"corps": "Reçu {{ numero }}"})
    assert without_date.status_code == 422
    assert "La loi impose cette mention" in text(without_date)
    forbidden = admin.post(TEXTE, {"corps": "Reçu le {{ recue_le }}. Merci de confirmer par courrier."})
    assert forbidden.status_code == 422
    assert "L112-8" in text(forbidden)
    assert admin.get(f"{BASE}modeles/inconnue/sms/").status_code == 404
    assert admin.get(f"{BASE}modeles/compte.invitation/sms/").status_code == 404


def test_the_secrets_of_the_account_are_written_and_never_shown(admin: Client, ville: Collectivite) -> None:
    account = {"fournisseur": "ovh", "expediteur": "AURELLE", "is_economique": "on", "is_active": "on"}
    refused = admin.post(f"{BASE}compte-sms/", account)
    assert refused.status_code == 422
    assert admin.post(f"{BASE}compte-sms/", account | CLEFS).status_code == 302
    page = text(admin.get(f"{BASE}compte-sms/"))
    assert "AURELLE" in page
    assert 'value="AS"' not in page
    assert admin.post(f"{BASE}compte-sms/", account | {"ovh_consumer_key": "CK2"}).status_code == 302
    with collectivite_active(ville.pk):
        kept = decrypt(CompteSms.objects.get().identifiants)
        assert (kept["application_secret"], kept["consumer_key"]) == ("AS", "CK2")
        line = Evenement.objects.filter(verbe="compte_sms.modifie").latest("pk")
        assert line.details == {"fournisseur": "ovh", "secrets_changes": ["consumer_key"]}


@pytest.mark.parametrize("name", ["ÀÉ", "AB", "VILLE D'AURELLE", "123456", "AURELLE_ONE"])
def test_a_sender_the_networks_would_refuse_is_refused_here(admin: Client, name: str) -> None:
    response = admin.post(f"{BASE}compte-sms/", {"fournisseur": "ovh", "expediteur": name} | CLEFS)
    assert response.status_code == 422
    assert "3 à 11 caractères" in text(response)


def test_a_test_message_is_queued_once_and_its_text_shown(admin: Client, ville: Collectivite) -> None:
    given = {"clef": str(uuid4()), "numero": "06 39 98 12 34"}
    first, second = (admin.post(f"{BASE}compte-sms/essai/", given) for _ in range(2))
    assert first.status_code == 302
    assert first["Location"] == second["Location"]
    with collectivite_active(ville.pk):
        row = Envoi.objects.get()
    assert (row.destinataire, row.voie) == ("+33639981234", Envoi.Voie.IMMEDIAT)
    assert "Essai de Guichet" in text(admin.get(first["Location"]))
    refused = admin.post(f"{BASE}compte-sms/essai/", given | {"numero": "01 99 00 12 34"})
    assert refused.status_code == 422
    assert "mobile" in text(refused)


def test_the_demo_gateway_is_offered_only_where_it_runs(admin: Client, settings: Settings, at: datetime) -> None:
    assert "Passerelle de démonstration" not in text(admin.get(f"{BASE}compte-sms/"))
    settings.PASSERELLE_URL = "http://127.0.0.1:9"
    assert "Passerelle de démonstration" in text(admin.get(f"{BASE}compte-sms/"))


def test_files_are_named_for_those_who_may_read(ville: Collectivite, chef: Client) -> None:
    piece = PieceAEnvoyer("Décision.pdf", "application/pdf", 860_160, "1/2026/11/" + "0" * 64)
    page = chef.get(f"{BASE}{create(ville, pieces=[piece]).pk}/").content.decode()
    assert "Décision.pdf" in page
    assert "840\u00a0Ko" in page
    sealed = create(ville, "2", objet_id=666, pieces=[piece])
    assert "Décision.pdf" not in chef.get(f"{BASE}{sealed.pk}/").content.decode()


def test_a_personal_link_and_a_code_are_the_recipient_s_alone(ville: Collectivite, chef: Client) -> None:
    jeton = "Zx81-abcdefghijklmnop_qrstuvwx12"
    link = f"https://guichet.example/usager/aurelle/rendez-vous/gerer/{jeton}/"
    told = create(ville, "rdv:1:confirmation:1:courriel", texte=f"Déplacer ou annuler : {link} avant le 12.")
    page = chef.get(f"{BASE}{told.pk}/").content.decode()
    assert jeton not in page
    assert "/rendez-vous/gerer/…/ avant le 12." in page
    code = create(ville, "rdv:1:code:1", texte="Votre code : 482 913.")
    page = chef.get(f"{BASE}{code.pk}/").content.decode()
    assert "482" not in page
    assert "••• •••" in page
