"""Whose contact is this, and who may this person already be? Never a guess, never a merge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from citoyens.contacts import Contact, ContactIllisible, ContactLu, read_contact
from citoyens.models import PointContact, Recherche, Usager
from citoyens.phonetique import sound
from citoyens.recherche import Jetons, Trouve, ask_ids, either, load_in_order, rank
from citoyens.ressemblance import DISCRET, FERME, Portrait, first_name, normal_names, weigh
from citoyens.saisie import read_day
from collectivites.cloison import get_active_id
from socle.texte import normalise

CANDIDATS_MAX = 60
COMPTE_MAX = 50_000
ECHELLE = 1_000  # a small town does not make its names rare: frequencies are smoothed as if it had a thousand more


# The contact first, by itself: joined, PostgreSQL may begin by the persons as long as it has not counted them.
_TENUS_PAR = """
SELECT usager.* FROM citoyens_usager usager JOIN citoyens_liencontact lien ON lien.usager_id = usager.id
 WHERE lien.point_id = (SELECT id FROM citoyens_pointcontact WHERE nature = %s AND normalisee = %s)
 ORDER BY usager.id
"""


def find_by_contact(nature: str, valeur: str) -> list[Usager]:
    """Return the usagers reached there, oldest first; a text that is no contact belongs to nobody."""
    try:
        lu = read_contact(nature, valeur)
    except ContactIllisible:
        return []
    return list(Usager.objects.raw(_TENUS_PAR, [lu.nature, lu.normalisee]))


def choose_sender(adresse: str, nom_affiche: str, *, nature: str = PointContact.Nature.COURRIEL) -> Usager | None:
    """Return the usager who wrote from this address or number, or None when there is a doubt.

    Several owners (a couple with one address): the only one whose first name and name are in the display name.
    """
    owners = find_by_contact(nature, adresse)
    if len(owners) <= 1:
        return owners[0] if owners else None
    shown = set(normalise(nom_affiche).split())
    named = [usager for usager in owners if _is_named(usager, shown)]
    return named[0] if len(named) == 1 else None


def _is_named(usager: Usager, shown: set[str]) -> bool:
    """True when the display name holds one of the first names, and every word of the name or of the birth name.

    Organisations have no first name: their whole name.
    """
    names = [set(normalise(text).split()) for text in (usager.nom, usager.nom_naissance) if text]
    first = set(normalise(usager.prenoms).split())
    surname = any(words and words <= shown for words in names)
    return surname and (not usager.is_personne or bool(first & shown))


def bears_name(usager: Usager, *, nom: str, prenoms: str) -> bool:
    """True when the owner of a contact may be who typed this name there: nothing in the profile contradicts it.

    A profile without any name, known by its address only, contradicts nothing.
    """
    if not usager.nom and not usager.nom_naissance:
        return not usager.prenoms
    typed, first = normalise(nom), set(normalise(usager.prenoms).split())
    is_named = typed in {normalise(usager.nom), normalise(usager.nom_naissance)}
    return is_named and (not usager.is_personne or not first or bool(first & set(normalise(prenoms).split())))


@dataclass(frozen=True)
class Ressemblance:
    """A usager who may be the one being created. `is_ferme`: propose before anything; else show quietly."""

    usager: Usager
    points: float
    raisons: tuple[str, ...]

    @property
    def is_ferme(self) -> bool:
        """True when the evidence is strong enough to stop the agent and ask."""
        return self.points >= FERME


def likely_duplicates(
    *,
    nature: str = Usager.Nature.PERSONNE,
    nom: str,
    prenoms: str = "",
    nom_naissance: str = "",
    naissance_on: date | None = None,
    contacts: Sequence[Contact] = (),
    sauf: int | None = None,
    limite: int = 5,
) -> list[Ressemblance]:
    """Return the usagers who look like this one, strongest first; a contact that can't be read is left out.

    `sauf` is the id of the record itself when it exists. Nothing is ever merged by this.
    """
    asked = _draw(nom, nom_naissance, prenoms, naissance_on, _readable(contacts))
    rows = [row for row in _find_candidates(asked) if row.usager_id != sauf]
    if not rows:
        return []
    rarete = _measure_rarity(asked.noms)
    weighed = [_weigh_usager(asked, usager, rarete) for usager in load_in_order(_shortlist(asked, rows))]
    same_nature = nature == Usager.Nature.PERSONNE
    kept = [r for r in weighed if r.points >= DISCRET and r.usager.is_personne == same_nature]
    return sorted(kept, key=lambda r: (-r.points, r.usager.pk))[:limite]


def _readable(contacts: Sequence[Contact]) -> list[ContactLu]:
    read = []
    for contact in contacts:
        try:
            read.append(read_contact(contact.nature, contact.valeur))
        except ContactIllisible:
            continue
    return read


def _draw(
    nom: str, nom_naissance: str, prenoms: str, naissance_on: date | None, contacts: Sequence[ContactLu]
) -> Portrait:
    addresses = {c.normalisee for c in contacts if c.nature == PointContact.Nature.ADRESSE}
    return Portrait(
        noms=normal_names(nom, nom_naissance),
        prenom=first_name(prenoms),
        naissance_on=naissance_on,
        joints=frozenset((c.nature, c.normalisee) for c in contacts if c.nature != PointContact.Nature.ADRESSE),
        adresses=frozenset(addresses),
    )


def _find_candidates(asked: Portrait) -> list[Trouve]:
    """Blocking: same contact; same birth date and a name alike; a surname that sounds alike and same first name."""
    jetons = Jetons(get_active_id())
    words = sorted({word for name in asked.noms for word in [name.replace(" ", ""), *name.split()] if len(word) > 2})
    names = either([jetons.write("n", w) for w in words] + [jetons.write("p", sound(w)) for w in words])
    strong = [_contact_token(jetons, nature, value) for nature, value in sorted(asked.joints)]
    if asked.naissance_on and names:
        strong.append(f"{either(_near_days(jetons, asked.naissance_on))} & {names}")
    found = ask_ids(" | ".join(f"({part})" for part in strong)) if strong else []
    if names and (asked.prenom or not strong):
        first = either([jetons.write("n", word) for word in asked.prenom.split()])
        found += ask_ids(f"{names} & {first}" if first else names)
    return list({row.usager_id: row for row in found}.values())


def _contact_token(jetons: Jetons, nature: str, value: str) -> str:
    if nature == PointContact.Nature.COURRIEL:
        return jetons.write("e", value)
    return jetons.write("t", f"0{value[3:]}" if value.startswith("+33") else value[1:])


def _near_days(jetons: Jetons, day: date) -> list[str]:
    """The same date with day and month swapped, when the calendar has it."""
    swapped = read_day(day.year, day.day, day.month)
    return [jetons.write("d", f"{each:%Y%m%d}") for each in (day, swapped) if each is not None]


def _shortlist(asked: Portrait, rows: Sequence[Trouve]) -> list[int]:
    """Loading hundreds of homonyms with their contacts would cost more than it finds."""
    words = [*sorted({word for name in asked.noms for word in name.split()}), *asked.prenom.split()]
    return [row.usager_id for row in rank(rows, words)[:CANDIDATS_MAX]]


def _measure_rarity(names: frozenset[str]) -> dict[str, float]:
    """Frequency of each surname in this town, from a count that stops early."""
    total = Recherche.objects.order_by()[:COMPTE_MAX].count()
    counts = {name: Recherche.objects.filter(nom_n=name).order_by()[:COMPTE_MAX].count() for name in names}
    return {name: (count + 1) / (total + ECHELLE) for name, count in counts.items()}


def _weigh_usager(asked: Portrait, usager: Usager, rarete: dict[str, float]) -> Ressemblance:
    contacts = [
        ContactLu(lien.point.nature, lien.point.valeur, lien.point.normalisee) for lien in usager.liens_contact.all()
    ]
    known = _draw(usager.nom, usager.nom_naissance, usager.prenoms, usager.naissance_on, contacts)
    bilan = weigh(asked, known, rarete=rarete)
    return Ressemblance(usager=usager, points=round(bilan.points, 1), raisons=tuple(bilan.raisons))
