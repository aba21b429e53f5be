"""The new part of an answer: without what it quotes, without its signature, never empty when the message is not.

Pure rules on lines, for the clients citizens use in France (reference set in tests/donnees/courriels/citations).
A forwarded message is new to the town hall: its content is kept. The whole text stays available beside this one.
"""

import re

DELIMITEUR = "-- Répondez au-dessus de cette ligne --"
TAILLE_MAX = 1_000_000  # characters; beyond, the text is returned whole
_LIGNE_MAX = 500  # characters of a line that are looked at

_DELIMITEUR = re.compile(
    r"^[>\s*_]*[-–—]{1,3}\s*Répond(?:ez|re) au[- ]dessus de cette ligne\s*[-–—]{1,3}[\s*_]*$", re.I
)
_VERBE = r"(?:a\s+[ée]crit|wrote|ha\s+scritto|escribi[óo]|escreveu|schrieb(?:\s[^:]{1,80})?)"
_FIN_ATTRIBUTION = re.compile(rf"\b{_VERBE}\s?:?\s*\*?$", re.IGNORECASE)
_DEBUT_ATTRIBUTION = re.compile(r"^[\s>*]*(?:Le|On|Il|El|Em|Am)\s", re.IGNORECASE)
_HEURE = re.compile(r"\b\d{1,2}\s?[:hH.]\s?\d{2}\b")
_JOUR = re.compile(
    r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:er)?,? \w{3,10}\.?,? \d{4}|\w{3,10}\.? \d{1,2}, \d{4})"
)
_ADRESSE = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")
_ORIGINAL = re.compile(
    r"^[>\s]*[-_=*]{2,}\s*(?:message d['’]origine|message original|message initial|mail original|courriel original"
    r"|e-?mail d['’]origine|original (?:message|email)|ursprüngliche nachricht)\s*[-_=*]{2,}\s*$",
    re.IGNORECASE,
)
_TRANSFERE = re.compile(
    r"^[>\s]*[-_=*]*\s*(?:(?:début du )?(?:message|mail|courriel|e-?mail) (?:transféré|réexpédié|redirigé)"
    r"|(?:begin )?forwarded message|weitergeleitete nachricht)\s*:?\s*[-_=*]*\s*$",
    re.IGNORECASE,
)
_ETIQUETTE = re.compile(
    r"^[>\s*_]{0,10}(?:(?P<de>de|from|expéditeur|von)|(?P<date>envoyé(?: le)?|envoi|sent|date|gesendet|datum)"
    r"|(?P<a>à|a|to|pour|destinataire|an)|(?P<copie>cc|copie(?: à)?|cci|répondre à|reply-to)"
    r"|(?P<objet>objet|subject|sujet|betreff))\s?\*?\s?:",
    re.IGNORECASE,
)
_EN_LIGNE = re.compile(r"^\s*Le .{5,200}<[^<>\s]{3,200}> a écrit :\s{2,}\S", re.IGNORECASE)
_MESSAGE_DU = re.compile(r"^\s*>\s*message du\s*:?\s*\d", re.IGNORECASE)
_TRAIT = re.compile(r"^[\s>]*[_=*-]{5,}\s*$")
_SIGNATURE = re.compile(r"^--[ \xa0]?$")
_CHAMP_REMPLI = re.compile(r"^[^:\n]{1,40}[^:/\s]\s?: ")
_MOBILE = re.compile(
    r"^\W{0,4}(?:(?=.{0,200}\b(?:iphone|ipad|android|galaxy|samsung|smartphone|mobile|téléphone|tablette|outlook|mail|phone"
    r"|messagerie|appareil|appli\w*|xiaomi|redmi|huawei|oppo|honor|windows|proton|orange|sfr|bouygues|free)\b)"
    r"(?:envoyé|expédié|sent)\s(?:de|depuis|avec|via|à partir d[eu’']|from|with|by|using)\b.{2,80}"
    r"|provenance\s?: courrier.{0,40}"
    r"|(?:téléchargez?|télécharger|obten(?:ir|ez)|get|download) outlook.{0,80}"
    r"|(?:garanti )?sans virus\W.{0,80}|virus[- ]free\W.{0,80}"
    r"|(?:l['’]absence de virus dans|cet e-?mail a été vérifié par|ce courrier électronique ne contient aucun virus)"
    r".{0,160}"
    r"|<?https?://(?:www\.avast\.com|aka\.ms|overview\.mail\.yahoo\.com)\S{0,200})$",
    re.IGNORECASE,
)
_SIGNATURE_MAX = 20  # lines after « -- » that may be a signature
_SIGNATURE_SANS_ESPACE_MAX = 6  # the same after « -- » without its trailing space, which people also type as a rule
_VIDES_MAX = 3  # blank lines inside a header block


def useful_text(texte: str, *, is_reply: bool = False, is_forward: bool = False) -> str:
    """Return what the sender wrote in this message.

    `is_reply` and `is_forward` come from the headers: « > » lines are taken for a quotation without other sign only
    in a reply; a « De : … Objet : … » block is the content, not a quotation, in a forward.
    """
    if len(texte) > TAILLE_MAX:
        return texte
    lignes = texte.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    nouvelles = _without_quotes(lignes, is_reply=is_reply, is_forward=is_forward)
    if len(nouvelles) < len(lignes):
        nouvelles = _without_rule(nouvelles)
    utile = _trim(_without_signature(nouvelles))
    return utile or _trim(lignes)


def _without_quotes(lignes: list[str], *, is_reply: bool, is_forward: bool) -> list[str]:
    gardees: list[str] = []
    citations = is_reply  # are « > » lines known to be a quotation?
    rang = 0
    while rang < len(lignes):
        ligne = lignes[rang][:_LIGNE_MAX]
        if _TRANSFERE.match(ligne):
            return gardees + lignes[rang:]
        coupe = _ends_here(lignes, rang, is_forward=is_forward)
        if coupe and any(avant.strip() for avant in gardees):
            return gardees
        longueur = 1 if coupe else _attribution(lignes, rang)  # a separator on top: the answer is written below
        citations = citations or bool(longueur) or bool(_MESSAGE_DU.match(ligne))
        if not longueur and not (citations and ligne.lstrip().startswith(">")):
            gardees.append(lignes[rang])
        rang += longueur or 1
    return gardees


def _ends_here(lignes: list[str], rang: int, *, is_forward: bool) -> bool:
    """Tell whether all that follows is quoted: delimiter, « Message d’origine », header block, « … a écrit : »."""
    ligne = lignes[rang][:_LIGNE_MAX]
    if _DELIMITEUR.match(ligne) or _ORIGINAL.match(ligne) or _EN_LIGNE.match(ligne):
        return True
    if not is_forward and _is_header_block(lignes, rang):
        return True
    phrase, longueur = _sentence(lignes, rang)
    return bool(longueur) and not _next_is_quoted(lignes, rang + longueur) and _is_dated_attribution(phrase)


def _attribution(lignes: list[str], rang: int) -> int:
    """Return the number of lines of a « … a écrit : » that « > » lines follow, else 0."""
    _, longueur = _sentence(lignes, rang)
    return longueur if longueur and _next_is_quoted(lignes, rang + longueur) else 0


def _sentence(lignes: list[str], rang: int) -> tuple[str, int]:
    """Return the « Le … a écrit : » that begins at `rang`, cut or not by the client, and its number of lines."""
    phrase = ""
    for pas in range(min(4, len(lignes) - rang)):
        ligne = lignes[rang + pas][:_LIGNE_MAX].strip()
        debut = bool(_DEBUT_ATTRIBUTION.match(ligne))
        if not ligne or (pas and debut):
            break
        phrase = f"{phrase} {ligne}".lstrip()
        if _FIN_ATTRIBUTION.search(phrase.rstrip("> *\xa0")):
            return phrase, pas + 1
        if not pas and not debut:
            break
    return "", 0


def _is_dated_attribution(phrase: str) -> bool:
    """Without « > » after it, the sentence must carry a day and an hour, or one of them and an address.

    « Le maire a écrit : » and « Le 12 mars, mon voisin vous a écrit : » are the sender's own words.
    """
    jour, heure = bool(_JOUR.search(phrase)), bool(_HEURE.search(phrase))
    return bool(_DEBUT_ATTRIBUTION.match(phrase)) and jour + heure + bool(_ADRESSE.search(phrase)) > 1


def _next_is_quoted(lignes: list[str], rang: int) -> bool:
    suivantes = (ligne for ligne in lignes[rang : rang + 3] if ligne.strip())
    return next(suivantes, "").lstrip().startswith(">")


def _is_header_block(lignes: list[str], rang: int) -> bool:
    """Tell whether a « De : / Envoyé : / À : / Objet : » block begins here, in any order."""
    if not _ETIQUETTE.match(lignes[rang][:_LIGNE_MAX]):
        return False
    vues: set[str] = set()
    vides, precise = 0, False  # a form a citizen fills in has labels too, but neither hour nor address
    for ligne in lignes[rang : rang + 8]:
        trouvee = _ETIQUETTE.match(ligne[:_LIGNE_MAX])
        vues.add((trouvee and trouvee.lastgroup) or "")
        precise = precise or bool(_HEURE.search(ligne[:_LIGNE_MAX]) or _ADRESSE.search(ligne[:_LIGNE_MAX]))
        vides += not ligne.strip(" >*\t\xa0")
        if vides > _VIDES_MAX:
            break
    return precise and {"de", "date"} <= vues and bool(vues & {"a", "objet"})


def _without_rule(lignes: list[str]) -> list[str]:
    """Clients draw a line above what they quote."""
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


def _trim(lignes: list[str]) -> str:
    fin = len(lignes)
    while fin and (not lignes[fin - 1].strip() or _MOBILE.match(lignes[fin - 1].strip()[:_LIGNE_MAX])):
        fin -= 1
    utiles = lignes[:fin] or lignes
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(ligne.rstrip() for ligne in utiles)).strip("\n").strip()
