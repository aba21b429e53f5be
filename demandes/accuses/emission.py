"""Emitting an acknowledgement: what is due, to whom, by which way; the row that proves it is never changed.

An instant acknowledgement of receipt (ARE) leaves as soon as everything the law wants in it is known, and makes the
one of registration (AEE) pointless (CRPA L112-11); else the AEE leaves at once, and the ARE when the demande is
qualified.
"""

import hashlib
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import connection

from collectivites.acteur import AUTOMATE
from demandes.accuses.mentions import AEE, ARE, PAPIER, missing_mentions
from demandes.accuses.texte import Contenu, build_contenu
from demandes.blocages import may_acknowledge
from demandes.contacts import Adresse, choose_accuse, read_adresses
from demandes.courriers import build_fil, find_boite
from demandes.cycle import OUVERTS
from demandes.delais.projet import ELECTRONIQUES
from demandes.delais.recalcul import meet
from demandes.lettres.destinataire import name_destinataire
from demandes.lettres.ecriture import write_courrier
from demandes.models import AccuseReception, Demande, Message, NatureEcheance, Regime
from journal.actions import record
from messagerie.actions import queue_occasion
from messagerie.destinataires import MessageRefuse
from messagerie.textes import render_occasion

Canal = Demande.Canal
DUS = ELECTRONIQUES | {Canal.COURRIER.value, Canal.TRANSFERT.value}  # written demandes: the law wants a receipt
CLEFS: dict[str, str] = {AEE: "accuse", ARE: "are"}
LIBELLES: dict[str, str] = {AEE: "Accusé d'enregistrement", ARE: "Accusé de réception", PAPIER: "Accusé de réception"}


def acknowledge(*, demande: Demande, adresse: str = "", at: datetime) -> AccuseReception | None:
    """Emit what is due to an open demande and was not emitted yet. None when nothing is, or nobody can be reached.

    By e-mail to the address used, else by the way the usager wished, else by what is known of them, by letter to
    whoever refuses electronic answers. Call it in the transaction that holds the demande.
    """
    if demande.etat not in OUVERTS:
        return None
    Demande.objects.select_for_update(no_key=True).only("pk").get(pk=demande.pk)
    return issue(demande, adresse, done=_list_issued(demande), at=at)


def follow_qualification(demande: Demande, *, at: datetime) -> AccuseReception | None:
    """Emit the receipt of a written demande, now that what it needs may be known. Never to a machine, nor to us."""
    if demande.canal not in DUS or demande.etat not in OUVERTS:
        return None
    if missing_mentions(demande.type, demande.service, demande.collectivite):
        return None
    done = _list_issued(demande)
    if done & {ARE.value, PAPIER.value}:
        return None
    first = Message.objects.filter(demande=demande, sens=Message.Sens.ENTRANT).order_by("at", "pk").first()
    if first is not None and (first.is_automatique or _is_ours(first.adresse)):
        return None
    return issue(demande, first.adresse if first else "", done=done, at=at, muet=True)


def issue(
    demande: Demande, adresse: str, *, done: frozenset[str] = frozenset(), at: datetime, muet: bool = False
) -> AccuseReception | None:
    """Choose the way and the nature, write, prove. `done` are the natures already emitted for this reception.

    When nothing leaves, the journal says why, unless `muet`.
    """
    accuse, refus = _try(demande, adresse, done, at=at)
    if accuse is not None:
        _tell(demande, at=at, canal=accuse.canal, nature=accuse.nature)
        met = {NatureEcheance.AEE} if accuse.nature == AEE else {NatureEcheance.AEE, NatureEcheance.ARE}
        meet(demande=demande, natures=met, at=at)
    elif refus and not muet:
        _tell(demande, at=at, **{refus: True})
    return accuse


def _try(demande: Demande, adresse: str, done: frozenset[str], *, at: datetime) -> tuple[AccuseReception | None, str]:
    """Return what was emitted, or why nothing was (« abusif », « sans_contact »; empty when nothing is due yet)."""
    if not may_acknowledge(demande, adresse, at.astimezone(ZoneInfo(demande.collectivite.fuseau)).date()):
        return None, "abusif"
    usager = demande.usager
    to = choose_accuse(
        canal=demande.canal, mode_reponse=demande.mode_reponse, adresse=adresse,
        adresses=read_adresses(usager) if _needs_contacts(demande, adresse) else [],
        is_electronique_refuse=usager is not None and usager.is_electronique_refuse,
    )  # fmt: skip
    if to is None:
        return None, "sans_contact"
    nature = choose_nature(demande, to.canal)
    if nature is None or nature in done:
        return None, ""
    accuse = _post(demande, to, at=at) if nature == PAPIER else _send(demande, to, nature, at=at)
    return accuse, "sans_contact"


def choose_nature(demande: Demande, canal: str) -> str | None:
    """Return which acknowledgement can leave by this way; None: by letter, nothing before the receipt is complete.

    On paper the mere delivery of a document needs none (R112-4), which never holds for what came electronically.
    """
    is_papier = canal == Canal.COURRIER
    complete = not missing_mentions(demande.type, demande.service, demande.collectivite, is_papier=is_papier)
    if is_papier:
        exempt = demande.canal not in ELECTRONIQUES and demande.type and demande.type.regime_silence == Regime.AUCUN
        return PAPIER if complete and not exempt else None
    return ARE if complete and (canal == Canal.COURRIEL or demande.canal in DUS) else AEE


def _needs_contacts(demande: Demande, adresse: str) -> bool:
    """The address that wrote is enough, unless its owner refuses electronic answers."""
    if demande.usager is not None and demande.usager.is_electronique_refuse:
        return True
    return not (demande.canal in {Canal.COURRIEL, Canal.FORMULAIRE, Canal.SMS} and adresse)


def _list_issued(demande: Demande) -> frozenset[str]:
    rows = AccuseReception.objects.filter(demande=demande, received_at=_received_at(demande))
    return frozenset(rows.values_list("nature", flat=True))


def _received_at(demande: Demande) -> datetime:
    return demande.competente_at or demande.received_at


def _is_ours(adresse: str) -> bool:
    """True for a mailbox of any town of this installation: two machines never thank each other."""
    if "@" not in adresse:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM demandes_trouver_boite(%s))", [adresse])
        return bool(cursor.fetchone()[0])


def _send(demande: Demande, to: Adresse, nature: str, *, at: datetime) -> AccuseReception | None:
    """Queue it and write it in the conversation; an address that is not one (a typo of the sender) sends nothing."""
    contenu = build_contenu(demande, nature=nature, canal=to.canal, town=demande.collectivite)
    fil, boite = build_fil(demande, uuid4(), automatique=True), find_boite(demande)
    is_mail = to.canal == Canal.COURRIEL
    try:
        envoi = queue_occasion(
            occasion=contenu.occasion, canal=to.canal, clef=f"demande:{demande.pk}:{CLEFS[nature]}",
            destinataire=to.valeur, variables=contenu.variables, entetes=fil.entetes if is_mail else None,
            repondre_a=boite.adresse if is_mail and boite else "", objet_type="demande", objet_id=demande.pk,
            usager_id=demande.usager_id, by=AUTOMATE, at=at,
        )  # fmt: skip
    except MessageRefuse:
        return None
    message = Message.objects.create(
        demande=demande, sens=Message.Sens.SORTANT, canal=to.canal, is_automatique=True, texte=envoi.corps_texte,
        expediteur_libelle=LIBELLES[nature], adresse=envoi.destinataire, envoi_id=envoi.pk,
        message_id=fil.message_id if is_mail else "", at=at,
    )  # fmt: skip
    return _prove(demande, message, contenu, nature=nature, at=at)


def _post(demande: Demande, to: Adresse, *, at: datetime) -> AccuseReception:
    """Write the letter, to be printed with the others."""
    contenu = build_contenu(demande, nature=PAPIER, canal=to.canal, town=demande.collectivite)
    texte = render_occasion(contenu.occasion, Canal.COURRIEL, contenu.variables)
    message = Message.objects.create(
        demande=demande, sens=Message.Sens.SORTANT, canal=to.canal, is_automatique=True, texte=texte.corps,
        expediteur_libelle=LIBELLES[PAPIER], adresse=to.valeur, at=at,
    )  # fmt: skip
    name = name_destinataire(demande.usager) if demande.usager else ""
    write_courrier(
        demande=demande, message=message, destinataire=name, adresse=to.valeur, objet=texte.objet, corps=texte.corps,
        agent=None, at=at,
    )  # fmt: skip
    return _prove(demande, message, contenu, nature=PAPIER, at=at)


def _prove(demande: Demande, message: Message, contenu: Contenu, *, nature: str, at: datetime) -> AccuseReception:
    return AccuseReception.objects.create(
        demande=demande, nature=nature, canal=message.canal, destinataire=message.adresse, message=message,
        envoi_id=message.envoi_id, texte=message.texte, mentions=contenu.list_carried(message.texte),
        empreinte=hashlib.sha256(message.texte.encode()).hexdigest(), received_at=_received_at(demande), issued_at=at,
    )  # fmt: skip


def _tell(demande: Demande, *, at: datetime, **facts: object) -> None:
    """Say in the journal what left, or why nothing did (nothing is owed to an abusive message, L112-3 1°, L112-11)."""
    record(
        verbe="demande.accusee", objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=AUTOMATE, at=at,
        version=demande.version, **facts,
    )  # fmt: skip
