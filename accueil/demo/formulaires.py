"""Démarches filed on the web: by the real door, each answer checked against the published form."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from demandes.catalogue.formulaire import clean_reponses
from demandes.catalogue.vitrine import published_schema
from demandes.models import TypeDemande
from demandes.reception.depots import Depot, store_depot
from demandes.reception.traitement import process_entree


@dataclass(frozen=True)
class DepotDemo:
    """A form filled `jours` days ago; `dans` gives dates as days from that day."""

    code: str
    jours: int
    heure: str
    qui: dict[str, Any]
    reponses: dict[str, Any] = field(default_factory=dict)
    dans: dict[str, int] = field(default_factory=dict)
    description: str = ""


HELENE = {
    "public": "personne", "prenoms": "Hélène", "nom": "Riou", "courriel": "helene.riou@exemple.fr",
    "adresse": "11 rue du Puits-Neuf, 29000 Aurelle",
}  # fmt: skip
MALO = {
    "public": "personne", "prenoms": "Malo", "nom": "Tanguy", "courriel": "malo.tanguy@exemple.fr",
    "adresse": "4 impasse du Colombier, 29000 Aurelle", "telephone": "06 39 98 41 27",
}  # fmt: skip
KIOSQUE = {
    "public": "association", "nom": "Les Amis du kiosque", "rna": "W291002345", "courriel": "kiosque@exemple.fr",
    "contact": "Hélène Riou", "adresse": "9 place de la Fontaine, 29000 Aurelle",
}  # fmt: skip

DEPOTS = (
    DepotDemo(
        "acte_naissance", 2, "21:14", HELENE,
        {"document": "copie", "pour_moi": "oui", "titulaire": "Riou Hélène Marie", "date_naissance": "1987-04-09",
         "parents": "Riou Yves et Le Bris Annick", "usage": "Dossier de Pacs"},
    ),
    DepotDemo(
        "stationnement_demenagement", 1, "19:38", MALO,
        {"lieu": "4 impasse du Colombier", "longueur": 12, "professionnel": "non"}, {"date": 18},
        "Un camion de 20 m³ loué pour la journée. L'impasse est étroite.",
    ),
    DepotDemo(
        "signalement_eclairage", 1, "22:05", MALO,
        {"lieu": "2 impasse du Colombier", "panne": "clignote", "etendue": "un"},
    ),
    DepotDemo(
        "salle", 0, "07:20", KIOSQUE,
        {"usage": "reunion", "horaires": "18 h à 21 h", "personnes": 35, "public": "non"}, {"date": 24},
        "Assemblée générale de l'association.",
    ),
)  # fmt: skip


def file_forms(ville: Ville, *, horloge: Horloge) -> int:
    """File the forms of Aurelle; return how many demandes they opened."""
    if ville.demo.slug != "aurelle":
        return 0
    for rang, each in enumerate(DEPOTS):
        _file(ville, each, rang, horloge)
    return len(DEPOTS)


def _file(ville: Ville, demo: DepotDemo, rang: int, horloge: Horloge) -> None:
    at = horloge.ago(demo.jours, demo.heure, ouvre=False)
    type_ = TypeDemande.objects.select_related("version_courante").get(code=demo.code)
    days = {code: (at.date() + timedelta(days=count)).isoformat() for code, count in demo.dans.items()}
    reponses = clean_reponses(published_schema(type_), demo.reponses | days, jour=at.date())
    depot = Depot(
        clef=str(uuid5(NAMESPACE_URL, f"guichet:{ville.demo.slug}:depot:{rang}")), type_id=type_.pk,
        version_id=type_.version_courante_id, description=demo.description, reponses=reponses, **demo.qui,
    )  # fmt: skip
    entree = store_depot(depot, at=at)
    process_entree(collectivite_id=ville.collectivite.pk, entree_id=entree.pk, at=at + timedelta(seconds=1))
