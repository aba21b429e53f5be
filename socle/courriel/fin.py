"""What stands under a message and is not the message: signature after « -- », device line, legal notice."""

import re

from socle.courriel import langues
from socle.courriel.reperes import SIGNATURE

LIGNE_MAX = 500  # characters of a line that are looked at
_SIGNATURE = re.compile(rf"^(?:--[ \xa0]?|{SIGNATURE})$")
_CHAMP_REMPLI = re.compile(r"^[^:\n]{1,40}[^:/\s]\s?: ")
_APPAREIL = rf"(?=.{{0,200}}\b(?:{'|'.join(langues.APPAREILS)})\b)"
_MOBILE = re.compile(
    rf"^\W{{0,4}}(?:{_APPAREIL}(?:{'|'.join(langues.ENVOIS)})"
    rf"|(?:{'|'.join(langues.OUTLOOK + langues.ANTIVIRUS)})"
    r"|provenance\s?: courrier.{0,40}|(?=從我的).{0,40}"
    r"|<?https?://(?:www\.avast\.com|aka\.ms|overview\.mail\.yahoo\.com|mail\.orange\.fr)\S{0,200})\W{0,4}$",
    re.IGNORECASE,
)
_AVIS = re.compile(rf"^[\W_]{{0,6}}(?:{'|'.join(langues.AVIS_DEBUTS)})", re.IGNORECASE)
_MOTS_D_AVIS = [re.compile(mot, re.IGNORECASE) for mot in langues.AVIS_MOTS]
_AVIS_COURT = re.compile(rf"^(?:{'|'.join(langues.AVIS_COURTS)})", re.IGNORECASE)
_TRAIT = re.compile(r"^[\s>]*(?:[_=*-] ?){3,}\s*$")
_SIGNATURE_MAX = 20  # lines after « -- » that may be a signature
_SIGNATURE_SANS_ESPACE_MAX = 6  # the same after « -- » without its trailing space, which people also type as a rule
_AVIS_MAX = 25  # lines of the last paragraph that may be a notice
_AVIS_COURT_MAX = 220  # characters of an environmental line
_AVIS_LONG_MIN = 80  # characters of a legal notice
_MOTS_MIN = 2  # words of a notice


def without_end(lignes: list[str]) -> list[str]:
    """Return the lines without signature, device line and legal notice; [] when nothing else is there."""
    lignes = _without_signature(lignes)
    while True:
        fin = len(lignes)
        while fin and not lignes[fin - 1].strip():
            fin -= 1
        lignes = lignes[:fin]
        retires = _trailing(lignes)
        if not retires:
            return lignes
        lignes = _without_rule(lignes[: fin - retires])


def _trailing(lignes: list[str]) -> int:
    """Return how many of the last lines a machine or a lawyer wrote."""
    if lignes and _MOBILE.match(lignes[-1].strip()[:LIGNE_MAX]):
        return 1
    debut = len(lignes)
    while debut and lignes[debut - 1].strip() and len(lignes) - debut < _AVIS_MAX:
        debut -= 1
    paragraphe = lignes[debut:]
    return next((len(paragraphe) - rang for rang in range(len(paragraphe)) if _is_notice(paragraphe[rang:])), 0)


def _is_notice(paragraphe: list[str]) -> bool:
    texte = " ".join(ligne.strip()[:LIGNE_MAX] for ligne in paragraphe)
    if _AVIS_COURT.match(texte) and len(texte) <= _AVIS_COURT_MAX:
        return True
    if not _AVIS.match(texte) or len(texte) < _AVIS_LONG_MIN:
        return False
    return sum(bool(mot.search(texte)) for mot in _MOTS_D_AVIS) >= _MOTS_MIN


def _without_rule(lignes: list[str]) -> list[str]:
    """A line drawn above what has just been removed goes with it."""
    while lignes and (not lignes[-1].strip() or _TRAIT.match(lignes[-1])):
        lignes = lignes[:-1]
    return lignes


def _without_signature(lignes: list[str]) -> list[str]:
    debut = next((rang for rang, ligne in enumerate(lignes) if ligne.strip()), len(lignes))
    ecrites_apres = sum(bool(ligne.strip()) for ligne in lignes)
    for rang, ligne in enumerate(lignes):
        ecrites_apres -= bool(ligne.strip())
        if rang <= debut or ecrites_apres > _SIGNATURE_MAX or not _SIGNATURE.match(ligne):
            continue
        if ligne != "--" or _is_bare_signature(lignes[rang + 1 :], ecrites_apres):
            return lignes[:rang]
    return lignes


def _is_bare_signature(suite: list[str], ecrites: int) -> bool:
    """« -- » without its space is also a rule that people type between the fields of a form."""
    return ecrites <= _SIGNATURE_SANS_ESPACE_MAX and sum(bool(_CHAMP_REMPLI.match(ligne)) for ligne in suite) <= 1
