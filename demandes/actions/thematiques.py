"""The tree of subjects in which the types are sorted: two levels, in the order the town wants."""

from datetime import datetime

from django.db import transaction

from collectivites.acteur import Acteur
from demandes.models import Thematique, TypeDemande
from journal.actions import record


class ThematiqueRefusee(ValueError):
    """The change can't be made; the message is a French sentence."""


@transaction.atomic
def save_thematique(
    *, libelle: str, parent: Thematique | None, by: Acteur, at: datetime, thematique: Thematique | None = None
) -> Thematique:
    """Add a subject at the end of its level, or rename one and move it under `parent`. Raises ThematiqueRefusee."""
    said = " ".join(libelle.split())
    if not said:
        raise ThematiqueRefusee("Une thématique a un nom.")
    _check_place(thematique, parent, said)
    node = thematique or Thematique()
    if thematique is None or node.parent_id != (parent.pk if parent else None):
        node.rang = Thematique.objects.filter(parent=parent).count()
    node.libelle, node.parent = said, parent
    verbe = "thematique.modifiee" if node.pk else "thematique.creee"
    node.save()
    record(verbe=verbe, objet_type="thematique", objet_id=node.pk, libelle=said, by=by, at=at)
    return node


def _check_place(thematique: Thematique | None, parent: Thematique | None, libelle: str) -> None:
    twins = Thematique.objects.filter(parent=parent, libelle__iexact=libelle)
    if thematique is not None:
        twins = twins.exclude(pk=thematique.pk)
    if twins.exists():
        raise ThematiqueRefusee("Une thématique porte déjà ce nom à cet endroit.")
    if parent is None:
        return
    if parent.parent_id is not None:
        raise ThematiqueRefusee("Les thématiques ont deux niveaux, pas plus.")
    if thematique is not None and (parent == thematique or Thematique.objects.filter(parent=thematique).exists()):
        raise ThematiqueRefusee("Cette thématique en contient d'autres\u00a0: elle reste au premier niveau.")


@transaction.atomic
def move_thematique(*, thematique: Thematique, vers_le_haut: bool, by: Acteur, at: datetime) -> bool:
    """Swap a subject with its neighbour; False when it is already at the end of its level."""
    level = list(
        Thematique.objects.select_for_update().filter(parent_id=thematique.parent_id).order_by("rang", "libelle", "pk")
    )
    here = next(rang for rang, each in enumerate(level) if each.pk == thematique.pk)
    there = here - 1 if vers_le_haut else here + 1
    if not 0 <= there < len(level):
        return False
    level[here], level[there] = level[there], level[here]
    for rang, each in enumerate(level):
        each.rang = rang
    Thematique.objects.bulk_update(level, ["rang"])
    record(
        verbe="thematique.deplacee", objet_type="thematique", objet_id=thematique.pk, libelle=thematique.libelle,
        by=by, at=at,
    )  # fmt: skip
    return True


@transaction.atomic
def set_thematique_active(*, thematique: Thematique, is_active: bool, by: Acteur, at: datetime) -> None:
    """Retire a subject, or take it back. Raises ThematiqueRefusee while types that are offered stand in it."""
    used = TypeDemande.objects.filter(thematique__in=[thematique, *Thematique.objects.filter(parent=thematique)])
    offered = used.filter(is_active=True).count()
    if not is_active and offered:
        what = "Un type proposé y est rangé" if offered == 1 else f"{offered} types proposés y sont rangés"
        raise ThematiqueRefusee(f"{what}\u00a0: rangez-les ailleurs ou retirez-les d'abord.")
    if Thematique.objects.filter(pk=thematique.pk).exclude(is_active=is_active).update(is_active=is_active):
        verbe = "thematique.reprise" if is_active else "thematique.retiree"
        record(verbe=verbe, objet_type="thematique", objet_id=thematique.pk, libelle=thematique.libelle, by=by, at=at)
