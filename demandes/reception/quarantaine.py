"""What an agent does with a message nobody understood: open a demande, add it to one, put it aside, take it back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from demandes.fichiers import Gardee
from demandes.models import Connecteur, Demande, Entree, Message
from demandes.reception.aiguillage import attach_to, open_from
from demandes.reception.boucles import know_sender
from demandes.reception.depots import open_depot, parse_depot, show_depot
from demandes.reception.ecrits import TEXTE_MAX, Ecrit, EcritIllisible, show_as_courriel
from demandes.reception.pieces import store_pieces
from demandes.reception.reseau import parse_reseau
from demandes.reception.sms import parse_sms
from demandes.reception.suite import attach_ecrit, open_ecrit
from journal.actions import record
from socle.courriel import Courriel, lire
from socle.depot import read_file
from socle.texte import clean


class DejaRangee(Exception):
    """A colleague was quicker, or the message was read meanwhile."""

    def __init__(self) -> None:
        super().__init__("Ce message n'est plus en quarantaine\u00a0: quelqu'un vient de s'en occuper.")


def visible_entrees(acces: Acces) -> QuerySet[Entree]:
    """Messages of open mailboxes and connectors, and of those of the sealed services the agent works for."""
    read = acces.domaines
    opened = Q(boite__isnull=True) | Q(boite__service__isnull=True)
    sealed = Connecteur.objects.filter(service__isnull=False).exclude(service__domaine__in=read).values("pk")
    theirs = Q(connecteur_id__isnull=False, connecteur_id__in=sealed)
    return Entree.objects.filter(opened | Q(boite__service__domaine__in=read)).exclude(theirs)


def read_courriel(entree: Entree) -> Courriel:
    """Read the message again from its bytes; one that is no mail is shown as if it were. Raises FichierAbsent."""
    brut = read_file(entree.brut)
    return lire(brut) if entree.canal == Entree.Canal.COURRIEL else show_as_courriel(_read_ecrit(entree, brut))


def _read_ecrit(entree: Entree, brut: bytes) -> Ecrit:
    """Understand it again; what can't be understood is its own text, for a human to read."""
    try:
        if entree.canal == Entree.Canal.SMS:
            return parse_sms(brut)
        if _is_depot(entree):
            return show_depot(parse_depot(brut), entree.canal)
        return parse_reseau(brut, canal=entree.canal, connecteur_id=entree.connecteur_id or 0)
    except EcritIllisible:
        texte = clean(brut.decode("utf-8", "replace"))[:TEXTE_MAX]
        return Ecrit(canal=entree.canal, auteur="", adresse="", texte=texte)


def _is_depot(entree: Entree) -> bool:
    return entree.canal == Entree.Canal.FORMULAIRE and entree.connecteur_id is None


def _open_depot(entree: Entree, at: datetime) -> Demande | None:
    """Open a démarche filed on the web as it would have been; None when it is none, or its type has gone."""
    try:
        depot = parse_depot(read_file(entree.brut)) if _is_depot(entree) else None
    except EcritIllisible:
        return None
    return open_depot(entree, depot, at=at) if depot else None


@transaction.atomic
def open_from_entree(*, entree: Entree, by: Acteur, at: datetime) -> Demande:
    """Make a demande of the message; a person is acknowledged, a machine is not. Raises DejaRangee, FichierAbsent."""
    courriel, pieces = _hold(entree, at)
    if entree.canal == Entree.Canal.COURRIEL:
        is_ours = know_sender(courriel.expediteur.lower(), entree=entree, at=at).is_ours
        demande = open_from(entree, courriel, pieces, at=at, accuse=not courriel.automatique, is_ours=is_ours)
    else:
        demande = _open_depot(entree, at) or open_ecrit(entree, _read_ecrit(entree, read_file(entree.brut)), at=at)
    _settle(entree, demande, Entree.Issue.NOUVELLE, verbe="entree.qualifiee", by=by, at=at)
    return demande


@transaction.atomic
def attach_entree(*, entree: Entree, demande: Demande, by: Acteur, at: datetime) -> Message:
    """Add the message to a demande. Raises DejaRangee, FichierAbsent, demandes' FenetreDepassee."""
    courriel, pieces = _hold(entree, at)
    if entree.canal == Entree.Canal.COURRIEL:
        message = attach_to(entree, courriel, pieces, demande, at=at)
    else:
        message = attach_ecrit(entree, _read_ecrit(entree, read_file(entree.brut)), demande, at=at)
    _settle(entree, demande, Entree.Issue.RATTACHEE, verbe="entree.rattachee", by=by, at=at)
    return message


@transaction.atomic
def dismiss_entree(*, entree: Entree, by: Acteur, at: datetime) -> None:
    """Put aside a message that asks nothing of the town hall; it stays stored. Raises DejaRangee."""
    _pass(entree, Entree.Etat.QUARANTAINE, Entree.Etat.ECARTEE)
    record(verbe="entree.ecartee", objet_type="entree", objet_id=entree.pk, by=by, at=at)


@transaction.atomic
def restore_entree(*, entree: Entree, by: Acteur, at: datetime) -> None:
    """Undo `dismiss_entree`. Raises DejaRangee."""
    _pass(entree, Entree.Etat.ECARTEE, Entree.Etat.QUARANTAINE)
    record(verbe="entree.reprise", objet_type="entree", objet_id=entree.pk, by=by, at=at)


def _hold(entree: Entree, at: datetime) -> tuple[Courriel, list[Gardee]]:
    """Lock the entry against a colleague, read it, put its files in the store."""
    held = Entree.objects.select_for_update().filter(pk=entree.pk, etat=Entree.Etat.QUARANTAINE)
    if not held.exists():
        raise DejaRangee
    courriel = read_courriel(entree)
    return courriel, store_pieces(courriel.pieces, collectivite_id=get_active_id(), at=entree.received_at)


def _settle(entree: Entree, demande: Demande, issue: str, *, verbe: str, by: Acteur, at: datetime) -> None:
    Entree.objects.filter(pk=entree.pk).update(
        etat=Entree.Etat.TRAITEE, issue=issue, demande_id=demande.pk, usager_id=demande.usager_id, processed_at=at
    )
    record(
        verbe=verbe, objet_type="entree", objet_id=entree.pk, libelle=demande.numero, by=by, at=at, demande=demande.pk
    )


def _pass(entree: Entree, avant: str, apres: str) -> None:
    if not Entree.objects.filter(pk=entree.pk, etat=avant).update(etat=apres):
        raise DejaRangee
