"""The page of a rule, as it is typed: read from a rule or from what was posted, checked, written to a rule."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from demandes.automates import conditions as si
from demandes.automates import gestes as alors
from demandes.automates.choix import Noms
from demandes.automates.evenements import EVENEMENTS
from demandes.automates.saisie import read_actions, read_conditions
from demandes.automates.temps import DEPARTS
from demandes.models import RegleAutomate
from socle.texte import clean

UNITES = {"minutes": 1, "heures": 60, "jours": 1_440}
DELAI_MAX = 1_440 * 3_650  # minutes in ten years
LIBELLE_MAX = 120
Declencheur = RegleAutomate.Declencheur


@dataclass
class SaisieRegle:
    """What the page of a rule holds."""

    declencheur: str
    libelle: str = ""
    evenement: str = ""
    depuis: str = ""
    nombre: str = ""
    unite: str = "jours"
    is_finale: bool = False
    is_active: bool = False
    conditions: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def delai_minutes(self) -> int | None:
        """The delay in minutes; None when it is not a number."""
        if not (self.nombre.isascii() and self.nombre.isdigit() and len(self.nombre) < 7):
            return None
        return int(self.nombre) * UNITES.get(self.unite, 1_440)


def from_regle(regle: RegleAutomate) -> SaisieRegle:
    """Return the page of a rule already saved."""
    minutes = regle.delai_minutes or 0
    unite = next((name for name in ("jours", "heures") if minutes and minutes % UNITES[name] == 0), "minutes")
    return SaisieRegle(
        declencheur=regle.declencheur, libelle=regle.libelle, evenement=regle.evenement, depuis=regle.depuis,
        nombre=str(minutes // UNITES[unite]) if minutes else "", unite=unite if minutes else "jours",
        is_finale=regle.is_finale, is_active=regle.is_active, conditions=[dict(each) for each in regle.conditions],
        actions=[dict(each) for each in regle.actions],
    )  # fmt: skip


def from_post(post: QueryDict) -> SaisieRegle:
    """Return the page as it was posted. Nonsense is read as nothing."""
    declencheur = post.get("declencheur", "")
    return SaisieRegle(
        declencheur=declencheur if declencheur in Declencheur.values else Declencheur.RECEPTION.value,
        libelle=" ".join(clean(post.get("libelle", "")).split()),
        evenement=post.get("evenement", ""),
        depuis=post.get("depuis", ""),
        nombre=post.get("nombre", "").strip(),
        unite=post.get("unite", "jours"),
        is_finale=post.get("is_finale") == "oui",
        is_active=post.get("is_active") == "oui",
        conditions=read_conditions(post),
        actions=read_actions(post),
    )


def verify(saisie: SaisieRegle, noms: Noms, *, regle: RegleAutomate) -> dict[str, str]:
    """Return what is wrong by field, « conditions » and « gestes » included; empty when the rule can be saved."""
    found = {"libelle": _verify_libelle(saisie.libelle, regle)} | _verify_declencheur(saisie)
    found["conditions"] = " ".join(si.verify(saisie.conditions, noms))
    found["gestes"] = " ".join(alors.verify(saisie.actions, noms, emploi=alors.REGLE))
    return {name: sentence for name, sentence in found.items() if sentence}


def _verify_libelle(libelle: str, regle: RegleAutomate) -> str:
    if not libelle:
        return "Une règle a un nom."
    if len(libelle) > LIBELLE_MAX:
        return f"{LIBELLE_MAX}\u00a0signes au plus."
    twins = RegleAutomate.objects.filter(libelle__iexact=libelle).exclude(pk=regle.pk)
    return "Une règle porte déjà ce nom." if twins.exists() else ""


def _verify_declencheur(saisie: SaisieRegle) -> dict[str, str]:
    if saisie.declencheur == Declencheur.EVENEMENT and saisie.evenement not in EVENEMENTS:
        return {"evenement": "Choisissez ce qui la déclenche."}
    if saisie.declencheur != Declencheur.TEMPS:
        return {}
    minutes = saisie.delai_minutes
    return {
        "depuis": "" if saisie.depuis in DEPARTS else "Choisissez d'où le temps est compté.",
        "nombre": "" if minutes and 0 < minutes <= DELAI_MAX else "Un délai est un nombre d'au moins une minute.",
    }


def write(saisie: SaisieRegle, regle: RegleAutomate) -> RegleAutomate:
    """Put what was typed in the rule, without saving it."""
    is_time, is_event = saisie.declencheur == Declencheur.TEMPS, saisie.declencheur == Declencheur.EVENEMENT
    regle.libelle, regle.declencheur = saisie.libelle, saisie.declencheur
    regle.evenement = saisie.evenement if is_event else ""
    regle.depuis = saisie.depuis if is_time else ""
    regle.delai_minutes = saisie.delai_minutes if is_time else None
    regle.conditions, regle.actions = saisie.conditions, saisie.actions
    regle.is_finale, regle.is_active = saisie.is_finale, saisie.is_active
    return regle


def tell_quand(regle: RegleAutomate) -> str:
    """Say when a rule runs: « 3 jours après le dernier échange »."""
    if regle.declencheur == Declencheur.EVENEMENT:
        return EVENEMENTS.get(regle.evenement, regle.evenement)
    if regle.declencheur != Declencheur.TEMPS:
        return "À la réception d'une demande"
    typed = from_regle(regle)
    unit = typed.unite.removesuffix("s") if typed.nombre == "1" else typed.unite
    depart = DEPARTS.get(regle.depuis)
    return f"{typed.nombre}\u00a0{unit} après {depart.libelle if depart else '?'}"
