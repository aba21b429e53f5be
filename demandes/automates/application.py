"""Doing several gestures on one demande, all or none, and taking them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from collectivites.acteur import Acteur
from demandes.actions import AgentHorsService, DemandeClose, IssueManquante, TexteVide
from demandes.actions.attributs import restore
from demandes.actions.sujets import SujetRefuse
from demandes.automates.effets import Contexte, GesteImpossible
from demandes.automates.gestes import Action, apply
from demandes.automates.occasions import EnvoiImpossible
from demandes.cycle import PassageInterdit
from demandes.models import Abonnement, Demande, Tache
from demandes.travail.taches import TacheRefusee
from demandes.versions import ConflitVersion

# What a gesture may change on the row of a demande; the dates that follow from it are recomputed, not kept.
SUIVIS = (
    "etat", "issue", "closed_at", "service_id", "agent_id", "type_id", "version_formulaire_id", "nature", "priorite",
    "domaine", "zone", "is_unread", "sujet_id", "niveau",
)  # fmt: skip
REFUS = (
    GesteImpossible, EnvoiImpossible, DemandeClose, PassageInterdit, IssueManquante, AgentHorsService, TexteVide,
    TacheRefusee, SujetRefuse,
)  # fmt: skip


@dataclass(frozen=True)
class Application:
    """What was done: the demande as it is now, the fields as they were before, the rows created."""

    demande: Demande
    avant: dict[str, Any] = field(default_factory=dict)
    crees: list[tuple[str, int]] = field(default_factory=list)
    is_changed: bool = False

    @property
    def trace(self) -> dict[str, Any]:
        """As JSON, for an undo."""
        return {"champs": self.avant, "crees": [list(each) for each in self.crees]}


@transaction.atomic
def apply_all(demande: Demande, actions: Sequence[Action], contexte: Contexte) -> Application:
    """Do the gestures in order; one refused takes the others back. Raises one of REFUS, or ConflitVersion."""
    before, version = photograph(demande), demande.version
    for action in actions:
        demande = apply(demande, action, contexte)
    after = photograph(demande)
    changed = {name: before[name] for name in SUIVIS if before[name] != after[name]}
    return Application(
        demande, changed, contexte.crees, is_changed=demande.version != version or bool(contexte.crees)
    )  # fmt: skip


def photograph(demande: Demande) -> dict[str, Any]:
    """Return the fields a gesture may change, as JSON."""
    return {name: _write(getattr(demande, name)) for name in SUIVIS}


def _write(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@transaction.atomic
def undo(demande: Demande, version: int, trace: Mapping[str, Any], *, by: Acteur, at: datetime) -> Demande:
    """Put back what the gestures changed and take away what they created. Raises ConflitVersion: it moved since."""
    champs = dict(trace.get("champs", {}))
    if champs.get("closed_at"):
        champs["closed_at"] = datetime.fromisoformat(champs["closed_at"])
    made = trace.get("crees", [])
    Tache.objects.filter(demande=demande, done_at=None, pk__in=_of("tache", made)).delete()
    Abonnement.objects.filter(demande=demande, pk__in=_of("abonnement", made)).delete()
    if champs or demande.version != version:
        return restore(demande=demande, version=version, champs=champs, by=by, at=at)
    return demande


def _of(kind: str, made: Sequence[Sequence[Any]]) -> list[int]:
    return [pk for name, pk in made if name == kind]


def tell_refus(refusal: Exception) -> str:
    """Say why nothing was done: a sentence of ours, or who was quicker; never the text of an unexpected error."""
    if isinstance(refusal, ConflitVersion):
        what = "\u00a0; ".join(refusal.changes) or "elle a été modifiée"
        return f"Modifiée entre-temps\u00a0: {what}."
    return str(refusal) if isinstance(refusal, REFUS) else "Erreur interne\u00a0: rien n'a été fait."
