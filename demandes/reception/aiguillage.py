"""What a message is, and the one effect it has. Called inside the transaction that closes its entry."""

from datetime import datetime

from collectivites.acteur import AUTOMATE
from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from demandes.actions import FenetreDepassee, open_demande, receive_message
from demandes.actions.ouverture import keep_seal
from demandes.fichiers import Gardee
from demandes.models import Avis, Boite, Demande, Entree, Message
from demandes.reception import boucles
from demandes.reception.avis import file_avis, find_avis
from demandes.reception.expediteurs import acting, choose_party, find_or_create_sender, is_reachable, lock_sender
from demandes.reception.fil import Fil, find_fil
from demandes.reception.pieces import attach_pieces
from demandes.reception.rebonds import is_copy_of_ours, settle_bounce
from demandes.reception.verdict import Verdict, set_aside
from socle.courriel import Courriel
from socle.texte import truncate

TEXTE_MAX = 200_000  # characters shown and searched; the message as received keeps the rest
COUPE = "\n\n[Message coupé\u00a0: la suite est dans le message d'origine.]"
Issue = Entree.Issue


def sort_courriel(  # noqa: PLR0911 one return a kind of message
    entree: Entree, courriel: Courriel, pieces: list[Gardee], *, at: datetime
) -> Verdict:
    """Do what the message asks, and say what it was."""
    adresse = courriel.expediteur.lower()
    if courriel.rebond:
        return settle_bounce(courriel, courriel.rebond, at=at)
    if "@" not in adresse or len(adresse) > 320:
        return set_aside("Aucun expéditeur lisible\u00a0: on ne sait pas à qui répondre.")
    if is_copy_of_ours(courriel):
        return Verdict(Issue.AUTOMATIQUE, "Copie d'un message envoyé par Guichet.")
    lock_sender(adresse)
    auteur = boucles.know_sender(adresse, entree=entree, at=at)
    if auteur.recents >= boucles.MESSAGES_PAR_HEURE:
        return set_aside(f"Plus de {boucles.MESSAGES_PAR_HEURE} messages de cette adresse en une heure.")
    if avis := find_avis(courriel):
        return _file_avis(entree, courriel, pieces, avis, at=at)
    fil = find_fil(courriel, adresse, collectivite_id=get_active_id())
    if courriel.automatique:
        return _file_automatic(entree, courriel, pieces, fil, at=at)
    silencieux = bool(auteur.accuses) or boucles.is_our_own_id(courriel)
    return _file_letter(entree, courriel, pieces, fil, accuse=not silencieux, is_ours=auteur.is_ours, at=at)


def _file_avis(entree: Entree, courriel: Courriel, pieces: list[Gardee], avis: Avis, *, at: datetime) -> Verdict:
    """A third party's answer. One that can't be taken waits in quarantaine, which many read: about a sealed demande,
    it goes to the sealed service instead."""
    filed = file_avis(entree, courriel, pieces, avis, at=at)
    if filed.etat != Entree.Etat.QUARANTAINE or avis.demande.domaine not in RESERVES:
        return filed
    demande = open_from(entree, courriel, pieces, at=at, citee=avis.demande, accuse=False)
    return Verdict(Issue.NOUVELLE, filed.motif, demande.pk, demande.usager_id)


def _file_automatic(entree: Entree, courriel: Courriel, pieces: list[Gardee], fil: Fil, *, at: datetime) -> Verdict:
    """A machine's message joins its demande without waking it; alone, it waits for a human who may open one."""
    motif = courriel.motif_automatique
    if fil.demande is None:
        return set_aside(f"Message automatique sans demande connue ({motif}).", Issue.AUTOMATIQUE)
    try:
        attach_to(entree, courriel, pieces, fil.demande, at=at, is_automatique=True)
    except FenetreDepassee:
        return set_aside(f"Message automatique sur une demande close ({motif}).", Issue.AUTOMATIQUE)
    return Verdict(Issue.AUTOMATIQUE, motif, fil.demande.pk, fil.demande.usager_id)


def _file_letter(
    entree: Entree, courriel: Courriel, pieces: list[Gardee], fil: Fil, *, at: datetime, **suite: bool
) -> Verdict:
    """A person's message goes on with its demande when it may, else opens one."""
    citee = fil.citee
    if fil.demande is not None:
        try:
            message = attach_to(entree, courriel, pieces, fil.demande, at=at)
        except FenetreDepassee:
            citee = fil.demande
        else:
            return Verdict(Issue.RATTACHEE, "", fil.demande.pk, message.usager_id)
    demande = open_from(entree, courriel, pieces, citee=citee, at=at, **suite)
    return Verdict(Issue.NOUVELLE, "", demande.pk, demande.usager_id)


def open_from(
    entree: Entree,
    courriel: Courriel,
    pieces: list[Gardee],
    *,
    at: datetime,
    citee: Demande | None = None,
    accuse: bool = True,
    is_ours: bool = False,
) -> Demande:
    """Open a demande from a message; the reason why an older one was not continued is noted for the agent.

    A mailbox of ours (`is_ours`) is no usager, and is not acknowledged. What answers a sealed demande quotes it: the
    new one goes to the same sealed service (sealing too much is the safe side).
    """
    adresse = courriel.expediteur.lower()
    usager = None if is_ours else find_or_create_sender(adresse, courriel.expediteur_nom, at=at)
    boite = Boite.objects.select_related("service").filter(pk=entree.boite_id).first() if entree.boite_id else None
    scellee = citee if citee is not None and citee.domaine in RESERVES else None
    demande = open_demande(
        objet=truncate(courriel.objet, 200) or "(sans objet)",
        description=shorten(courriel.texte_utile),
        canal=Demande.Canal.COURRIEL,
        mode_reponse=Demande.ModeReponse.COURRIEL,
        received_at=min(entree.received_at, at),  # a clock set back must not make a message impossible
        by=acting(usager),
        at=at,
        usager=usager,
        service=scellee.service if scellee else boite.service if boite else None,
        type=scellee.type if scellee else None,
        adresse=adresse,
        entree=entree,
        html=courriel.html or "",
        message_id=courriel.message_id[:500],
        texte_complet=_whole_text(courriel),
        accuse=accuse and not is_ours and is_reachable(adresse),
        expediteur="" if usager else truncate(courriel.expediteur_nom, 320),
    )
    if courriel.automatique:  # qualified by a human, it is still a machine: never acknowledged (RFC 3834)
        Message.objects.filter(entree=entree, demande=demande).update(is_automatique=True)
    if pieces:
        attach_pieces(pieces, message=Message.objects.get(entree=entree, demande=demande), at=at)
    keep_seal(demande, scellee)
    if citee is not None:
        note_citation(demande, citee, at=at)
    return demande


def attach_to(
    entree: Entree,
    courriel: Courriel,
    pieces: list[Gardee],
    demande: Demande,
    *,
    at: datetime,
    is_automatique: bool = False,
) -> Message:
    """Add a message to a demande. Raises FenetreDepassee when it was closed too long ago."""
    adresse = courriel.expediteur.lower()
    usager = choose_party(demande, adresse, courriel.expediteur_nom)
    message = receive_message(
        demande=demande,
        canal=Message.Canal.COURRIEL,
        texte=shorten(courriel.texte_utile),
        by=acting(usager),
        at=at,
        usager=usager,
        adresse=adresse,
        entree=entree,
        html=courriel.html or "",
        texte_complet=_whole_text(courriel),
        message_id=courriel.message_id[:500],
        is_automatique=is_automatique,
    )
    attach_pieces(pieces, message=message, at=at)
    return message


def shorten(texte: str) -> str:
    """Cut what no screen shows and no index takes; the original is one click away."""
    return texte if len(texte) <= TEXTE_MAX else texte[:TEXTE_MAX] + COUPE


def _whole_text(courriel: Courriel) -> str:
    return "" if courriel.texte.strip() == courriel.texte_utile.strip() else shorten(courriel.texte)


def note_citation(demande: Demande, citee: Demande, *, at: datetime) -> None:
    """Tell the agent of the older demande: only a human may join the two."""
    Message.objects.create(
        demande=demande,
        sens=Message.Sens.INTERNE,
        canal=Message.Canal.NOTE,
        is_automatique=True,
        expediteur_libelle=AUTOMATE.libelle,
        texte=f"Ce message cite la demande {citee.numero}. Il n'y a pas été ajouté\u00a0: l'expéditeur n'y est pas "
        "connu, ou elle est close depuis trop longtemps.",
        at=at,
    )
