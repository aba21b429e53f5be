"""Who receives: agents and counters in one list, as « agent:12 » or « guichet:3 »; also lieux, or everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

from collectivites.models import Agent, Collectivite, Lieu
from collectivites.permissions import PERMISSIONS_PAR_ROLE, Permission
from rendezvous.models import Guichet, Motif

RECEVANTS = [role for role, held in PERMISSIONS_PAR_ROLE.items() if Permission.RENDEZVOUS_TRAITER in held]
TOUS = "tous"
Groupe = tuple[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Qui:
    """What was chosen; nothing set: everybody."""

    agent: Agent | None = None
    guichet: Guichet | None = None
    lieu: Lieu | None = None


def list_receiving(collectivite: Collectivite) -> QuerySet[Agent]:
    """Return the active agents of the town who may receive usagers, by name."""
    links = {"rattachements__collectivite": collectivite, "rattachements__is_active": True,
             "rattachements__roles__overlap": RECEVANTS}  # fmt: skip
    return Agent.objects.filter(is_active=True, **links).order_by("prenom", "nom", "pk").distinct()


def list_guichets() -> QuerySet[Guichet]:
    """Return the counters in service, by lieu."""
    rows = Guichet.objects.filter(is_active=True, lieu__is_active=True).select_related("lieu")
    return rows.order_by("lieu__nom", "libelle", "pk")


def list_lieux() -> QuerySet[Lieu]:
    """Return the lieux open to the public, by name."""
    return Lieu.objects.filter(is_active=True).order_by("nom", "pk")


class ChampQui(forms.ChoiceField):
    """One agent, one counter, and when asked one lieu or everybody. Cleaned value: a `Qui`."""

    def __init__(self, *, collectivite: Collectivite, with_lieux: bool = False, **kwargs: Any) -> None:
        self.agents = {f"agent:{each.pk}": each for each in list_receiving(collectivite)}
        self.guichets = {f"guichet:{each.pk}": each for each in list_guichets()}
        self.lieux = {f"lieu:{each.pk}": each for each in list_lieux()} if with_lieux else {}
        lines = {"required": "Choisissez qui.", "invalid_choice": "Choisissez dans la liste."}
        super().__init__(choices=self._list_groups(with_lieux=with_lieux), error_messages=lines, **kwargs)

    def _list_groups(self, *, with_lieux: bool) -> list[Any]:
        groups: list[Any] = [("", "Choisir")]
        groups += _group("Agents", ((code, str(each)) for code, each in self.agents.items()))
        groups += _group("Guichets", ((code, f"{each.lieu.nom} · {each}") for code, each in self.guichets.items()))
        groups += _group("Tout un lieu", ((code, str(each)) for code, each in self.lieux.items()))
        return [*groups, (TOUS, "Toute la collectivité")] if with_lieux else groups

    def clean(self, value: Any) -> Qui | None:
        """Return who was chosen, or None when the field is optional and empty."""
        code = super().clean(value)
        if not code:
            return None
        return Qui(agent=self.agents.get(code), guichet=self.guichets.get(code), lieu=self.lieux.get(code))


def _group(titre: str, rows: Iterable[tuple[str, str]]) -> list[Groupe]:
    listed = list(rows)
    return [(titre, listed)] if listed else []


def list_motifs_by_service(motifs: Iterable[Motif]) -> list[Groupe]:
    """Return motifs as choices, grouped by service; `service` must be loaded."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in motifs:
        kind = "" if each.genre == Motif.Genre.SUR_PLACE else f" ({each.get_genre_display().lower()})"
        groups.setdefault(each.service.nom, []).append((str(each.pk), f"{each.libelle}{kind}"))
    return list(groups.items())


class ChampMotifs(forms.MultipleChoiceField):
    """Several motifs, grouped by service. Cleaned value: the motifs, in the order of the list."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, motifs: Iterable[Motif], **kwargs: Any) -> None:
        self.connus = {str(each.pk): each for each in motifs}
        super().__init__(choices=list_motifs_by_service(self.connus.values()), **kwargs)

    def clean(self, value: Any) -> list[Motif]:
        """Return the motifs chosen."""
        chosen = set(super().clean(value))
        return [each for code, each in self.connus.items() if code in chosen]
