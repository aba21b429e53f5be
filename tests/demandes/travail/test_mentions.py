"""Who is called in a note, who is told, and what nobody is told twice."""

from datetime import datetime

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import add_note, close, receive_message
from demandes.models import Demande, Notification
from demandes.travail.abonnes import follow
from demandes.travail.mentions import add_mentions, complete_mention, find_mentions
from tests.demandes.conftest import acting, join

NOMS = ["Claire Moreau", "Yann Le Goff", "Yann Le", "Élodie N'Guyen"]


@pytest.fixture
def agents() -> list[Agent]:
    return [Agent(pk=rank, prenom=nom.split(" ", 1)[0], nom=nom.split(" ", 1)[1]) for rank, nom in enumerate(NOMS, 1)]


@pytest.mark.parametrize(
    ("texte", "attendus"),
    [
        ("@Yann Le Goff, peux-tu voir ?", [2]),
        ("@yann le goff et @ELODIE NGUYEN", [2]),
        ("@Élodie N'Guyen puis @Claire Moreau", [4, 1]),
        ("(@Claire Moreau) @Claire Moreau", [1]),
        ("@Yann Le gauche", [3]),
        ("écrire à claire@Claire Moreau.fr", []),
        ("@Personne Inconnue", []),
        ("@", []),
        ("", []),
    ],
)
def test_names_are_read_in_the_text(agents: list[Agent], texte: str, attendus: list[int]) -> None:
    assert [agent.pk for agent in find_mentions(texte, agents)] == attendus


def test_those_chosen_in_the_list_are_added_once(agents: list[Agent]) -> None:
    assert add_mentions("Ton avis ?", agents[:1]) == "Ton avis ?\n@Claire Moreau"
    assert add_mentions("@Claire Moreau ?", agents[:1]) == "@Claire Moreau ?"
    assert add_mentions("  ", agents[:1]) == "  "


def test_completion_by_first_or_last_name(ville: Collectivite, service: Service) -> None:
    for rank, nom in enumerate(NOMS):
        join(ville, f"a{rank}@aurelle.example", nom, service, roles=(Role.ACCUEIL,))
    agents = Agent.objects.all()
    assert [str(agent) for agent in complete_mention("cl mor", agents)] == ["Claire Moreau"]
    assert [str(agent) for agent in complete_mention("goff", agents)] == ["Yann Le Goff"]
    assert [str(agent) for agent in complete_mention("elo", agents)] == ["Élodie N'Guyen"]


def test_a_note_tells_each_once_the_called_before_the_followers(
    demande: Demande, agent: Agent, collegue: Agent, ville: Collectivite, service: Service, by: Acteur, at: datetime
) -> None:
    third = join(ville, "tom@aurelle.example", "Tom Petit", service, roles=(Role.ACCUEIL,))
    for each in (agent, collegue, third):
        follow(demande=demande, agent=each, at=at)
    add_note(demande=demande, texte="@Yann Le Goff regarde", by=by, at=at, agent=agent)
    assert sorted(Notification.objects.values_list("agent_id", "genre")) == sorted(
        [(collegue.pk, "mention"), (third.pk, "suivi")]
    )


def test_followers_who_may_no_longer_read_are_told_nothing(
    demande: Demande, collegue: Agent, by: Acteur, at: datetime, agent: Agent
) -> None:
    follow(demande=demande, agent=collegue, at=at)
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    sealed = Demande.objects.get(pk=demande.pk)
    add_note(demande=sealed, texte="@Yann Le Goff regarde", by=by, at=at, agent=agent)
    assert not Notification.objects.exists()


def test_followers_learn_of_messages_and_of_the_end(
    demande: Demande, agent: Agent, collegue: Agent, by: Acteur, at: datetime
) -> None:
    follow(demande=demande, agent=agent, at=at)
    receive_message(demande=demande, canal="courriel", texte="Alors ?", by=Acteur("usager", "Samira"), at=at)
    fresh = Demande.objects.get(pk=demande.pk)
    close(demande=fresh, version=fresh.version, issue="satisfaite", by=acting(collegue), at=at)
    assert list(Notification.objects.order_by("pk").values_list("texte", flat=True)) == [
        "L'usager a écrit.", "Yann Le Goff a clos cette demande."
    ]  # fmt: skip
