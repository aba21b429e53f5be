"""Builds the walls of a demonstration town: services, places, hours, agents, catalogue, mailboxes."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from accueil.demo.agents import AGENTS, MOT_DE_PASSE, AgentDemo
from accueil.demo.demarches import CATALOGUE, CODES
from accueil.demo.horloge import Horloge
from accueil.demo.villes import VILLES, VilleDemo
from collectivites.acteur import AUTOMATE, Acteur
from collectivites.models import (
    Agent,
    Collectivite,
    Fermeture,
    Horaire,
    Lieu,
    Rattachement,
    Service,
    ServiceRattachement,
)
from collectivites.permissions import Role
from demandes.actions.semis import sow_catalogue
from demandes.models import Boite, Thematique, TypeDemande


@dataclass
class Ville:
    """A town being built: what the next builders look up by name."""

    demo: VilleDemo
    collectivite: Collectivite
    services: dict[str, Service] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    types: dict[str, TypeDemande] = field(default_factory=dict)
    agent_of_service: dict[int, str] = field(default_factory=dict)
    accueil: list[str] = field(default_factory=list)

    def acteur(self, clef: str) -> Acteur:
        """Return an agent of the town as `by=` of an action."""
        agent = self.agents[clef]
        return Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)


def create_collectivites() -> dict[str, Collectivite]:
    """Create the three tenants, the EPCI first."""
    made: dict[str, Collectivite] = {}
    for ville in VILLES:
        made[ville.slug] = Collectivite.objects.create(
            slug=ville.slug,
            nom=ville.nom,
            nature=ville.nature,
            epci=made.get(ville.epci),
            code_insee=ville.code_insee,
            adresse=ville.adresse,
            code_postal=ville.code_postal,
            ville=ville.ville,
            telephone=ville.telephone,
            courriel=ville.courriel,
            accent=ville.accent,
        )
    return made


def create_agents(collectivites: dict[str, Collectivite]) -> dict[str, Agent]:
    """Create the accounts and where they work. One hash for all: a slow hash sixteen times would be felt."""
    password = make_password(MOT_DE_PASSE)
    made = {each.clef: _create_agent(each, password) for each in AGENTS}
    for each in AGENTS:
        for poste in each.postes:
            Rattachement.objects.create(
                agent=made[each.clef], collectivite=collectivites[poste.ville], roles=list(poste.roles)
            )
    return made


def _create_agent(demo: AgentDemo, password: str) -> Agent:
    return Agent.objects.create(
        email=demo.email, prenom=demo.prenom, nom=demo.nom, telephone=demo.telephone, password=password
    )


def build_town(demo: VilleDemo, collectivite: Collectivite, agents: dict[str, Agent], *, horloge: Horloge) -> Ville:
    """Fill a town with all that does not move in it. The wall must be open on it."""
    ville = Ville(demo, collectivite)
    for each in demo.services:
        ville.services[each.nom] = Service.objects.create(
            nom=each.nom,
            domaine=each.domaine,
            courriel=f"{each.courriel}@{demo.slug}.exemple.fr",
            telephone=each.telephone,
        )
    _open_places(demo, today=horloge.today)
    _seat_agents(ville, agents)
    _open_catalogue(ville, at=horloge.ago(90, "09:00"))
    _open_mailboxes(ville)
    return ville


def _open_places(demo: VilleDemo, *, today: date) -> None:
    for each in demo.lieux:
        lieu = Lieu.objects.create(
            nom=each.nom,
            adresse=each.adresse,
            code_postal=demo.code_postal,
            ville=demo.ville,
            telephone=each.telephone,
        )
        Horaire.objects.bulk_create(
            Horaire(lieu=lieu, jour=day, debut_minute=_minute(start), fin_minute=_minute(end))
            for day, ranges in each.horaires.items()
            for start, end in (span.split("-") for span in ranges.split())
        )
    for wait, length, motif in demo.fermetures:
        first = today + timedelta(days=wait)
        Fermeture.objects.create(debut_on=first, fin_on=first + timedelta(days=length - 1), motif=motif)


def _minute(heure: str) -> int:
    hours, minutes = heure.split(":")
    return int(hours) * 60 + int(minutes)


def _seat_agents(ville: Ville, agents: dict[str, Agent]) -> None:
    links = {each.agent_id: each for each in Rattachement.objects.filter(collectivite=ville.collectivite)}
    for demo in AGENTS:
        poste = next((each for each in demo.postes if each.ville == ville.demo.slug), None)
        if poste is None:
            continue
        agent = ville.agents[demo.clef] = agents[demo.clef]
        if Role.ACCUEIL in poste.roles:
            ville.accueil.append(demo.clef)
        for nom in poste.services:
            service = ville.services[nom]
            ServiceRattachement.objects.create(rattachement=links[agent.pk], service=service)
            ville.agent_of_service.setdefault(service.pk, demo.clef)


def _open_catalogue(ville: Ville, *, at: datetime) -> None:
    """Write the town's own types, then sow the usual catalogue, which completes them; keep those that are offered."""
    for libelle, thematique, nom, engagement in CATALOGUE[ville.demo.slug]:
        service = ville.services[nom]
        TypeDemande.objects.create(
            code=CODES.get(libelle, ""),
            libelle=libelle,
            thematique=Thematique.objects.named(thematique),
            service=service,
            domaine=service.domaine,
            engagement_jours=engagement,
        )
    sow_catalogue(by=AUTOMATE, at=at)
    for each in TypeDemande.objects.filter(is_active=True).select_related("service").order_by("pk"):
        ville.types[each.libelle] = each


def _open_mailboxes(ville: Ville) -> None:
    """One mailbox for the town (what comes there is to be qualified), one for each service that has its own."""
    for each in ville.demo.services:
        if each.has_boite:
            adresse = f"{each.courriel}@{ville.demo.slug}.exemple.fr"
            is_general = adresse == ville.demo.courriel
            Boite.objects.create(
                adresse=adresse,
                service=None if is_general else ville.services[each.nom],
                nom_affiche=ville.demo.nom if is_general else f"{each.nom}, {ville.demo.nom}",
            )
