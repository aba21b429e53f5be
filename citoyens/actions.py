"""Writes about usagers. Each runs in one transaction with its line in the journal."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from citoyens.contacts import Contact, ContactIllisible, ContactLu, read_contact
from citoyens.identites import Identite, IdentiteRefusee, read_identite
from citoyens.models import Interaction, LienContact, NoteUsager, PointContact, Usager
from collectivites.acteur import AUTOMATE, Acteur
from journal.actions import Fait, record, record_many
from socle.texte import clean, truncate

__all__ = ["Contact", "ContactIllisible", "IdentiteRefusee"]  # what callers build and catch, next to the actions

MODIFIABLES = frozenset("nom prenoms nom_naissance civilite naissance_on siret rna langue".split())
VERIFIES = frozenset({"nom", "prenoms", "nom_naissance", "naissance_on"})  # read on an identity document
DUREE_NOTE_MAX = timedelta(days=366)


class ConflitVersion(Exception):
    """Somebody else wrote in between: nothing was written, nothing must be lost."""

    def __init__(self) -> None:
        super().__init__(
            "Cette fiche a été modifiée entre-temps par quelqu'un d'autre. "
            "Vos saisies sont gardées\u00a0: comparez, puis enregistrez de nouveau."
        )


class NoteRefusee(ValueError):
    """The note can't be kept; `champ` names the field, the message is a French sentence."""

    def __init__(self, champ: str, phrase: str) -> None:
        self.champ = champ
        super().__init__(phrase)


def create_usager(  # noqa: PLR0913 one argument a field of the identity
    *,
    nature: str,
    nom: str,
    prenoms: str = "",
    nom_naissance: str = "",
    civilite: str = "",
    naissance_on: date | None = None,
    siret: str = "",
    rna: str = "",
    langue: str = "fr",
    contacts: Sequence[Contact] = (),
    clef: UUID | None = None,
    by: Acteur,
    at: datetime,
) -> Usager:
    """Create a person or an organisation with its contacts. Raises IdentiteRefusee, ContactIllisible.

    A person may have no name yet (an e-mail of unknown hand) as long as there is a phone or an e-mail. The same
    `clef` again (a form sent twice) returns the usager already there. Inside the transaction of the caller, whole:
    whatever it refuses, it refuses before it writes.
    """
    twin = _find_twin(clef)
    if twin is not None:
        return twin
    asked = Identite(nature, nom, prenoms, nom_naissance, civilite, naissance_on, siret, rna, langue)
    identite = read_identite(asked, on=timezone.localdate(at))
    reachable = any(contact.nature != PointContact.Nature.ADRESSE for contact in contacts)
    if not (identite.nom or identite.nom_naissance or identite.prenoms or reachable):
        raise IdentiteRefusee("nom", "Il faut un nom, un prénom, un téléphone ou un courriel.")
    lus = [read_contact(contact.nature, contact.valeur) for contact in contacts]
    usager, is_new = _insert(Usager(**vars(identite), created_at=at, clef=clef))
    if not is_new:
        return usager
    points = [_attach(usager, lu, contact.libelle) for lu, contact in zip(lus, contacts, strict=True)]
    created = Fait("usager.cree", "usager", usager.pk, details={"nature": nature})
    added = [Fait("usager.contact_ajoute", "usager", usager.pk, details={"nature": each.nature}) for each in points]
    record_many([created, *added], by=by, at=at)
    for contact, point in zip(contacts, points, strict=True):
        if contact.is_prefere:
            prefer_contact(lien=_get_lien(usager, point), by=by, at=at)
    return usager


def _find_twin(clef: UUID | None) -> Usager | None:
    return Usager.objects.filter(clef=clef).first() if clef else None


def _insert(usager: Usager) -> tuple[Usager, bool]:
    """Return the usager and whether it is new: the same form sent twice at once is written once."""
    if not (usager.clef or usager.siret or usager.rna):  # nothing it could share with another: no savepoint
        usager.save(force_insert=True)
        return usager, True
    try:
        with transaction.atomic():
            usager.save(force_insert=True)
    except IntegrityError as error:
        twin = _find_twin(usager.clef)
        if twin is None:
            raise _number_taken(error) from error
        return twin, False
    return usager, True


def _number_taken(error: IntegrityError) -> Exception:
    """Translate a unique number already held; any other violation is a programming error and stays one."""
    for champ, mot in (("siret", "ce SIRET"), ("rna", "ce numéro RNA")):
        if f"usager_{champ}_unique" in str(error):
            return IdentiteRefusee(champ, f"Une autre fiche porte déjà {mot}.")
    return error


@transaction.atomic
def update_usager(*, usager: Usager, version: int, champs: dict[str, Any], by: Acteur, at: datetime) -> Usager:
    """Change the identity. `version` is the one the agent was looking at; `champs` maps field to new value.

    Raises ConflitVersion, IdentiteRefusee. A changed name or date of birth sends the identity back to « déclarée ».
    """
    current = Usager.objects.select_for_update().get(pk=usager.pk)
    if current.version != version:
        raise ConflitVersion
    unknown = champs.keys() - MODIFIABLES
    if unknown:
        raise IdentiteRefusee(min(unknown), "Ce champ ne se modifie pas ici.")
    before = Identite(**{field: getattr(current, field) for field in Identite.__dataclass_fields__})
    after = read_identite(replace(before, **champs), on=timezone.localdate(at))
    changed = sorted(field for field in MODIFIABLES if getattr(before, field) != getattr(after, field))
    if not changed:
        return current
    for field in changed:
        setattr(current, field, getattr(after, field))
    if VERIFIES.intersection(changed):
        current.verification, current.verified_at = Usager.Verification.DECLARATIF, None
    current.version += 1
    try:
        with transaction.atomic():
            current.save()
    except IntegrityError as error:
        raise _number_taken(error) from error
    record(verbe="usager.modifie", objet_type="usager", objet_id=current.pk, by=by, at=at, champs=changed)
    return current


@transaction.atomic
def add_contact(*, usager: Usager, contact: Contact, by: Acteur, at: datetime) -> LienContact:
    """Reach the usager there too. A point already known (shared by a couple) is reused. Raises ContactIllisible."""
    point = _attach(usager, read_contact(contact.nature, contact.valeur), contact.libelle)
    lien = _get_lien(usager, point)
    record(verbe="usager.contact_ajoute", objet_type="usager", objet_id=usager.pk, by=by, at=at, nature=point.nature)
    if contact.is_prefere:
        prefer_contact(lien=lien, by=by, at=at)
    return lien


def _attach(usager: Usager, lu: ContactLu, typed: str) -> PointContact:
    point, libelle = _get_or_create_point(lu), truncate(clean(typed), 60)
    LienContact.objects.bulk_create([LienContact(usager=usager, point=point, libelle=libelle)], ignore_conflicts=True)
    return point


def _get_lien(usager: Usager, point: PointContact) -> LienContact:
    [lien] = LienContact.objects.filter(usager=usager, point=point)
    lien.usager, lien.point = usager, point
    return lien


def _get_or_create_point(lu: ContactLu) -> PointContact:
    """Return the one row of this contact, locked: nobody can take it away before we hang on it."""
    while True:
        row = PointContact(nature=lu.nature, valeur=lu.valeur, normalisee=lu.normalisee)
        PointContact.objects.bulk_create([row], ignore_conflicts=True)  # ON CONFLICT DO NOTHING: two at once, one row
        locked = PointContact.objects.select_for_update(no_key=True)
        point = locked.filter(nature=lu.nature, normalisee=lu.normalisee).first()
        if point is not None:
            return point


@transaction.atomic
def remove_contact(*, lien: LienContact, by: Acteur, at: datetime) -> None:
    """Stop reaching the usager there. The point goes with its last owner (RGPD: nothing kept for nobody)."""
    point = PointContact.objects.select_for_update().get(pk=lien.point_id)
    LienContact.objects.filter(pk=lien.pk).delete()
    if not LienContact.objects.filter(point=point).exists():
        point.delete()
    record(
        verbe="usager.contact_retire", objet_type="usager", objet_id=lien.usager_id, by=by, at=at, nature=point.nature
    )


@transaction.atomic
def prefer_contact(*, lien: LienContact, by: Acteur, at: datetime) -> None:
    """Make this contact the preferred one: the first tried when we write or call."""
    Usager.objects.select_for_update(no_key=True).get(pk=lien.usager_id)  # one at a time: one preferred contact
    mine = LienContact.objects.filter(usager_id=lien.usager_id)
    mine.filter(is_prefere=True).exclude(pk=lien.pk).update(is_prefere=False)
    mine.filter(pk=lien.pk).update(is_prefere=True)
    lien.is_prefere = True
    record(verbe="usager.contact_prefere", objet_type="usager", objet_id=lien.usager_id, by=by, at=at)


@transaction.atomic
def add_note(  # noqa: PLR0913 one argument a field of the note
    *,
    usager: Usager,
    texte: str,
    visibilite: str,
    domaine: str,
    is_alerte: bool,
    expire_on: date | None,
    clef: UUID | None = None,
    by: Acteur,
    at: datetime,
) -> NoteUsager:
    """Write a note, with who reads it and until when (a year at most, RGPD art. 5-1-e). Raises NoteRefusee.

    The same `clef` again (a form sent twice) returns the note already there.
    """
    written, today = clean(texte).strip(), timezone.localdate(at)
    if not written or len(written) > 500:
        raise NoteRefusee("texte", "Une note a un texte, de 500 caractères au plus.")
    if expire_on is None or not today <= expire_on <= today + DUREE_NOTE_MAX:
        raise NoteRefusee("expire_on", "Une note a une date de fin, d'aujourd'hui à un an au plus.")
    fields = {
        "usager": usager, "texte": written, "visibilite": visibilite, "domaine": domaine, "is_alerte": is_alerte,
        "expire_on": expire_on, "agent_id": by.agent_id or 0, "agent_libelle": by.libelle, "created_at": at,
    }  # fmt: skip
    note, is_new = NoteUsager.objects.get_or_create(clef=clef or uuid4(), defaults=fields)
    if is_new:
        record(verbe="usager.note_ajoutee", objet_type="usager", objet_id=usager.pk, by=by, at=at, note=note.pk)
    return note


@transaction.atomic
def end_note(*, note: NoteUsager, by: Acteur, at: datetime) -> None:
    """End a note now: it is shown no more, and the purge of expired notes takes it away."""
    NoteUsager.objects.filter(pk=note.pk).update(expire_on=timezone.localdate(at) - timedelta(days=1))
    record(verbe="usager.note_terminee", objet_type="usager", objet_id=note.usager_id, by=by, at=at, note=note.pk)


@transaction.atomic
def verify_identity(*, usager: Usager, by: Acteur, at: datetime) -> Usager:
    """Say that an agent saw an identity document that agrees with `usager` as read. Raises ConflitVersion."""
    verified = {"verification": Usager.Verification.GUICHET, "verified_at": at, "version": F("version") + 1}
    if not Usager.objects.filter(pk=usager.pk, version=usager.version).update(**verified):
        raise ConflitVersion
    record(verbe="usager.identite_verifiee", objet_type="usager", objet_id=usager.pk, by=by, at=at)
    return Usager.objects.get(pk=usager.pk)


def record_interaction(  # noqa: PLR0913 one argument a column of the timeline
    *,
    usager_id: int,
    genre: str,
    sens: str,
    canal: str,
    domaine: str,
    titre: str,
    resume: str = "",
    objet_type: str,
    objet_id: int,
    by: Acteur,
    at: datetime,
) -> Interaction:
    """Add one row to the timeline, inside the transaction of the action it tells. Long texts are cut on a word."""
    return Interaction.objects.create(
        usager_id=usager_id,
        at=at,
        genre=genre,
        sens=sens,
        canal=canal,
        domaine=domaine,
        titre=truncate(clean(titre), 200),
        resume=truncate(clean(resume), 300),
        objet_type=objet_type,
        objet_id=objet_id,
        acteur_libelle=by.libelle,
    )


def move_interactions(*, objet_type: str, objet_id: int, domaine: str) -> None:
    """Put every row of this object under the domain it has just taken: what was open before is sealed with it."""
    move_all_interactions(objet_type=objet_type, objet_ids=[objet_id], domaine=domaine)


def move_all_interactions(*, objet_type: str, objet_ids: Collection[int], domaine: str) -> None:
    """The same for several objects of one kind (one statement)."""
    rows = Interaction.objects.filter(objet_type=objet_type, objet_id__in=objet_ids).exclude(domaine=domaine)
    rows.update(domaine=domaine)


@transaction.atomic
def mark_contact_failing(*, nature: str, normalisee: str, at: datetime) -> int:
    """Say that messages no longer reach this contact (permanent bounce). Returns the number of points marked."""
    points = PointContact.objects.select_for_update().filter(
        nature=nature, normalisee=normalisee, failing_since__isnull=True
    )
    ids = [point.pk for point in points]
    PointContact.objects.filter(pk__in=ids).update(failing_since=at)
    for pk in ids:
        record(verbe="contact.en_echec", objet_type="point_contact", objet_id=pk, by=AUTOMATE, at=at, nature=nature)
    return len(ids)


@transaction.atomic
def refuse_sms(*, normalisee: str, is_refused: bool, at: datetime) -> bool:
    """Obey STOP or START of a number (E.164): nothing leaves for it by itself meanwhile. False: nobody has it."""
    telephones = (PointContact.Nature.MOBILE, PointContact.Nature.FIXE)
    point = PointContact.objects.select_for_update().filter(nature__in=telephones, normalisee=normalisee).first()
    if point is None:
        return False
    if (point.failing_since is not None) != is_refused:
        PointContact.objects.filter(pk=point.pk).update(failing_since=at if is_refused else None)
    verbe = "contact.stop_sms" if is_refused else "contact.reprise_sms"
    record(verbe=verbe, objet_type="point_contact", objet_id=point.pk, by=AUTOMATE, at=at, nature=point.nature)
    return True
