"""When each town of the demonstration receives by appointment: counters, motifs, opening ranges, sessions, visits."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from collectivites.models import Lieu
from rendezvous.models import (
    EtapeParcours,
    Guichet,
    Indisponibilite,
    ModeleParcours,
    Motif,
    PlageOuverture,
    Ressource,
    Trajet,
)
from rendezvous.offre.actions import find_ressource, save_guichet, save_indisponibilite, save_motif, save_plage

MATIN, APRES_MIDI = (9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60)
JOURS = {0: "MO", 1: "TU", 2: "WE", 3: "TH", 4: "FR", 5: "SA"}


@dataclass(frozen=True)
class MotifDemo:
    """A motif; `options` are fields of Motif."""

    clef: str
    libelle: str
    service: str
    durees: tuple[int, ...]
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PlageDemo:
    """A range: who (an agent's key or « lieu / guichet »), where, which motifs, on which days of the week."""

    qui: str
    lieu: str
    motifs: tuple[str, ...]
    jours: tuple[int, ...]
    blocs: tuple[tuple[int, int], ...] = (MATIN, APRES_MIDI)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OffreDemo:
    """All that one town offers."""

    guichets: dict[str, tuple[str, ...]]
    motifs: tuple[MotifDemo, ...]
    plages: tuple[PlageDemo, ...]
    parcours: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    trajets: tuple[tuple[str, str, int], ...] = ()


TITRES = {
    "reservable_par": "tous", "unite_personnes": "dossier", "battement_minutes": 5, "delai_max_jours": 90,
    "pieces": ["Numéro de pré-demande", "Ancien titre", "Photo d'identité de moins de 6\u00a0mois",
               "Justificatif de domicile de moins d'un an"],
    "consignes_avant": "Faites d'abord votre pré-demande sur le site de France Titres\u00a0: "
                       "son numéro vous sera demandé.",
    "consignes_apres": "Chaque personne doit être présente, les enfants aussi.",
}  # fmt: skip
EN_LIGNE = {"reservable_par": "tous"}
HV, ANNEXE, CCAS, MEDIA = "Hôtel de ville", "Mairie annexe des Tilleuls", "CCAS", "Médiathèque Colette-Aubry"
EC, URBA, EDU, PETITE = "État civil et citoyenneté", "Urbanisme", "Éducation et périscolaire", "Petite enfance"

AURELLE = OffreDemo(
    guichets={HV: ("Guichet 1", "Guichet 2", "Guichet 3", "Bureau des mariages"), ANNEXE: ("Guichet A",)},
    motifs=(
        MotifDemo("cni", "Carte d'identité", EC, (20, 35, 50, 65), TITRES | {"categorie_ants": "CNI", "couleur": 1}),
        MotifDemo(
            "passeport", "Passeport", EC, (20, 35, 50, 65), TITRES | {"categorie_ants": "PASSPORT", "couleur": 2}
        ),
        MotifDemo(
            "titres", "Carte d'identité et passeport", EC, (25, 45, 60),
            TITRES | {"categorie_ants": "CNI-PASSPORT", "couleur": 3},
        ),
        MotifDemo(
            "retrait", "Retrait d'un titre", EC, (5, 10, 15),
            EN_LIGNE | {"delai_min_minutes": 30, "couleur": 4, "unite_personnes": "titre",
                        "pieces": ["Récépissé ou SMS reçu", "Ancien titre"]},
        ),
        MotifDemo(
            "mariage", "Dossier de mariage", EC, (45,),
            {"couleur": 5, "delai_min_minutes": 2880, "pieces": [
                "Actes de naissance de moins de 3\u00a0mois", "Pièces d'identité", "Justificatifs de domicile",
                "Liste des témoins"]},
        ),
        MotifDemo("pacs", "Pacs", EC, (30,), EN_LIGNE | {"couleur": 5, "pieces": ["Convention", "Pièces d'identité"]}),
        MotifDemo(
            "travaux", "Conseil avant travaux", URBA, (30,),
            EN_LIGNE | {"couleur": 6, "battement_minutes": 10, "pieces": ["Plan ou croquis", "Référence cadastrale"]},
        ),
        MotifDemo(
            "urba_tel", "Renseignement d'urbanisme", URBA, (15,),
            EN_LIGNE | {"genre": "telephone", "couleur": 6, "is_plus_tot": False},
        ),
        MotifDemo(
            "ecole", "Inscription scolaire", EDU, (20, 30, 40),
            EN_LIGNE | {"couleur": 7, "unite_personnes": "enfant", "pieces": [
                "Livret de famille", "Justificatif de domicile", "Carnet de vaccination"]},
        ),
        MotifDemo(
            "creche", "Préinscription en crèche", PETITE, (30,),
            EN_LIGNE | {"genre": "visio", "couleur": 7, "visio_base": "https://visio.aurelle.exemple.fr"},
        ),
        MotifDemo(
            "social", "Entretien avec une assistante sociale", CCAS, (45,),
            {"couleur": 8, "is_sensible": True, "battement_minutes": 15, "reservable_par": "invites"},
        ),
        MotifDemo(
            "domicile", "Visite à domicile", CCAS, (60,),
            {"genre": "domicile", "couleur": 8, "is_sensible": True, "battement_minutes": 30},
        ),
        MotifDemo(
            "atelier", "Atelier démarches en ligne", "Médiathèque", (90,),
            EN_LIGNE | {"is_collectif": True, "places": 8, "couleur": 2, "is_plus_tot": False},
        ),
    ),
    plages=(
        PlageDemo(f"{HV} / Guichet 1", HV, ("cni", "passeport", "titres", "retrait"), (0, 1, 2, 3, 4)),
        PlageDemo(f"{HV} / Guichet 2", HV, ("cni", "passeport", "titres"), (0, 1, 3, 4)),
        PlageDemo(f"{HV} / Guichet 3", HV, ("cni", "passeport", "retrait"), (5,), ((9 * 60, 12 * 60),)),
        PlageDemo("nadia.cherif", HV, ("mariage", "pacs"), (1, 3), options={"guichet": "Bureau des mariages"}),
        PlageDemo(f"{ANNEXE} / Guichet A", ANNEXE, ("cni", "passeport", "titres", "retrait"), (1, 3)),
        PlageDemo("olivier.brunet", HV, ("travaux",), (0, 2), (MATIN,)),
        PlageDemo("olivier.brunet", HV, ("urba_tel",), (1, 4), ((14 * 60, 16 * 60),)),
        PlageDemo("sophie.delaunay", HV, ("ecole",), (0, 2, 4), (MATIN,)),
        PlageDemo("sophie.delaunay", HV, ("creche",), (1,), ((14 * 60, 17 * 60),)),
        PlageDemo("helene.roussel", CCAS, ("social", "domicile"), (0, 1, 3, 4)),
        PlageDemo("marc.vidal", CCAS, ("social",), (0, 3)),
    ),
    parcours=(
        ("J'emménage à Aurelle", "Carte d'identité, école et conseil de l'urbanisme en une seule venue.",
         ("cni", "ecole", "travaux")),
        ("Partir en voyage en famille", "Les titres d'abord, puis le retrait des anciens.", ("titres", "retrait")),
    ),
    trajets=((HV, ANNEXE, 20), (HV, CCAS, 10), (HV, MEDIA, 8)),
)  # fmt: skip

VALMONT = OffreDemo(
    guichets={"Mairie": ("Accueil",)},
    motifs=(
        MotifDemo(
            "mairie", "Rendez-vous avec le secrétariat", "Secrétariat de mairie", (20, 30), EN_LIGNE | {"couleur": 1}
        ),
        MotifDemo("urbanisme", "Urbanisme", "Secrétariat de mairie", (30,), EN_LIGNE | {"couleur": 6}),
    ),
    plages=(PlageDemo("martine.lebrun", "Mairie", ("mairie", "urbanisme"), (1, 3), ((14 * 60, 17 * 60),)),),
)
OFFRES = {"aurelle": AURELLE, "valmont": VALMONT}


@dataclass
class OffreBatie:
    """What was made, by the keys of the data above."""

    motifs: dict[str, Motif] = field(default_factory=dict)
    lieux: dict[str, Lieu] = field(default_factory=dict)
    ressources: dict[str, Ressource] = field(default_factory=dict)


def open_offre(ville: Ville, *, horloge: Horloge) -> OffreBatie | None:
    """Write the town's offer as its supervisor would, two months back so that the past has appointments too."""
    demo = OFFRES.get(ville.demo.slug)
    if demo is None:
        return None
    made = OffreBatie(lieux={lieu.nom: lieu for lieu in Lieu.objects.all()})
    _place_counters(demo, made, ville, horloge=horloge)
    for each in demo.motifs:
        fields = {"service": ville.services[each.service], "libelle": each.libelle, "durees": list(each.durees)}
        motif = Motif(**fields | each.options)
        save_motif(motif=motif, version=1, by=ville.acteur(ville.accueil[0]), at=horloge.at)
        made.motifs[each.clef] = motif
    for plage in demo.plages:
        _open_plage(plage, made, ville, horloge=horloge)
    _bundle(demo, made)
    _meet(made, ville, horloge=horloge)
    return made


def _place_counters(demo: OffreDemo, made: OffreBatie, ville: Ville, *, horloge: Horloge) -> None:
    for lieu, names in demo.guichets.items():
        for nom in names:
            guichet = Guichet(lieu=made.lieux[lieu], libelle=nom)
            save_guichet(guichet=guichet, by=ville.acteur(ville.accueil[0]), at=horloge.at)
            made.ressources[f"{lieu} / {nom}"] = find_ressource(guichet=guichet)


def _open_plage(demo: PlageDemo, made: OffreBatie, ville: Ville, *, horloge: Horloge) -> None:
    if demo.qui not in made.ressources:
        made.ressources[demo.qui] = find_ressource(agent=ville.agents[demo.qui])
    lieu = made.lieux[demo.lieu]
    seat = demo.options.get("guichet")
    plage = PlageOuverture(
        ressource=made.ressources[demo.qui], lieu=lieu, premier_on=find_monday(horloge) - timedelta(weeks=6),
        regle=f"FREQ=WEEKLY;BYDAY={','.join(JOURS[jour] for jour in demo.jours)}",
        blocs=[list(bloc) for bloc in demo.blocs],
        guichet=Guichet.objects.get(lieu=lieu, libelle=seat) if seat else None,
    )  # fmt: skip
    motifs = [made.motifs[clef] for clef in demo.motifs]
    opened_at = horloge.at - timedelta(weeks=8)
    save_plage(plage=plage, motifs=motifs, zones=[], version=1, by=ville.acteur(ville.accueil[0]), at=opened_at)


def find_monday(horloge: Horloge) -> date:
    """Return the Monday of the week of the loading."""
    return horloge.today - timedelta(days=horloge.today.weekday())


def _bundle(demo: OffreDemo, made: OffreBatie) -> None:
    for libelle, aide, clefs in demo.parcours:
        modele = ModeleParcours.objects.create(
            libelle=libelle, aide=aide, is_public=True, is_ordonne="d'abord" in aide
        )
        EtapeParcours.objects.bulk_create(
            [EtapeParcours(modele=modele, motif=made.motifs[clef], rang=rang) for rang, clef in enumerate(clefs)]
        )
    for de, vers, minutes in demo.trajets:
        first, last = sorted((made.lieux[de], made.lieux[vers]), key=lambda lieu: lieu.pk)
        Trajet.objects.create(de=first, vers=last, minutes=minutes)


def _meet(made: OffreBatie, ville: Ville, *, horloge: Horloge) -> None:
    """A weekly meeting that takes time from an agent, so that the agenda shows one."""
    ressource = made.ressources.get("olivier.brunet")
    if ressource is None:
        return
    meeting = Indisponibilite(
        ressource=ressource, libelle="Réunion de service", debut_on=find_monday(horloge), debut_minute=9 * 60,
        fin_minute=10 * 60, regle="FREQ=WEEKLY;BYDAY=MO", created_at=horloge.at,
    )  # fmt: skip
    save_indisponibilite(indisponibilite=meeting, by=ville.acteur(ville.accueil[0]), at=horloge.at)
