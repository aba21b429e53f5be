"""Who or what receives: the resource of an agent or of a counter, created at need, retired with them."""

from datetime import datetime

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Agent, Rattachement
from journal.actions import record
from rendezvous.models import Guichet, PlageMotif, PlageOuverture, RendezVous, Ressource
from rendezvous.offre.plages import close_plage
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.offre.relecture import lock_offre
from rendezvous.offre.verifications import check_guichet


@transaction.atomic
def find_ressource(*, agent: Agent | None = None, guichet: Guichet | None = None, create: bool = True) -> Ressource:
    """Return the resource of exactly one agent or counter, created or taken back in service when `create`.

    Raises OffreRefusee for an agent who is not of the town, Ressource.DoesNotExist when there is none and not
    `create`, ValueError when given both or neither.
    """
    if (agent is None) == (guichet is None):
        raise ValueError("agent xor guichet")
    owner = {"agent": agent} if agent is not None else {"guichet": guichet}
    if not create:
        return Ressource.objects.get(**owner)
    if agent is not None and not _is_here(agent):
        raise OffreRefusee(f"{agent} ne travaille pas ici\u00a0: choisissez un agent de la collectivité.")
    nom, is_active = str(agent or guichet), guichet.is_active if guichet is not None else True
    ressource, is_new = Ressource.objects.get_or_create(**owner, defaults={"nom": nom, "is_active": is_active})
    if not is_new and (ressource.nom, ressource.is_active) != (nom, is_active):
        ressource.nom, ressource.is_active = nom, is_active
        ressource.save(update_fields=["nom", "is_active"])
    return ressource


def rename_ressources() -> int:
    """Give the resources of agents the name their agent bears now; return how many changed (two queries)."""
    changed = [each for each in Ressource.objects.exclude(agent=None).select_related("agent")
               if each.nom != str(each.agent)]  # fmt: skip
    for each in changed:
        each.nom = str(each.agent)
    return int(Ressource.objects.bulk_update(changed, ["nom"])) if changed else 0


def _is_here(agent: Agent) -> bool:
    links = Rattachement.objects.filter(agent=agent, collectivite_id=get_active_id(), is_active=True)
    return bool(agent.is_active) and links.exists()


@transaction.atomic
def save_guichet(*, guichet: Guichet, version: int = 0, by: Acteur, at: datetime) -> Guichet:
    """Create a counter and its resource, or change the one that was read at `version`.

    Out of service, its ranges close and its appointments stay. Raises OffreRefusee (closed lieu, a move while it has
    ranges, a name already taken there), VersionPerimee.
    """
    avant = _lock(guichet.pk, version) if guichet.pk else None
    check_guichet(guichet, avant=avant)
    guichet.version = avant.version + 1 if avant else 1
    try:
        with transaction.atomic():
            guichet.save()
    except IntegrityError as error:
        if "guichet_nom_unique" not in str(error):
            raise
        raise OffreRefusee("Un guichet de ce lieu porte déjà ce nom\u00a0: choisissez-en un autre.") from error
    ressource = find_ressource(guichet=guichet)
    if not guichet.is_active:
        retire_ressource(ressource, by=by, at=at)
    record(
        verbe="offre.guichet_modifie" if avant else "offre.guichet_cree", objet_type="guichet", objet_id=guichet.pk,
        libelle=guichet.libelle, by=by, at=at, actif=guichet.is_active,
    )  # fmt: skip
    return guichet


def _lock(pk: int, version: int) -> Guichet:
    locked = Guichet.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if locked is None or locked.version != version:
        raise VersionPerimee("Ce guichet")
    return locked


def retire_ressource(ressource: Ressource, *, by: Acteur, at: datetime) -> None:
    """Take a resource out of service and close its ranges, in order of id. Its appointments to come stay."""
    lock_offre([ressource.pk])
    Ressource.objects.filter(pk=ressource.pk).update(is_active=False)
    ranges = PlageOuverture.objects.filter(ressource=ressource, is_active=True)
    for plage in ranges.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        close_plage(plage, by=by, at=at)


def follow_depart(agent_id: int, services: frozenset[int] | None, by: Acteur, at: datetime) -> None:
    """An agent leaves these services, or the town when `services` is None: what they offered closes.

    Called in the transaction that changes their rights. Their appointments stay, and show among those that nothing
    holds; the journal says how many.
    """
    ressource = Ressource.objects.filter(agent_id=agent_id).first()
    if ressource is None or services == frozenset() or (services is None and not ressource.is_active):
        return
    if services is None:
        retire_ressource(ressource, by=by, at=at)
    else:
        _close_services(ressource, services, by=by, at=at)
    left = RendezVous.objects.live().filter(debut_at__gte=at, occupations__ressource=ressource)
    if services is not None:
        left = left.filter(service_id__in=services)
    record(
        verbe="offre.agent_parti", objet_type="agent", objet_id=agent_id, by=by, at=at,
        rendezvous=left.distinct().count(),
    )  # fmt: skip


def _close_services(ressource: Ressource, services: frozenset[int], *, by: Acteur, at: datetime) -> None:
    """Take the motifs of the services out of the ranges; a range left without motif closes."""
    lock_offre([ressource.pk])
    ranges = PlageOuverture.objects.filter(ressource=ressource, is_active=True)
    for plage in ranges.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        lost, _ = PlageMotif.objects.filter(plage=plage, motif__service_id__in=services).delete()
        if lost and not PlageMotif.objects.filter(plage=plage).exists():
            close_plage(plage, by=by, at=at)
        elif lost:
            PlageOuverture.objects.filter(pk=plage.pk).update(version=plage.version + 1)
