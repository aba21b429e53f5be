"""One answer to every demande of a sujet commun, and closing them all: bulk gestures with a screen of their own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.actions.sujets import note_answer
from demandes.automates import groupee
from demandes.automates.gestes import Action
from demandes.models import ActionGroupee, Demande, DemandeQuerySet, SujetCommun
from socle.texte import clean

GESTE = "sujet"


class ReponseVide(ValueError):
    """Nothing to say, or nobody to say it to."""


def list_demandes(sujet: SujetCommun, acces: Acces) -> DemandeQuerySet:
    """Return the demandes of a sujet the agent may read, oldest first."""
    rows = Demande.objects.visible_to(acces).for_list().filter(sujet_id=sujet.pk)
    return rows.order_by("received_at", "pk")


def list_envois(sujet: SujetCommun) -> "QuerySet[ActionGroupee]":
    """Return the answers and closings asked for this sujet, latest first."""
    return ActionGroupee.objects.filter(geste=GESTE, parametres__sujet=sujet.pk).order_by("-at", "-pk")


@transaction.atomic
def answer_all(
    *, sujet: SujetCommun, texte: str, issue: str, clef: UUID, acces: Acces, agent: Agent, by: Acteur, at: datetime
) -> list[ActionGroupee]:
    """Ask for one answer to each open demande the agent may read, then its closing with `issue` when given.

    Each answer has the key of its demande in this action: done twice, taken up after a crash, it leaves once. The
    same `clef` again returns the actions already there. Raises ReponseVide.
    """
    said = clean(texte).strip()
    if not said:
        raise ReponseVide("Écrivez la réponse.")
    actions: list[Action] = [{"geste": "sujet_repondre", "parametres": {"texte": said}}]
    actions += [{"geste": "clore", "parametres": {"issue": issue}}] if issue else []
    made = _ask(
        sujet, actions, f"Réponse à tous\u00a0: {sujet.titre}", clef=clef, acces=acces, agent=agent, by=by, at=at
    )
    note_answer(sujet=sujet, texte=said, by=by, at=at)
    return made


@transaction.atomic
def close_all(
    *, sujet: SujetCommun, issue: str, clef: UUID, acces: Acces, agent: Agent, by: Acteur, at: datetime
) -> list[ActionGroupee]:
    """Ask for the closing of each open demande of the sujet. Raises ReponseVide when there is none."""
    actions: list[Action] = [{"geste": "clore", "parametres": {"issue": issue}}]
    return _ask(
        sujet, actions, f"Clôture de tous\u00a0: {sujet.titre}", clef=clef, acces=acces, agent=agent, by=by, at=at
    )


def _ask(
    sujet: SujetCommun, actions: Sequence[Action], libelle: str, *, clef: UUID, acces: Acces, agent: Agent, by: Acteur,
    at: datetime,
) -> list[ActionGroupee]:  # fmt: skip
    known = list(list_envois(sujet).filter(parametres__demande_par=str(clef)))
    if known:
        return known
    vises = list(list_demandes(sujet, acces).open().order_by("pk").values_list("pk", "version"))
    if not vises:
        raise ReponseVide("Aucune demande ouverte dans ce sujet.")
    made = []
    for rank, start in enumerate(range(0, len(vises), groupee.MAXIMUM)):
        action, _ = groupee.create(
            geste=GESTE, actions=actions, vises=vises[start : start + groupee.MAXIMUM], clef=uuid5(clef, str(rank)),
            agent=agent, by=by, at=at, libelle=libelle,
        )  # fmt: skip
        action.parametres |= {"sujet": sujet.pk, "demande_par": str(clef)}
        action.save(update_fields=["parametres"])
        made.append(action)
    return made
