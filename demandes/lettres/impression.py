"""Printing letters together: one PDF with its list; then posted, printed again, or withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active, get_active_id
from collectivites.models import Agent, Collectivite
from demandes.lettres.composition import RESSOURCES, describe_town
from demandes.models import CourrierDepart, LotImpression
from journal.actions import record
from socle.depot import FichierAbsent, read_file, store_bytes
from socle.direct import publish_on_commit
from socle.ouvriers import ask_worker
from socle.pdf import PdfIndisponible, render_pdf

JOINDRE = "demandes.lettres.tasks.draw_lot"
LETTRES_MAX = 500  # of a batch: the printer's tray, and the memory of a worker
Etat = CourrierDepart.Etat
VIVANTS = (Etat.A_IMPRIMER, Etat.IMPRIME)


class AucuneLettre(ValueError):
    """Nothing that was chosen can be done."""

    def __init__(self) -> None:
        super().__init__("Choisissez au moins une lettre dont le PDF est prêt.")


class TropDeLettres(ValueError):
    """A batch has a limit."""

    def __init__(self) -> None:
        super().__init__(f"Un lot va jusqu'à {LETTRES_MAX}\u00a0lettres\u00a0: faites-en plusieurs.")


@dataclass(frozen=True)
class Choix:
    """Which letters, among those whose demande the agent may read."""

    ids: frozenset[int]
    domaines: frozenset[str]

    def select(self) -> QuerySet[CourrierDepart]:
        """Return the letters chosen that are drawn, oldest number first."""
        mine = CourrierDepart.objects.filter(pk__in=self.ids, demande__domaine__in=self.domaines)
        return mine.exclude(document="").order_by("created_at", "pk")


def prepare_lot(*, choix: Choix, agent: Agent, clef: UUID, by: Acteur, at: datetime) -> LotImpression:
    """Put letters in a batch whose PDF a worker joins. A letter already printed is printed again. The same `clef`
    again returns the batch. Raises AucuneLettre, TropDeLettres."""
    twin = LotImpression.objects.filter(clef=clef).first()
    if twin is not None:
        return twin
    try:
        with transaction.atomic():
            return _insert_lot(choix, agent=agent, clef=clef, by=by, at=at)
    except IntegrityError:
        return LotImpression.objects.get(clef=clef)  # the same form, sent twice at once


def _insert_lot(choix: Choix, *, agent: Agent, clef: UUID, by: Acteur, at: datetime) -> LotImpression:
    ids = list(choix.select().filter(etat__in=VIVANTS).select_for_update(of=("self",)).values_list("pk", flat=True))
    if not ids:
        raise AucuneLettre
    if len(ids) > LETTRES_MAX:
        raise TropDeLettres
    lot = LotImpression.objects.create(document="", nombre=len(ids), agent=agent, clef=clef, at=at)
    CourrierDepart.objects.filter(pk__in=ids).update(lot=lot)
    record(
        verbe="lot_impression.prepare", objet_type="lot_impression", objet_id=lot.pk, libelle=f"{len(ids)} lettres",
        by=by, at=at, nombre=len(ids),
    )  # fmt: skip
    transaction.on_commit(partial(ask_worker, JOINDRE, get_active_id(), lot.pk), robust=True)
    return lot


def draw_lot(*, collectivite_id: int, lot_id: int, at: datetime) -> bool:
    """Join the letters of a batch after their list, outside any transaction; they are then « imprimées ».

    False when there is nothing to do, or no pango for the list.
    """
    with collectivite_active(collectivite_id):
        lot = LotImpression.objects.select_related("agent").filter(pk=lot_id, document="").first()
        if lot is None:
            return False
        letters = list(lot.courriers.exclude(etat=Etat.ANNULE).select_related("demande").order_by("created_at", "pk"))
        town = Collectivite.objects.get(pk=collectivite_id)
        html = render_to_string("lettres/bordereau.html", _describe_lot(lot, letters, town))
    try:
        joined = join([render_pdf(html, base_url=RESSOURCES), *(read_file(each.document) for each in letters)])
    except (PdfIndisponible, FichierAbsent):
        return False
    depose = store_bytes(joined, collectivite_id=collectivite_id, at=at)
    with collectivite_active(collectivite_id):
        if not LotImpression.objects.filter(pk=lot_id, document="").update(document=depose.chemin):
            return False
        printed = CourrierDepart.objects.filter(lot_id=lot_id, etat=Etat.A_IMPRIMER)
        printed.update(etat=Etat.IMPRIME, printed_at=at)
        publish_on_commit(collectivite_id=collectivite_id, sujet="demande")
    return True


def _describe_lot(lot: LotImpression, letters: list[CourrierDepart], town: Collectivite) -> dict[str, Any]:
    return {
        "lot": lot,
        "lettres": letters,
        "entete": describe_town(town),
        "pages": sum(each.pages for each in letters),
    }


def join(documents: list[bytes]) -> bytes:
    """Return one PDF of all the pages, in order: for the printer; each letter keeps its own tagged file."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 a third of a second that only a batch needs

    writer = PdfWriter()
    for document in documents:
        writer.append(PdfReader(BytesIO(document)), import_outline=False)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@transaction.atomic
def mark_posted(*, choix: Choix, by: Acteur, at: datetime) -> int:
    """Say that letters went to the post (or were handed over). Returns how many. Raises AucuneLettre."""
    return _pass(choix, VIVANTS, "courrier.poste", by=by, at=at, etat=Etat.POSTE, posted_at=at)


@transaction.atomic
def cancel(*, choix: Choix, by: Acteur, at: datetime) -> int:
    """Withdraw letters that were not posted; they stay readable. Returns how many. Raises AucuneLettre."""
    undrawn = CourrierDepart.objects.filter(pk__in=choix.ids, demande__domaine__in=choix.domaines, document="")
    gone = list(undrawn.filter(etat=Etat.A_IMPRIMER).select_for_update(of=("self",)).select_related("demande"))
    CourrierDepart.objects.filter(pk__in=[each.pk for each in gone]).update(etat=Etat.ANNULE, lot=None)
    _record(gone, "courrier.annule", by=by, at=at)
    try:
        return len(gone) + _pass(choix, VIVANTS, "courrier.annule", by=by, at=at, etat=Etat.ANNULE, lot=None)
    except AucuneLettre:
        if not gone:
            raise
        return len(gone)


def _pass(choix: Choix, etats: Iterable[str], verbe: str, *, by: Acteur, at: datetime, **champs: Any) -> int:
    """Change what is chosen and in one of these states; each demande's journal says it."""
    rows = choix.select().filter(etat__in=list(etats)).select_for_update(of=("self",)).select_related("demande")
    letters = list(rows)
    if not letters:
        raise AucuneLettre
    CourrierDepart.objects.filter(pk__in=[each.pk for each in letters]).update(**champs)
    _record(letters, verbe, by=by, at=at)
    return len(letters)


def _record(letters: Iterable[CourrierDepart], verbe: str, *, by: Acteur, at: datetime) -> None:
    for each in letters:
        record(
            verbe=verbe, objet_type="demande", objet_id=each.demande_id, libelle=each.demande.numero, by=by, at=at,
            chrono=each.chrono,
        )  # fmt: skip
