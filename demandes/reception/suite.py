"""The one effect of a message that is no mail: go on with its conversation when it has one, else open a demande."""

from datetime import datetime

from citoyens.models import PointContact, Usager
from citoyens.rapprochement import find_by_contact
from collectivites.domaines import RESERVES
from collectivites.models import Service
from demandes.actions import FenetreDepassee, open_demande, receive_message
from demandes.actions.ouverture import keep_seal
from demandes.models import Connecteur, Demande, Entree, Message
from demandes.reception import boucles
from demandes.reception.aiguillage import note_citation
from demandes.reception.ecrits import Ecrit
from demandes.reception.expediteurs import acting, find_or_create_sender, lock_sender
from demandes.reception.verdict import Verdict, set_aside
from messagerie.models import Envoi
from socle.telephone import is_mobile
from socle.texte import truncate

Nature = PointContact.Nature
Mode = Demande.ModeReponse
ECRITS_RECENTS = 10  # last SMS to a number among which its open demande is looked for


def sort_ecrit(entree: Entree, ecrit: Ecrit, *, at: datetime) -> Verdict:
    """Do what the message asks, and say what it was. Called inside the transaction that closes its entry."""
    lock_sender(ecrit.auteur)
    auteur = boucles.know_sender(ecrit.auteur, entree=entree, at=at)
    if auteur.recents >= boucles.MESSAGES_PAR_HEURE:
        return set_aside(f"Plus de {boucles.MESSAGES_PAR_HEURE} messages de cet expéditeur en une heure.")
    demande, citee = find_conversation(ecrit), None
    if demande is not None:
        try:
            message = attach_ecrit(entree, ecrit, demande, at=at)
        except FenetreDepassee:
            citee = demande
        else:
            return Verdict(Entree.Issue.RATTACHEE, "", demande.pk, message.usager_id)
    opened = open_ecrit(entree, ecrit, at=at, citee=citee, accuse=not auteur.accuses)
    return Verdict(Entree.Issue.NOUVELLE, "", opened.pk, opened.usager_id)


def find_conversation(ecrit: Ecrit) -> Demande | None:
    """Return the demande of the same author and thread; for an SMS, the open one we last wrote to at this number."""
    if ecrit.canal == Entree.Canal.SMS:
        return _find_by_number(ecrit.adresse)
    if not ecrit.externe:
        return None
    return Demande.objects.filter(externe=ecrit.externe).order_by("-pk").first()


def _find_by_number(numero: str) -> Demande | None:
    """The open demande we wrote about to it, else the one it wrote itself.

    None open, but a sealed one ended: what follows stays behind that seal, as an e-mail would.
    """
    sent = Envoi.objects.filter(canal=Envoi.Canal.SMS, destinataire=numero, objet_type="demande")
    received = Entree.objects.filter(canal=Entree.Canal.SMS, expediteur=numero, demande_id__isnull=False)
    ids = [
        *sent.order_by("-created_at").values_list("objet_id", flat=True)[:ECRITS_RECENTS],
        *received.order_by("-received_at").values_list("demande_id", flat=True)[:ECRITS_RECENTS],
    ]
    known = Demande.objects.in_bulk([pk for pk in ids if pk is not None])
    recent = [known[pk] for pk in ids if pk in known]
    still_open = (each for each in recent if each.is_open)
    return next(still_open, None) or next((each for each in recent if each.domaine in RESERVES), None)


def attach_ecrit(entree: Entree, ecrit: Ecrit, demande: Demande, *, at: datetime) -> Message:
    """Add the message to a demande. Raises FenetreDepassee when it was closed too long ago."""
    usager = _choose_party(demande, ecrit)
    return receive_message(
        demande=demande,
        canal=entree.canal,
        texte=ecrit.texte,
        by=acting(usager),
        at=at,
        usager=usager,
        adresse=ecrit.adresse,
        entree=entree,
        expediteur="" if usager else ecrit.nom,
    )


def _choose_party(demande: Demande, ecrit: Ecrit) -> Usager | None:
    """The owner of the number; of a shared one, the demandeur. The author of a network is who the demande says."""
    if ecrit.canal != Entree.Canal.SMS:
        known: Usager | None = demande.usager
        return known
    owners = find_by_contact(Nature.MOBILE, ecrit.adresse)
    if len(owners) == 1:
        return owners[0]
    return next((each for each in owners if each.pk == demande.usager_id), None)


def open_ecrit(
    entree: Entree, ecrit: Ecrit, *, at: datetime, citee: Demande | None = None, accuse: bool = True
) -> Demande:
    """Open a demande; the reason why an older one was not continued is noted for the agent.

    What answers a sealed demande goes to the same sealed service, as an e-mail does.
    """
    usager = find_author(ecrit, at=at)
    scellee = citee if citee is not None and citee.domaine in RESERVES else None
    demande = open_demande(
        objet=truncate(ecrit.objet or ecrit.texte, 200),
        description=ecrit.texte,
        canal=entree.canal,
        mode_reponse=choose_mode(entree.canal, ecrit),
        received_at=min(entree.received_at, at),
        by=acting(usager),
        at=at,
        usager=usager,
        service=scellee.service if scellee else _find_service(entree),
        type=scellee.type if scellee else None,
        adresse=ecrit.adresse,
        entree=entree,
        accuse=accuse and not _refuses_sms(ecrit),
        expediteur="" if usager else ecrit.nom,
    )
    if ecrit.externe:
        Demande.objects.filter(pk=demande.pk).update(externe=ecrit.externe)
    keep_seal(demande, scellee)
    if citee is not None:
        note_citation(demande, citee, at=at)
    return demande


def find_author(ecrit: Ecrit, *, at: datetime) -> Usager | None:
    """Return the usager by what the message says of them; the name of an account alone makes nobody."""
    if ecrit.courriel:
        return find_or_create_sender(ecrit.courriel.lower(), ecrit.nom, at=at)
    if ecrit.telephone:
        known_name = "" if ecrit.canal == Entree.Canal.SMS else ecrit.nom
        return find_or_create_sender(ecrit.telephone, known_name, at=at, nature=Nature.MOBILE)
    return None


def choose_mode(canal: str, ecrit: Ecrit) -> str:
    """Return how to answer: where it came from when we can, else by what the author gave."""
    if canal == Entree.Canal.RESEAU:
        return Mode.RESEAU
    if ecrit.courriel:
        return Mode.COURRIEL
    if ecrit.telephone:
        return Mode.SMS if is_mobile(ecrit.telephone) else Mode.TELEPHONE
    return Mode.SUR_PLACE


def _refuses_sms(ecrit: Ecrit) -> bool:
    """True when the number said STOP, or receives nothing."""
    if ecrit.canal != Entree.Canal.SMS:
        return False
    points = PointContact.objects.filter(normalisee=ecrit.adresse, failing_since__isnull=False)
    return points.filter(nature__in=(Nature.MOBILE, Nature.FIXE)).exists() or not is_mobile(ecrit.adresse)


def _find_service(entree: Entree) -> Service | None:
    if entree.connecteur_id is None:
        return None
    connecteur = Connecteur.objects.select_related("service").filter(pk=entree.connecteur_id).first()
    return connecteur.service if connecteur else None
