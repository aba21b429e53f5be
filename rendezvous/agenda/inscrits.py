"""Who comes to a collective session: who can be written to, and the sheet that they sign."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from collectivites.acces import Acces
from collectivites.permissions import Permission
from rendezvous.etats import ANNULES, VIVANTS, Etat
from rendezvous.models import Participation, RendezVous, Seance
from socle.telephone import show_numero


@dataclass(frozen=True)
class Inscrit:
    """One line to sign. `nom` is empty for somebody who comes with `avec`, without having been named."""

    rendezvous: RendezVous
    nom: str = ""
    avec: str = ""
    contacts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Inscrits:
    """Those the agent may read, by name; `reserves` seats belong to appointments that may not be named."""

    lignes: list[Inscrit]
    reserves: int = 0

    @property
    def places(self) -> int:
        """Seats taken, whoever may read them."""
        return len(self.lignes) + self.reserves

    @property
    def rendezvous(self) -> dict[int, RendezVous]:
        """The appointments behind the lines, by id."""
        return {each.rendezvous.pk: each.rendezvous for each in self.lignes}

    @property
    def a_appeler(self) -> list[Inscrit]:
        """Those no message can reach."""
        return [each for each in self.lignes if each.nom and not each.contacts]


def list_inscrits(seance: Seance, acces: Acces, *, is_a_venir: bool = False) -> Inscrits:
    """Return who is registered, one line a seat; `is_a_venir`: only those a message would still concern (two queries).

    Options and cancelled appointments do not come.
    """
    rows = RendezVous.objects.filter(seance=seance).exclude(etat__in=[Etat.OPTION, *ANNULES])
    rows = rows.filter(etat__in=VIVANTS) if is_a_venir else rows
    known = {rdv.pk: rdv for rdv in rows.select_related("usager").order_by("pk")}
    domaines = (
        acces.domaines if acces.can(Permission.RENDEZVOUS_LIRE) else ()
    )  # whoever runs the settings reads no name
    readable = {pk for pk, rdv in known.items() if rdv.domaine in domaines}
    venants: dict[int, list[Participation]] = {pk: [] for pk in readable}
    found = Participation.objects.filter(rendezvous_id__in=readable).select_related("usager").order_by("rang", "pk")
    for row in found:
        venants[row.rendezvous_id].append(row)
    lines = [line for pk in venants for line in _write(known[pk], venants[pk])]
    lines.sort(key=lambda each: ((each.nom or each.avec).casefold(), each.rendezvous.pk, not each.nom))
    return Inscrits(lines, sum(rdv.personnes for pk, rdv in known.items() if pk not in readable))


def _write(rdv: RendezVous, venants: list[Participation]) -> Iterator[Inscrit]:
    lead = str(rdv.usager or rdv.numero)
    for row in venants:
        contacts = [show_numero(row.telephone) if row.telephone else "", row.courriel]
        yield Inscrit(rdv, str(row.usager), contacts=[each for each in contacts if each])
    if not venants:
        yield Inscrit(rdv, lead)
    for _ in range(rdv.personnes - max(1, len(venants))):
        yield Inscrit(rdv, avec=lead)
