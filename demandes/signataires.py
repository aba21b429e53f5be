"""Who signs: first name, name, quality and administrative address of the agent (CRPA L111-2)."""

from dataclasses import dataclass

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Agent, Collectivite, Rattachement, Service
from demandes.courriers import describe_coordonnees, show_telephone


@dataclass(frozen=True)
class Signataire:
    """What a letter says of its author. `nom` is empty when the service itself signs (automatic letters)."""

    nom: str
    fonction: str
    service: str
    telephone: str
    coordonnees: str


def sign(by: Acteur, service: Service | None) -> str:
    """Return the end of a message: name, quality when it is known, service and its phone (one query)."""
    links = Rattachement.objects.filter(agent_id=by.agent_id or 0, collectivite_id=get_active_id())
    quality = links.values_list("fonction", flat=True).first() if by.agent_id else ""
    phone = show_telephone(service.telephone) if service else ""
    return "\n".join(
        filter(None, [by.libelle, quality, " — ".join(filter(None, [service.nom if service else "", phone]))])
    )


def find_signataire(agent: Agent | None, service: Service | None, collectivite: Collectivite) -> Signataire:
    """Return who signs (one query, none when the service does)."""
    link = Rattachement.objects.filter(agent=agent, collectivite=collectivite).first() if agent else None
    phone = show_telephone((service.telephone if service else "") or collectivite.telephone)
    extension = f"poste {link.poste}" if link and link.poste else ""
    return Signataire(
        nom=str(agent) if agent else "",
        fonction=link.fonction if link else "",
        service=service.nom if service else "",
        telephone=", ".join(filter(None, [phone, extension])),
        coordonnees=describe_coordonnees(service, collectivite),
    )
