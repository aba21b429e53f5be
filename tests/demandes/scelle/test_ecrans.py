"""Screens that tell of many demandes keep quiet about those that were sealed afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import qualify
from demandes.actions.appels import note_call, start_call
from demandes.actions.fusion import merge_demandes, undo_merge
from demandes.actions.sujets import attach, open_sujet
from demandes.automates import groupee
from demandes.models import Demande, ExecutionRegle, RegleAutomate, TypeDemande
from demandes.travail.liens import tie
from journal.models import Evenement
from journal.phrases import tell
from tests.demandes.conftest import Ouvrir, acting, join
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db
Sceller = Callable[[Demande], Demande]


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(hours=2)


@pytest.fixture
def poste(agent: Agent, client: Client) -> Client:
    client.force_login(agent)
    return client


@pytest.fixture
def assistante(ville: Collectivite, ccas: Service) -> Agent:
    return join(ville, "odile@aurelle.example", "Odile Renard", ccas, roles=(Role.INSTRUCTEUR,))


@pytest.fixture
def sceller(type_social: TypeDemande, assistante: Agent, at: datetime) -> Sceller:
    """Somebody finds out that it is a social matter."""

    def seal(demande: Demande) -> Demande:
        demande.refresh_from_db()
        return qualify(
            demande=demande, version=demande.version, type=type_social, service=None, priorite=0,
            by=acting(assistante), at=at,
        )  # fmt: skip

    return seal


def bulk(rows: list[Demande], agent: Agent, at: datetime, **champs: object) -> object:
    actions = [{"geste": "prioriser", "parametres": {"priorite": "1"}}]
    return groupee.create(
        geste="prioriser", actions=actions, vises=[(each.pk, each.version) for each in rows], clef=uuid4(),
        agent=agent, by=acting(agent), at=at,
    )[0]  # fmt: skip


def test_a_failure_of_a_bulk_action_says_nothing_of_a_demande_sealed_since(
    ouvrir: Ouvrir, agent: Agent, sceller: Sceller, at: datetime, poste: Client
) -> None:
    demande = ouvrir()
    done = groupee.run_here(action=bulk([demande], agent, at), at=at)  # type: ignore[arg-type]
    sceller(demande)
    asked = groupee.ask_undo(action=done, agent_id=agent.pk, at=at)
    back = groupee.run_here(action=asked, at=at)
    assert back.etat == "annulee"
    assert "Odile Renard" in back.echecs[0][2]  # what the row remembers is not what the page says
    page = poste.get(url("groupee", back.pk)).content.decode()
    assert demande.numero not in page
    assert "Odile Renard" not in page


def test_a_sujet_does_not_name_a_demande_sealed_after_it_joined(
    ouvrir: Ouvrir, agent: Agent, by: Acteur, sceller: Sceller, at: datetime, poste: Client
) -> None:
    sujet = open_sujet(titre="Panne", description="", type=None, clef=uuid4(), by=by, at=at)
    rows = [attach(sujet=sujet, demande=ouvrir(), by=by, at=at) for _ in range(2)]
    action = bulk(rows, agent, at)
    type(action).objects.filter(pk=action.pk).update(  # type: ignore[attr-defined]
        geste="sujet", etat="finie", parametres={"sujet": sujet.pk, "libelle": "Réponse", "actions": []},
        echecs=[[each.pk, each.numero, f"Par Odile {rang}."] for rang, each in enumerate(rows)],
    )  # fmt: skip
    sceller(rows[1])
    page = poste.get(url("sujet", sujet.pk)).content.decode()
    assert (rows[0].numero in page, "Par Odile 0" in page) == (True, True)
    assert (rows[1].numero in page, "Par Odile 1" in page) == (False, False)


def test_the_log_of_calls_does_not_name_a_sealed_demande(
    ouvrir: Ouvrir, agent: Agent, by: Acteur, sceller: Sceller, at: datetime, poste: Client
) -> None:
    demande, appel = ouvrir(), start_call(agent=agent, at=at, numero="+33639981234")
    note_call(appel=appel, demande=demande, texte="Rappeler.", by=by, at=at + timedelta(minutes=3))
    pages = [f"{url('appels')}?vue=tous", url("appel", appel.pk)]
    assert all(demande.numero in poste.get(page).content.decode() for page in pages)
    sceller(demande)
    assert not any(demande.numero in poste.get(page).content.decode() for page in pages)


def test_the_log_of_a_rule_does_not_name_a_sealed_demande(
    ouvrir: Ouvrir, sceller: Sceller, ville: Collectivite, at: datetime, client: Client
) -> None:
    client.force_login(join(ville, "paul@aurelle.example", "Paul Nguyen", roles=(Role.ADMINISTRATEUR,)))
    regle = RegleAutomate.objects.create(
        libelle="Trier", declencheur="reception", conditions=[], actions=[], ordre=1, updated_at=at
    )
    demande = ouvrir()
    ExecutionRegle.objects.create(
        regle=regle, demande=demande, clef="reception", resultat="erreur", details={"raison": "Par Odile."}, at=at
    )
    pages = [url("regle_executions", regle.pk), url("regle", regle.pk)]
    assert all(demande.numero in client.get(page).content.decode() for page in pages)
    sceller(demande)
    for page in pages:
        text = client.get(page).content.decode()
        assert demande.numero not in text
        assert "Par Odile" not in text


def test_what_was_merged_goes_behind_the_seal_too(
    ouvrir: Ouvrir, by: Acteur, sceller: Sceller, at: datetime, poste: Client
) -> None:
    first, second, third = ouvrir(), ouvrir(description="Je ne mange plus."), ouvrir()
    for gone, kept in ((second, third), (third, first)):
        gone.refresh_from_db()
        kept.refresh_from_db()
        fusion = merge_demandes(
            conservee=kept, absorbee=gone, version_conservee=kept.version, version_absorbee=gone.version, by=by, at=at
        )
    sceller(first)
    assert set(Demande.objects.values_list("domaine", flat=True)) == {"social"}
    assert poste.get(url("fiche", second.pk)).status_code == 404
    undo_merge(fusion=fusion, by=by, at=at)
    assert set(Demande.objects.values_list("domaine", flat=True)) == {"social"}


def test_the_journal_of_an_open_demande_does_not_name_the_sealed_one_it_is_tied_to(
    ouvrir: Ouvrir, type_social: TypeDemande, by: Acteur, at: datetime
) -> None:
    opened, sealed = ouvrir(), ouvrir(type=type_social)
    tie(de=opened, vers=sealed, genre="lie", by=by, at=at)
    lines = {line.objet_id: tell(line) for line in Evenement.objects.filter(verbe="demande.liee")}
    assert lines[opened.pk] == "liée à une autre demande"
    assert opened.numero in lines[sealed.pk]
