"""The new part of an answer: without what it quotes, without its signature, never empty when the message is not.

Pure rules on lines, for the clients citizens use in France (reference set in tests/donnees/courriels/citations).
A forwarded message is new to the town hall: its content is kept. The whole text stays available beside this one.
"""

import re

from socle.courriel import langues
from socle.courriel.fin import LIGNE_MAX, without_end
from socle.courriel.reperes import ATTRIBUTION, CITATION, CITES, TOUS, unmark

DELIMITEUR = "-- Répondez au-dessus de cette ligne --"
TAILLE_MAX = 1_000_000  # characters; beyond, the text is returned whole

_DELIMITEUR = re.compile(
    r"^[>\s*_]*[-–—]{1,3}\s*Répond(?:ez|re) au[- ]dessus de cette ligne\s*[-–—]{1,3}[\s*_]*$", re.I
)
_VERBE = "|".join(langues.VERBES)
_VERBE_ET_NOM = rf"(?:{'|'.join(langues.VERBES_AVANT_LE_NOM)})(?:\s.{{1,160}})?"
_FIN_ATTRIBUTION = re.compile(
    rf"(?:(?:\b|(?<=\W))(?:{_VERBE})(?:\s?:?|\s\(.{{6,60}}\)\s?:)|写道：?|\b{_VERBE_ET_NOM}:)\s*\W?$", re.IGNORECASE
)
_FIN_DATEE = re.compile(rf"\b(?:{'|'.join(langues.VERBES_AVANT_LA_DATE)})\b.{{4,60}}:$", re.IGNORECASE)
_FIN_ADRESSEE = re.compile(rf"<[^\s<>]{{3,200}}>\s?(?:{_VERBE}|schrieb|schreef|skrev)\s?:$", re.IGNORECASE)
_PAR = re.compile(r"^\W*\S.{0,60} via .{1,60} (?:wrote|schrieb)\s?:$")
_DATE_ET_ADRESSE = re.compile(r"^[\s>]*(?:\w{2,10}\.?,? )?\d.{6,80}<[^\s<>]{1,64}@[^\s<>]{3,200}>\s?:?$")
_DEBUT_ATTRIBUTION = re.compile(rf"^[\s>*_–—-]*(?:{'|'.join(langues.DEBUTS)})[\s:]", re.IGNORECASE)
_DEBUT_DATE = re.compile(r"^[\s>*]*(?:\w{2,10}\.?,? )?\d")
_HEURE = re.compile(r"\b\d{1,2}\s?[:hH.]\s?\d{2}\b")
_JOUR = re.compile(
    r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}(?:er|\.)?,? (?:de )?\w{3,10}\.?,?(?: de)? \d{4}|\w{3,10}\.? \d{1,2}, \d{4})"
)
_ADRESSE = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")
_CADRE = r"^[>\s]*[-_=*]{{2,}}\s*(?:{})\s*[-_=*]{{2,}}\s*$"
_ORIGINAL = re.compile(_CADRE.format("|".join(langues.ORIGINAUX)), re.IGNORECASE)
_TRANSFERE = re.compile(
    rf"^[>\s]*(?:[-_=*]+\s*(?:{'|'.join(langues.TRANSFERTS)})\s*:?\s*[-_=*]*|(?:{'|'.join(langues.TRANSFERTS)})\s*:)\s*$",
    re.IGNORECASE,
)
_ETIQUETTE = re.compile(
    r"^[>\s*_]{0,10}(?:"
    + "|".join(f"(?P<{role}>{mots})" for role, mots in langues.ETIQUETTES.items())
    + r")\s?\*?\s?:",
    re.IGNORECASE,
)
_EN_LIGNE = re.compile(r"^\s*Le .{5,200}<[^<>\s]{3,200}> a écrit :\s{2,}\S", re.IGNORECASE)
_COLLEE = re.compile(
    r"^(\s*[^\s>].*[^\s-])(?:\s*-+)?\s+(?:Le|On)\s(?:\w{2,10}\.?,? )?(?:\w{3,10}\.? )?\d.{10,200}[^\s:]"
    r"\s(?:a écrit|wrote)\s?:$"
)
_MESSAGE_DU = re.compile(r"^\s*>\s*message du\s*:?\s*\d", re.IGNORECASE)
_TRAIT = re.compile(r"^[\s>]*(?:[_=*-] ?){5,}\s*$")
_BLOC = 10  # lines of a header block that are looked at
_VIDES_MAX = 3  # blank lines inside a header block
_PHRASE_MAX = 600  # characters of an attribution
_FIN_MAX = 240  # last characters of an attribution, where the verb is
_PHRASE = 4  # lines of an attribution cut by the client
_SANS_DATE_MAX = 120  # characters of « Jean Petit a écrit : »


def useful_text(texte: str, *, is_reply: bool = False, is_forward: bool = False) -> str:
    """Return what the sender wrote in this message.

    `is_reply` and `is_forward` come from the headers: « > » lines are taken for a quotation without other sign only
    in a reply; a « De : … Objet : … » block is the content, not a quotation, in a forward. The marks of
    `reperes` are obeyed and never returned.
    """
    if len(texte) > TAILLE_MAX:
        return unmark(texte)
    lignes = texte.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    nouvelles, transfert = _split(lignes, is_reply=is_reply, is_forward=is_forward)
    if len(nouvelles) + len(transfert) < len(lignes):
        nouvelles = _without_rule(nouvelles)
    ecrit = _tidy(without_end(nouvelles))
    utile = "\n\n".join(partie for partie in (ecrit, _tidy(transfert)) if partie)
    return utile or _tidy(nouvelles) or _tidy(lignes)


def _split(lignes: list[str], *, is_reply: bool, is_forward: bool) -> tuple[list[str], list[str]]:
    """Return (lines the sender wrote, lines they forward)."""
    gardees: list[str] = []
    citations = is_reply  # are « > » lines known to be a quotation?
    rang = 0
    while rang < len(lignes):
        ligne = lignes[rang][:LIGNE_MAX]
        citations = citations or CITES in ligne or bool(_MESSAGE_DU.match(ligne))
        citee = citations and ligne.lstrip().startswith(">")
        if _begins_forward(lignes, rang, is_forward=is_forward) and not citee:
            return gardees, lignes[rang:]
        collee = None if citee else _COLLEE.match(ligne)
        if collee:
            return [*gardees, collee.group(1)], []
        coupe = not citee and _ends_here(lignes, rang, is_forward=is_forward)
        if coupe and any(avant.strip(" " + TOUS) for avant in gardees):
            return gardees, []
        # A separator on top: the answer is written below.
        longueur = 1 if coupe else _attribution(lignes, rang, is_reply=citations)
        citations = citations or bool(longueur)
        if not longueur and not citee and not ligne.startswith(CITES):
            gardees.append(lignes[rang])
        rang += longueur or 1
    return gardees, []


def _begins_forward(lignes: list[str], rang: int, *, is_forward: bool) -> bool:
    ligne = lignes[rang][:LIGNE_MAX]
    if _TRANSFERE.match(ligne):
        return True
    return is_forward and (bool(_ORIGINAL.match(ligne)) or CITATION in ligne or _is_header_block(lignes, rang))


def _ends_here(lignes: list[str], rang: int, *, is_forward: bool) -> bool:
    """Tell whether all that follows is quoted: delimiter, « Message d’origine », header block, « … a écrit : »."""
    ligne = lignes[rang][:LIGNE_MAX]
    if _DELIMITEUR.match(ligne) or _ORIGINAL.match(ligne) or _EN_LIGNE.match(ligne) or CITATION in ligne:
        return True
    if not is_forward and _is_header_block(lignes, rang):
        return True
    phrase, longueur = _sentence(lignes, rang)
    return bool(longueur) and not _next_is_quoted(lignes, rang + longueur) and _is_precise(phrase)


def _attribution(lignes: list[str], rang: int, *, is_reply: bool) -> int:
    """Return the number of lines of a « … a écrit : » that « > » lines follow, or that the client marked, else 0."""
    if ATTRIBUTION in lignes[rang][:LIGNE_MAX]:
        return _marked(lignes, rang)
    phrase, longueur = _sentence(lignes, rang)
    if not longueur or not _next_is_quoted(lignes, rang + longueur):
        return 0
    known = _DEBUT_ATTRIBUTION.match(phrase) or _ADRESSE.search(phrase) or _JOUR.search(phrase)
    return longueur if known or (is_reply and len(phrase) <= _SANS_DATE_MAX) else 0


def _marked(lignes: list[str], rang: int) -> int:
    """Return the number of lines from a mark to the end of the sentence it announces; 1 before a forward."""
    for pas in range(1, min(_PHRASE + 1, len(lignes) - rang)):
        ligne = lignes[rang + pas].strip(" \xa0")
        if _TRANSFERE.match(ligne[:LIGNE_MAX]) or ligne.startswith((">", CITES)):
            return 1 if pas == 1 else pas
        if ligne.endswith((":", "：")):
            return pas + 1
    return 1


def _sentence(lignes: list[str], rang: int) -> tuple[str, int]:
    """Return the « Le … a écrit : » that begins at `rang`, cut or not by the client, and its number of lines."""
    phrase = ""
    for pas in range(min(_PHRASE, len(lignes) - rang)):
        ligne = lignes[rang + pas][:LIGNE_MAX].strip().lstrip(CITES)
        debut = bool(_DEBUT_ATTRIBUTION.match(ligne))
        if not ligne or (pas and debut and _JOUR.search(ligne)):
            break
        phrase = f"{phrase} {ligne.lstrip('> ') if pas else ligne}".lstrip()
        if len(phrase) > _PHRASE_MAX:
            break
        if _is_attribution(phrase):
            return phrase, pas + 1
        if not pas and not debut and not _DEBUT_DATE.match(ligne) and not _ADRESSE.search(ligne):
            break
    return "", 0


def _is_attribution(phrase: str) -> bool:
    fin = phrase[-_FIN_MAX:]
    if _FIN_ATTRIBUTION.search(fin.rstrip("> *-–—\xa0")) or _PAR.match(phrase):
        return True
    return bool(_FIN_DATEE.search(fin)) or bool(_DATE_ET_ADRESSE.match(phrase) and _JOUR.search(phrase))


def _is_precise(phrase: str) -> bool:
    """Without « > » after it, the sentence must carry a day and an hour, or one of them and an address.

    « Le maire a écrit : » and « Le 12 mars, mon voisin vous a écrit : » are the sender's own words.
    """
    if _FIN_ADRESSEE.search(phrase) or _PAR.match(phrase):
        return True
    if not (_DEBUT_ATTRIBUTION.match(phrase) or _DEBUT_DATE.match(phrase) or _FIN_DATEE.search(phrase)):
        return False
    return bool(_JOUR.search(phrase)) + bool(_HEURE.search(phrase)) + bool(_ADRESSE.search(phrase)) > 1


def _next_is_quoted(lignes: list[str], rang: int) -> bool:
    suivantes = (ligne for ligne in lignes[rang : rang + 3] if ligne.strip())
    return next(suivantes, "").lstrip().startswith((">", CITES))


def _is_header_block(lignes: list[str], rang: int) -> bool:
    """Tell whether a « De : / Envoyé : / À : / Objet : » block begins here, in any order.

    A form a citizen fills in has labels too, but neither hour nor address; « De : la gare / À : l'école / Date : … »
    has no subject and was not « envoyé ».
    """
    if not _ETIQUETTE.match(lignes[rang][:LIGNE_MAX]):
        return False
    vues: set[str] = set()
    vides, heure, adresse = 0, False, False
    for ligne in lignes[rang : rang + _BLOC]:
        trouvee = _ETIQUETTE.match(ligne[:LIGNE_MAX])
        vues.add((trouvee and trouvee.lastgroup) or "")
        heure = heure or bool(trouvee and _HEURE.search(ligne[:LIGNE_MAX]))
        adresse = adresse or bool(_ADRESSE.search(ligne[:LIGNE_MAX]))
        vides += not ligne.strip(" >*\t\xa0")
        if vides > _VIDES_MAX:
            break
    if "de" not in vues or not (heure or adresse):
        return False
    if "envoi" in vues and adresse:
        return True
    return bool(vues & {"a", "objet"}) and ("envoi" in vues or ("date" in vues and ("objet" in vues or adresse)))


def _without_rule(lignes: list[str]) -> list[str]:
    """Clients draw a line above what they quote."""
    while lignes and (not lignes[-1].strip(" \xa0\t" + TOUS) or _TRAIT.match(lignes[-1])):
        lignes = lignes[:-1]
    return lignes


def _tidy(lignes: list[str]) -> str:
    texte = unmark("\n".join(ligne.rstrip() for ligne in lignes))
    return re.sub(r"\n{4,}", "\n\n\n", texte).strip("\n").strip()
