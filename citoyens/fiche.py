"""Everything the 360° page and the agent's desk show of one usager, built once for both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone

from citoyens.fil import Fil, build_fil
from citoyens.forms import LANGUES, FormulaireContact, FormulaireNote, blank_contact, blank_note
from citoyens.models import LienContact, NoteUsager, PointContact, Usager
from citoyens.panneaux import Panneau, actes, panneaux
from collectivites.acces import Acces
from collectivites.permissions import Permission

ICONES = {
    PointContact.Nature.MOBILE: "phone",
    PointContact.Nature.FIXE: "telephone",
    PointContact.Nature.COURRIEL: "envelope",
    PointContact.Nature.ADRESSE: "geo-alt",
}
RANGS = {nature: rang for rang, nature in enumerate(ICONES)}
LIENS_MAX = 200  # an address shared by a whole block of flats is not listed whole
PARTAGES_MAX = 3


@dataclass(frozen=True)
class ContactMontre:
    """A contact as shown. `partages`: (name, page) of the first others reached there; `autres`: how many more."""

    lien_id: int
    nature: str
    genre: str
    valeur: str
    icone: str
    url: str
    libelle: str
    is_prefere: bool
    failing_since: datetime | None
    partages: tuple[tuple[str, str], ...] = ()
    autres: int = 0


@dataclass(frozen=True)
class PanneauMontre:
    """A panel of an upper floor and what it loaded."""

    panneau: Panneau
    contexte: dict[str, Any]


@dataclass(frozen=True)
class ActeMontre:
    """A button of an upper floor."""

    libelle: str
    icone: str
    touche: str
    url: str


@dataclass(frozen=True)
class Fiche:
    """What `citoyens/_identite.html` and `citoyens/_fil.html` need, under the name `fiche`."""

    usager: Usager
    age: int | None
    langue: str
    contacts: list[ContactMontre]
    alertes: list[NoteUsager]
    notes: list[NoteUsager]
    fil: Fil
    panneaux: list[PanneauMontre]
    actes: list[ActeMontre]
    url: str
    suite: str
    lectures_url: str
    can_modifier: bool
    formulaire_contact: FormulaireContact
    formulaire_note: FormulaireNote


def build_fiche(
    acces: Acces, usager: Usager, at: datetime, filtre: str = "", avant: str = "", suite: str = ""
) -> Fiche:
    """Return the page of this usager as this agent may see it. `suite`: where the forms of the column come back.

    Five queries (contacts, notes, timeline, services of the agent, one a kind of live state) and the panels'.
    """
    day = timezone.localdate(at)
    notes = NoteUsager.objects.filter(usager=usager).live(day)
    visible = list(notes.visible_to(agent_id=acces.agent.pk, domaines=acces.domaines).order_by("expire_on", "pk"))
    url = reverse("citoyens:fiche", args=[acces.collectivite.slug, usager.pk])
    return Fiche(
        usager=usager,
        age=usager.age_on(day),
        langue=dict(LANGUES).get(usager.langue, usager.langue),
        contacts=_build_contacts(acces, usager),
        alertes=[note for note in visible if note.is_alerte],
        notes=[note for note in visible if not note.is_alerte],
        fil=build_fil(acces, usager, at=at, filtre=filtre, avant=avant, page_url=url),
        panneaux=[PanneauMontre(each, each.load(acces, usager.pk, at)) for each in panneaux],
        actes=_build_actes(acces, usager),
        url=url,
        suite=suite or url,
        lectures_url=_lectures_url(acces, usager),
        can_modifier=acces.can(Permission.USAGER_MODIFIER),
        formulaire_contact=blank_contact(),
        formulaire_note=blank_note(acces.domaines),
    )


def _build_actes(acces: Acces, usager: Usager) -> list[ActeMontre]:
    shown = [(acte, acte.url(acces, usager.pk)) for acte in actes]
    return [ActeMontre(acte.libelle, acte.icone, acte.touche, url) for acte, url in shown if url]


def _lectures_url(acces: Acces, usager: Usager) -> str:
    """Where to see who read this profile; empty without the right to read the journal."""
    if not acces.can(Permission.JOURNAL_LIRE):
        return ""
    return f"{reverse('journal:liste', args=[acces.collectivite.slug])}?quoi=lectures&usager={usager.pk}"


def _build_contacts(acces: Acces, usager: Usager) -> list[ContactMontre]:
    """Own contacts and those who share them, in one query."""
    points = LienContact.objects.filter(usager=usager).values("point_id")
    sharing = LienContact.objects.filter(point_id__in=points).select_related("point", "usager")
    mine_first = models.Case(models.When(usager=usager, then=0), default=1, output_field=models.IntegerField())
    links = list(sharing.order_by(mine_first, "pk")[:LIENS_MAX])
    own = sorted(
        (link for link in links if link.usager_id == usager.pk),
        key=lambda link: (not link.is_prefere, RANGS[PointContact.Nature(link.point.nature)], link.pk),
    )
    return [_build_contact(acces, link, [o for o in links if o.point_id == link.point_id]) for link in own]


def _build_contact(acces: Acces, link: LienContact, sharing: Sequence[LienContact]) -> ContactMontre:
    point = link.point
    others = sorted((o.usager for o in sharing if o.usager_id != link.usager_id), key=lambda u: (u.nom, u.pk))
    slug = acces.collectivite.slug
    named = tuple((str(u), reverse("citoyens:fiche", args=[slug, u.pk])) for u in others[:PARTAGES_MAX])
    return ContactMontre(
        lien_id=link.pk,
        nature=point.nature,
        genre=point.get_nature_display(),
        valeur=point.shown,
        icone=ICONES[PointContact.Nature(point.nature)],
        url=_contact_url(point),
        libelle=link.libelle,
        is_prefere=link.is_prefere,
        failing_since=point.failing_since,
        partages=named,
        autres=max(0, len(others) - PARTAGES_MAX),
    )


def _contact_url(point: PointContact) -> str:
    """A phone is dialled by the agent's softphone; an e-mail is answered from a demande: it stays in the file."""
    return f"tel:{point.normalisee}" if point.is_telephone else ""
