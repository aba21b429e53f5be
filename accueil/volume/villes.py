"""The volume towns themselves: services, types, agents; the first agent can sign in for the measures."""

from accueil.volume.lignes import Ville
from collectivites.domaines import Domaine
from collectivites.models import Agent, Collectivite, Rattachement, Service
from collectivites.permissions import Role
from demandes.models import Thematique, TypeDemande

MOT_DE_PASSE = "mesure-guichet-2026"
PART_DE_LA_GRANDE = 0.3


def share_out(total: int, villes: int) -> list[int]:
    """Return how many rows each town gets: three tenths for the first, the rest by a gentle slope."""
    if villes == 1:
        return [total]
    first = int(total * PART_DE_LA_GRANDE)
    weights = [1 / (rank + 10) for rank in range(villes - 1)]
    others = [int((total - first) * weight / sum(weights)) for weight in weights]
    others[0] += total - first - sum(others)
    return [first, *others]


def create_ville(*, slug: str, nom: str, usagers: int, demandes: int, ids: tuple[int, int, int]) -> Ville:
    """Create one town as the owner of the tables: the tenant is written by hand."""
    collectivite = Collectivite.objects.create(slug=slug, nom=nom)
    domaines = [domaine for domaine in Domaine.values if domaine != Domaine.SOCIAL]
    services = Service.objects.bulk_create(
        Service(collectivite=collectivite, nom=f"Service {domaine}", domaine=domaine) for domaine in domaines
    )
    thematiques = {
        service.pk: Thematique.objects.create(collectivite=collectivite, libelle=service.nom) for service in services
    }
    types = TypeDemande.objects.bulk_create(
        TypeDemande(
            collectivite=collectivite,
            libelle=f"Démarche {service.domaine} {number}",
            thematique=thematiques[service.pk],
            domaine=service.domaine,
            service=service,
        )
        for service in services
        for number in range(3)
    )
    return Ville(
        collectivite_id=collectivite.pk,
        usagers=usagers,
        demandes=demandes,
        premier_usager=ids[0],
        premier_point=ids[1],
        premiere_demande=ids[2],
        services=[(service.pk, service.domaine) for service in services],
        types=[(kind.pk, kind.service.pk, kind.domaine) for kind in types if kind.service],
        agents=_create_agents(collectivite),
    )


def _create_agents(collectivite: Collectivite) -> list[int]:
    """Five agents; the first one has a password."""
    agents = []
    for number in range(5):
        password = MOT_DE_PASSE if number == 0 else None
        email = f"agent{number}@{collectivite.slug}.exemple.fr"
        agent = Agent.objects.create_user(email, password, prenom="Agent", nom=f"{collectivite.slug} {number}")
        Rattachement.objects.create(agent=agent, collectivite=collectivite, roles=[Role.ACCUEIL, Role.SUPERVISEUR])
        agents.append(agent.pk)
    return agents
