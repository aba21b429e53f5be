"""« @Claire Morvan » in a note: who is called. Names are compared without accents nor case, the longest first."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.models import Demande, Message, Notification
from demandes.travail.lecteurs import list_readers
from demandes.travail.notifications import notify_many
from socle.texte import normalise

CANDIDATS_MAX = 2_000  # agents of a town
PROPOSES_MAX = 8
_AROBASE = re.compile(r"(?<![\w.+-])@")  # not the one of an address


def find_mentions(texte: str, agents: Iterable[Agent]) -> list[Agent]:
    """Return the agents called in `texte`, each once, in the order of the text; of two namesakes, both."""
    names = sorted(((normalise(str(agent)), agent) for agent in agents), key=lambda pair: -len(pair[0]))
    called: dict[int, Agent] = {}
    for mark in _AROBASE.finditer(texte):
        after = normalise(texte[mark.end() : mark.end() + 200])
        longest = next((name for name, _ in names if name and _begins(after, name)), None)
        called |= {agent.pk: agent for name, agent in names if name == longest}
    return list(called.values())


def _begins(text: str, name: str) -> bool:
    return text == name or text.startswith(f"{name} ")


def add_mentions(texte: str, agents: Iterable[Agent]) -> str:
    """Return the text with the agents chosen in a list called at its end, those not called in it already."""
    chosen = list(agents)
    known = {agent.pk for agent in find_mentions(texte, chosen)}
    missing = [f"@{agent}" for agent in chosen if agent.pk not in known]
    return f"{texte.rstrip()}\n{' '.join(missing)}" if missing and texte.strip() else texte


def tell_mentioned(demande: Demande, note: Message, *, by: Acteur, at: datetime) -> set[int]:
    """Tell the agents called in a note who may read the demande; returns their ids (no query without an arobase)."""
    if not _AROBASE.search(note.texte):
        return set()
    called = {agent.pk for agent in find_mentions(note.texte, list_readers(demande)) if agent.pk != by.agent_id}
    notify_many(
        called, Notification.Genre.MENTION, f"{by.libelle} vous mentionne dans une note.", demande,
        clef=f"mention:{note.pk}", at=at,
    )  # fmt: skip
    return called


def complete_mention(debut: str, agents: "QuerySet[Agent]") -> list[Agent]:
    """Return at most eight agents whose first or last name begins like `debut`, by name (one query)."""
    words = normalise(debut[:60]).split()
    ordered = agents.order_by("prenom", "nom", "pk")[:CANDIDATS_MAX]
    found = [agent for agent in ordered if _starts(normalise(str(agent)).split(), words)]
    return found[:PROPOSES_MAX]


def _starts(name: list[str], typed: list[str]) -> bool:
    """True when the words typed begin words of the name, in order: « cl mor » for Claire Morvan."""
    places = iter(name)
    return all(any(word.startswith(each) for word in places) for each in typed)
