"""What must be known before a type is offered, and what deserves a second look.

A type is not published while a mandatory mention of its acknowledgement would be empty (`demandes.accuses.mentions`,
asked by `demandes.actions.catalogue`) or its form does not hold. The rest is advice.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from demandes.catalogue.schema import Piece, Schema, SchemaInvalide, read_schema
from demandes.models.type_demande import TypeDemande
from socle.texte import normalise

ANCIEN = timedelta(days=365)  # a legal basis read longer ago is to be read again
_DOMICILE = re.compile(
    r"\b(justificatif|preuve|attestation|quittance|facture)s? (de |d )?(domicile|loyer|electricite)"
)
_CONFORME = re.compile(r"\bcertifiee?s? conformes?\b")
_RECENT = re.compile(r"\bmoins de (3|trois|six|6) mois\b")
_CONFIRMER = re.compile(r"\bconfirme[rz]?\b.*\b(courrier|papier|ecrit)\b")


def list_avertissements(type_: TypeDemande, *, jour: date) -> tuple[str, ...]:
    """Return advice: documents the law does not let one ask (CRPA R113-5 to R113-10), doubtful or old legal bases."""
    try:
        schema = read_schema(type_.brouillon)
    except SchemaInvalide:
        schema = Schema()
    texts = [type_.aide, *(each.aide for each in schema.champs), *(each.aide for each in schema.pieces)]
    on_texts = (sentence for text in texts for sentence in check_texte(text))
    return (*check_pieces(schema.pieces), *on_texts, *_check_lu(type_, jour))


def check_pieces(pieces: tuple[Piece, ...]) -> Iterator[str]:
    """Warn of each document asked without a text that allows it (CRPA R113-7, R113-8, R113-10, L114-5)."""
    for each in pieces:
        said, name = normalise(f"{each.libelle} {each.aide}"), f"«\u00a0{each.libelle}\u00a0»"
        if _CONFORME.search(said):
            yield f"{name}\u00a0: une copie certifiée conforme ne se demande plus (CRPA R113-10)."
        if not each.texte and _DOMICILE.search(said):
            yield f"{name}\u00a0: sans texte qui l'impose, l'adresse déclarée suffit (CRPA R113-8)."
        if not each.texte and _RECENT.search(said):
            yield f"{name}\u00a0: aucune durée ne s'exige sans texte (CRPA R113-7)."
        if each.indispensable and not each.texte:
            yield f"{name} suspend le délai\u00a0: citez le texte qui l'exige (CRPA L114-5)."


def check_texte(text: str) -> Iterator[str]:
    """Warn of a sentence that asks to confirm on paper what was sent electronically (CRPA L112-8)."""
    if _CONFIRMER.search(normalise(text)):
        short = text if len(text) < 60 else f"{text[:57]}…"
        yield f"«\u00a0{short}\u00a0»\u00a0: un envoi électronique n'a pas à être confirmé par courrier (CRPA L112-8)."


def check_formulaire(brouillon: Any) -> Iterator[str]:
    """Say what is wrong in a form, one sentence each."""
    try:
        read_schema(brouillon)
    except SchemaInvalide as error:
        yield from (f"Le formulaire\u00a0: {sentence}" for sentence in error.erreurs)


def _check_lu(type_: TypeDemande, jour: date) -> Iterator[str]:
    if type_.is_silence_a_verifier:
        yield "Le régime du silence est à vérifier\u00a0: l'accusé n'annoncera pas de date de décision implicite."
    if type_.silence_lu_on and jour - type_.silence_lu_on > ANCIEN:
        yield "Le texte du régime a été lu il y a plus d'un an\u00a0: relisez-le."
