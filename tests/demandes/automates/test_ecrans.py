"""Screens: rows without JavaScript, dry run, order, macros, districts, blocks, bulk from the list."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.models import ActionGroupee, Blocage, Demande, ExecutionRegle, Macro, RegleAutomate, TypeDemande, Zone
from tests.demandes.automates.conftest import Poser, alors, si
from tests.demandes.conftest import Ouvrir, join

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"demandes:{name}", args=["aurelle", *args])


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(days=1)


@pytest.fixture
def reglages(ville: Collectivite) -> Client:
    """The browser of the administrator, who reads no demande."""
    client = Client()
    client.force_login(join(ville, "paul@aurelle.example", "Paul Nguyen", roles=(Role.ADMINISTRATEUR,)))
    return client


@pytest.fixture
def poste(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def page_of(client: Client, path: str, **data: object) -> str:
    response = client.post(path, data) if data else client.get(path)
    assert response.status_code == 200
    return response.content.decode()


RECEPTION = {"declencheur": "reception", "libelle": "Lampadaires", "is_active": "oui"}
TEXTE = {"c-0-fait": "texte", "c-0-operateur": "un", "c-0-valeur": "lampadaire, lampe"}


def test_rows_are_added_and_removed_without_writing_then_the_rule_is_saved(
    reglages: Client, type_eclairage: TypeDemande
) -> None:
    new = url("regle_nouvelle")
    text = page_of(reglages, new, **RECEPTION, faire="ajouter-c", nouveau_fait="texte")
    assert 'name="c-0-valeur"' in text
    text = page_of(reglages, new, **RECEPTION, **TEXTE, faire="ajouter-g", nouveau_geste="qualifier")
    assert 'value="lampadaire, lampe"' in text
    assert 'name="g-0-p-type"' in text
    text = page_of(reglages, new, **RECEPTION, **TEXTE, faire="retirer-c:0")
    assert "c-0-valeur" not in text
    assert not RegleAutomate.objects.exists()
    done = reglages.post(new, RECEPTION | TEXTE | {"g-0-geste": "qualifier", "g-0-p-type": type_eclairage.pk})
    assert done.status_code == 302
    saved = RegleAutomate.objects.get()
    assert saved.conditions == [{"fait": "texte", "operateur": "un", "valeur": ["lampadaire", "lampe"]}]
    assert saved.actions == [{"geste": "qualifier", "parametres": {"type": str(type_eclairage.pk)}}]
    assert saved.active_since is not None
    assert "l&#x27;objet ou le texte contient «\u00a0lampadaire\u00a0» ou" in page_of(reglages, url("regles"))


@pytest.mark.parametrize(
    ("champs", "faute"),
    [
        ({"libelle": ""}, "Une règle a un nom."),
        ({"g-0-geste": ""}, "Choisissez au moins un geste."),
        ({"c-0-fait": "type", "c-0-operateur": "est"}, "il manque ce à quoi comparer"),
        ({"g-0-geste": "note", "g-0-p-texte": "{{ inconnu }}"}, "La variable « inconnu » n&#x27;existe pas ici."),
        ({"declencheur": "temps", "nombre": "0", "depuis": "received"}, "au moins une minute"),
        ({"declencheur": "temps", "nombre": "2", "depuis": "lune"}, "Choisissez d&#x27;où le temps est compté."),
        ({"declencheur": "evenement", "evenement": "lune"}, "Choisissez ce qui la déclenche."),
    ],
)
def test_a_refused_rule_comes_back_filled(reglages: Client, champs: dict[str, str], faute: str) -> None:
    sent = RECEPTION | {"g-0-geste": "prioriser", "g-0-p-priorite": "1"} | champs
    if champs.get("g-0-geste") == "":
        sent.pop("g-0-geste")
    response = reglages.post(url("regle_nouvelle"), sent)
    assert response.status_code == 422
    assert faute in response.content.decode()
    assert not RegleAutomate.objects.exists()


def test_the_dry_run_is_on_the_page_and_shows_the_administrator_no_content(reglages: Client, ouvrir: Ouvrir) -> None:
    demande = ouvrir(type=None)
    sent = RECEPTION | TEXTE | {"g-0-geste": "prioriser", "g-0-p-priorite": "2", "faire": "essayer", "taille": "500"}
    text = page_of(reglages, url("regle_nouvelle"), **sent)
    assert "1 demande</strong>" in text
    assert demande.numero in text
    assert "mettre en priorité urgente" in text
    assert demande.objet not in text
    assert not RegleAutomate.objects.exists()


def test_rules_move_by_keyboard_and_go_out_of_service(reglages: Client, poser: Poser) -> None:
    first, second = (poser(name, [], [alors("prioriser", priorite=1)]) for name in ("Une", "Deux"))
    moved = reglages.post(url("regle_deplacer", second.pk), {"vers": "haut"})
    assert moved.headers["Location"].endswith(f"?deplacee={second.pk}")
    assert list(RegleAutomate.objects.order_by("ordre").values_list("libelle", flat=True)) == ["Deux", "Une"]
    reglages.post(url("regle_activer", first.pk), {"is_active": "non"})
    first.refresh_from_db()
    assert (first.is_active, first.active_since) == (False, None)


def test_a_rule_that_ran_keeps_its_log_and_is_not_removed(reglages: Client, poser: Poser, ouvrir: Ouvrir) -> None:
    used, unused = poser("Servie", [], [alors("prioriser", priorite=1)]), poser("Neuve", [], [], is_active=False)
    demande = ouvrir()
    assert reglages.post(url("regle_retirer", used.pk)).status_code == 409
    assert reglages.post(url("regle_retirer", unused.pk)).status_code == 302
    assert list(RegleAutomate.objects.all()) == [used]
    log = page_of(reglages, url("regle_executions", used.pk))
    assert demande.numero in log
    assert url("fiche", demande.pk) not in log  # an administrator opens no demande
    assert ExecutionRegle.objects.count() == 1


def test_a_macro_is_written_then_played_in_one_click_and_undone_in_one(
    reglages: Client, poste: Client, demande: Demande
) -> None:
    sent = {"libelle": "Urgence", "is_active": "oui", "g-0-geste": "prioriser", "g-0-p-priorite": "2",
            "g-1-geste": "etat", "g-1-p-etat": "en_cours"}  # fmt: skip
    sends = {"g-2-geste": "envoyer", "g-2-p-occasion": "demande.nouvelles"}
    refused = reglages.post(url("macro_nouvelle"), sent | sends)
    assert refused.status_code == 422
    assert reglages.post(url("macro_nouvelle"), sent).status_code == 302
    macro = Macro.objects.get()
    assert "Urgence" in page_of(poste, url("jouer_macro", demande.pk))
    click = {"macro": macro.pk, "version": demande.version, "clef": uuid4()}
    for _ in range(2):  # a double click
        done = poste.post(url("jouer_macro", demande.pk), click, follow=True)
    demande.refresh_from_db()
    assert (demande.priorite, demande.etat, ActionGroupee.objects.count()) == (2, "en_cours", 1)
    undo = re.search(r'action="([^"]+/annuler/)"', done.content.decode())
    assert undo
    assert poste.post(undo[1]).headers["Location"] == url("fiche", demande.pk)
    demande.refresh_from_db()
    assert (demande.priorite, demande.etat) == (0, "a_traiter")


def test_a_macro_on_a_page_too_old_is_refused_with_the_page(poste: Client, demande: Demande) -> None:
    macro = Macro.objects.create(libelle="Urgence", actions=[alors("prioriser", priorite=2)])
    Demande.objects.update(version=5)
    response = poste.post(url("jouer_macro", demande.pk), {"macro": macro.pk, "version": 1})
    assert response.status_code == 409
    assert "Modifiée entre-temps" in response.content.decode()


def test_a_district_is_written_and_an_address_tried(reglages: Client, service: Service) -> None:
    wrong = reglages.post(url("zone_nouvelle"), {"libelle": "Nord", "voies": "rue X : partout"})
    assert wrong.status_code == 422
    assert "rue X : partout" in wrong.content.decode()
    sent = {"libelle": "Nord", "voies": "rue des Lilas\nrue des Lilas", "service": service.pk}
    assert reglages.post(url("zone_nouvelle"), sent).status_code == 302
    assert Zone.objects.get().voies == "rue des Lilas"
    assert "Zone <strong>Nord</strong>" in page_of(reglages, url("zones") + "?adresse=3+r.+des+lilas")
    reglages.post(url("zone_retirer", Zone.objects.get().pk))
    assert not Zone.objects.exists()


def test_a_sender_is_blocked_and_lifted_from_the_settings(reglages: Client) -> None:
    today = timezone.localdate()
    sent = {"adresse": "Troll@exemple.fr", "motif": "Cent messages.", "expire_on": today + timedelta(days=30)}
    too_long = reglages.post(url("blocages"), sent | {"expire_on": today + timedelta(days=900)})
    assert "Un blocage va d&#x27;aujourd&#x27;hui à un an." in too_long.content.decode()
    assert reglages.post(url("blocages"), sent).status_code == 302
    assert "déjà bloqué" in reglages.post(url("blocages"), sent).content.decode()
    reglages.post(url("blocage_lever", Blocage.objects.get().pk))
    assert Blocage.objects.get().lifted_at is not None


def test_a_demande_is_flagged_with_its_sender_blocked_both_or_none(poste: Client, demande: Demande) -> None:
    sent = {"version": demande.version, "bloquer": "oui", "adresse": "samira@exemple.fr", "motif": "",
            "expire_on": timezone.localdate() + timedelta(days=30)}  # fmt: skip
    assert poste.post(url("abusive", demande.pk), sent).status_code == 422
    assert not Blocage.objects.exists()
    assert poste.post(url("abusive", demande.pk), sent | {"motif": "Insultes"}).status_code == 302
    demande.refresh_from_db()
    assert (demande.is_abusive, Blocage.objects.get().motif) == (True, "Insultes")
    late = poste.post(url("abusive", demande.pk), {"version": 1, "motif": "Encore"})
    assert late.status_code == 409


def boxes(demandes: list[Demande]) -> list[str]:
    return [f"{each.pk}:{each.version}" for each in demandes]


def test_rows_ticked_in_the_list_become_one_action_with_undo(
    poste: Client, ouvrir: Ouvrir, service: Service, collegue: Agent
) -> None:
    rows = [ouvrir(), ouvrir()]
    listed = page_of(poste, url("liste") + "?vue=toutes")
    assert f'value="{rows[0].pk}:{rows[0].version}"' in listed
    text = page_of(poste, url("groupee_preparer"), d=boxes(rows), geste="affecter")
    assert "Affecter 2\u00a0demandes" in text
    sent = {"d": boxes(rows), "geste": "affecter", "faire": "appliquer", "clef": uuid4(), "g-0-geste": "affecter",
            "g-0-p-service": service.pk, "g-0-p-agent": collegue.pk, "retour": url("liste") + "?vue=moi"}  # fmt: skip
    with zeal_ignore():  # each demande is a whole action of its own: its clocks, its journal, its history
        for _ in range(2):  # sent twice
            done = poste.post(url("groupee_preparer"), sent)
    assert not ActionGroupee.objects.get().echecs
    assert done.headers["Location"] == url("liste") + "?vue=moi"
    assert set(Demande.objects.values_list("agent", "version")) == {(collegue.pk, 2)}
    action = ActionGroupee.objects.get()
    assert "2\u00a0demandes affectées." in page_of(poste, url("groupee", action.pk))
    with zeal_ignore():
        assert poste.post(url("groupee_annuler", action.pk)).status_code == 302
    assert set(Demande.objects.values_list("agent", flat=True)) == {None}


def test_what_was_refused_is_listed_with_its_reason_and_its_address(poste: Client, ouvrir: Ouvrir) -> None:
    rows = [ouvrir(), ouvrir()]
    Demande.objects.filter(pk=rows[1].pk).update(version=7)
    sent = {"d": boxes(rows), "geste": "clore", "faire": "appliquer", "g-0-geste": "clore",
            "g-0-p-issue": "sans_suite"}  # fmt: skip
    done = poste.post(url("groupee_preparer"), sent, follow=True)
    text = done.content.decode()
    assert "1 demande laissée de côté" in text
    assert f"{rows[1].numero}</a> — Modifiée entre-temps" in text


@pytest.mark.parametrize(
    "sent", [{}, {"geste": "clore"}, {"d": ["x", "1", "1:x"], "geste": "clore"}, {"d": ["1:1"], "geste": "envoyer"}]
)
def test_nonsense_sends_back_to_the_list(poste: Client, demande: Demande, sent: dict[str, object]) -> None:
    assert poste.post(url("groupee_preparer"), sent).headers["Location"] == url("liste")


def test_the_way_back_never_leaves_the_list(poste: Client) -> None:
    for asked in ("https://ailleurs.example/", "//ailleurs.example", "/connexion/"):
        assert poste.post(url("groupee_preparer"), {"retour": asked}).headers["Location"] == url("liste")


def test_more_than_twenty_go_to_a_worker_and_the_page_shows_figures(
    poste: Client, ouvrir: Ouvrir, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    from demandes.automates import groupee  # noqa: PLC0415
    from demandes.views import groupee as view  # noqa: PLC0415

    monkeypatch.setattr(groupee, "EN_LIGNE", 1)
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(view, "ask_worker", lambda _tache, *ids: asked.append(ids))
    rows = [ouvrir(), ouvrir()]
    sent = {"d": boxes(rows), "geste": "prioriser", "faire": "appliquer", "g-0-geste": "prioriser",
            "g-0-p-priorite": "1"}  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        poste.post(url("groupee_preparer"), sent)
    action = ActionGroupee.objects.get()
    assert asked == [(action.collectivite_id, action.pk)]
    text = page_of(poste, url("groupee", action.pk))
    assert "0 sur 2" in text
    assert 'hx-trigger="every 2s"' in text


def test_another_agent_s_action_does_not_exist(poste: Client, collegue: Agent, at: datetime) -> None:
    other = ActionGroupee.objects.create(
        agent=collegue, geste="clore", at=at, clef=uuid4(), parametres={"actions": []}
    )
    assert poste.get(url("groupee", other.pk)).status_code == 404
    assert poste.post(url("groupee_annuler", other.pk)).status_code == 404


def test_who_only_reads_settings_sees_no_box(reglages: Client, demande: Demande) -> None:
    assert reglages.post(url("groupee_preparer"), {"d": boxes([demande])}).status_code == 403


def test_the_page_of_an_action_has_a_budget(poste: Client, ouvrir: Ouvrir, at: datetime, agent: Agent) -> None:
    rows = [ouvrir() for _ in range(6)]
    action = ActionGroupee.objects.create(
        agent=agent, geste="clore", at=at, clef=uuid4(), parametres={"actions": [alors("clore", issue="doublon")]},
        demandes=[[each.pk, 1] for each in rows], echecs=[[each.pk, each.numero, "Non."] for each in rows],
        etat="finie", fini_at=at,
    )  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        page_of(poste, url("groupee", action.pk))
    assert len([each for each in captured if "SELECT" in each["sql"]]) <= 18


def test_conditions_on_a_time_rule_come_back_as_typed(reglages: Client, poser: Poser) -> None:
    rule = poser("Relance", [si("etat", "est", "en_attente_usager")], [alors("envoyer", occasion="demande.nouvelles")],
                 declencheur="temps", depuis="waiting", delai_minutes=10_080)  # fmt: skip
    text = page_of(reglages, url("regle", rule.pk))
    assert 'name="nombre" value="7"' in text
    assert '<option value="waiting" selected>' in text
    assert re.search(r'value="en_attente_usager" checked', text)
