"""A démarche filed on the web: kept raw as JSON, then opened like any other entry, whoever reads it and when.

The usager is whom the form says, on weak proof (an address anyone may type): a known profile is joined only when the
address and the name agree, or the number of the organisation; it is never changed by what was typed.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from citoyens.actions import Contact, IdentiteRefusee, create_usager
from citoyens.models import PointContact, Usager
from citoyens.rapprochement import bears_name, choose_sender, find_by_contact
from collectivites.acteur import AUTOMATE
from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from demandes.actions import open_demande
from demandes.actions.pieces import list_uploads
from demandes.catalogue.formulaire import describe
from demandes.catalogue.schema import Schema, read_schema
from demandes.models import Demande, Entree, TypeDemande, VersionFormulaire
from demandes.reception import boucles
from demandes.reception.arrivee import keep_raw
from demandes.reception.ecrits import Ecrit, EcritIllisible
from demandes.reception.expediteurs import INCONNU, acting, is_reachable, lock_sender
from demandes.reception.reseau import read_reseau
from demandes.reception.verdict import Lecture, Verdict, set_aside
from socle.texte import truncate

Nature = PointContact.Nature
DEPOTS_PAR_HEURE = 12


@dataclass(frozen=True)
class Depot:
    """What a form on the web said. `clef`: of the form, as text; `version`: the form that was filled, if any."""

    clef: str
    type_id: int
    version_id: int | None
    public: str
    nom: str
    courriel: str
    prenoms: str = ""
    adresse: str = ""
    telephone: str = ""
    siret: str = ""
    siren: str = ""
    rna: str = ""
    contact: str = ""  # who writes for an organisation
    description: str = ""
    reponses: dict[str, Any] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)  # SHA-256 of what was joined


def store_depot(depot: Depot, *, at: datetime) -> Entree:
    """Keep the submission raw, before anything is understood. The same form again gives the entry already there."""
    brut = json.dumps({"depot": asdict(depot)}, ensure_ascii=False, sort_keys=True).encode()
    return keep_raw(
        brut=brut, collectivite_id=get_active_id(), canal=Entree.Canal.FORMULAIRE, externe_id=f"depot:{depot.clef}",
        at=at, is_nudged=False,
    )  # fmt: skip


def read_formulaire(entree: Entree, brut: bytes, collectivite_id: int, at: datetime) -> Lecture:
    """Understand an entry of the channel « formulaire »: a démarche of ours, or the form of a partner."""
    if entree.connecteur_id is not None:
        return read_reseau(entree, brut, collectivite_id, at)
    try:
        depot = parse_depot(brut)
    except EcritIllisible as error:
        phrase = str(error)
        return Lecture("", "", lambda: set_aside(phrase))
    return Lecture(depot.courriel.lower(), depot.nom, lambda: sort_depot(entree, depot, at=at))


def parse_depot(brut: bytes) -> Depot:
    """Read what `store_depot` kept. Raises EcritIllisible."""
    try:
        return Depot(**json.loads(brut)["depot"])
    except (ValueError, KeyError, TypeError) as error:
        raise EcritIllisible("Formulaire illisible.") from error


def show_depot(depot: Depot, canal: str) -> Ecrit:
    """Return the submission as the quarantaine prints a message."""
    lines = [depot.description, *(f"{code}\u00a0: {answer}" for code, answer in depot.reponses.items())]
    return Ecrit(
        canal=canal, auteur=depot.courriel, adresse=depot.courriel, nom=f"{depot.prenoms} {depot.nom}".strip(),
        texte="\n".join(filter(None, lines)), courriel=depot.courriel, telephone=depot.telephone,
    )  # fmt: skip


def sort_depot(entree: Entree, depot: Depot, *, at: datetime) -> Verdict:
    """Open the demande of a submission. Called inside the transaction that closes its entry.

    Many in an hour with one address: somebody may be using it to have us write to its owner. A human looks first.
    """
    adresse = depot.courriel.lower()
    lock_sender(adresse)
    auteur = boucles.know_sender(adresse, entree=entree, at=at)
    is_flood = auteur.recents >= DEPOTS_PAR_HEURE
    if is_flood and not _is_sealed(depot):
        return set_aside(f"Plus de {DEPOTS_PAR_HEURE} formulaires de cette adresse en une heure.")
    demande = open_depot(entree, depot, at=at, accuse=not auteur.is_ours and not is_flood)
    if demande is None:
        return set_aside("La démarche de ce formulaire n'existe plus.")
    return Verdict(Entree.Issue.NOUVELLE, "", demande.pk, demande.usager_id)


def _is_sealed(depot: Depot) -> bool:
    """A sealed form is never laid where every agent sorts: it opens behind its seal, and nothing leaves."""
    sealed = Q(domaine__in=RESERVES) | Q(service__domaine__in=RESERVES)
    return TypeDemande.objects.filter(sealed, pk=depot.type_id).exists()


def open_depot(entree: Entree, depot: Depot, *, at: datetime, accuse: bool = True) -> Demande | None:
    """Open the demande under the form that was filled; None when its type is no longer there."""
    type_ = TypeDemande.objects.select_related("service").filter(pk=depot.type_id).first()
    if type_ is None:
        return None
    version = VersionFormulaire.objects.filter(pk=depot.version_id).first() if depot.version_id else None
    schema = read_schema(version.schema) if version else Schema()
    usager = find_depositor(depot, at=at)
    return open_demande(
        objet=name_demande(type_, depot),
        description=write_description(schema, depot),
        canal=Demande.Canal.FORMULAIRE,
        mode_reponse=Demande.ModeReponse.COURRIEL,
        received_at=min(entree.received_at, at),
        by=acting(usager),
        at=at,
        usager=usager,
        type=type_,
        adresse=depot.courriel.lower(),
        clef=UUID(depot.clef),
        entree=entree,
        expediteur="" if usager else truncate(f"{depot.prenoms} {depot.nom}".strip(), 320),
        pieces=list_uploads(clef=UUID(depot.clef), by=INCONNU),
        reponses=depot.reponses,
        version_formulaire=version,
        accuse=accuse,
    )


def name_demande(type_: TypeDemande, depot: Depot) -> str:
    """Return the objet: the démarche, and the place when the form asks where."""
    lieu = str(depot.reponses.get("lieu", ""))
    return truncate(f"{type_.libelle}, {lieu}" if lieu else type_.libelle, 200)


def write_description(schema: Schema, depot: Depot) -> str:
    """Return what the agent reads first: the free text, then each answer on its line."""
    lines = [f"{libelle} {reponse}" if libelle.endswith("?") else f"{libelle}\u00a0: {reponse}"
             for libelle, reponse in describe(schema, depot.reponses)]  # fmt: skip
    for name, value in (("Contact", depot.contact), ("SIREN", depot.siren)):
        if value:
            lines.append(f"{name}\u00a0: {value}")
    return "\n\n".join(filter(None, [depot.description.strip(), "\n".join(lines)]))


def find_depositor(depot: Depot, *, at: datetime) -> Usager | None:
    """Return the usager who files: known by number, or by address and name; else a new one."""
    known = _find_organisation(depot) or _find_by_name(depot)
    if known is not None:
        return known
    if not is_reachable(depot.courriel):
        return None
    try:
        return create_usager(
            nature=depot.public, nom=depot.nom, prenoms=depot.prenoms, siret=depot.siret, rna=depot.rna,
            contacts=list(_list_contacts(depot)), clef=UUID(depot.clef), by=AUTOMATE, at=at,
        )  # fmt: skip
    except IdentiteRefusee:
        return None


def _find_organisation(depot: Depot) -> Usager | None:
    if depot.public == Usager.Nature.PERSONNE:
        return None
    for champ, value in (("siret", depot.siret), ("rna", depot.rna)):
        found = Usager.objects.filter(**{champ: value}).first() if value else None
        if found is not None:
            return found
    return None


def _find_by_name(depot: Depot) -> Usager | None:
    """The owner of the address who bears the name typed; a couple with one address stays two persons."""
    owners = find_by_contact(Nature.COURRIEL, depot.courriel)
    if len(owners) > 1:
        return choose_sender(depot.courriel, f"{depot.prenoms} {depot.nom}")
    return next((each for each in owners if _is_same(each, depot)), None)


def _is_same(usager: Usager, depot: Depot) -> bool:
    return usager.nature == depot.public and bears_name(usager, nom=depot.nom, prenoms=depot.prenoms)


def _list_contacts(depot: Depot) -> list[Contact]:
    typed = (
        (Nature.COURRIEL, depot.courriel),
        (Nature.MOBILE, depot.telephone),
        (Nature.ADRESSE, depot.adresse),
    )
    return [Contact(nature, valeur, is_prefere=nature == Nature.COURRIEL) for nature, valeur in typed if valeur]
