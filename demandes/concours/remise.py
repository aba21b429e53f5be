"""Handing a demande over to another town of the installation: exactly once, whenever the worker dies.

Three transactions, each behind one wall: read here, open there, mark here. Only the second one counts: the demande
opened there bears the name of the transfer (`externe`, unique), so that a second run finds it.
"""

import json
import logging
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from citoyens.actions import create_usager
from citoyens.contacts import Contact
from citoyens.models import PointContact, Usager
from citoyens.rapprochement import choose_sender
from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.domaines import RESERVES
from collectivites.models import Collectivite, Service
from demandes.actions import open_demande
from demandes.actions.pieces import attach_files
from demandes.concours.transferts import describe_content
from demandes.fichiers import Gardee
from demandes.models import Demande, Entree, Message, Notification, PieceJointe, Transfert, TypeDemande
from demandes.travail.notifications import notify
from journal.actions import record
from socle.depot import FichierAbsent, open_file, store_bytes, store_stream
from socle.ecriture import write_jour

logger = logging.getLogger(__name__)
ESSAIS_MAX = 5


class RemiseImpossible(Exception):
    """The other town can't receive it; the message is for the agent who transferred it."""


@dataclass(frozen=True)
class Fichier:
    """One file shared."""

    nom: str
    type_mime: str
    chemin: str
    analyse: str
    raison: str


@dataclass(frozen=True)
class Paquet:
    """All that leaves one town for another: nothing else is read."""

    transfert_id: int
    origine: str  # slug
    origine_nom: str
    destination_id: int
    numero: str
    objet: str
    texte: str
    motif: str
    domaine: str
    type_code: str
    mode_reponse: str
    received_at: datetime
    transmis_at: datetime
    nature: str = ""
    nom: str = ""
    prenoms: str = ""
    nom_naissance: str = ""
    civilite: str = ""
    is_electronique_refuse: bool = False
    contacts: list[tuple[str, str]] = field(default_factory=list)
    fichiers: list[Fichier] = field(default_factory=list)

    @property
    def externe(self) -> str:
        """The name of this hand-over in the other town: « transfert:aurelle:12 »."""
        return f"transfert:{self.origine}:{self.transfert_id}"


def deliver_transfert(*, collectivite_id: int, transfert_id: int, at: datetime) -> None:
    """Hand one transfer over. Running it again, or twice at once, opens one demande there."""
    paquet = _read(collectivite_id, transfert_id)
    if paquet is None:
        return
    try:
        cible = _open_there(paquet, at=at)
    except RemiseImpossible as refusal:
        _fail(collectivite_id, transfert_id, str(refusal), at=at)
    except FichierAbsent as error:
        _fail(collectivite_id, transfert_id, str(error), at=at)
    else:
        _settle(collectivite_id, transfert_id, cible, at=at)


def _read(collectivite_id: int, transfert_id: int) -> Paquet | None:
    with collectivite_active(collectivite_id):
        waiting = Transfert.objects.select_for_update(skip_locked=True, no_key=True).filter(etat="a_remettre")
        held = waiting.filter(pk=transfert_id, destination__isnull=False).first()
        if held is None:
            return None
        held.essais += 1
        held.save(update_fields=["essais"])
        if held.essais > ESSAIS_MAX:
            _write_failure(held, "La remise s'interrompt à chaque essai.", at=held.at)
            return None
        return _pack(held, Collectivite.objects.get(pk=collectivite_id))


def _pack(held: Transfert, town: Collectivite) -> Paquet:
    demande = Demande.objects.for_fiche().get(pk=held.demande_id)
    files = PieceJointe.objects.filter(pk__in=held.pieces, message__demande=demande).order_by("pk")
    assert held.destination_id is not None  # noqa: S101 filtered by _read
    return Paquet(
        transfert_id=held.pk, origine=town.slug, origine_nom=town.nom, destination_id=held.destination_id,
        numero=demande.numero, objet=demande.objet, texte=describe_content(demande), motif=held.motif,
        domaine=demande.domaine, type_code=demande.type.code if demande.type else "",
        mode_reponse=demande.mode_reponse, received_at=demande.received_at, transmis_at=held.at,
        fichiers=[Fichier(each.nom, each.type_mime, each.fichier, each.analyse, each.raison) for each in files],
        **_pack_usager(demande.usager),
    )  # fmt: skip


def _pack_usager(usager: Usager | None) -> dict[str, Any]:
    """The little that is needed to answer the person; nothing of their life here."""
    if usager is None:
        return {}
    reached = usager.liens_contact.select_related("point").order_by("-is_prefere", "pk")
    contacts: dict[str, str] = {}
    for link in reached:
        if link.point.failing_since is None:
            contacts.setdefault(link.point.nature, link.point.valeur)
    return {
        "nature": usager.nature, "nom": usager.nom, "prenoms": usager.prenoms, "nom_naissance": usager.nom_naissance,
        "civilite": usager.civilite, "is_electronique_refuse": usager.is_electronique_refuse,
        "contacts": list(contacts.items()),
    }  # fmt: skip


def _open_there(paquet: Paquet, *, at: datetime) -> tuple[int, str]:
    """Return (id, number) of the demande opened in the other town, now or before. Raises RemiseImpossible."""
    files = [_copy(each, paquet.destination_id, at=at) for each in paquet.fichiers]
    names = [{"nom": each.nom, "type_mime": each.type_mime} for each in paquet.fichiers]  # not where they are kept
    raw = json.dumps(asdict(paquet) | {"fichiers": names}, default=str, ensure_ascii=False, sort_keys=True).encode()
    depose = store_bytes(raw, collectivite_id=paquet.destination_id, at=at)
    with collectivite_active(paquet.destination_id):
        if not Collectivite.objects.filter(pk=paquet.destination_id, is_active=True).exists():
            raise RemiseImpossible("Cette collectivité n'utilise plus Guichet.")
        found = _find(paquet)
        if found is not None:
            return found
        try:
            with transaction.atomic():
                entree = Entree.objects.create(
                    canal=Entree.Canal.TRANSFERT, externe_id=paquet.externe, empreinte=depose.empreinte,
                    brut=depose.chemin, octets=depose.octets, etat=Entree.Etat.TRAITEE, issue=Entree.Issue.NOUVELLE,
                    objet=paquet.objet, received_at=at, processed_at=at,
                )  # fmt: skip
                return _open(paquet, entree, files, at=at)
        except IntegrityError:
            found = _find(paquet)  # another worker was quicker
            if found is None:
                raise
            return found


def _find(paquet: Paquet) -> tuple[int, str] | None:
    return Demande.objects.filter(externe=paquet.externe).values_list("pk", "numero").first()


def _copy(fichier: Fichier, collectivite_id: int, *, at: datetime) -> Gardee:
    with open_file(fichier.chemin) as source:
        depose = store_stream(source, collectivite_id=collectivite_id, at=at)
    return Gardee(fichier.nom, fichier.type_mime, depose, fichier.analyse, fichier.raison)


def _open(paquet: Paquet, entree: Entree, files: list[Gardee], *, at: datetime) -> tuple[int, str]:
    type_ = TypeDemande.objects.filter(code=paquet.type_code, is_active=True).exclude(code="").first()
    usager = _find_usager(paquet, at=at)
    demande = open_demande(
        objet=paquet.objet, description=paquet.texte, canal=Demande.Canal.TRANSFERT, mode_reponse=paquet.mode_reponse,
        received_at=paquet.received_at, competente_at=at, externe=paquet.externe, usager=usager, type=type_,
        service=_choose_service(paquet, type_), entree=entree, by=AUTOMATE, at=at,
    )  # fmt: skip
    Entree.objects.filter(pk=entree.pk).update(demande_id=demande.pk, usager_id=demande.usager_id)
    attach_files(message=Message.objects.get(entree=entree, demande=demande), gardees=files, at=at)
    Message.objects.create(
        demande=demande, sens=Message.Sens.INTERNE, canal=Message.Canal.NOTE, is_automatique=True, at=at,
        expediteur_libelle=AUTOMATE.libelle,
        texte=f"Transmise par {paquet.origine_nom} ({paquet.numero}), qui l'avait "
        f"reçue le {write_jour(paquet.received_at, annee=True)}. {paquet.motif}",
    )  # fmt: skip
    record(
        verbe="demande.transfert_recu", objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=AUTOMATE,
        at=at, origine=paquet.origine, version=demande.version,
    )  # fmt: skip
    return demande.pk, demande.numero


def _choose_service(paquet: Paquet, type_: TypeDemande | None) -> Service | None:
    """A sealed demande stays sealed: it goes to a service of its domain. Raises RemiseImpossible when none is."""
    if paquet.domaine not in RESERVES or (type_ is not None and type_.domaine == paquet.domaine):
        return None
    sealed = Service.objects.filter(domaine=paquet.domaine, is_active=True).order_by("pk").first()
    if sealed is None:
        raise RemiseImpossible("Cette collectivité n'a pas de service habilité à recevoir cette demande.")
    return sealed


def _find_usager(paquet: Paquet, *, at: datetime) -> Usager | None:
    """Return the person known there by this e-mail, else a new profile with the little that was shared."""
    if not paquet.nature:
        return None
    courriel = dict(paquet.contacts).get(PointContact.Nature.COURRIEL.value, "")
    known = choose_sender(courriel, f"{paquet.prenoms} {paquet.nom}") if courriel else None
    if known is not None:
        return known
    usager = create_usager(
        nature=paquet.nature, nom=paquet.nom, prenoms=paquet.prenoms, nom_naissance=paquet.nom_naissance,
        civilite=paquet.civilite, contacts=[Contact(nature, valeur) for nature, valeur in paquet.contacts],
        by=AUTOMATE, at=at,
    )  # fmt: skip
    if paquet.is_electronique_refuse:
        Usager.objects.filter(pk=usager.pk).update(is_electronique_refuse=True)
        usager.is_electronique_refuse = True
    return usager


def _settle(collectivite_id: int, transfert_id: int, cible: tuple[int, str], *, at: datetime) -> None:
    with collectivite_active(collectivite_id):
        held = Transfert.objects.select_for_update(no_key=True).get(pk=transfert_id)
        if held.etat == Transfert.Etat.REMIS:
            return
        held.etat, held.remis_at, held.erreur = Transfert.Etat.REMIS, at, ""
        held.cible_id, held.cible_numero = cible
        held.save(update_fields=["etat", "remis_at", "erreur", "cible_id", "cible_numero"])
        _record(held, "demande.transfert_remis", at=at)


def _fail(collectivite_id: int, transfert_id: int, erreur: str, *, at: datetime) -> None:
    with collectivite_active(collectivite_id):
        held = Transfert.objects.select_for_update(no_key=True).get(pk=transfert_id)
        if held.etat == Transfert.Etat.A_REMETTRE:
            _write_failure(held, erreur, at=at)


def _write_failure(held: Transfert, erreur: str, *, at: datetime) -> None:
    held.etat, held.erreur = Transfert.Etat.ECHEC, erreur[:300]
    held.save(update_fields=["etat", "erreur"])
    _record(held, "demande.transfert_echec", at=at)
    notify(
        held.agent_id, Notification.Genre.ALERTE, "Une demande transmise n'a pas pu être remise.",
        Demande.objects.get(pk=held.demande_id), clef=f"transfert:{held.pk}:{held.essais}", at=at,
    )  # fmt: skip


def _record(held: Transfert, verbe: str, *, at: datetime) -> None:
    numero = Demande.objects.values_list("numero", flat=True).get(pk=held.demande_id)
    record(verbe=verbe, objet_type="demande", objet_id=held.demande_id, libelle=numero, by=AUTOMATE, at=at)
