"""A demande that is not ours goes to the competent administration, and the person is told (CRPA L114-2 to L114-4).

Another town of the installation receives it by a task (`remise.py`), from a row that says what is shared and why.
Outside, the file leaves by e-mail through the ledger.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active, get_active_id
from collectivites.domaines import RESERVES
from collectivites.models import Agent, Collectivite, Service
from demandes.actions import close
from demandes.catalogue.formulaire import describe
from demandes.concours import exigences
from demandes.concours.avis import list_partageables
from demandes.concours.messages import build_commun, list_adresses, read_canal, tell_usager
from demandes.courriers import describe_coordonnees, find_boite
from demandes.cycle import Issue
from demandes.lettres.ecriture import write_courrier
from demandes.models import Demande, Message, PieceJointe, Transfert
from demandes.versions import DemandeClose
from journal.actions import record
from messagerie.actions import queue_occasion
from messagerie.pieces import PieceAEnvoyer
from messagerie.textes import render_occasion
from socle.ecriture import write_jour, write_long
from socle.ouvriers import ask_worker
from socle.texte import clean

TACHE = "demandes.tasks.remettre_transfert"
_COURRIEL = re.compile(r"[^\s,;<>]+@[^\s,;<>]+\.[^\s,;<>]+")


class TransfertImpossible(ValueError):
    """What was typed can't do: no administration, no reason, or one that can't receive it."""


@dataclass(frozen=True)
class Renvoi:
    """Where it goes and why. `destination` for a town of the installation, else `organisme` and `coordonnees`."""

    motif: str
    canal: str  # how the usager is told, as listed by `messages.list_canaux`
    destination: Collectivite | None = None
    organisme: str = ""
    coordonnees: str = ""
    pieces: Collection[int] = ()


@transaction.atomic
def transfer(*, demande: Demande, version: int, renvoi: Renvoi, clef: UUID, by: Acteur, at: datetime) -> Transfert:
    """Close the demande as « transmise », tell the usager to whom, and hand it over.

    The same `clef` again returns the transfer already there. Raises TransfertImpossible, MessageRefuse,
    ConflitVersion, DemandeClose.
    """
    twin = Transfert.objects.filter(clef=clef).first()
    if twin is not None:
        return twin
    if not demande.is_open and demande.version == version:
        raise DemandeClose
    transfert = _prepare(demande, renvoi, clef=clef, by=by, at=at)
    to = read_canal(demande, renvoi.canal)
    fresh = close(demande=demande, version=version, issue=Issue.TRANSMISE, by=by, at=at)
    transfert.save(force_insert=True)
    variables = build_variables(transfert, fresh, by=by)
    tell_usager(
        fresh, to, occasion="demande.transmise", variables=variables, clef=f"transfert:{transfert.pk}:avis",
        marque=clef, by=by, at=at,
    )  # fmt: skip
    _record("demande.transfert", fresh, by=by, at=at, pieces=len(transfert.pieces))
    _record("demande.transfert_annonce", fresh, by=by, at=at, canal=to.canal)
    _send(transfert, fresh, variables, by=by, at=at)
    return transfert


def _prepare(demande: Demande, renvoi: Renvoi, *, clef: UUID, by: Acteur, at: datetime) -> Transfert:
    assert by.agent_id is not None  # noqa: S101 only agents transfer
    town = renvoi.destination
    organisme = town.nom if town else clean(renvoi.organisme).strip()
    coordonnees = describe_coordonnees(None, town) if town else clean(renvoi.coordonnees).strip()
    if not organisme or not coordonnees:
        raise TransfertImpossible(
            "Dites le nom et les coordonnées de l'administration compétente\u00a0: l'usager en a besoin."
        )
    if not clean(renvoi.motif).strip():
        raise TransfertImpossible("Dites pourquoi cette administration est compétente.")
    if town is not None:
        _verify_destination(demande, town)
    chosen = list_partageables(demande).filter(pk__in=list(renvoi.pieces))
    return Transfert(
        demande=demande, destination=town, organisme=organisme[:200], coordonnees=coordonnees[:300],
        motif=clean(renvoi.motif).strip()[:300], pieces=list(chosen.values_list("pk", flat=True)), clef=clef,
        agent_id=by.agent_id, at=at,
    )  # fmt: skip


def _verify_destination(demande: Demande, town: Collectivite) -> None:
    if town.pk == get_active_id() or not town.is_active:
        raise TransfertImpossible("Choisissez une autre collectivité.")
    if demande.domaine in RESERVES and not has_sealed_service(town.pk, demande.domaine):
        raise TransfertImpossible(
            f"{town.nom} n'a pas de service habilité à recevoir cette demande\u00a0: son domaine est réservé."
        )


def has_sealed_service(collectivite_id: int, domaine: str) -> bool:
    """True when a town can receive a sealed demande without opening it. Read behind that town's own wall."""
    with collectivite_active(collectivite_id):
        return Service.objects.filter(domaine=domaine, is_active=True).exists()


def build_variables(transfert: Transfert, demande: Demande, *, by: Acteur) -> dict[str, str]:
    """Return what the notice says: name and contact of the competent administration, date (CRPA L114-2)."""
    return build_commun(demande, by=by) | {
        "organisme": transfert.organisme,
        "coordonnees": transfert.coordonnees,
        "transmise_le": write_jour(transfert.at, annee=True),
        "motif": transfert.motif,
    }


def _send(transfert: Transfert, demande: Demande, variables: dict[str, str], *, by: Acteur, at: datetime) -> None:
    """Hand over: a town by the task, an e-mail at once, a postal address by the agent who prints the file."""
    if transfert.destination_id is not None:
        transaction.on_commit(partial(ask_worker, TACHE, get_active_id(), transfert.pk), robust=True)
        return
    address = _COURRIEL.search(transfert.coordonnees)
    if address:
        _send_mail(transfert, demande, address[0], variables, by=by, at=at)
    else:
        _post(transfert, demande, variables, by=by, at=at)
    transfert.etat, transfert.remis_at = Transfert.Etat.REMIS, at
    transfert.save(update_fields=["etat", "remis_at"])


def _send_mail(
    transfert: Transfert, demande: Demande, courriel: str, variables: dict[str, str], *, by: Acteur, at: datetime
) -> None:
    boite = find_boite(demande)
    pieces = [
        PieceAEnvoyer(each.nom, each.type_mime, each.octets, each.fichier)
        for each in PieceJointe.objects.filter(pk__in=transfert.pieces).order_by("pk")
        if not each.is_ecartee
    ]
    queue_occasion(
        occasion="demande.transmission", canal="courriel", clef=f"transfert:{transfert.pk}", destinataire=courriel,
        variables=variables | describe_dossier(demande), objet_type="demande", objet_id=demande.pk, by=by, at=at,
        repondre_a=boite.adresse if boite else "", pieces=pieces,
    )  # fmt: skip


def _post(transfert: Transfert, demande: Demande, variables: dict[str, str], *, by: Acteur, at: datetime) -> None:
    """Without e-mail, a letter to print carries the file; the conversation says so to agents only."""
    texte = render_occasion("demande.transmission", "courriel", variables | describe_dossier(demande))
    note = Message.objects.create(
        demande=demande, sens=Message.Sens.INTERNE, canal=Message.Canal.NOTE, is_automatique=True, at=at,
        agent_id=by.agent_id, expediteur_libelle=by.libelle,
        texte=f"Dossier à envoyer par lettre à {transfert.organisme}.",
    )  # fmt: skip
    write_courrier(
        demande=demande, message=note, destinataire=transfert.organisme, adresse=transfert.coordonnees,
        objet=texte.objet, corps=texte.corps, agent=Agent.objects.filter(pk=by.agent_id or 0).first(), at=at,
    )  # fmt: skip


def describe_dossier(demande: Demande) -> dict[str, str]:
    """Return what the competent administration must know: who, what, since when."""
    who = demande.usager.nom_complet if demande.usager else "Personne non identifiée"
    reached = [each.lisible for each in list_adresses(demande)]
    return {
        "recue_le": write_long(demande.received_at, annee=True),
        "usager": ", ".join([who, *dict.fromkeys(reached)]),
        "resume": describe_content(demande),
    }


def describe_content(demande: Demande) -> str:
    """Return the demande in words: what was written, then each answer of its form."""
    answers = [
        f"{question}\u00a0: {answer}"
        for question, answer in describe(exigences.load_schema(demande), demande.reponses)
    ]
    return "\n".join(filter(None, [demande.description, *answers]))


@transaction.atomic
def retry_transfert(*, transfert: Transfert) -> None:
    """Try again, on an agent's word, what could not be handed over."""
    held = Transfert.objects.filter(pk=transfert.pk, etat=Transfert.Etat.ECHEC)
    if held.update(etat=Transfert.Etat.A_REMETTRE, essais=0, erreur=""):
        transaction.on_commit(partial(ask_worker, TACHE, get_active_id(), transfert.pk), robust=True)


def _record(verbe: str, demande: Demande, *, by: Acteur, at: datetime, **details: object) -> None:
    record(
        verbe=verbe, objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at,
        version=demande.version, **details,
    )  # fmt: skip
