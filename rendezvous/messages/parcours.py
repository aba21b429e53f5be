"""A visit of several appointments is told in one message, and reminded in one."""

import hashlib
from datetime import datetime
from itertools import groupby

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from collectivites.models import Collectivite
from messagerie.actions import queue_occasion
from messagerie.models import Envoi
from messagerie.textes import COURRIEL, SMS
from rendezvous.etats import VIVANTS
from rendezvous.heures import get_day, to_local
from rendezvous.messages.choix import Voie, is_pressant, list_voies
from rendezvous.messages.contenu import (
    NB,
    NOM_SMS,
    SUR_LA_PAGE,
    Contenu,
    build_contenu,
    write_le_jour,
    write_quand,
)
from rendezvous.messages.envois import MACHINE, OBJET, join_ics
from rendezvous.messages.ics import Methode
from rendezvous.messages.liens import build_lien_court, build_lien_gestion
from rendezvous.messages.rappels import cancel_all, read_moment
from rendezvous.models import Parcours, Participation, RendezVous
from socle.ecriture import write_duree, write_heure
from socle.texte import truncate

CONFIRMES = "Vos rendez-vous sont confirmés."
ANNULES = "Vos rendez-vous sont annulés."
RAPPEL = "Nous vous attendons bientôt."


def queue_parcours(parcours: Parcours, by: Acteur, at: datetime) -> list[Envoi]:
    """Write the one message of a visit, with a calendar file for each appointment, and queue its one reminder.

    Confirmed while at least one appointment is to be held, cancelled when none is left. Told twice, it is one message.
    """
    rows = load_contenus(parcours.pk)
    live = [contenu for contenu in rows if contenu.rendezvous.etat in VIVANTS]
    told, annonce = (live, CONFIRMES) if live else (rows, ANNULES)
    told = [contenu for contenu in told if contenu.rendezvous.debut_at > at]
    if not told:
        return []
    first = told[0]
    ways = list_voies(first.participation, is_pressant=is_pressant(first.rendezvous.debut_at, at=at))
    lane = Envoi.Voie.IMMEDIAT if by.nature == "usager" else Envoi.Voie.COURANT
    queued = [_queue(parcours, told, voie, annonce=annonce, lane=lane, by=by, at=at) for voie in ways]
    return queued + _replan(parcours.pk, rows, by=by, at=at)


def replan_rappel(parcours_id: int, *, by: Acteur, at: datetime) -> list[Envoi]:
    """Take back the reminder of a visit and queue the one it calls for now, before its first appointment."""
    return _replan(parcours_id, load_contenus(parcours_id), by=by, at=at)


def _replan(parcours_id: int, rows: list[Contenu], *, by: Acteur, at: datetime) -> list[Envoi]:
    waiting = Envoi.objects.filter(objet_type=OBJET, voie=Envoi.Voie.RAPPEL, etat=Envoi.Etat.A_ENVOYER)
    ids = RendezVous.objects.filter(parcours_id=parcours_id).values("pk")
    ours = list(waiting.filter(objet_id__in=ids, clef__startswith=f"parcours:{parcours_id}:rappel:"))
    live = [contenu for contenu in rows if contenu.rendezvous.etat in VIVANTS]
    queued = _plan_rappel(live, by=by, at=at)
    cancel_all([each for each in ours if each.pk not in {envoi.pk for envoi in queued}], by=by, at=at)
    return queued


def _plan_rappel(live: list[Contenu], *, by: Acteur, at: datetime) -> list[Envoi]:
    if not live or not any(contenu.rendezvous.motif.has_rappel for contenu in live):
        return []
    moment = read_moment(live[0].rendezvous, at=at)
    voies = list_voies(live[0].participation) if moment else []
    parcours: Parcours = live[0].rendezvous.parcours
    return [
        _queue(parcours, live, voie, annonce=RAPPEL, lane=Envoi.Voie.RAPPEL, prevu_at=moment, by=by, at=at)
        for voie in voies
    ]  # fmt: skip


def load_contenus(parcours_id: int, *, collectivite: Collectivite | None = None) -> list[Contenu]:
    """Return the appointments of a visit in order of time, each seen by who booked (one query less with the town)."""
    rows = Participation.objects.filter(rendezvous__parcours_id=parcours_id).order_by("rendezvous_id", "rang", "pk")
    linked = rows.select_related("usager", "rendezvous__motif", "rendezvous__lieu", "rendezvous__service",
                                 "rendezvous__parcours")  # fmt: skip
    town = collectivite or Collectivite.objects.get(pk=get_active_id())
    firsts = [next(group) for _, group in groupby(linked, key=lambda each: each.rendezvous_id)]
    firsts.sort(key=lambda each: (each.rendezvous.debut_at, each.rendezvous_id))
    return [build_contenu(each.rendezvous, participation=each, collectivite=town) for each in firsts]


def _queue(
    parcours: Parcours, contenus: list[Contenu], voie: Voie, *, annonce: str, lane: int, by: Acteur, at: datetime,
    prevu_at: datetime | None = None,
) -> Envoi:  # fmt: skip
    first = contenus[0]
    is_mail, genre = voie.canal == COURRIEL, {CONFIRMES: "confirmation", ANNULES: "annulation"}.get(annonce, "rappel")
    methode: Methode = "CANCEL" if annonce == ANNULES else "REQUEST"
    has_files = is_mail and annonce != RAPPEL
    return queue_occasion(
        occasion="rendezvous.parcours", canal=voie.canal, destinataire=voie.destinataire,
        variables=build_variables_parcours(parcours, contenus, voie.canal, annonce=annonce),
        clef=f"parcours:{parcours.pk}:{genre}:{voie.canal}:{_sign(contenus)}",
        entetes=MACHINE if is_mail else None, voie=lane, prevu_at=prevu_at, perime_at=first.rendezvous.debut_at,
        pieces=[join_ics(each, methode, at=at, rang=rang) for rang, each in enumerate(contenus, 1)]
        if has_files else (),
        objet_type=OBJET, objet_id=find_gardien(contenus).pk, usager_id=parcours.usager_id, by=by, at=at,
    )  # fmt: skip


def find_gardien(contenus: list[Contenu]) -> RendezVous:
    """Return the appointment that says who may read this message in the ledger: the first sealed one, else the first.

    The message tells every stop and holds their links: who receives at an open counter must not read it.
    """
    rows = [each.rendezvous for each in contenus]
    return next((rdv for rdv in rows if rdv.domaine in RESERVES), rows[0])


def _sign(contenus: list[Contenu]) -> str:
    """What is told, in short: another set of appointments or another version of one is another message."""
    told = "-".join(f"{each.rendezvous.pk}.{each.rendezvous.version}" for each in contenus)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def build_variables_parcours(
    parcours: Parcours, contenus: list[Contenu], canal: str, *, annonce: str
) -> dict[str, str]:
    """Return the variables of `rendezvous.parcours` for this channel."""
    first, is_sms = contenus[0], canal == SMS
    town, fuseau = first.collectivite, first.rendezvous.lieu.fuseau
    link = build_lien_court if is_sms else build_lien_gestion
    is_over = annonce == ANNULES
    return {
        "collectivite": truncate(town.nom, NOM_SMS) if is_sms else town.nom,
        "usager": first.participation.usager.nom_complet,
        "numero": parcours.numero,
        "annonce": annonce,
        "resume": describe_resume([each.rendezvous for each in contenus], fuseau),
        "etapes": "\n\n".join(_write_etape(rang, each, is_over=is_over) for rang, each in enumerate(contenus, 1)),
        "documents": "" if is_over else merge_documents(contenus),
        "contact": first.contact,
        "lien": link(first.participation, slug=town.slug),
    }


def describe_resume(rows: list[RendezVous], fuseau: str) -> str:
    """Return « 3 rendez-vous mardi 24 novembre à partir de 9 h », with both days when there are two."""
    first, last = rows[0], rows[-1]
    count = f"{len(rows)} rendez-vous"
    if get_day(first.debut_at, fuseau) != get_day(last.debut_at, last.lieu.fuseau):
        return (
            f"{count} du {write_le_jour(first.debut_at, fuseau)} au {write_le_jour(last.debut_at, last.lieu.fuseau)}"
        )
    start = write_heure(to_local(first.debut_at, fuseau).replace(tzinfo=None))
    return f"{count} {write_le_jour(first.debut_at, fuseau)} à {'partir de ' if len(rows) > 1 else ''}{start}"


def _write_etape(rang: int, contenu: Contenu, *, is_over: bool) -> str:
    """« 1. mardi 24 novembre à 9 h (20 min) – Carte d'identité », where, and the link of this one."""
    rdv = contenu.rendezvous
    when = f"{write_quand(rdv.debut_at, rdv.lieu.fuseau)} ({write_duree(rdv.fin_at - rdv.debut_at)})"
    head = " – ".join(filter(None, [when, contenu.motif]))
    link = build_lien_gestion(contenu.participation, slug=contenu.collectivite.slug)
    lines = [f"{rang}. {head}", contenu.endroit, "" if is_over else f"Déplacer ou annuler{NB}: {link}"]
    return "\n   ".join(filter(None, lines))


def merge_documents(contenus: list[Contenu]) -> str:
    """Return one list, each document once; what a discreet appointment asks is on its page."""
    open_ones = [each.rendezvous.motif.pieces for each in contenus if not each.is_discret]
    pieces = list(dict.fromkeys(piece for motif in open_ones for piece in motif))
    listed = "\n".join([f"À apporter{NB}:", *(f"- {piece}" for piece in pieces)]) if pieces else ""
    hidden = SUR_LA_PAGE if any(each.is_discret and each.documents for each in contenus) else ""
    return "\n\n".join(filter(None, [listed, hidden]))
