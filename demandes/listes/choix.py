"""What filters and dialogs offer: types, services, agents, in one query."""

from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from collectivites.models import Agent, Service, ServiceRattachement
from demandes.models import TypeDemande


def load_choix(collectivite_id: int) -> dict[str, list[tuple[int, str, str]]]:
    """Return what filters and dialogs offer, in one query: {"type" | "service" | "agent": [(id, name, detail)]}.

    The detail of a type is its thématique; that of an agent, the names of their services.
    """
    text = CharField()
    types = TypeDemande.objects.filter(is_active=True).values_list(
        Value("type", text), "pk", Cast("libelle", text), Cast("thematique__libelle", text)
    )
    services = Service.objects.filter(is_active=True).values_list(
        Value("service", text), "pk", Cast("nom", text), Value("", text)
    )
    agents = Agent.objects.filter(
        is_active=True, rattachements__collectivite_id=collectivite_id, rattachements__is_active=True
    ).values_list(
        Value("agent", text), "pk", Concat("prenom", Value(" "), "nom", output_field=text),
        Coalesce(_services_of_agent(collectivite_id), Value(""), output_field=text),
    )  # fmt: skip
    choices: dict[str, list[tuple[int, str, str]]] = {"type": [], "service": [], "agent": []}
    rows: Any = types.union(services, agents, all=True)
    for kind, pk, name, detail in sorted(rows, key=_sort_choice):
        choices[kind].append((pk, name, detail))
    return choices


def _sort_choice(row: tuple[str, int, str, str]) -> tuple[str, str]:
    """Types by thématique then name; the others by name."""
    kind, _, name, detail = row
    return (detail.casefold() if kind == "type" else "", name.casefold())


def _services_of_agent(collectivite_id: int) -> Subquery:
    mine = ServiceRattachement.objects.filter(
        rattachement__agent_id=OuterRef("pk"), rattachement__collectivite_id=collectivite_id
    )
    names = mine.values("rattachement__agent_id").annotate(noms=StringAgg("service__nom", delimiter=", "))
    return Subquery(names.values("noms"), output_field=CharField())
