"""The form of a type of demande, as data: questions, documents, and the condition under which each is asked.

Stored as JSON in `VersionFormulaire.schema`. A question depends only on one asked before it: reading the form from
top to bottom answers every condition, and no cycle can exist.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

CHAMPS_MAX, PIECES_MAX, CHOIX_MAX = 60, 30, 80
LIBELLE_MAX, AIDE_MAX = 200, 500
OUI, NON = "oui", "non"
GENRES: dict[str, str] = {
    "texte": "Texte court",
    "texte_long": "Texte long",
    "nombre": "Nombre",
    "date": "Date",
    "choix": "Un choix dans une liste",
    "choix_multiple": "Plusieurs choix dans une liste",
    "oui_non": "Oui ou non",
    "courriel": "Courriel",
    "telephone": "Téléphone",
    "adresse": "Adresse",
}
A_CHOIX = frozenset({"choix", "choix_multiple"})
CONDITIONNANTS = A_CHOIX | {"oui_non"}  # a condition compares with a known list of answers
BORNES = {"nombre": "valeur", "texte": "longueur", "texte_long": "longueur", "date": "nombre de jours"}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class SchemaInvalide(ValueError):
    """The schema can't be used. `erreurs` are French sentences; each names the question or the document."""

    def __init__(self, erreurs: Iterable[str]) -> None:
        self.erreurs = tuple(erreurs)
        super().__init__(" ".join(self.erreurs))


@dataclass(frozen=True)
class Condition:
    """Asked only when the answer to `champ` is one of `est`."""

    champ: str
    est: tuple[str, ...]


@dataclass(frozen=True)
class Choix:
    """One possible answer."""

    code: str
    libelle: str


@dataclass(frozen=True)
class Champ:
    """A question. `mini`, `maxi`: value of a number, length of a text, days from the day of filing for a date."""

    code: str
    libelle: str
    genre: str
    aide: str = ""
    obligatoire: bool = False
    choix: tuple[Choix, ...] = ()
    mini: float | None = None
    maxi: float | None = None
    si: Condition | None = None

    @property
    def reponses(self) -> dict[str, str]:
        """The answers known beforehand: code → label; empty for a free answer."""
        if self.genre == "oui_non":
            return {OUI: "Oui", NON: "Non"}
        return {each.code: each.libelle for each in self.choix}


@dataclass(frozen=True)
class Piece:
    """A document asked. `texte`: the law that demands it; only `indispensable` stops the clock (CRPA L114-5-1)."""

    code: str
    libelle: str
    aide: str = ""
    obligatoire: bool = False
    indispensable: bool = False
    texte: str = ""
    si: Condition | None = None


@dataclass(frozen=True)
class Schema:
    """A whole form, in the order it is asked."""

    champs: tuple[Champ, ...] = ()
    pieces: tuple[Piece, ...] = ()

    def champ(self, code: str) -> Champ | None:
        """Return a question by its code."""
        return next((each for each in self.champs if each.code == code), None)

    def piece(self, code: str) -> Piece | None:
        """Return a document by its code."""
        return next((each for each in self.pieces if each.code == code), None)


def read_schema(brut: Any) -> Schema:
    """Read the stored JSON. Raises SchemaInvalide with every sentence at once."""
    if not isinstance(brut, dict):
        raise SchemaInvalide(["Le formulaire n'est pas lisible."])
    erreurs: list[str] = []
    champs = tuple(_read_list(brut, "champs", "question", _read_champ, CHAMPS_MAX, erreurs))
    pieces = tuple(_read_list(brut, "pieces", "pièce", _read_piece, PIECES_MAX, erreurs))
    erreurs += _check_codes(champs, "question")
    erreurs += _check_codes(pieces, "pièce")
    erreurs += [sentence for rang, each in enumerate(champs) for sentence in _check_champ(each, champs[:rang], champs)]
    erreurs += [sentence for each in pieces for sentence in _check_condition(each, champs, champs)]
    if erreurs:
        raise SchemaInvalide(dict.fromkeys(erreurs))
    return Schema(champs, pieces)


def write_schema(schema: Schema) -> dict[str, Any]:
    """Return the JSON form of a schema; `read_schema` gives it back equal."""
    return {
        "champs": [_write_champ(each) for each in schema.champs],
        "pieces": [_write(each) for each in schema.pieces],
    }


def _read_list(
    brut: dict[str, Any], clef: str, nom: str, read: Callable[[dict[str, Any]], Any], limite: int, erreurs: list[str]
) -> Iterator[Any]:
    rows = brut.get(clef, [])
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        erreurs.append(f"La liste des {nom}s n'est pas lisible.")
        return
    if len(rows) > limite:
        erreurs.append(f"Un formulaire a au plus {limite} {nom}s\u00a0; celui-ci en a {len(rows)}.")
        return
    for each in rows:
        try:
            yield read(each)
        except (KeyError, TypeError, ValueError, AttributeError):
            erreurs.append(
                f"La {nom} «\u00a0{each.get('libelle') or each.get('code') or '?'}\u00a0» n'est pas lisible."
            )


def _read_champ(brut: dict[str, Any]) -> Champ:
    return Champ(
        **_read_commun(brut), genre=str(brut["genre"]), mini=_read_nombre(brut.get("min")),
        maxi=_read_nombre(brut.get("max")),
        choix=tuple(Choix(str(each["code"]), str(each["libelle"]).strip()) for each in brut.get("choix") or ()),
    )  # fmt: skip


def _read_piece(brut: dict[str, Any]) -> Piece:
    return Piece(
        **_read_commun(brut), indispensable=bool(brut.get("indispensable")), texte=str(brut.get("texte") or "").strip()
    )


def _read_commun(brut: dict[str, Any]) -> dict[str, Any]:
    si = brut.get("si")
    return {
        "code": str(brut["code"]),
        "libelle": str(brut.get("libelle") or "").strip(),
        "aide": str(brut.get("aide") or "").strip(),
        "obligatoire": bool(brut.get("obligatoire")),
        "si": Condition(str(si["champ"]), tuple(str(each) for each in si["est"])) if si else None,
    }


def _read_nombre(brut: Any) -> float | None:
    if brut is None or brut == "":
        return None
    if isinstance(brut, bool) or not isinstance(brut, int | float) or brut != brut or abs(brut) > 1e12:  # noqa: PLR0124 NaN
        raise ValueError
    return brut


def _name(each: Champ | Piece) -> str:
    return f"«\u00a0{each.libelle or each.code}\u00a0»"


def _check_codes(rows: tuple[Champ, ...] | tuple[Piece, ...], nom: str) -> Iterator[str]:
    seen: set[str] = set()
    for each in rows:
        if not _CODE.fullmatch(each.code):
            yield f"Le code de la {nom} {_name(each)} est fait de minuscules, de chiffres et de «\u00a0_\u00a0»."
        elif each.code in seen:
            yield f"Deux {nom}s portent le code «\u00a0{each.code}\u00a0»\u00a0: l'une est {_name(each)}."
        seen.add(each.code)
        if not each.libelle:
            yield f"La {nom} «\u00a0{each.code}\u00a0» n'a pas de libellé."
        if len(each.libelle) > LIBELLE_MAX or len(each.aide) > AIDE_MAX:
            yield f"La {nom} {_name(each)} est trop longue\u00a0: {LIBELLE_MAX} caractères, {AIDE_MAX} pour l'aide."


def _check_champ(champ: Champ, before: tuple[Champ, ...], tous: tuple[Champ, ...]) -> Iterator[str]:
    if champ.genre not in GENRES:
        yield f"La question {_name(champ)} est d'un genre inconnu\u00a0: «\u00a0{champ.genre}\u00a0»."
        return
    yield from _check_choix(champ)
    yield from _check_bornes(champ)
    yield from _check_condition(champ, before, tous)


def _check_choix(champ: Champ) -> Iterator[str]:
    if champ.genre not in A_CHOIX:
        return
    codes = [each.code for each in champ.choix]
    if not champ.choix:
        yield f"La question {_name(champ)} n'a aucun choix à proposer."
    if len(codes) > CHOIX_MAX:
        yield f"La question {_name(champ)} propose plus de {CHOIX_MAX} choix."
    if len(set(codes)) != len(codes):
        yield f"Deux choix de la question {_name(champ)} portent le même code."
    if not all(each.libelle and _CODE.fullmatch(each.code) for each in champ.choix):
        yield f"Un choix de la question {_name(champ)} n'a pas de libellé ou pas de code correct."


def _check_bornes(champ: Champ) -> Iterator[str]:
    if champ.mini is None and champ.maxi is None:
        return
    nom = BORNES.get(champ.genre)
    if nom is None:
        yield f"La question {_name(champ)} n'accepte ni minimum ni maximum."
    elif champ.mini is not None and champ.maxi is not None and champ.mini > champ.maxi:
        yield f"Pour la question {_name(champ)}, le minimum ({nom}) dépasse le maximum."
    elif nom == "longueur" and min(champ.mini or 0, champ.maxi if champ.maxi is not None else 1) < 0:
        yield f"Pour la question {_name(champ)}, une longueur n'est pas négative."


def _check_condition(each: Champ | Piece, before: tuple[Champ, ...], tous: tuple[Champ, ...]) -> Iterator[str]:
    if each.si is None:
        return
    source = next((other for other in before if other.code == each.si.champ), None)
    later = next((other for other in tous if other.code == each.si.champ), None)
    if source is not None:
        yield from _check_reponses(each, source, each.si.est)
    elif later is None:
        yield f"{_name(each)} dépend d'une question qui n'existe pas\u00a0: «\u00a0{each.si.champ}\u00a0»."
    elif later is each:
        yield f"{_name(each)} dépend d'elle-même."
    else:
        yield f"{_name(each)} dépend de {_name(later)}, qui vient après\u00a0: placez-la avant."


def _check_reponses(each: Champ | Piece, source: Champ, est: tuple[str, ...]) -> Iterator[str]:
    if source.genre not in CONDITIONNANTS:
        yield f"{_name(each)} dépend de {_name(source)}, qui n'est ni un choix ni un oui ou non."
    elif not est:
        yield f"{_name(each)} dépend de {_name(source)}, sans dire de quelle réponse."
    elif unknown := next((code for code in est if code not in source.reponses), None):
        yield f"{_name(each)} dépend de la réponse «\u00a0{unknown}\u00a0», que {_name(source)} ne propose pas."


def _write_champ(champ: Champ) -> dict[str, Any]:
    written = _write(champ) | {"genre": champ.genre}
    if champ.choix:
        written["choix"] = [{"code": each.code, "libelle": each.libelle} for each in champ.choix]
    bounds = {"min": champ.mini, "max": champ.maxi}
    return written | {name: value for name, value in bounds.items() if value is not None}


def _write(each: Champ | Piece) -> dict[str, Any]:
    written: dict[str, Any] = {"code": each.code, "libelle": each.libelle, "aide": each.aide,
                               "obligatoire": each.obligatoire}  # fmt: skip
    if isinstance(each, Piece):
        written |= {"indispensable": each.indispensable, "texte": each.texte}
    if each.si:
        written["si"] = {"champ": each.si.champ, "est": list(each.si.est)}
    return written
