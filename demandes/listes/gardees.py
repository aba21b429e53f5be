"""Views that somebody keeps: their own, those of their services, those of the town."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.permissions import Role
from demandes.listes.filtres import Filtres
from demandes.models import Vue
from journal.actions import record

VUES_MAX = 20  # a row of tabs nobody reads helps nobody


class VueRefusee(ValueError):
    """The view can't be kept; the message says why."""


def list_gardees(acces: Acces) -> list[Vue]:
    """Return the views this agent sees: theirs first, then those of their services, then the town's (one query)."""
    return list(_seen_by(acces).order_by("rang", "libelle", "pk")[:VUES_MAX])


def _seen_by(acces: Acces) -> QuerySet[Vue]:
    shared = Q(partage=Vue.Partage.SERVICE, service__in=acces.services) | Q(partage=Vue.Partage.COLLECTIVITE)
    return Vue.objects.filter(Q(agent=acces.agent) | shared)


@transaction.atomic
def keep_vue(*, acces: Acces, libelle: str, partage: str, filtres: Filtres, by: Acteur, at: datetime) -> Vue:
    """Keep filters, columns and order under a name; the same name again replaces it. Raises VueRefusee."""
    said = " ".join(libelle.split())[:60]
    if not said:
        raise VueRefusee("Donnez un nom à cette vue.")
    service = next(iter(acces.services), None)
    if partage not in Vue.Partage.values or (partage == Vue.Partage.SERVICE and service is None):
        raise VueRefusee("Vous ne travaillez pour aucun service\u00a0: cette vue ne peut être que la vôtre.")
    if partage == Vue.Partage.COLLECTIVITE and not acces.has_role(Role.SUPERVISEUR):
        raise VueRefusee("Seul un superviseur partage une vue avec tous les agents.")
    if Vue.objects.filter(agent=acces.agent).exclude(libelle=said).count() >= VUES_MAX:
        raise VueRefusee(f"Vous gardez déjà {VUES_MAX} vues\u00a0: supprimez-en une.")
    kept = {"vue": filtres.vue} | filtres.recherche
    vue, _ = Vue.objects.update_or_create(
        agent=acces.agent, libelle=said,
        defaults={
            "partage": partage, "service": service if partage == Vue.Partage.SERVICE else None, "filtres": kept,
            "colonnes": list(filtres.colonnes), "tri": filtres.tri,
        },
    )  # fmt: skip
    record(verbe="vue.gardee", objet_type="vue", objet_id=vue.pk, libelle=said, by=by, at=at, partage=partage)
    return vue


@transaction.atomic
def drop_vue(*, acces: Acces, pk: int, by: Acteur, at: datetime) -> Vue | None:
    """Delete a view of one's own (a supervisor, also one shared with the town); None when there is none."""
    mine = Q(agent=acces.agent)
    if acces.has_role(Role.SUPERVISEUR):
        mine |= Q(partage=Vue.Partage.COLLECTIVITE)
    vue = Vue.objects.filter(mine, pk=pk).first()
    if vue is not None:
        Vue.objects.filter(pk=vue.pk).delete()
        record(verbe="vue.supprimee", objet_type="vue", objet_id=vue.pk, libelle=vue.libelle, by=by, at=at)
    return vue


def write_parametres(vue: Vue) -> dict[str, str]:
    """Return the address parameters that open a kept view."""
    asked = dict(vue.filtres) | {"col": ",".join(vue.colonnes), "tri": vue.tri, "garde": str(vue.pk)}
    return {name: value for name, value in asked.items() if value}
