"""What changed between two versions of a form, in French sentences."""

from collections.abc import Iterator
from typing import Any

from demandes.catalogue.schema import GENRES, Champ, Piece, Schema, write_schema

_NOMS = {
    "libelle": "libellé",
    "aide": "aide",
    "genre": "genre",
    "obligatoire": "obligatoire",
    "choix": "choix",
    "min": "minimum",
    "max": "maximum",
    "si": "condition",
    "indispensable": "indispensable",
    "texte": "texte qui l'exige",
}


def compare_schemas(avant: Schema, apres: Schema) -> list[str]:
    """Return one sentence a difference, the questions first; empty when both ask the same."""
    lines = [*_compare(avant.champs, apres.champs, "Question"), *_compare(avant.pieces, apres.pieces, "Pièce")]
    if not lines and avant != apres:
        lines.append("L'ordre a changé.")
    return lines


def _compare(avant: tuple[Any, ...], apres: tuple[Any, ...], nom: str) -> Iterator[str]:
    before, after = ({each.code: each for each in rows} for rows in (avant, apres))
    for code, each in after.items():
        if code not in before:
            yield f"{nom} ajoutée\u00a0: «\u00a0{each.libelle}\u00a0»."
        elif before[code] != each:
            yield f"{nom} «\u00a0{before[code].libelle}\u00a0»\u00a0: {', '.join(_changes(before[code], each))}."
    for code, each in before.items():
        if code not in after:
            yield f"{nom} retirée\u00a0: «\u00a0{each.libelle}\u00a0»."
    kept = [code for code in before if code in after]
    if kept != [code for code in after if code in before]:
        yield f"L'ordre des {nom.lower()}s a changé."


def _changes(avant: Champ | Piece, apres: Champ | Piece) -> Iterator[str]:
    old, new = _flat(avant), _flat(apres)
    for key, name in _NOMS.items():
        before, after = old.get(key), new.get(key)
        if before != after:
            yield f"{name} {_say(before)} → {_say(after)}"


def _flat(each: Champ | Piece) -> dict[str, Any]:
    """Return the JSON form of one question or document, its choices and condition as texts."""
    schema = Schema(champs=(each,)) if isinstance(each, Champ) else Schema(pieces=(each,))
    written: dict[str, Any] = next(row for rows in write_schema(schema).values() for row in rows)
    if "genre" in written:
        written["genre"] = GENRES[written["genre"]].lower()
    if "choix" in written:
        written["choix"] = ", ".join(choix["libelle"] for choix in written["choix"])
    if "si" in written:
        written["si"] = f"{written['si']['champ']} = {' ou '.join(written['si']['est'])}"
    return written


def _say(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "rien" if value in (None, "") else f"«\u00a0{value}\u00a0»"
