"""Screens of demandes through HTTP: status, partial, budget of queries, sealed domains, refusals that lose nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from citoyens.models import NoteUsager, Usager
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import add_note, close, move, open_demande
from demandes.depot import store_bytes
from demandes.models import Demande, Entree, Message, PieceJointe, TypeDemande
from journal.models import Consultation
from messagerie.models import Envoi
from tests.demandes.conftest import Ouvrir, acting, join

pytestmark = pytest.mark.django_db
MENAGE = ("SAVEPOINT", "RELEASE", "SET LOCAL", "ROLLBACK")


@pytest.fixture
def maintenant() -> datetime:
    return timezone.now()


@pytest.fixture
def at(maintenant: datetime) -> datetime:
    return maintenant - timedelta(days=1)


@pytest.fixture
def client_de(client: Client) -> Callable[[Agent], Client]:
    def connect(agent: Agent) -> Client:
        client.force_login(agent)
        return client

    return connect


@pytest.fixture
def poste(client_de: Callable[[Agent], Client], agent: Agent) -> Client:
    """Claire's browser."""
    return client_de(agent)


def url(name: str, *args: object) -> str:
    return reverse(f"demandes:{name}", args=["aurelle", *args])


def count_queries(captured: CaptureQueriesContext) -> int:
    """The questions asked, without what opens and closes the wall."""
    return sum(not query["sql"].startswith(MENAGE) for query in captured.captured_queries)


# --- the inbox


def test_the_inbox_opens_on_the_service(poste: Client, demande: Demande) -> None:
    answer = poste.get(url("liste"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert demande.objet in page
    assert 'aria-current="page">Mon service <span class="nombre">1</span>' in page


def test_htmx_gets_the_rows_only(poste: Client, demande: Demande) -> None:
    page = poste.get(url("liste"), headers={"HX-Request": "true"}).content.decode()
    assert page.strip().startswith('<div id="lignes"')
    assert demande.numero in page


@pytest.mark.parametrize("vue", ["a_qualifier", "moi", "service", "en_retard", "toutes", "closes"])
def test_each_view_shows_its_own(
    poste: Client, ouvrir: Ouvrir, vue: str, agent: Agent, service: Service, by: Acteur, at: datetime
) -> None:
    ouvrir(objet="Sans type", type=None)
    mine = ouvrir(objet="À moi")
    Demande.objects.filter(pk=mine.pk).update(agent=agent)
    late = ouvrir(objet="En retard")
    Demande.objects.filter(pk=late.pk).update(echeance_at=at - timedelta(days=2))
    close(demande=ouvrir(objet="Finie"), version=1, issue="satisfaite", by=by, at=at)
    expected = {
        "a_qualifier": {"Sans type"},
        "moi": {"À moi"},
        "service": {"À moi", "En retard"},
        "en_retard": {"En retard"},
        "toutes": {"Sans type", "À moi", "En retard", "Finie"},
        "closes": {"Finie"},
    }
    rows = poste.get(url("liste"), {"vue": vue}).context["lignes"]
    assert {demande.objet for demande, *_ in rows} == expected[vue]


def test_filters_add_up(poste: Client, ouvrir: Ouvrir, type_eclairage: TypeDemande, type_social: TypeDemande) -> None:
    ouvrir(objet="Banc cassé", description="", canal="guichet")
    ouvrir(objet="Lampadaire cassé", canal="guichet")
    ouvrir(objet="Lampadaire éteint")

    def titles(**query: object) -> list[str]:
        rows = poste.get(url("liste"), {"vue": "toutes"} | query).context["lignes"]
        return [demande.objet for demande, *_ in rows]

    assert titles(texte="lampadaire", canal="guichet") == ["Lampadaire cassé"]
    assert titles(type=type_eclairage.pk, texte="banc") == ["Banc cassé"]
    assert titles(type=type_social.pk) == []
    assert len(titles(type="x", service="'", agent="9" * 30, canal="pigeon", apres="hier_2", vue_="?")) == 3


def test_pages_go_forth_and_back_by_key(poste: Client, ouvrir: Ouvrir, at: datetime) -> None:
    made = [ouvrir(objet=f"N° {n}", received_at=at - timedelta(hours=n)).objet for n in range(55)]
    first = poste.get(url("liste"), {"vue": "toutes"})
    assert [demande.objet for demande, *_ in first.context["lignes"]] == made[:50]
    assert first.context["precedent"] == ""
    second = poste.get(url("liste") + first.context["suivant"])
    assert [demande.objet for demande, *_ in second.context["lignes"]] == made[50:]
    assert second.context["suivant"] == ""
    back = poste.get(url("liste") + second.context["precedent"])
    assert [demande.objet for demande, *_ in back.context["lignes"]] == made[:50]
    assert back.context["precedent"] == ""


def test_what_is_late_comes_by_deadline(poste: Client, ouvrir: Ouvrir, at: datetime) -> None:
    for days in (1, 3, 2):
        late = ouvrir(objet=f"{days} jours")
        Demande.objects.filter(pk=late.pk).update(echeance_at=at - timedelta(days=days))
    rows = poste.get(url("liste"), {"vue": "en_retard"}).context["lignes"]
    assert [demande.objet for demande, *_ in rows] == ["3 jours", "2 jours", "1 jours"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_inbox_asks_ten_questions_whatever_its_length(poste: Client, ouvrir: Ouvrir, rows: int) -> None:
    for n in range(rows):
        ouvrir(objet=f"N° {n}")
    with CaptureQueriesContext(connection) as captured:
        poste.get(url("liste"), {"vue": "toutes", "texte": "lampadaire semaine"})
    assert count_queries(captured) <= 11  # ten, and the search asked for
    with CaptureQueriesContext(connection) as captured:
        poste.get(url("liste"), {"vue": "toutes"})
    assert count_queries(captured) <= 10


def test_a_sealed_demande_is_not_in_the_inbox_and_its_page_does_not_exist(
    poste: Client, ouvrir: Ouvrir, type_social: TypeDemande
) -> None:
    sealed = ouvrir(objet="Aide alimentaire", type=type_social)
    assert "Aide alimentaire" not in poste.get(url("liste"), {"vue": "toutes"}).content.decode()
    assert poste.get(url("fiche", sealed.pk)).status_code == 404
    assert poste.post(url("repondre", sealed.pk), {"texte": "x"}).status_code == 404


def test_another_town_does_not_exist(poste: Client, at: datetime, by: Acteur) -> None:
    other = Collectivite.objects.create(slug="valmont", nom="Valmont")
    with collectivite_active(other.pk):
        theirs = open_demande(objet="Valmont", description="", canal="guichet", mode_reponse="sur_place",
                              received_at=at, by=by, at=at)  # fmt: skip
    assert poste.get(url("fiche", theirs.pk)).status_code == 404
    assert poste.get(reverse("demandes:liste", args=["valmont"])).status_code == 404


def test_an_administrator_reads_no_demande(client_de, ville: Collectivite, demande: Demande) -> None:
    admin = join(ville, "admin@aurelle.example", "Ada Min", roles=(Role.ADMINISTRATEUR,))
    browser = client_de(admin)
    assert browser.get(url("liste")).status_code == 403
    assert browser.get(url("fiche", demande.pk)).status_code == 403


# --- the page of a demande


def test_the_page_says_everything(poste: Client, demande: Demande, usager: Usager, agent: Agent, at: datetime) -> None:
    NoteUsager.objects.create(usager=usager, texte="Malentendante : préférer le SMS.", is_alerte=True,
                              expire_on=at + timedelta(days=30), agent_id=agent.pk, created_at=at)  # fmt: skip
    page = poste.get(url("fiche", demande.pk)).content.decode()
    for shown in (demande.numero, demande.objet, "Samira Ben Amar", "06\u00a039\u00a098\u00a012\u00a034",
                  "Malentendante", demande.code_suivi, "Éclairage public", "à envoyer", "Envoyer le SMS à",
                  "Envoyer le courriel à samira@exemple.fr", "5 jours ouvrés",
                  "demande reçue par courriel",
                  f"Le SMS se termine par « Ville d&#x27;Aurelle, {demande.numero} »"):  # fmt: skip
        assert shown in page


def test_reading_is_logged(poste: Client, demande: Demande, agent: Agent, usager: Usager) -> None:
    poste.get(url("fiche", demande.pk))
    read = Consultation.objects.get()
    assert (read.vue, read.agent_id, read.usager_id, read.objet_id) == ("demande", agent.pk, usager.pk, demande.pk)


def test_two_hundred_messages_take_fifteen_questions(
    poste: Client, demande: Demande, agent: Agent, by: Acteur, at: datetime
) -> None:
    for n in range(200):
        note = add_note(demande=demande, texte=f"Note {n}", by=by, at=at, agent=agent)
        PieceJointe.objects.create(message=note, nom=f"{n}.jpg", type_mime="image/jpeg", octets=10, empreinte="0" * 64,
                                   fichier="x")  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        answer = poste.get(url("fiche", demande.pk))
    assert "Note 199" in answer.content.decode()
    assert count_queries(captured) <= 15


def test_only_allowed_gestures_are_drawn(poste: Client, demande: Demande, by: Acteur, at: datetime) -> None:
    assert "Rouvrir" not in poste.get(url("fiche", demande.pk)).content.decode()
    close(demande=demande, version=1, issue="satisfaite", by=by, at=at)
    page = poste.get(url("fiche", demande.pk)).content.decode()
    assert "Rouvrir" in page
    assert 'id="clore"' not in page
    assert "Close, satisfaite" in page


@pytest.mark.parametrize("dialogue", ["affecter", "qualifier", "attendre", "clore"])
def test_dialogs_open_without_javascript(poste: Client, demande: Demande, dialogue: str) -> None:
    page = poste.get(url("fiche", demande.pk), {"ouvrir": dialogue}).content.decode()
    assert f'id="{dialogue}" aria-labelledby="{dialogue}-titre" open' in page


def test_the_one_who_writes_can_be_found_and_told(poste: Client, ouvrir: Ouvrir, usager: Usager) -> None:
    demande = ouvrir(usager=None, adresse="inconnue@exemple.fr")
    page = poste.get(url("fiche", demande.pk), {"qui": "ben amar"}).content.decode()
    assert "Qui écrit ?" in page
    assert "est cette personne" in page
    answer = poste.post(url("identifier", demande.pk), {"usager": usager.pk, "version": 1}, follow=True)
    assert "La demande est celle de Samira Ben Amar." in answer.content.decode()


def test_the_owners_of_a_shared_address_are_proposed_at_once(poste: Client, ouvrir: Ouvrir, usager: Usager) -> None:
    demande = ouvrir(usager=None, adresse="samira@exemple.fr")
    page = poste.get(url("fiche", demande.pk)).content.decode()
    assert f'name="usager" value="{usager.pk}"' in page


def test_a_person_nobody_knows_can_be_created(poste: Client, ouvrir: Ouvrir) -> None:
    demande = ouvrir(usager=None, adresse="inconnue@exemple.fr")
    page = poste.get(url("fiche", demande.pk), {"qui": "zzzzzz"}).content.decode()
    assert "Personne ne correspond" in page
    assert "Créer sa fiche" in page


def test_an_agent_without_a_service_has_an_inbox(client_de, ville: Collectivite, demande: Demande) -> None:
    browser = client_de(join(ville, "paul@aurelle.example", "Paul Seul", roles=(Role.ACCUEIL,)))
    answer = browser.get(url("liste"))
    assert answer.context["filtres"].vue == "toutes"
    assert demande.objet in answer.content.decode()
    assert browser.get(url("liste"), {"vue": "service"}).status_code == 200


# --- gestures


def test_answering_by_sms(poste: Client, demande: Demande) -> None:
    answer = poste.post(
        url("repondre", demande.pk),
        {"canal": "sms:+33639981234", "texte": "Réparé mardi.", "clef": uuid4(), "version": 1, "suite": ""},
        follow=True,
    )
    assert "Le SMS part à 06\u00a039\u00a098\u00a012\u00a034." in answer.content.decode()
    assert Envoi.objects.filter(canal="sms", objet_id=demande.pk).count() == 1


def test_answering_and_closing_in_one_gesture(poste: Client, demande: Demande) -> None:
    poste.post(url("repondre", demande.pk), {"canal": "telephone", "texte": "Dit.", "clef": uuid4(), "version": 1,
                                             "suite": "close:satisfaite"})  # fmt: skip
    demande.refresh_from_db()
    assert (demande.etat, demande.issue) == ("close", "satisfaite")


def test_a_note_from_the_same_zone(poste: Client, demande: Demande) -> None:
    poste.post(url("repondre", demande.pk), {"canal": "note", "texte": "Pièce commandée.", "clef": uuid4()})
    assert Message.objects.get(sens="interne").texte == "Pièce commandée."


def test_a_conflict_is_409_with_the_text_and_what_changed(
    poste: Client, demande: Demande, collegue: Agent, at: datetime
) -> None:
    move(demande=demande, version=1, etat="en_attente_tiers", by=acting(collegue), at=at)
    answer = poste.post(
        url("repondre", demande.pk),
        {"canal": "courriel:samira@exemple.fr", "texte": "Ma longue réponse.", "clef": uuid4(), "version": 1},
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ma longue réponse." in page
    assert "Yann Le Goff — passée à « en attente d&#x27;un tiers »" in page
    assert 'name="version" value="2"' in page  # the next try will pass
    assert not Envoi.objects.filter(clef__contains=":reponse:").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"canal": "courriel:samira@exemple.fr", "texte": "  "}, "Écrivez un texte."),
        ({"canal": "courriel:voleur@exemple.fr", "texte": "Secret"}, "Aucune adresse électronique connue"),
        ({"canal": "sms:+33639981234", "texte": "a" * 5000}, "SMS"),
        ({"canal": "pigeon", "texte": "Secret"}, "Aucun mobile connu"),
        ({"canal": "telephone", "texte": "Dit", "suite": "close"}, "choisissez une issue"),
    ],
)
def test_what_cannot_do_is_422_with_everything_typed(
    poste: Client, demande: Demande, typed: dict[str, str], said: str
) -> None:
    answer = poste.post(url("repondre", demande.pk), typed | {"clef": uuid4(), "version": 1})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert typed["texte"].strip() in answer.content.decode()
    demande.refresh_from_db()
    assert demande.version == 1


def test_a_double_click_answers_once(poste: Client, demande: Demande) -> None:
    form = {"canal": "telephone", "texte": "Dit.", "clef": uuid4(), "version": 1}
    assert [poste.post(url("repondre", demande.pk), form).status_code for _ in range(2)] == [302, 302]
    assert Message.objects.filter(sens="sortant", is_automatique=False).count() == 1


def test_taking_assigning_qualifying(
    poste: Client, demande: Demande, agent: Agent, collegue: Agent, service: Service, type_eclairage: TypeDemande
) -> None:
    poste.post(url("prendre", demande.pk), {"version": 1})
    demande.refresh_from_db()
    assert demande.agent == agent
    poste.post(url("affecter", demande.pk), {"version": 2, "service": service.pk, "agent": collegue.pk})
    poste.post(url("qualifier", demande.pk), {"version": 3, "type": type_eclairage.pk, "priorite": 2})
    demande.refresh_from_db()
    assert (demande.agent, demande.priorite, demande.version) == (collegue, 2, 4)


def test_an_agent_of_another_service_is_refused_in_the_dialog(
    poste: Client, demande: Demande, ccas: Service, collegue: Agent
) -> None:
    answer = poste.post(url("affecter", demande.pk), {"version": 1, "service": ccas.pk, "agent": collegue.pk})
    assert answer.status_code == 422
    assert "ne travaille pas pour le service Action sociale" in answer.content.decode()
    assert 'id="affecter" aria-labelledby="affecter-titre" open' in answer.content.decode()


def test_closing_can_be_undone(poste: Client, demande: Demande) -> None:
    answer = poste.post(url("etat", demande.pk), {"version": 1, "etat": "close", "issue": "satisfaite"}, follow=True)
    assert url("rouvrir", demande.pk) in answer.content.decode()
    poste.post(url("rouvrir", demande.pk))
    demande.refresh_from_db()
    assert demande.etat == "en_cours"


def test_forbidden_or_unknown_states_are_refused(poste: Client, demande: Demande) -> None:
    assert poste.post(url("etat", demande.pk), {"version": 1, "etat": "nouvelle"}).status_code == 409
    assert poste.post(url("etat", demande.pk), {"version": 1, "etat": "perdue"}).status_code == 409
    assert poste.post(url("etat", demande.pk), {"version": 1, "etat": "close"}).status_code == 422


def test_marking_as_read(poste: Client, demande: Demande) -> None:
    Demande.objects.update(is_unread=True)
    poste.post(url("lue", demande.pk))
    demande.refresh_from_db()
    assert not demande.is_unread


@pytest.mark.parametrize(
    "geste", ["repondre", "prendre", "affecter", "qualifier", "etat", "rouvrir", "identifier", "lue"]
)
def test_gestures_are_posts(poste: Client, demande: Demande, geste: str) -> None:
    assert poste.get(url(geste, demande.pk)).status_code == 405


# --- files


@pytest.fixture
def recue(demande: Demande, settings, tmp_path: Path, at: datetime) -> Message:
    """A message that came by mail, with a file, kept in a private store."""
    settings.DEPOT = tmp_path
    raw = store_bytes(b"From: samira@exemple.fr\r\n\r\nBonjour", collectivite_id=demande.collectivite_id, at=at)
    entree = Entree.objects.create(canal="courriel", externe_id="x", empreinte=raw.empreinte, brut=raw.chemin,
                                   octets=raw.octets, received_at=at)  # fmt: skip
    message = Message.objects.create(demande=demande, sens="entrant", canal="courriel", texte="Bonjour", entree=entree,
                                     html="<p>Bonjour</p>", expediteur_libelle="Samira", at=at)  # fmt: skip
    file = store_bytes(b"<script>alert(1)</script>", collectivite_id=demande.collectivite_id, at=at)
    PieceJointe.objects.create(message=message, nom="é\"vil\r\n.html", type_mime="text/html", octets=file.octets,
                               empreinte=file.empreinte, fichier=file.chemin)  # fmt: skip
    return message


def test_a_file_is_saved_never_shown(poste: Client, demande: Demande, recue: Message) -> None:
    answer = poste.get(url("piece", demande.pk, PieceJointe.objects.get().pk))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/octet-stream")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Consultation.objects.get().vue == "piece"


def test_the_message_as_received(poste: Client, demande: Demande, recue: Message) -> None:
    answer = poste.get(url("brut", demande.pk, recue.pk))
    assert b"".join(answer.streaming_content).startswith(b"From: samira")
    assert Consultation.objects.get().vue == "message_brut"


def test_the_layout_of_a_message_can_neither_run_nor_load(poste: Client, demande: Demande, recue: Message) -> None:
    answer = poste.get(url("mise_en_page", demande.pk, recue.pk))
    assert "<p>Bonjour</p>" in answer.content.decode()
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_file_of_another_demande_does_not_exist(
    poste: Client, ouvrir: Ouvrir, demande: Demande, recue: Message
) -> None:
    other = ouvrir()
    assert poste.get(url("piece", other.pk, PieceJointe.objects.get().pk)).status_code == 404
    assert poste.get(url("brut", other.pk, recue.pk)).status_code == 404
    assert poste.get(url("brut", demande.pk, Message.objects.filter(entree=None).first().pk)).status_code == 404
    assert not Consultation.objects.exists()


def test_a_file_gone_from_the_store_is_a_404(poste: Client, demande: Demande, recue: Message) -> None:
    PieceJointe.objects.update(fichier="1/2020/01/" + "0" * 64)
    assert poste.get(url("piece", demande.pk, PieceJointe.objects.get().pk)).status_code == 404


# --- a new demande


@pytest.fixture
def saisie(usager: Usager, type_eclairage: TypeDemande) -> dict[str, object]:
    return {"clef": str(uuid4()), "canal": "guichet", "usager": usager.pk, "type": type_eclairage.pk,
            "objet": "Nid-de-poule", "description": "", "received_at": "", "mode_reponse": ""}  # fmt: skip


def test_the_form_says_who_answers_and_when(poste: Client, type_eclairage: TypeDemande) -> None:
    page = poste.get(url("nouvelle")).content.decode()
    assert "Éclairage — Éclairage public, 5\u00a0jours ouvrés" in page


def test_opening_at_the_counter(poste: Client, saisie: dict[str, object], usager: Usager) -> None:
    answer = poste.post(url("nouvelle"), saisie)
    demande = Demande.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("fiche", demande.pk))
    assert (demande.usager, demande.canal, demande.mode_reponse) == (usager, "guichet", "sms")  # the preferred contact
    assert Envoi.objects.get().canal == "sms"


def test_opening_to_answer_at_once(poste: Client, saisie: dict[str, object]) -> None:
    assert poste.post(url("nouvelle"), saisie | {"repondre": "oui"})["Location"].endswith("#reponse")


def test_a_letter_of_last_week(poste: Client, saisie: dict[str, object], maintenant: datetime) -> None:
    received = timezone.localtime(maintenant - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    poste.post(url("nouvelle"), saisie | {"canal": "courrier", "received_at": received})
    assert timezone.localtime(Demande.objects.get().received_at).strftime("%Y-%m-%dT%H:%M") == received


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"objet": ""}, "Dites en quelques mots ce qui est demandé."),
        ({"usager": ""}, "Choisissez qui demande"),
        ({"usager": "999999"}, "Choisissez qui demande"),
        ({"received_at": "2999-01-01T10:00"}, "ne peut pas être dans le futur"),
        ({"received_at": "avant-hier"}, "pas lisible"),
        ({"mode_reponse": "courrier"}, "Aucune adresse postale connue"),
        ({"usager": "inconnu", "mode_reponse": "sms"}, "Aucun mobile connu"),
        ({"usager": "nouveau"}, "Il faut au moins un nom ou un prénom."),
        ({"usager": "nouveau", "personne-nom": "Martin", "personne-telephone": "12"}, "téléphone"),
        ({"usager": "nouveau", "personne-nom": "Martin", "personne-courriel": "martin"}, "adresse électronique"),
        ({"canal": "pigeon"}, "pigeon"),
    ],
)
def test_a_refused_form_comes_back_filled(
    poste: Client, saisie: dict[str, object], wrong: dict[str, str], said: str
) -> None:
    people = Usager.objects.count()
    answer = poste.post(url("nouvelle"), saisie | {"description": "Devant le 12, profond."} | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Devant le 12, profond." in answer.content.decode()
    assert (Demande.objects.count(), Usager.objects.count()) == (0, people)


def test_a_new_person_in_the_same_gesture(poste: Client, saisie: dict[str, object]) -> None:
    form = saisie | {"usager": "nouveau", "personne-nom": "Martin", "personne-prenoms": "Léa",
                     "personne-telephone": "06 39 98 00 01", "personne-courriel": "lea@exemple.fr"}  # fmt: skip
    poste.post(url("nouvelle"), form)
    poste.post(url("nouvelle"), form)  # a double click creates nobody twice
    demande = Demande.objects.get()
    assert str(demande.usager) == "Léa Martin"
    assert Usager.objects.filter(nom="Martin").count() == 1


def test_an_unknown_person(poste: Client, saisie: dict[str, object]) -> None:
    poste.post(url("nouvelle"), saisie | {"usager": "inconnu"})
    assert (Demande.objects.get().usager, Demande.objects.get().mode_reponse) == (None, "sur_place")


def test_people_are_found_while_typing(poste: Client, usager: Usager) -> None:
    page = poste.get(url("usagers"), {"q": "ben am"}).content.decode()
    assert page.strip().startswith('<div id="choix"')
    assert f'value="{usager.pk}" checked' in page  # alone: chosen
    assert "Personne ne correspond" in poste.get(url("usagers"), {"q": "zzzzzz"}).content.decode()


def test_a_person_given_in_the_address_is_chosen(poste: Client, usager: Usager) -> None:
    assert f'value="{usager.pk}" checked' in poste.get(url("nouvelle"), {"usager": usager.pk}).content.decode()


# --- the catalogue


@pytest.fixture
def reglages(client_de, ville: Collectivite) -> Client:
    return client_de(join(ville, "admin@aurelle.example", "Ada Min", roles=(Role.ADMINISTRATEUR,)))


TYPE = {"libelle": "Voirie", "thematique": "Signaler", "domaine": "cadre_de_vie", "service": "", "engagement_jours": 8}


def test_creating_changing_retiring_a_type(reglages: Client, service: Service) -> None:
    assert reglages.post(url("type_nouveau"), TYPE).status_code == 302
    type_ = TypeDemande.objects.get()
    reglages.post(url("type", type_.pk), TYPE | {"engagement_jours": 3, "service": service.pk})
    reglages.post(url("type_activer", type_.pk), {"is_active": "non"})
    type_.refresh_from_db()
    assert (type_.engagement_jours, type_.service, type_.is_active) == (3, service, False)
    assert "retiré" in reglages.get(url("types")).content.decode()
    reglages.post(url("type_activer", type_.pk), {"is_active": "oui"})
    type_.refresh_from_db()
    assert type_.is_active


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"libelle": ""}, "Un type a un libellé."),
        ({"libelle": "éclairage"}, "Un type porte déjà ce libellé."),
        ({"engagement_jours": 0}, "de 1 à 365"),
        ({"engagement_jours": 400}, "de 1 à 365"),
        ({"thematique": ""}, "thématique"),
    ],
)
def test_a_wrong_type_comes_back_filled(
    reglages: Client, type_eclairage: TypeDemande, wrong: dict[str, object], said: str
) -> None:
    answer = reglages.post(url("type_nouveau"), TYPE | wrong)
    assert (answer.status_code, TypeDemande.objects.count()) == (422, 1)
    assert said in answer.content.decode()


def test_the_counter_does_not_change_the_catalogue(poste: Client, type_eclairage: TypeDemande) -> None:
    assert poste.get(url("types")).status_code == 403
    assert poste.post(url("type_nouveau"), TYPE).status_code == 403


def test_a_retired_type_is_not_offered(poste: Client, type_eclairage: TypeDemande) -> None:
    TypeDemande.objects.update(is_active=False)
    assert "Éclairage — " not in poste.get(url("nouvelle")).content.decode()
