"""Writes of the first floor. Everything is told to the journal by the witness."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from collectivites.changements import announce_change
from collectivites.departs import departs
from collectivites.models import (
    Agent,
    Collectivite,
    Fermeture,
    Horaire,
    Lieu,
    Rattachement,
    ReglageLegal,
    Service,
    ServiceRattachement,
)
from collectivites.permissions import Role
from collectivites.plages import Plage
from collectivites.scelles import scelles
from collectivites.temoin import record


class DernierAdministrateur(Exception):
    """The change would leave the collectivité without anyone able to run its settings."""

    def __init__(self) -> None:
        super().__init__("Il faut garder au moins un administrateur actif : désignez-en un autre d'abord.")


class DejaRattache(Exception):
    """The agent already belongs to this collectivité."""

    def __init__(self) -> None:
        super().__init__("Cette personne fait déjà partie de la collectivité : modifiez son compte dans la liste.")


@transaction.atomic
def save_collectivite(*, collectivite: Collectivite, by: Acteur, at: datetime) -> Collectivite:
    """Write the identity of the collectivité."""
    collectivite.save()
    _tell("collectivite.modifiee", "collectivite", collectivite.pk, collectivite.nom, by, at)
    announce_change()
    return collectivite


@transaction.atomic
def save_service(*, service: Service, by: Acteur, at: datetime) -> Service:
    """Create or change a service. What it holds follows a change of domain, sealed or opened with it."""
    avant = (
        Service.objects.select_for_update(no_key=True).get(pk=service.pk).domaine if service.pk else service.domaine
    )
    verbe = "service.modifie" if service.pk else "service.cree"
    service.save()
    _tell(verbe, "service", service.pk, service.nom, by, at)
    for follow in scelles if avant != service.domaine else ():
        follow(service, avant, by, at)
    return service


@transaction.atomic
def save_lieu(*, lieu: Lieu, plages: Iterable[tuple[int, Plage]], by: Acteur, at: datetime) -> Lieu:
    """Create or change a lieu and its whole week; `plages` are (day of the week 0–6, (first minute, last minute))."""
    verbe = "lieu.modifie" if lieu.pk else "lieu.cree"
    lieu.save()
    Horaire.objects.filter(lieu=lieu).delete()
    Horaire.objects.bulk_create(
        Horaire(lieu=lieu, jour=jour, debut_minute=debut, fin_minute=fin) for jour, (debut, fin) in plages
    )
    _tell(verbe, "lieu", lieu.pk, lieu.nom, by, at)
    announce_change()
    return lieu


@transaction.atomic
def add_fermeture(
    *, lieu: Lieu | None, debut_on: date, fin_on: date, motif: str, by: Acteur, at: datetime
) -> Fermeture:
    """Close a lieu, or everything when `lieu` is None, from `debut_on` to `fin_on` included."""
    fermeture = Fermeture.objects.create(lieu=lieu, debut_on=debut_on, fin_on=fin_on, motif=motif)
    _tell("fermeture.ajoutee", "fermeture", fermeture.pk, lieu.nom if lieu else "", by, at)
    announce_change()
    return fermeture


@transaction.atomic
def remove_fermeture(*, fermeture: Fermeture, by: Acteur, at: datetime) -> None:
    """Open again on the days of this closure."""
    _tell("fermeture.retiree", "fermeture", fermeture.pk, "", by, at)
    fermeture.delete()
    announce_change()


@transaction.atomic
def add_agent(  # noqa: PLR0913 the columns of an agent and of the link, all by name
    *,
    collectivite: Collectivite,
    email: str,
    prenom: str,
    nom: str,
    roles: list[str],
    services: Iterable[Service],
    by: Acteur,
    at: datetime,
    fonction: str = "",
    poste: str = "",
) -> Rattachement:
    """Attach an agent; an address known in another town keeps its account. Raises DejaRattache."""
    agent = Agent.objects.filter(email=email.lower()).first() or Agent.objects.create_user(
        email, prenom=prenom, nom=nom
    )
    try:
        with transaction.atomic():
            rattachement = Rattachement.objects.create(
                agent=agent, collectivite=collectivite, roles=roles, fonction=fonction, poste=poste
            )
    except IntegrityError as error:
        raise DejaRattache from error
    _set_services(rattachement, services)
    _tell("agent.rattache", "agent", agent.pk, "", by, at, roles=roles)
    return rattachement


@transaction.atomic
def change_rattachement(
    *,
    rattachement: Rattachement,
    roles: list[str],
    services: Iterable[Service],
    is_active: bool,
    by: Acteur,
    at: datetime,
    fonction: str | None = None,
    poste: str | None = None,
) -> Rattachement:
    """Change roles, services and quality (None keeps it), or switch the access off. Raises DernierAdministrateur."""
    _keep_one_administrateur(rattachement, roles, is_active=is_active)
    before = {"roles": rattachement.roles, "actif": rattachement.is_active}
    rattachement.roles, rattachement.is_active = roles, is_active
    rattachement.fonction = rattachement.fonction if fonction is None else fonction
    rattachement.poste = rattachement.poste if poste is None else poste
    rattachement.save(update_fields=["roles", "is_active", "fonction", "poste"])
    kept, held = list(services), _list_service_ids(rattachement)
    _set_services(rattachement, kept)
    lost = held - {service.pk for service in kept}
    after = {"roles": roles, "actif": is_active}
    _tell("agent.droits_changes", "agent", rattachement.agent_id, "", by, at, avant=before, apres=after)
    for hand_back in departs:
        hand_back(rattachement.agent_id, None if not is_active else frozenset(lost), by, at)
    return rattachement


@transaction.atomic
def change_reglage(*, clef: str, valeur: int, motif: str, by: Acteur, at: datetime) -> ReglageLegal:
    """Give the collectivité its own value for a legal setting, with the reason."""
    values = {"valeur": valeur, "motif": motif, "changed_at": at}
    reglage, _ = ReglageLegal.objects.update_or_create(clef=clef, defaults=values)
    _tell("reglage.change", "reglage", reglage.pk, clef, by, at, valeur=valeur)
    announce_change()
    return reglage


@transaction.atomic
def reset_reglage(*, clef: str, by: Acteur, at: datetime) -> None:
    """Go back to the default of the law."""
    for reglage in ReglageLegal.objects.filter(clef=clef):
        _tell("reglage.remis", "reglage", reglage.pk, clef, by, at)
        reglage.delete()
        announce_change()


def _keep_one_administrateur(rattachement: Rattachement, roles: list[str], *, is_active: bool) -> None:
    """Lock the administrators so that two of them can't leave at the same instant."""
    if is_active and Role.ADMINISTRATEUR in roles:
        return
    others = Rattachement.objects.select_for_update(of=("self",)).filter(
        collectivite_id=rattachement.collectivite_id,
        is_active=True,
        agent__is_active=True,
        roles__contains=[Role.ADMINISTRATEUR],
    )
    if Role.ADMINISTRATEUR in rattachement.roles and {other.pk for other in others} <= {rattachement.pk}:
        raise DernierAdministrateur


def _list_service_ids(rattachement: Rattachement) -> set[int]:
    return set(ServiceRattachement.objects.filter(rattachement=rattachement).values_list("service_id", flat=True))


def _set_services(rattachement: Rattachement, services: Iterable[Service]) -> None:
    ServiceRattachement.objects.filter(rattachement=rattachement).delete()
    ServiceRattachement.objects.bulk_create(
        ServiceRattachement(rattachement=rattachement, service=service) for service in services
    )


def _tell(
    verbe: str, objet_type: str, objet_id: int, libelle: str, by: Acteur, at: datetime, **details: object
) -> None:
    record(verbe=verbe, objet_type=objet_type, objet_id=objet_id, libelle=libelle, by=by, at=at, **details)
