"""Who comes: found again by a proof of contact and the name, else created, as the form of a démarche does.

A known profile is never changed by what was typed. Companions without a contact of their own are looked for with the
contact of the one who books: a child is found again at the next appointment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from citoyens.actions import Contact, ContactIllisible, IdentiteRefusee, create_usager
from citoyens.contacts import read_contact
from citoyens.models import LienContact, PointContact, Usager
from citoyens.rapprochement import bears_name, choose_sender, find_by_contact
from collectivites.acteur import AUTOMATE, Acteur
from demandes.reception.expediteurs import lock_sender
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.reservation.saisie import Participant

Nature = PointContact.Nature


@dataclass(frozen=True, slots=True)
class Venant:
    """A participant understood: their profile, where to write to them. `telephone`: any number, E.164."""

    usager: Usager
    courriel: str
    telephone: str
    is_mobile: bool
    numero_predemande: str
    is_nouveau: bool  # created just now: nothing can be known of them


def find_venants(participants: Sequence[Participant], *, by: Acteur, at: datetime) -> list[Venant]:
    """Return who comes, in the order given. Raises RendezVousRefuse.

    One address at a time: two bookings at once from a stranger must not make two persons.
    """
    lus = [_read(participant) for participant in participants]
    for key in sorted({value for lu in lus for value in (lu.courriel, lu.telephone) if value and not lu.usager_id}):
        lock_sender(key)
    venants = [_find(lus[0], by=by, at=at)]
    for lu in lus[1:]:
        leans = not (lu.usager_id or lu.courriel or lu.telephone)
        venants.append(_find(_lean_on(lu, lus[0]) if leans else lu, by=by, at=at, is_named=leans))
    if len({venant.usager.pk for venant in venants}) < len(venants):
        raise RendezVousRefuse("La même personne est indiquée deux fois.", champ="participants")
    return venants


def _lean_on(lu: Participant, lead: Participant) -> Participant:
    return replace(lu, courriel=lead.courriel, telephone=lead.telephone, preuve=lead.preuve)


def _read(participant: Participant) -> Participant:
    """Put contacts in their one form. Raises RendezVousRefuse."""
    return replace(
        participant,
        courriel=_normalise(Nature.COURRIEL, participant.courriel),
        telephone=_normalise(Nature.MOBILE, participant.telephone),
        nom=" ".join(participant.nom.split()),
        prenom=" ".join(participant.prenom.split()),
    )


def _normalise(nature: str, typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return read_contact(nature, typed).normalisee
    except ContactIllisible as error:
        champ = "courriel" if nature == Nature.COURRIEL else "telephone"
        raise RendezVousRefuse(str(error), champ=champ) from error


def _find(lu: Participant, *, by: Acteur, at: datetime, is_named: bool = False) -> Venant:
    """`is_named`: a profile known by its address only is the owner's, not a companion's."""
    usager = _get(lu.usager_id) if lu.usager_id else _find_known(lu, is_named=is_named)
    created = usager or _create(lu, by=by, at=at)
    known = {} if usager is None or (lu.courriel and lu.telephone) else _read_contacts(usager)
    telephone = lu.telephone or known.get(Nature.MOBILE, "") or known.get(Nature.FIXE, "")
    is_mobile = bool(telephone) and read_contact(Nature.MOBILE, telephone).nature == Nature.MOBILE
    courriel = lu.courriel or known.get(Nature.COURRIEL, "")
    return Venant(created, courriel, telephone, is_mobile, lu.numero_predemande, is_nouveau=usager is None)


def _get(usager_id: int) -> Usager:
    usager = Usager.objects.filter(pk=usager_id).first()
    if usager is None:
        raise RendezVousRefuse("Cet usager n'existe plus.", champ="participants")
    return usager


def _find_known(lu: Participant, *, is_named: bool) -> Usager | None:
    """The owner of the contact who bears the name typed; a couple with one address stays two persons."""
    for nature, valeur in ((Nature.COURRIEL, lu.courriel), (Nature.MOBILE, lu.telephone)):
        if lu.preuve not in {"", nature}:
            continue  # a stranger who types somebody's number must not be told what that person has
        owners = find_by_contact(nature, valeur) if valeur else []
        if len(owners) > 1:
            chosen = choose_sender(valeur, f"{lu.prenom} {lu.nom}", nature=nature)
            owners = [chosen] if chosen else []
        for owner in owners:
            has_name = bool(owner.nom or owner.nom_naissance) or not is_named
            if owner.is_personne and has_name and bears_name(owner, nom=lu.nom, prenoms=lu.prenom):
                return owner
    return None


def _create(lu: Participant, *, by: Acteur, at: datetime) -> Usager:
    if not lu.nom and not lu.prenom:
        raise RendezVousRefuse("Indiquez le nom de chaque personne.", champ="nom")
    typed = ((Nature.COURRIEL, lu.courriel), (Nature.MOBILE, lu.telephone))
    has_both = bool(lu.courriel and lu.telephone)  # one contact alone is preferred by itself
    contacts = [
        Contact(nature, valeur, is_prefere=has_both and nature == Nature.COURRIEL)
        for nature, valeur in typed
        if valeur
    ]
    try:
        return create_usager(
            nature=Usager.Nature.PERSONNE, nom=lu.nom, prenoms=lu.prenom, contacts=contacts,
            by=by if by.nature == "agent" else AUTOMATE, at=at,
        )  # fmt: skip
    except IdentiteRefusee as error:
        raise RendezVousRefuse(str(error), champ="nom") from error


def _read_contacts(usager: Usager) -> dict[str, str]:
    """The first contact of each nature that works, the preferred one before the others (one query)."""
    links = LienContact.objects.filter(usager=usager, point__failing_since__isnull=True).select_related("point")
    first: dict[str, str] = {}
    for link in links.order_by("-is_prefere", "pk"):
        value = link.point.valeur if link.point.nature == Nature.ADRESSE else link.point.normalisee
        first.setdefault(link.point.nature, value)
    return first


def find_adresse(usager: Usager) -> str:
    """Return where the usager lives, as it was typed; nothing when unknown."""
    return _read_contacts(usager).get(Nature.ADRESSE, "")
