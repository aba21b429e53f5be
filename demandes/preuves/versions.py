"""The history of a demande as PostgreSQL kept it: what each write changed, in words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.apps import apps

from collectivites.models import Agent, Service
from demandes.models import Demande, TypeDemande
from demandes.preuves.page import write_exact
from socle.texte import truncate

TUS = frozenset({"version", "is_unread", "last_message_at", "code_suivi", "clef"})  # no decision of anybody
_OBJETS = {"type_id": TypeDemande, "service_id": Service, "agent_id": Agent}
_MAX = 300


def list_versions(demande: Demande) -> Sequence[tuple[str, ...]]:
    """Return (when, version, field, before, after) for each change, oldest first (four queries at most)."""
    events = list(apps.get_model("demandes", "DemandeEvent").objects.filter(pgh_obj_id=demande.pk).order_by("pgh_id"))
    fields = [each for each in Demande._meta.local_fields if each.name not in TUS and each.attname != "id"]
    raw = [
        (after, each, getattr(before, each.attname), getattr(after, each.attname))
        for before, after in pairwise(events)
        for each in fields
        if getattr(before, each.attname) != getattr(after, each.attname)
    ]
    names = _load_names([(each.attname, value) for _, each, *values in raw for value in values])
    rows = [
        (write_exact(after.pgh_created_at), str(after.version), str(each.verbose_name),
         _write(each, old, names), _write(each, new, names))
        for after, each, old, new in raw
    ]  # fmt: skip
    first = [(write_exact(events[0].pgh_created_at), str(events[0].version), "création", "", "")] if events else []
    return first + rows


def _load_names(values: list[tuple[str, Any]]) -> dict[tuple[str, int], str]:
    """Read the names of the services, agents and types that appear (one query a kind)."""
    names: dict[tuple[str, int], str] = {}
    for column, model in _OBJETS.items():
        ids = {value for name, value in values if name == column and value is not None}
        found: Any = model._default_manager.filter(pk__in=ids) if ids else []
        names |= {(column, each.pk): str(each) for each in found}
    return names


def _write(champ: Any, value: Any, names: dict[tuple[str, int], str]) -> str:
    if value in (None, "", {}):
        return "–"
    if champ.attname in _OBJETS:
        return names.get((champ.attname, value), f"n° {value}")
    if champ.choices:
        return str(dict(champ.flatchoices).get(value, value))
    if hasattr(value, "year"):
        return write_exact(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return truncate(str(value), _MAX)
