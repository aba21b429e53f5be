"""Demandes that have to do with each other: tied, untied; likely duplicates."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from demandes.models import Demande, Lien
from journal.actions import record
from socle.texte import normalise

FENETRE = timedelta(days=30)  # two demandes for the same thing come close to each other
CANDIDATS_MAX = 60
SUGGESTIONS_MAX = 5
_VIDES = frozenset("a au aux avec ce d dans de des du elle en est et il je l la le les mon n ne nous on pas pour que "
                   "qui rue s sa se son sur un une vos vous y demande bonjour".split())  # fmt: skip


class LienRefuse(ValueError):
    """The two can't be tied; the sentence says why."""


@dataclass(frozen=True)
class Voisine:
    """The other end of a link, as the page shows it. `demande` is None when the agent may not read it."""

    lien: Lien
    demande: Demande | None
    role: str  # « doublon de », « suite de », « liée à »…


ROLES = {
    (Lien.Genre.DOUBLON.value, True): "Doublon de",
    (Lien.Genre.DOUBLON.value, False): "A pour doublon",
    (Lien.Genre.PARENT.value, True): "Principale de",
    (Lien.Genre.PARENT.value, False): "Suite de",
    (Lien.Genre.LIE.value, True): "Liée à",
    (Lien.Genre.LIE.value, False): "Liée à",
}


def list_liens(demande: Demande, acces: Acces) -> list[Voisine]:
    """Return what this demande is tied to (one query); of what the agent may not read, only that it exists."""
    rows = Lien.objects.select_related("de", "vers").filter(Q(de=demande) | Q(vers=demande)).order_by("at", "pk")
    return [_draw(lien, demande, acces) for lien in rows]


def _draw(lien: Lien, demande: Demande, acces: Acces) -> Voisine:
    is_first = lien.de_id == demande.pk
    other = lien.vers if is_first else lien.de
    return Voisine(lien, other if other.domaine in acces.domaines else None, ROLES[lien.genre, is_first])


@transaction.atomic
def tie(*, de: Demande, vers: Demande, genre: str, by: Acteur, at: datetime) -> Lien:
    """Tie two demandes: `de` is the duplicate, the principal, or simply the first. Raises LienRefuse."""
    if de.pk == vers.pk:
        raise LienRefuse("Une demande ne se lie pas à elle-même\u00a0: cherchez l'autre numéro.")
    if Lien.objects.filter(Q(de=de, vers=vers) | Q(de=vers, vers=de)).exists():
        raise LienRefuse(f"Ces deux demandes sont déjà liées\u00a0: {de.numero} et {vers.numero}.")
    try:
        with transaction.atomic():
            lien = Lien.objects.create(de=de, vers=vers, genre=genre, par_id=by.agent_id, at=at)
    except IntegrityError as error:
        raise LienRefuse(f"Ces deux demandes sont déjà liées\u00a0: {de.numero} et {vers.numero}.") from error
    for one, other in ((de, vers), (vers, de)):
        _tell(one, other, "demande.liee", by=by, at=at)
    return lien


@transaction.atomic
def untie(*, lien: Lien, by: Acteur, at: datetime) -> None:
    """Take the link off."""
    for one, other in ((lien.de, lien.vers), (lien.vers, lien.de)):
        _tell(one, other, "demande.deliee", by=by, at=at)
    lien.delete()


def _tell(one: Demande, other: Demande, verbe: str, *, by: Acteur, at: datetime) -> None:
    """The journal of a demande is read beyond the seal of another one: that one is not named there."""
    is_sealed = other.domaine in RESERVES and other.domaine != one.domaine
    record(verbe=verbe, objet_type="demande", objet_id=one.pk, libelle=one.numero, by=by, at=at,
           numero="" if is_sealed else other.numero)  # fmt: skip


def suggest_doublons(demande: Demande, acces: Acces) -> list[Demande]:
    """Return likely duplicates: same usager, within FENETRE, same type or common words of the objet (one query)."""
    if demande.usager_id is None or not demande.is_open:
        return []
    around = Q(received_at__gte=demande.received_at - FENETRE, received_at__lte=demande.received_at + FENETRE)
    rows = Demande.objects.visible_to(acces).select_related("type", "service").filter(
        ~Exists(Lien.objects.filter(de=demande, vers=OuterRef("pk"))),
        ~Exists(Lien.objects.filter(vers=demande, de=OuterRef("pk"))),
        around, usager_id=demande.usager_id, fusionnee_dans=None,
    ).exclude(pk=demande.pk)  # fmt: skip
    scored = [(_likeness(demande, each), each) for each in rows.order_by("-received_at")[:CANDIDATS_MAX]]
    likely = [(score, each) for score, each in scored if score]
    likely.sort(key=lambda pair: (-pair[0], -pair[1].pk))
    return [each for _, each in likely[:SUGGESTIONS_MAX]]


def _likeness(one: Demande, other: Demande) -> float:
    """0 when nothing says that they are the same thing; the type counts as one word, words as their share."""
    mine, theirs = _words(one.objet), _words(other.objet)
    common = len(mine & theirs) / min(len(mine), len(theirs)) if mine and theirs else 0.0
    same_type = one.type_id is not None and one.type_id == other.type_id
    return common + same_type if same_type or common >= 0.5 else 0.0


def _words(text: str) -> set[str]:
    return set(normalise(text).split()) - _VIDES
