"""What the agent has chosen so far: for whom, what for, how many, where, when. Read from the address or the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from citoyens.models import Usager
from citoyens.recherche import search_usagers
from collectivites.acces import Acces
from collectivites.permissions import Permission
from demandes.models import Demande
from rendezvous.agenda.deplacement import read_instant
from rendezvous.agenda.filtres import read_jour
from rendezvous.heures import MINUTES_JOUR, get_day, to_instant
from rendezvous.models import Motif, OccurrencePlage
from rendezvous.prise.libres import Couple, list_couples
from socle.nombres import read_nombre
from socle.texte import normalise

NOUVEAU = "nouveau"
TROUVES_MAX = 6
DEMANDES_MAX = 8


@dataclass
class Choix:
    """One request of the screen. Every part is read once, when the page needs it."""

    typed: Mapping[str, str]
    acces: Acces
    at: datetime

    def _text(self, name: str) -> str:
        return self.typed.get(name, "") or ""

    @property
    def today(self) -> date:
        """The local day of the town."""
        return get_day(self.at, self.acces.collectivite.fuseau)

    @cached_property
    def usager(self) -> Usager | None:
        """Who was chosen among known people; else who wrote the demande it comes from."""
        if not self.acces.can(Permission.USAGER_LIRE):
            return None
        pk = read_nombre(self._text("usager"))
        if pk is None and self.demande_id and not self._text("usager"):
            rows = Demande.objects.visible_to(self.acces).filter(pk=self.demande_id)
            pk = rows.values_list("usager_id", flat=True).first()
        if pk is None:
            return None
        return Usager.objects.filter(pk=pk).for_fiche().first()

    @property
    def is_nouveau(self) -> bool:
        """True when the person is to be created."""
        return self._text("usager") == NOUVEAU

    @cached_property
    def trouves(self) -> list[Usager]:
        """The people to choose from: the one chosen, else those found by what was typed."""
        if self.usager is not None:
            return [self.usager]
        typed = self._text("q").strip()
        return search_usagers(typed, limite=TROUVES_MAX) if typed and self.acces.can(Permission.USAGER_LIRE) else []

    @cached_property
    def motifs(self) -> list[Motif]:
        """Every motif in service, those of the agent's services first (two queries)."""
        rows = Motif.objects.filter(is_active=True, service__is_active=True).select_related("service")
        mine = {service.pk for service in self.acces.services}
        return sorted(
            rows, key=lambda each: (each.service_id not in mine, normalise(each.service.nom), normalise(each.libelle))
        )

    @cached_property
    def motifs_montres(self) -> list[tuple[str, list[Motif]]]:
        """The motifs that what was typed means, by service; all of them when nothing was typed."""
        words = normalise(self._text("q_motif")).split()
        groups: dict[str, list[Motif]] = {}
        for each in self.motifs:
            text = normalise(f"{each.libelle} {each.service.nom}")
            if all(word in text for word in words) or self._is_chosen(each):
                groups.setdefault(each.service.nom, []).append(each)
        return list(groups.items())

    def _is_chosen(self, motif: Motif) -> bool:
        return str(motif.pk) == self._text("motif")

    @cached_property
    def motif(self) -> Motif | None:
        """The motif chosen, or the only one that was meant."""
        chosen = next((each for each in self.motifs if self._is_chosen(each)), None)
        if chosen is not None or not self._text("q_motif"):
            return chosen
        shown = [each for _, group in self.motifs_montres for each in group]
        return shown[0] if len(shown) == 1 else None

    @property
    def personnes_max(self) -> int:
        """How many may come."""
        if self.motif is None:
            return 1
        return self.motif.places if self.motif.is_collectif else self.motif.personnes_max

    @property
    def personnes(self) -> int:
        """How many come, brought back to what the motif takes."""
        return min(max(read_nombre(self._text("personnes"), maximum=500) or 1, 1), self.personnes_max)

    @cached_property
    def couples(self) -> list[Couple]:
        """Who receives the motif, and where."""
        return list_couples(self.motif, self.today) if self.motif else []

    @property
    def lieu_id(self) -> int | None:
        """The only lieu wanted."""
        pk = read_nombre(self._text("lieu"))
        return pk if any(each.lieu.pk == pk for each in self.couples) else None

    @property
    def ressource_id(self) -> int | None:
        """The only one wanted to receive."""
        pk = read_nombre(self._text("ressource"))
        return pk if any(each.ressource.pk == pk for each in self.couples) else None

    @property
    def asked_ressource(self) -> bool:
        """True when somebody was asked for, even in vain."""
        return bool(self._text("ressource"))

    @property
    def du(self) -> date | None:
        """The first day to show; None: the soonest possible."""
        if self._text("aller"):
            return read_jour(self._text("aller"))  # « tôt » is no day
        return read_jour(self._text("du")) or (get_day(self.debut, self._fuseau) if self.debut else None)

    @property
    def _fuseau(self) -> str:
        return self.acces.collectivite.fuseau

    @cached_property
    def debut(self) -> datetime | None:
        """The time pointed at in the agenda: an instant, or a day and a minute on the clock of who receives."""
        day, minute = read_jour(self._text("jour")), read_nombre(self._text("minute"), maximum=MINUTES_JOUR - 1)
        if day is not None and minute is not None:
            return to_instant(day, minute, self._find_fuseau(day))
        return read_instant(self._text("debut").replace(" ", "+"))  # a « + » of an address reads as a space

    def _find_fuseau(self, day: date) -> str:
        """The zone of the lieu where the resource asked for receives that day, else the town's."""
        asked = read_nombre(self._text("ressource")) or 0
        opened = OccurrencePlage.objects.filter(ressource_id=asked, jour=day).order_by("debut_at")
        found: str | None = opened.values_list("lieu__fuseau", flat=True).first()
        return found or self._fuseau

    @cached_property
    def demandes(self) -> list[Demande]:
        """The open demandes of the usager that this agent reads, and the one of the address, the latest first."""
        if not self.acces.can(Permission.DEMANDE_LIRE):
            return []
        rows = Demande.objects.visible_to(self.acces)
        found = (
            list(rows.open().filter(usager=self.usager).order_by("-received_at")[:DEMANDES_MAX]) if self.usager else []
        )
        asked = self.demande_id
        if asked and all(each.pk != asked for each in found):
            found = [*rows.filter(pk=asked)[:1], *found]
        return found

    @property
    def demande_id(self) -> int | None:
        """The demande it comes from."""
        return read_nombre(self._text("demande"))
