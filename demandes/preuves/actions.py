"""Asking for the evidence pack of a demande, drawing it by steps, telling who asked."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active, get_active_id
from collectivites.models import Agent, Collectivite
from demandes.lettres.composition import Dessine, describe_town, draw_document
from demandes.models import Demande, DossierPreuves, Notification
from demandes.preuves.collecte import collect
from demandes.preuves.page import write_exact
from demandes.travail.notifications import notify
from journal.actions import record
from socle.direct import publish_on_commit
from socle.ouvriers import ask_worker
from socle.pdf import PdfIndisponible

COMPOSER = "demandes.preuves.tasks.compose_preuves"
ETAPES = 3  # gathered, laid out, kept
Etat = DossierPreuves.Etat


def ask_dossier(
    *, demande: Demande, has_internes: bool, clef: UUID, agent: Agent, by: Acteur, at: datetime
) -> DossierPreuves:
    """Ask for a pack; a worker draws it. The same `clef` again returns the pack already asked for."""
    try:
        with transaction.atomic():
            dossier = DossierPreuves.objects.create(
                demande=demande, agent=agent, has_internes=has_internes, etapes=ETAPES, clef=clef, created_at=at
            )
            record(
                verbe="demande.preuves", objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by,
                at=at, version=demande.version,
            )  # fmt: skip
    except IntegrityError:
        return DossierPreuves.objects.get(clef=clef)
    transaction.on_commit(partial(ask_worker, COMPOSER, get_active_id(), dossier.pk), robust=True)
    return dossier


def draw_dossier(*, collectivite_id: int, dossier_id: int, at: datetime) -> bool:
    """Draw a pack: once, outside any transaction. False when there is nothing to draw or no pango here."""
    html = _gather(collectivite_id, dossier_id, at=at)
    if html is None:
        return False
    try:
        drawn = draw_document(html, collectivite_id=collectivite_id, at=at)
    except PdfIndisponible as error:
        _advance(collectivite_id, dossier_id, erreur=str(error)[:300])
        return False
    return _finish(collectivite_id, dossier_id, drawn, at=at)


def _gather(collectivite_id: int, dossier_id: int, *, at: datetime) -> str | None:
    with collectivite_active(collectivite_id):
        town = Collectivite.objects.get(pk=collectivite_id)
        waiting = DossierPreuves.objects.filter(pk=dossier_id, etat=Etat.A_COMPOSER)
        dossier = waiting.select_related("agent").first()
        if dossier is None:
            return None
        demande = Demande.objects.for_fiche().select_related("version_formulaire").get(pk=dossier.demande_id)
        with timezone.override(town.fuseau):
            sections = collect(demande, has_internes=dossier.has_internes)
            context: dict[str, Any] = {
                "dossier": dossier, "demande": demande, "entete": describe_town(town), "sections": sections,
                "fuseau": town.fuseau, "fait_le": write_exact(at),
            }  # fmt: skip
            html = render_to_string("lettres/preuves.html", context)
    _advance(collectivite_id, dossier_id, faites=1)
    return html


def _advance(collectivite_id: int, dossier_id: int, **champs: Any) -> None:
    """Write a step at once, so that the page shows it."""
    with collectivite_active(collectivite_id):
        rows = DossierPreuves.objects.filter(pk=dossier_id, etat=Etat.A_COMPOSER)
        rows.update(**champs)
        demande_id = rows.values_list("demande_id", flat=True).first()
        publish_on_commit(collectivite_id=collectivite_id, sujet=f"demande:{demande_id}")


def _finish(collectivite_id: int, dossier_id: int, drawn: Dessine, *, at: datetime) -> bool:
    with collectivite_active(collectivite_id):
        kept = DossierPreuves.objects.filter(pk=dossier_id, etat=Etat.A_COMPOSER).update(
            etat=Etat.PRET, faites=ETAPES, document=drawn.depose.chemin, empreinte=drawn.depose.empreinte,
            octets=drawn.depose.octets, pages=drawn.pages, erreur="", ready_at=at,
        )  # fmt: skip
        if not kept:
            return False
        dossier = DossierPreuves.objects.select_related("demande").get(pk=dossier_id)
        notify(
            dossier.agent_id, Notification.Genre.TRAVAIL, "Le dossier de preuves est prêt.", dossier.demande,
            clef=f"preuves:{dossier.pk}", at=at,
        )  # fmt: skip
        publish_on_commit(collectivite_id=collectivite_id, sujet=f"demande:{dossier.demande_id}")
    return True
