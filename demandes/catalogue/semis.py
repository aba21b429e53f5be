"""The catalogue of the first day: the usual démarches of a French town hall, as data in `donnees/*.toml`.

Pure: nothing is written here (see `demandes.actions.semis`). Source of the rows: service-public.gouv.fr and the codes
named in `base`; each legal basis carries the day it was read (`lu_on`) and says when it is still to be checked.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from demandes.catalogue.schema import Schema, read_schema
from socle.texte import normalise

DONNEES = Path(__file__).parent / "donnees"
FICHE = "https://www.service-public.gouv.fr/particuliers/vosdroits/{}"
COMMUNE, EPCI, TOUS = "commune", "epci", "tous"
THEMATIQUES = (
    "Signaler un problème", "État civil", "Identité et voyage", "Citoyenneté", "Enfance", "Logement et travaux",
    "Espace public", "Déchets", "Action sociale", "Vie associative", "Cimetière", "Sécurité", "Vie municipale",
    "Vos droits",
)  # fmt: skip
PUBLICS = ("personne", "association", "entreprise")
_AVANT = re.compile(r" (?=[:;?!»%€])")
_APRES = re.compile(r"(?<=«) ")

# What the acknowledgement says when silence is a rejection (CRPA R112-11-1, 5°; CJA R421-1 and R421-2).
RECOURS_SVR = (
    "Si la demande est rejetée, ou si nous n'avons pas répondu à cette date, vous avez deux mois pour nous écrire "
    "(recours gracieux) ou pour saisir le tribunal administratif, par courrier ou sur www.telerecours.fr."
)
RECOURS_CADA = (
    "Sans réponse à cette date, le document est considéré comme refusé\u00a0: vous avez deux mois pour saisir la "
    "Commission d'accès aux documents administratifs (www.cada.fr), avant tout recours au tribunal."
)


@dataclass(frozen=True)
class ServiceUsuel:
    """A service most town halls have; `noms` are normalised words that find the town's own, the best first."""

    clef: str
    libelle: str
    noms: tuple[str, ...]
    domaine: str


@dataclass(frozen=True)
class Demarche:
    """One row of the catalogue. `competence`: which kind of collectivité usually answers."""

    code: str
    libelle: str
    thematique: str
    service: ServiceUsuel
    schema: Schema
    brouillon: dict[str, Any]
    canaux: tuple[str, ...]
    publics: tuple[str, ...]
    engagement_jours: int
    regime: str
    base: str
    lu_on: date
    aide: str = ""
    nature: str = "demande"
    silence_nombre: int = 2
    silence_unite: str = "mois"
    a_verifier: bool = False
    recours: str = ""
    tarif: str = ""
    fiche_url: str = ""
    rdv_minutes: int | None = None
    competence: str = COMMUNE

    @property
    def is_en_ligne(self) -> bool:
        """True when the usual way includes a form on the web."""
        return "formulaire" in self.canaux


@cache
def read_services() -> dict[str, ServiceUsuel]:
    """Return the usual services by key."""
    brut = tomllib.loads((DONNEES / "services.toml").read_text("utf-8"))
    return {
        clef: ServiceUsuel(clef, each["libelle"], tuple(each["noms"]), each["domaine"]) for clef, each in brut.items()
    }


@cache
def read_catalogue() -> tuple[Demarche, ...]:
    """Return every démarche, thématique after thématique. Raises SchemaInvalide: a mistake of ours in the data."""
    files = sorted(each for each in DONNEES.glob("*.toml") if each.name != "services.toml")
    return tuple(each for path in files for each in _read_file(path))


def find_service(usuel: ServiceUsuel, services: dict[str, str]) -> str | None:
    """Return the key of the town's service that answers for `usuel`, or None.

    `services` maps a key to the service's name. The first word of `usuel.noms` that begins a word of a name wins.
    """
    names = {clef: f" {normalise(nom)}" for clef, nom in services.items()}
    for wanted in usuel.noms:
        found = next(
            (clef for clef, nom in sorted(names.items(), key=lambda row: row[1]) if f" {wanted}" in nom), None
        )
        if found is not None:
            return found
    return None


def _read_file(path: Path) -> list[Demarche]:
    brut = _typo(tomllib.loads(path.read_text("utf-8")))
    return [_read_demarche(each, brut["thematique"]) for each in brut["demarche"]]


def _read_demarche(brut: dict[str, Any], thematique: str) -> Demarche:
    schema = {
        "champs": [_expand(each) for each in brut.get("champs", ())],
        "pieces": [_expand(each) for each in brut.get("pieces", ())],
    }
    nombre, unite = _read_delai(brut.get("delai"))
    return Demarche(
        code=brut["code"],
        libelle=brut["libelle"],
        thematique=thematique,
        service=read_services()[brut["service"]],
        schema=read_schema(schema),
        brouillon=schema,
        canaux=tuple(brut["canaux"]),
        publics=tuple(brut.get("qui", PUBLICS)),
        engagement_jours=brut["engagement_jours"],
        regime=brut["regime"],
        base=brut["base"],
        lu_on=brut["lu_on"],
        aide=brut.get("aide", ""),
        nature=brut.get("nature", "demande"),
        silence_nombre=nombre,
        silence_unite=unite,
        a_verifier=brut.get("a_verifier", False),
        recours=_choose_recours(brut),
        tarif=brut.get("tarif", ""),
        fiche_url=FICHE.format(brut["fiche"]) if "fiche" in brut else "",
        rdv_minutes=brut.get("rendezvous_minutes"),
        competence=brut.get("competence", COMMUNE),
    )


def _read_delai(delai: dict[str, int] | None) -> tuple[int, str]:
    return next(((nombre, unite) for unite, nombre in delai.items())) if delai else (2, "mois")


def _choose_recours(brut: dict[str, Any]) -> str:
    if brut["regime"] != "svr":
        return ""
    return RECOURS_CADA if brut.get("nature") == "document" else RECOURS_SVR


def _expand(brut: dict[str, Any]) -> dict[str, Any]:
    """Write in full what the files shorten: `choix = {a = "A"}`, `si = {champ = "a"}`, `si = {champ = ["a"]}`."""
    written = dict(brut)
    if "choix" in brut:
        written["choix"] = [{"code": code, "libelle": libelle} for code, libelle in brut["choix"].items()]
    if "si" in brut:
        champ, est = next(iter(brut["si"].items()))
        written["si"] = {"champ": champ, "est": [est] if isinstance(est, str) else list(est)}
    return {"aide": "", "obligatoire": False} | written


def _typo(value: Any) -> Any:
    """Put the no-break spaces of French in every text: the files stay easy to write."""
    if isinstance(value, str):
        return _APRES.sub("\u00a0", _AVANT.sub("\u00a0", value))
    if isinstance(value, dict):
        return {key: _typo(each) for key, each in value.items()}
    return [_typo(each) for each in value] if isinstance(value, list) else value
