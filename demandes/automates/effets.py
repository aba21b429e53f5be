"""What each gesture does, through the same versioned actions as an agent's click. Nothing else writes for a gesture.

Every function takes a demande as it is now, the parameters checked by `gestes.verify_one`, and the context; it returns
the demande as it has become, or the same object when there was nothing to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from collectivites.acteur import Acteur
from collectivites.models import Agent, Service, ServiceRattachement
from demandes.actions import add_note, assign, close, move, qualify
from demandes.actions.attributs import prioritise, set_zone
from demandes.actions.sujets import attach
from demandes.automates.occasions import send_occasion
from demandes.automates.textes import fill
from demandes.automates.zones import find_zone_of, load_zones
from demandes.cycle import Etat
from demandes.models import Abonnement, Demande, Notification, SujetCommun, Tache, TypeDemande, Zone
from demandes.travail.abonnes import follow
from demandes.travail.lecteurs import keep_readers, list_readers, list_supervisors
from demandes.travail.notifications import notify_many
from demandes.travail.taches import add_tache
from socle.nombres import read_nombre

Parametres = Mapping[str, str]
_ESPACE = UUID("6d1f0f3a-6a53-4f0e-9a59-2f3d3c1f4b10")  # keys of what a gesture creates: the same fact, the same key


class GesteImpossible(ValueError):
    """The gesture can't be done here; `str()` says why, in French."""


@dataclass
class Contexte:
    """Who does it, when, for which fact (`clef`), on behalf of which agent. `crees` is what an undo will take away."""

    by: Acteur
    at: datetime
    clef: str
    agent: Agent | None = None
    crees: list[tuple[str, int]] = field(default_factory=list)

    def draw_clef(self, what: str) -> UUID:
        """Return the key of one thing created: the same gesture replayed creates nothing more."""
        return uuid5(_ESPACE, f"{self.clef}:{what}")


def _pick(model: Any, pk: str, what: str) -> Any:
    found = model.objects.filter(pk=read_nombre(pk) or 0).first()
    if found is None:
        raise GesteImpossible(f"{what} n'existe plus.")
    return found


def _common(demande: Demande, contexte: Contexte) -> dict[str, Any]:
    return {"demande": demande, "version": demande.version, "by": contexte.by, "at": contexte.at}


def affecter(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Give to a service, and to one of its agents."""
    service = _pick(Service, parametres["service"], "Le service choisi")
    agent = _pick(Agent, parametres["agent"], "L'agent choisi") if parametres.get("agent") else None
    return _assign(demande, service, agent, contexte)


def affecter_secteur(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Give to the service of the district where it happens."""
    zones = load_zones()
    zone = next((each for each in zones if each.libelle == demande.zone), None) or find_zone_of(demande, zones)
    if zone is None:
        raise GesteImpossible("Aucune zone n'est connue pour cette adresse.")
    if zone.service is None:
        raise GesteImpossible(f"La zone «\u00a0{zone.libelle}\u00a0» n'a pas de service.")
    return _assign(demande, zone.service, None, contexte)


def _assign(demande: Demande, service: Service, agent: Agent | None, contexte: Contexte) -> Demande:
    if demande.service_id == service.pk and (agent is None or demande.agent_id == agent.pk):
        return demande
    return assign(**_common(demande, contexte), service=service, agent=agent)


def qualifier(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Say what it is about; the service of the type, else the one it already has."""
    type_ = _pick(TypeDemande, parametres["type"], "Le type choisi")
    if demande.type_id == type_.pk:
        return demande
    service = None if type_.service_id else demande.service
    return qualify(**_common(demande, contexte), type=type_, service=service, priorite=demande.priorite)


def prioriser(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Change the priority."""
    priorite = int(parametres["priorite"])
    if demande.priorite == priorite:
        return demande
    return prioritise(**_common(demande, contexte), priorite=priorite)


def passer(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Go to another open state."""
    if demande.etat == parametres["etat"]:
        return demande
    return move(**_common(demande, contexte), etat=parametres["etat"])


def clore(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """End it with its issue."""
    if demande.etat == Etat.CLOSE:
        raise GesteImpossible("Elle est déjà close.")
    return close(**_common(demande, contexte), issue=parametres["issue"])


def suivre(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Make an agent follow it, when they may read it."""
    agent = _pick(Agent, parametres["agent"], "L'agent choisi")
    if not keep_readers(demande, [agent.pk]):
        raise GesteImpossible("L'agent choisi ne lit pas cette demande.")
    already = Abonnement.objects.filter(demande=demande, agent=agent)
    if not already.exists():
        follow(demande=demande, agent=agent, at=contexte.at)
        contexte.crees += [("abonnement", pk) for pk in already.values_list("pk", flat=True)]
    return demande


def noter(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Add an internal note."""
    add_note(
        demande=demande, texte=fill(parametres["texte"], demande), by=contexte.by, at=contexte.at,
        agent=contexte.agent, clef=contexte.draw_clef(f"note:{demande.pk}:{parametres['texte']}"),
    )  # fmt: skip
    return demande


def ajouter_tache(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Write something to do, for whoever has the demande, so many days from now."""
    days = parametres.get("jours", "")
    today = contexte.at.astimezone(ZoneInfo(demande.collectivite.fuseau)).date()
    clef = contexte.draw_clef(f"tache:{demande.pk}:{parametres['libelle']}")
    if Tache.objects.filter(clef=clef).exists():
        return demande
    tache = add_tache(
        demande=demande, libelle=fill(parametres["libelle"], demande), agent=demande.agent,
        due_on=today + timedelta(days=int(days)) if days else None, clef=clef, by=contexte.by, at=contexte.at,
    )  # fmt: skip
    contexte.crees.append(("tache", tache.pk))
    return demande


def situer(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Say in which district it happens: the one chosen, else the one of the address."""
    chosen = parametres.get("zone", "")
    if not chosen:
        found = find_zone_of(demande, load_zones())
        if found is None:
            raise GesteImpossible("Aucune zone n'est connue pour cette adresse.")
        chosen = found.libelle
    elif not Zone.objects.filter(libelle=chosen).exists():
        raise GesteImpossible("La zone choisie n'existe plus.")
    return demande if demande.zone == chosen else set_zone(**_common(demande, contexte), zone=chosen)


def notifier(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Tell agents who may read it; the text holds nothing of its content."""
    told = set(_find_told(demande, parametres["qui"])) - {contexte.by.agent_id}
    notify_many(
        told, Notification.Genre.SUIVI, fill(parametres["texte"], demande), demande,
        clef=str(contexte.draw_clef(f"notifier:{demande.pk}:{parametres['texte']}")), at=contexte.at,
    )  # fmt: skip
    return demande


def _find_told(demande: Demande, qui: str) -> list[int]:
    if qui == "agent":
        return [demande.agent_id] if demande.agent_id else []
    if qui == "superviseurs":
        return list(list_supervisors(demande).values_list("pk", flat=True))
    if qui == "suiveurs":
        return keep_readers(demande, demande.abonnements.values_list("agent_id", flat=True))
    if demande.service_id is None:
        return []
    inside = ServiceRattachement.objects.filter(service_id=demande.service_id).values("rattachement__agent_id")
    return list(list_readers(demande).filter(pk__in=inside).values_list("pk", flat=True))


def rattacher(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Tie to a mass event."""
    sujet = _pick(SujetCommun, parametres["sujet"], "Le sujet commun choisi")
    return attach(sujet=sujet, demande=demande, by=contexte.by, at=contexte.at)


def envoyer(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Send one of the declared messages to the usager."""
    clef = f"demande:{demande.pk}:auto:{contexte.draw_clef(parametres['occasion'])}"
    send_occasion(demande, parametres["occasion"], clef=clef, by=contexte.by, at=contexte.at)
    return demande
