"""Two demandes that are one: merging, and undoing it.

Everything that moves is written down ([table, id, column, before, after]) so that undoing puts back each row still as
the merge left it, and says which ones have moved since. What stays behind (proofs, dates, history, journal) belongs to
the demande that was closed, whose page can still be opened.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from citoyens.models import Interaction
from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from demandes.actions.traitement import write
from demandes.cycle import Etat, Issue
from demandes.delais.recalcul import recompute
from demandes.models import (
    Abonnement,
    Appel,
    Avis,
    Brouillon,
    CourrierArrivee,
    CourrierDepart,
    Demande,
    DemandeComplement,
    Fusion,
    Lien,
    Message,
    PartieDemande,
    Suspension,
    Tache,
)
from journal.actions import record


class FusionRefusee(Exception):
    """These two can't be merged, or the merge can't be undone; the sentence says why."""


@dataclass(frozen=True)
class Deplacee:
    """A table whose rows follow the demande. `keep` leaves out those the kept demande already has its own of."""

    modele: type[models.Model]
    colonne: str
    libelle: tuple[str, str]  # one, several
    keep: Callable[[Any, Demande], Any] = lambda rows, kept: rows


def _without_same(field: str) -> Callable[[Any, Demande], Any]:
    """Leave out rows whose `field` the kept demande already has (a unique constraint says once)."""

    def keep(rows: Any, kept: Demande) -> Any:
        same = rows.model.objects.filter(demande=kept, **{field: OuterRef(field)})
        return rows.exclude(Exists(same))

    return keep


def _new_parties(rows: Any, kept: Demande) -> Any:
    """Leave out the parties the kept demande already has, and a second demandeur."""
    known = PartieDemande.objects.filter(demande=kept)
    rows = rows.exclude(Exists(known.filter(usager_id=OuterRef("usager_id"), role=OuterRef("role"))))
    is_held = known.filter(role=PartieDemande.Role.DEMANDEUR).exists()
    return rows.exclude(role=PartieDemande.Role.DEMANDEUR) if is_held else rows


def _one_open_complement(rows: Any, kept: Demande) -> Any:
    waiting = {"answered_at": None, "cancelled_at": None}
    busy = DemandeComplement.objects.filter(demande=kept, **waiting).exists()
    return rows.exclude(**waiting) if busy else rows


def _link_elsewhere(column: str, other: str) -> Callable[[Any, Demande], Any]:
    """Leave out the link between the two, and those the kept demande has already, in either direction."""

    def keep(rows: Any, kept: Demande) -> Any:
        same = Lien.objects.filter(Q(de=kept, vers=OuterRef(other)) | Q(vers=kept, de=OuterRef(other)))
        return rows.exclude(**{other: kept.pk}).exclude(Exists(same))

    return keep


DEPLACEES: dict[str, Deplacee] = {
    "message": Deplacee(Message, "demande_id", ("message", "messages"), _without_same("entree_id")),
    "partie": Deplacee(PartieDemande, "demande_id", ("partie", "parties"), _new_parties),
    "tache": Deplacee(Tache, "demande_id", ("tâche", "tâches")),
    "abonnement": Deplacee(Abonnement, "demande_id", ("abonnement", "abonnements"), _without_same("agent_id")),
    "brouillon": Deplacee(Brouillon, "demande_id", ("brouillon", "brouillons"), _without_same("agent_id")),
    "complement": Deplacee(
        DemandeComplement, "demande_id", ("demande de compléments", "demandes de compléments"), _one_open_complement
    ),
    "avis": Deplacee(Avis, "demande_id", ("avis", "avis")),
    "appel": Deplacee(Appel, "demande_id", ("appel", "appels")),
    "courrier_arrivee": Deplacee(CourrierArrivee, "demande_id", ("courrier reçu", "courriers reçus")),
    "courrier_depart": Deplacee(CourrierDepart, "demande_id", ("courrier envoyé", "courriers envoyés")),
    "lien_de": Deplacee(Lien, "de_id", ("lien", "liens"), _link_elsewhere("de_id", "vers_id")),
    "lien_vers": Deplacee(Lien, "vers_id", ("lien", "liens"), _link_elsewhere("vers_id", "de_id")),
}
# Rows that stay with the demande that is closed, and why: a test says which tables nobody has thought of.
RESTENT: dict[str, str] = {
    "affectation": "history, append-only",
    "echeance": "its own dates, recomputed",
    "suspension": "its own clocks",
    "rappel": "its own dates",
    "recherchedemande": "rebuilt by triggers",
    "accusereception": "proof, append-only: what was acknowledged is that demande",
    "dossierpreuves": "a pack already drawn says what was true that day",
    "transfert": "the file that left is that one",
    "satisfaction": "asked about that one",
    "executionregle": "log, append-only",
    "rendezvous": "booked for that one; the page of the kept demande shows those of its merged ones",
    "notification": "leads to its page, which leads to the kept one",
    "fusion": "its own merges: the chain is followed",
    "demande": "merged into it earlier: the chain is followed",
}
AUTRES: dict[str, tuple[type[models.Model], tuple[str, str]]] = {
    "interaction": (Interaction, ("ligne du parcours", "lignes du parcours")),
    "suspension": (Suspension, ("suspension", "suspensions")),
    "demande": (Demande, ("", "")),
}
Ligne = list[Any]  # [table, id, column, before, after]


@transaction.atomic
def merge_demandes(
    *, conservee: Demande, absorbee: Demande, version_conservee: int, version_absorbee: int, by: Acteur, at: datetime
) -> Fusion:
    """Move everything of `absorbee` into `conservee`; the first closes as a duplicate that leads to the second.

    Refused between two usagers (their tracking pages would show one to the other) and between a sealed domain and
    another. The usager is told nothing. Raises FusionRefusee, ConflitVersion.
    """
    conservee, absorbee = _lock(conservee.pk, absorbee.pk)
    _verify(conservee, absorbee)
    avant = {"etat": absorbee.etat, "issue": absorbee.issue, "closed_at": _write_instant(absorbee.closed_at)}
    lignes = _plan_demande(conservee, absorbee)
    pauses = list(Suspension.objects.filter(demande=absorbee, fin_at=None).values_list("pk", flat=True))
    lignes += _move_rows(conservee, absorbee) + _move_timeline(conservee, absorbee)
    closed = write(
        absorbee, version_absorbee, "demande.fusionnee", by=by, at=at, details={"numero": conservee.numero},
        etat=Etat.CLOSE, issue=Issue.DOUBLON, closed_at=absorbee.closed_at or at, is_unread=False,
        fusionnee_dans=conservee,
    )  # fmt: skip
    ended = Suspension.objects.filter(pk__in=pauses, fin_at__isnull=False).values_list("pk", "fin_at")
    lignes += [["suspension", pk, "fin_at", None, _write_instant(fin)] for pk, fin in ended]
    champs = {column: _read(column, after) for table, pk, column, _, after in lignes
              if table == "demande" and pk == conservee.pk}  # fmt: skip
    kept = write(
        conservee, version_conservee, "demande.a_recu", by=by, at=at, details={"numero": closed.numero}, **champs
    )
    recompute(kept, at=at)  # complements that moved may stop a clock
    return Fusion.objects.create(
        conservee=kept, absorbee=closed, avant=avant, deplacements=lignes, par_id=by.agent_id, at=at
    )


def _lock(conservee_id: int, absorbee_id: int) -> tuple[Demande, Demande]:
    """Lock both rows in the order of their ids: two opposite merges at once wait for each other, never forever."""
    if conservee_id == absorbee_id:
        raise FusionRefusee("Une demande ne se fusionne pas avec elle-même\u00a0: cherchez l'autre numéro.")
    both = [conservee_id, absorbee_id]
    locked = Demande.objects.select_related("collectivite", "type").select_for_update(no_key=True, of=("self",))
    rows = {row.pk: row for row in locked.filter(pk__in=both).order_by("pk")}
    return rows[conservee_id], rows[absorbee_id]


def _verify(conservee: Demande, absorbee: Demande) -> None:
    if absorbee.fusionnee_dans_id is not None or conservee.fusionnee_dans_id is not None:
        merged = absorbee if absorbee.fusionnee_dans_id is not None else conservee
        raise FusionRefusee(f"{merged.numero} a déjà été fusionnée dans une autre demande.")
    if not conservee.is_open:
        raise FusionRefusee(f"{conservee.numero} est close\u00a0: rouvrez-la, ou gardez l'autre demande.")
    if conservee.usager_id and absorbee.usager_id and conservee.usager_id != absorbee.usager_id:
        raise FusionRefusee(
            "Ces deux demandes sont de deux usagers\u00a0: chacun verrait les messages de l'autre dans son suivi. "
            "Liez-les, ou rattachez-les à un sujet commun."
        )
    if conservee.domaine != absorbee.domaine and {conservee.domaine, absorbee.domaine} & RESERVES:
        raise FusionRefusee("Une demande réservée ne se fusionne qu'avec une demande du même domaine.")


def _plan_demande(conservee: Demande, absorbee: Demande) -> list[Ligne]:
    """What the kept demande takes from the other: its usager and its sujet when it had none, its last exchange."""
    wanted = {
        "usager_id": conservee.usager_id or absorbee.usager_id,
        "sujet_id": conservee.sujet_id or absorbee.sujet_id,
        "last_message_at": max(conservee.last_message_at, absorbee.last_message_at),
        "is_unread": conservee.is_unread or absorbee.is_unread,
    }
    changed = {name: value for name, value in wanted.items() if getattr(conservee, name) != value}
    rows = [("demande", conservee.pk, name, getattr(conservee, name), value) for name, value in changed.items()]
    rows += [("demande", absorbee.pk, "is_unread", True, False)] if absorbee.is_unread else []
    return [[table, pk, name, _plain(before), _plain(after)] for table, pk, name, before, after in rows]


def _move_rows(conservee: Demande, absorbee: Demande) -> list[Ligne]:
    lignes: list[Ligne] = []
    for table, rule in DEPLACEES.items():
        rows = rule.keep(rule.modele._default_manager.filter(**{rule.colonne: absorbee.pk}), conservee)
        pks = list(rows.order_by("pk").values_list("pk", flat=True))
        rule.modele._default_manager.filter(pk__in=pks).update(**{rule.colonne: conservee.pk})
        lignes += [[table, pk, rule.colonne, absorbee.pk, conservee.pk] for pk in pks]
    return lignes


def _move_timeline(conservee: Demande, absorbee: Demande) -> list[Ligne]:
    """The usager's timeline leads to the kept demande, under its domain."""
    rows = Interaction.objects.filter(objet_type="demande", objet_id=absorbee.pk)
    kept = list(rows.order_by("pk").values_list("pk", "domaine"))
    rows.update(objet_id=conservee.pk, domaine=conservee.domaine)
    domaine = conservee.domaine
    lignes: list[Ligne] = [["interaction", pk, "objet_id", absorbee.pk, conservee.pk] for pk, _ in kept]
    return lignes + [["interaction", pk, "domaine", old, domaine] for pk, old in kept if old != domaine]


@dataclass(frozen=True)
class Annulation:
    """What undoing a merge did. `restees`: what has moved since and stays, in words (« 2 messages »)."""

    absorbee: Demande
    restees: list[str]


@transaction.atomic
def undo_merge(*, fusion: Fusion, by: Acteur, at: datetime) -> Annulation:
    """Put back every row that is still as the merge left it, and say what is not. Raises FusionRefusee."""
    conservee, absorbee = _lock(fusion.conservee_id, fusion.absorbee_id)
    fresh = Fusion.objects.select_for_update(no_key=True).get(pk=fusion.pk)
    if fresh.annulee_at is not None or absorbee.fusionnee_dans_id != conservee.pk:
        raise FusionRefusee("Cette fusion a déjà été annulée.")
    if conservee.fusionnee_dans_id is not None:
        raise FusionRefusee(f"{conservee.numero} a été fusionnée à son tour\u00a0: annulez d'abord cette fusion-là.")
    moved = _put_back(fresh.deplacements)
    avant = fresh.avant
    both = Demande.objects.filter(pk__in=[conservee.pk, absorbee.pk])
    both.update(version=F("version") + 1)
    Demande.objects.filter(pk=absorbee.pk).update(
        etat=avant["etat"], issue=avant["issue"], closed_at=_read_instant(avant["closed_at"]), fusionnee_dans=None
    )
    kept, reopened = _lock(conservee.pk, absorbee.pk)
    for each in (kept, reopened):
        recompute(each, at=at)
    Fusion.objects.filter(pk=fresh.pk).update(annulee_at=at)
    for one, other in ((reopened, kept), (kept, reopened)):
        record(
            verbe="demande.fusion_annulee", objet_type="demande", objet_id=one.pk, libelle=one.numero, by=by, at=at,
            version=one.version, numero=other.numero,
        )  # fmt: skip
    return Annulation(reopened, moved)


def _put_back(lignes: list[Ligne]) -> list[str]:
    """Write `before` where the row still holds `after`, last written first; return what was left, in words."""
    groups: dict[tuple[str, str, Any, Any], list[int]] = {}
    for table, pk, column, before, after in reversed(lignes):
        groups.setdefault((table, column, before, after), []).append(pk)
    left: dict[str, set[int]] = defaultdict(set)
    for (table, column, before, after), pks in groups.items():
        rows = _model(table)._default_manager.filter(pk__in=pks, **{column: _read(column, after)})
        held = set(rows.values_list("pk", flat=True))
        _model(table)._default_manager.filter(pk__in=held).update(**{column: _read(column, before)})
        left[table] |= set(pks) - held
    return [_count(table, len(pks)) for table, pks in left.items() if pks and _words(table)[0]]


def _model(table: str) -> type[models.Model]:
    return DEPLACEES[table].modele if table in DEPLACEES else AUTRES[table][0]


def _words(table: str) -> tuple[str, str]:
    return DEPLACEES[table].libelle if table in DEPLACEES else AUTRES[table][1]


def _count(table: str, number: int) -> str:
    one, several = _words(table)
    return f"{number} {one if number == 1 else several}"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _write_instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _read_instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _read(column: str, value: Any) -> Any:
    return _read_instant(value) if column.endswith("_at") else value
