"""What a rule may know of a demande: facts read once, then judged without a database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from demandes.models import Demande, Message, Thematique


@dataclass(frozen=True)
class Faits:
    """One demande as rules see it. Ids are texts, empty for none: they are compared with what a form posted."""

    objet: str = ""
    texte: str = ""  # objet and description
    dernier_message: str = ""
    type: str = ""
    thematiques: frozenset[str] = frozenset()  # its own and those above
    nature: str = ""
    canal: str = ""
    domaine: str = ""
    expediteur: str = ""  # address that wrote first, lower-case
    zone: str = ""
    service: str = ""
    agent: str = ""
    etat: str = ""
    priorite: str = "0"
    usager_connu: bool = False
    en_retard: bool = False
    reponses: Mapping[str, Any] = field(default_factory=dict)


Arbre = Mapping[int, int | None]  # thématique → the one above


def load_arbre() -> Arbre:
    """Return the tree of subjects (one query)."""
    return dict(Thematique.objects.values_list("pk", "parent_id"))


def climb(arbre: Arbre, pk: int | None) -> frozenset[str]:
    """Return a subject and those above it."""
    seen: set[int] = set()
    while pk is not None and pk not in seen:
        seen.add(pk)
        pk = arbre.get(pk)
    return frozenset(str(each) for each in seen)


def with_echanges(demandes: Any) -> Any:
    """Add to a queryset of demandes the address that wrote first and the last text received."""
    received = Message.objects.filter(demande=OuterRef("pk"), sens=Message.Sens.ENTRANT, is_automatique=False)
    return demandes.select_related("type").annotate(
        premiere_adresse=Subquery(received.order_by("at", "pk").values("adresse")[:1]),
        dernier_texte=Subquery(received.order_by("-at", "-pk").values("texte")[:1]),
    )


def read_faits(demande: Demande, arbre: Arbre, *, at: datetime, adresse: str | None = None) -> Faits:
    """Return the facts of a demande loaded by `with_echanges`, or just opened (its `adresse` given)."""
    first = getattr(demande, "premiere_adresse", "") if adresse is None else adresse
    return Faits(
        objet=demande.objet,
        texte=f"{demande.objet}\n{demande.description}",
        dernier_message=getattr(demande, "dernier_texte", "") or demande.description,
        type=_show(demande.type_id),
        thematiques=climb(arbre, demande.type.thematique_id) if demande.type else frozenset(),
        nature=demande.nature,
        canal=demande.canal,
        domaine=demande.domaine,
        expediteur=(first or "").strip().lower(),
        zone=demande.zone,
        service=_show(demande.service_id),
        agent=_show(demande.agent_id),
        etat=demande.etat,
        priorite=str(int(demande.priorite)),
        usager_connu=demande.usager_id is not None,
        en_retard=demande.is_overdue(at),
        reponses=demande.reponses or {},
    )


def load_faits(pks: Iterable[int], *, at: datetime) -> dict[int, tuple[Demande, Faits]]:
    """Return the demandes of these ids with their facts (two queries)."""
    arbre = load_arbre()
    rows = with_echanges(Demande.objects.filter(pk__in=list(pks)))
    return {row.pk: (row, read_faits(row, arbre, at=at)) for row in rows}


def _show(pk: int | None) -> str:
    return str(pk) if pk else ""
