"""What conditions and gestures may name: services, agents, types… Read once a page, as {list: {value: label}}."""

from collections.abc import Mapping

from django.utils import timezone

from collectivites.cloison import get_active_id
from collectivites.domaines import Domaine
from collectivites.models import Agent, Service
from demandes.automates.occasions import ENVOYABLES
from demandes.cycle import ISSUES_A_CHOISIR, Etat
from demandes.models import Demande, Nature, SujetCommun, Thematique, TypeDemande, Zone

QUI = {
    "agent": "l'agent de la demande",
    "service": "les agents de son service",
    "superviseurs": "les superviseurs",
    "suiveurs": "ceux qui la suivent",
}
_TRAVAIL = {Etat.EN_COURS, Etat.EN_ATTENTE_USAGER, Etat.EN_ATTENTE_TIERS, Etat.TRAITEE, Etat.A_TRAITER}
FIXES: dict[str, dict[str, str]] = {
    "nature": dict(Nature.choices),
    "canal": dict(Demande.Canal.choices),
    "domaine": dict(Domaine.choices),
    "etat": dict(Etat.choices),
    "etat_ouvert": {etat.value: etat.label for etat in Etat if etat in _TRAVAIL},
    "issue": dict(ISSUES_A_CHOISIR),
    "priorite": {str(code): label for code, label in Demande.Priorite.choices},
    "occasion": ENVOYABLES,
    "qui": QUI,
}
Noms = Mapping[str, Mapping[str, str]]


def load_noms() -> dict[str, dict[str, str]]:
    """Return every list, each in the order it is offered (six queries)."""
    agents = Agent.objects.filter(
        is_active=True, rattachements__collectivite_id=get_active_id(), rattachements__is_active=True
    )
    types = TypeDemande.objects.select_related("thematique").order_by("thematique__libelle", "libelle", "pk")
    zones = {zone: zone for zone in Zone.objects.order_by("libelle").values_list("libelle", flat=True)}
    return FIXES | {
        "type": {str(each.pk): _name_type(each) for each in types},
        "thematique": _name(Thematique.objects.order_by("libelle", "pk").values_list("pk", "libelle")),
        "service": _name(Service.objects.filter(is_active=True).order_by("nom", "pk").values_list("pk", "nom")),
        "agent": {str(each.pk): str(each) for each in agents.order_by("nom", "prenom", "pk")},
        "zone": zones,
        "sujet": {str(each.pk): _name_sujet(each) for each in SujetCommun.objects.order_by("-at")[:100]},
    }


def _name(rows: "object") -> dict[str, str]:
    return {str(pk): label for pk, label in rows}  # type: ignore[attr-defined]


def _name_type(type_: TypeDemande) -> str:
    label = f"{type_.thematique.libelle} › {type_.libelle}"
    return label if type_.is_active else f"{label} (plus proposé)"


def _name_sujet(sujet: SujetCommun) -> str:
    return f"{sujet.titre} ({timezone.localtime(sujet.at):%d/%m/%Y})"
