"""What the usagers see of the catalogue: offered types, by subject, in the order of the tree."""

from dataclasses import dataclass
from typing import Any

from demandes.catalogue.schema import Schema, read_schema
from demandes.models.type_demande import TypeDemande
from socle.texte import normalise


@dataclass(frozen=True)
class Rayon:
    """A subject and its démarches."""

    titre: str
    types: tuple[TypeDemande, ...]


def list_rayons(recherche: str = "") -> list[Rayon]:
    """Return the offered types by subject (one query); `recherche` keeps those that hold every word."""
    words = normalise(recherche).split()
    rows = TypeDemande.objects.filter(is_active=True).select_related("service", "thematique__parent")
    found = [each for each in rows if all(word in _searched(each) for word in words)]
    groups: dict[str, list[TypeDemande]] = {}
    for each in sorted(found, key=_order):
        groups.setdefault(_title(each), []).append(each)
    return [Rayon(titre, tuple(types)) for titre, types in groups.items()]


def load_offert(pk: int) -> TypeDemande | None:
    """Return an offered type with all that its public page says, None when it is not offered."""
    rows = TypeDemande.objects.select_related("service", "thematique", "version_courante")
    return rows.filter(pk=pk, is_active=True).first()


def published_schema(type_: TypeDemande) -> Schema:
    """Return the form the usagers fill now; empty when none was published."""
    return read_schema(type_.version_courante.schema) if type_.version_courante else Schema()


def _searched(type_: TypeDemande) -> str:
    return normalise(f"{type_.libelle} {type_.aide} {_title(type_)}")


def _title(type_: TypeDemande) -> str:
    node = type_.thematique
    return f"{node.parent.libelle} › {node.libelle}" if node.parent else node.libelle


def _order(type_: TypeDemande) -> tuple[Any, ...]:
    node = type_.thematique
    root = node.parent or node
    inner = (node.rang, node.libelle.lower()) if node.parent else (-1, "")
    return (root.rang, root.libelle.lower(), *inner, type_.libelle.lower(), type_.pk)
