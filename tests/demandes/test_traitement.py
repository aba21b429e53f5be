"""What agents decide: qualification, assignment, states, closing, identification."""

from datetime import datetime
from itertools import product

import pytest

from citoyens.actions import create_usager
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.models import Agent, Service
from demandes.actions import (
    AgentHorsService,
    ConflitVersion,
    DejaIdentifiee,
    DemandeClose,
    IssueManquante,
    assign,
    close,
    identify,
    move,
    qualify,
    reopen,
    take,
)
from demandes.cycle import PASSAGES, Etat, PassageInterdit, verify_passage
from demandes.models import Demande, PartieDemande, TypeDemande
from journal.models import Evenement
from tests.demandes.conftest import PARIS, Ouvrir

pytestmark = pytest.mark.django_db


def test_qualifying_gives_service_domain_deadline(
    ouvrir: Ouvrir, type_eclairage: TypeDemande, service: Service, by: Acteur, at: datetime
) -> None:
    demande = qualify(
        demande=ouvrir(type=None), version=1, type=type_eclairage, service=None, priorite=1, by=by, at=at
    )
    assert (demande.etat, demande.service, demande.domaine, demande.priorite) == (
        "a_traiter", service, "cadre_de_vie", 1,
    )  # fmt: skip
    assert demande.echeance_at == datetime(2026, 11, 19, 18, 0, tzinfo=PARIS)
    line = Evenement.objects.get(verbe="demande.qualifiee")
    assert line.details == {"type": "Éclairage", "service": "Éclairage public", "priorite": 1, "version": 2}


def test_requalifying_elsewhere_frees_the_agent(
    demande: Demande, agent: Agent, type_social: TypeDemande, service: Service, by: Acteur, at: datetime
) -> None:
    given = assign(demande=demande, version=1, service=service, agent=agent, by=by, at=at)
    moved = qualify(demande=given, version=2, type=type_social, service=None, priorite=0, by=by, at=at)
    assert (moved.agent, moved.domaine) == (None, "social")


def test_a_state_of_work_survives_a_qualification(
    demande: Demande, type_eclairage: TypeDemande, by: Acteur, at: datetime
) -> None:
    working = move(demande=demande, version=1, etat="en_attente_tiers", by=by, at=at)
    again = qualify(demande=working, version=2, type=type_eclairage, service=None, priorite=2, by=by, at=at)
    assert again.etat == "en_attente_tiers"


def test_assigning_to_an_agent_of_the_service(
    demande: Demande, collegue: Agent, service: Service, by: Acteur, at: datetime
) -> None:
    given = assign(demande=demande, version=1, service=service, agent=collegue, by=by, at=at)
    assert (given.agent, given.version) == (collegue, 2)
    assert Evenement.objects.get(verbe="demande.affectee").details["agent"] == collegue.pk


def test_an_agent_of_another_service_is_refused(
    demande: Demande, collegue: Agent, ccas: Service, by: Acteur, at: datetime
) -> None:
    with pytest.raises(AgentHorsService, match="Yann Le Goff ne travaille pas pour le service Action sociale"):
        assign(demande=demande, version=1, service=ccas, agent=collegue, by=by, at=at)
    with pytest.raises(AgentHorsService):
        assign(demande=demande, version=1, service=None, agent=collegue, by=by, at=at)


def test_an_agent_who_left_is_refused(
    demande: Demande, collegue: Agent, service: Service, by: Acteur, at: datetime
) -> None:
    collegue.rattachements.update(is_active=False)
    with pytest.raises(AgentHorsService):
        assign(demande=demande, version=1, service=service, agent=collegue, by=by, at=at)


def test_taking_it_oneself(demande: Demande, agent: Agent, service: Service, by: Acteur, at: datetime) -> None:
    mine = take(demande=demande, version=1, agent=agent, services=[service], by=by, at=at)
    assert (mine.agent, mine.service) == (agent, service)
    assert Evenement.objects.get(verbe="demande.affectee").details["a_soi"] is True


def test_a_sealed_service_seals_and_leaving_it_does_not_open(
    demande: Demande, ccas: Service, service: Service, by: Acteur, at: datetime
) -> None:
    sealed = assign(demande=demande, version=1, service=ccas, agent=None, by=by, at=at)
    back = assign(demande=sealed, version=2, service=service, agent=None, by=by, at=at)
    assert (sealed.domaine, back.domaine) == ("social", "social")


@pytest.mark.parametrize(("avant", "apres"), list(product(Etat.values, Etat.values)))
def test_only_the_passages_of_the_cycle_are_allowed(avant: str, apres: str) -> None:
    if apres in PASSAGES[avant]:
        verify_passage(avant, apres)
    else:
        with pytest.raises(PassageInterdit):
            verify_passage(avant, apres)


def test_moving_writes_both_states(demande: Demande, by: Acteur, at: datetime) -> None:
    moved = move(demande=demande, version=1, etat="en_attente_usager", by=by, at=at)
    line = Evenement.objects.get(verbe="demande.etat")
    assert (moved.etat, line.details) == (
        "en_attente_usager", {"avant": "a_traiter", "apres": "en_attente_usager", "version": 2},
    )  # fmt: skip


def test_a_forbidden_passage_changes_nothing(demande: Demande, by: Acteur, at: datetime) -> None:
    with pytest.raises(PassageInterdit, match="« à traiter » ne peut pas devenir « à qualifier »"):
        move(demande=demande, version=1, etat="nouvelle", by=by, at=at)
    demande.refresh_from_db()
    assert demande.version == 1


def test_closing_needs_an_issue(demande: Demande, by: Acteur, at: datetime) -> None:
    with pytest.raises(IssueManquante):
        close(demande=demande, version=1, issue="", by=by, at=at)
    closed = close(demande=demande, version=1, issue="refusee", by=by, at=at)
    assert (closed.etat, closed.issue, closed.closed_at) == ("close", "refusee", at)
    assert Evenement.objects.get(verbe="demande.close").details["issue"] == "refusee"


def test_reopening_forgets_the_issue(demande: Demande, by: Acteur, at: datetime) -> None:
    closed = close(demande=demande, version=1, issue="refusee", by=by, at=at)
    again = reopen(demande=closed, version=2, by=by, at=at)
    assert (again.etat, again.issue, again.closed_at) == ("en_cours", "", None)


def test_a_closed_demande_is_neither_qualified_nor_assigned(
    demande: Demande, type_eclairage: TypeDemande, service: Service, by: Acteur, at: datetime
) -> None:
    closed = close(demande=demande, version=1, issue="refusee", by=by, at=at)
    with pytest.raises(DemandeClose):
        assign(demande=closed, version=2, service=service, agent=None, by=by, at=at)
    with pytest.raises(DemandeClose):
        qualify(demande=closed, version=2, type=type_eclairage, service=None, priorite=0, by=by, at=at)


@pytest.mark.parametrize("geste", ["move", "assign", "qualify", "identify", "close"])
def test_every_write_checks_the_version(
    demande: Demande,
    geste: str,
    service: Service,
    type_eclairage: TypeDemande,
    usager: Usager,
    by: Acteur,
    at: datetime,
) -> None:
    move(demande=demande, version=1, etat="en_cours", by=by, at=at)
    late = {"demande": demande, "version": 1, "by": by, "at": at}  # a page opened before
    gestes = {
        "move": lambda: move(etat="en_attente_tiers", **late),
        "assign": lambda: assign(service=service, agent=None, **late),
        "qualify": lambda: qualify(type=type_eclairage, service=None, priorite=2, **late),
        "identify": lambda: identify(usager=usager, **late | {"demande": Demande(pk=demande.pk, version=1)}),
        "close": lambda: close(issue="satisfaite", **late),
    }
    with pytest.raises(ConflitVersion, match="Claire Moreau — passée à «\u00a0en cours\u00a0»"):
        gestes[geste]()
    demande.refresh_from_db()
    assert (demande.version, demande.etat) == (2, "en_cours")


def test_identifying_the_sender(ouvrir: Ouvrir, usager: Usager, by: Acteur, at: datetime) -> None:
    demande = ouvrir(usager=None, adresse="inconnue@exemple.fr")
    known = identify(demande=demande, version=1, usager=usager, by=by, at=at)
    assert known.usager == usager
    assert PartieDemande.objects.get(demande=demande).usager == usager
    row = Interaction.objects.get(objet_id=demande.pk, genre="demande")
    assert (row.usager_id, row.at) == (usager.pk, demande.received_at)


def test_a_demandeur_is_not_replaced(demande: Demande, by: Acteur, at: datetime) -> None:
    other = create_usager(nature="personne", nom="Martin", by=by, at=at)
    with pytest.raises(DejaIdentifiee):
        identify(demande=demande, version=1, usager=other, by=by, at=at)
