"""Writing a form question by question: each function returns a whole new schema that holds, or says why not."""

from dataclasses import replace
from typing import Any

from demandes.catalogue.schema import Champ, Choix, Piece, Schema, read_schema, write_schema
from socle.texte import normalise

QUESTIONS, PIECES = "questions", "pieces"
CODE_MAX = 40


def list_elements(schema: Schema, sorte: str) -> tuple[Any, ...]:
    """Return the questions or the documents."""
    return schema.champs if sorte == QUESTIONS else schema.pieces


def find_element(schema: Schema, sorte: str, code: str) -> Champ | Piece | None:
    """Return a question or a document by its code."""
    return schema.champ(code) if sorte == QUESTIONS else schema.piece(code)


def put_element(schema: Schema, sorte: str, element: Champ | Piece) -> Schema:
    """Add at the end, or put in the place of the one that bears the same code. Raises SchemaInvalide."""
    rows = list_elements(schema, sorte)
    if any(each.code == element.code for each in rows):
        return _check(_with(schema, sorte, [element if each.code == element.code else each for each in rows]))
    return _check(_with(schema, sorte, [*rows, element]))


def move_element(schema: Schema, sorte: str, code: str, *, vers_le_haut: bool) -> Schema:
    """Swap with the neighbour; the same schema at the end of the list. Raises SchemaInvalide (a condition breaks)."""
    rows = list(list_elements(schema, sorte))
    here = next((rang for rang, each in enumerate(rows) if each.code == code), None)
    there = None if here is None else here + (-1 if vers_le_haut else 1)
    if here is None or there is None or not 0 <= there < len(rows):
        return schema
    rows[here], rows[there] = rows[there], rows[here]
    return _check(_with(schema, sorte, rows))


def remove_element(schema: Schema, sorte: str, code: str) -> Schema:
    """Take one away. Raises SchemaInvalide while another depends on it."""
    return _check(_with(schema, sorte, [each for each in list_elements(schema, sorte) if each.code != code]))


def draw_code(libelle: str, taken: frozenset[str]) -> str:
    """Return a code made of the label, that no other bears: « Quel document ? » → « quel_document »."""
    bare = normalise(libelle).replace(" ", "_").lstrip("_0123456789")[:CODE_MAX].rstrip("_") or "champ"
    if bare not in taken:
        return bare
    return next(code for rang in range(2, 1000) if (code := f"{bare[: CODE_MAX - 4]}_{rang}") not in taken)


def read_choix(text: str, known: tuple[Choix, ...]) -> tuple[Choix, ...]:
    """Read one choice a line; a label already there keeps its code, so that answers already given stay readable."""
    codes = {each.libelle: each.code for each in known}
    made: list[Choix] = []
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        taken = frozenset([*codes.values(), *(each.code for each in made)])
        made.append(Choix(codes.pop(line, "") or draw_code(line, taken), line))
    return tuple(made)


def _with(schema: Schema, sorte: str, rows: list[Any]) -> Schema:
    return replace(schema, champs=tuple(rows)) if sorte == QUESTIONS else replace(schema, pieces=tuple(rows))


def _check(schema: Schema) -> Schema:
    return read_schema(write_schema(schema))
