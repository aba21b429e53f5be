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
    r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}(?:er)?,? \w{3,10}\.?,? \d{4}|\w{3,10}\.? \d{1,2}, \d{4})"
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
_MESSAGE_DU = re.compile(r"^\s*>\s*message du\s*:?\s*\d", re.IGNORECASE)
_TRAIT = re.compile(r"^[\s>]*[_=*-]{5,}\s*$")
_SIGNATURE = re.compile(r"^--[ \xa0]?$")
_MOBILE = re.compile(
    r"^\W{0,4}(?:(?:envoyé|sent|expédié|provenance\s?:|télécharger?|téléchargez|obtenir|obtenez|get|écrit)\b.{0,20}\b"
    r"(?:iphone|ipad|android|galaxy|samsung|smartphone|mobile|téléphone|tablette|outlook|courrier|mail|yahoo|proton|"
    r"xiaomi|huawei|oppo|redmi|honor|bouygues|orange|sfr|free|la poste|ios|appareil|app|application|huawei|windows)\b"
    r".{0,80}|garanti sans virus.{0,80}|sans virus\.?.{0,60}|l['’]absence de virus dans ce courrier.{0,120}"
    r"|cet e-mail a été vérifié par le logiciel antivirus.{0,80}|<?https?://www\.avast\.com\S{0,200}|https?://aka\.ms/\S+)$",
    re.IGNORECASE,
)
_SIGNATURE_MAX = 20  # lines after « -- » that may be a signature


def useful_text(texte: str, *, is_reply: bool = False, is_forward: bool = False) -> str:
    """Return what the sender wrote in this message.

    `is_reply` and `is_forward` come from the headers: « > » lines are taken for a quotation without other sign only
    in a reply; a « De : … Objet : … » block is the content, not a quotation, in a forward.
    """
    if len(texte) > TAILLE_MAX:
        return texte
    lignes = texte.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    gardees = _without_signature(_without_quotes(lignes, is_reply, is_forward))
    utile = _trim(gardees)
    return utile or _trim(lignes)


def _without_quotes(lignes: list[str], is_reply: bool, is_forward: bool) -> list[str]:
    gardees: list[str] = []
    enlever = is_reply
    rang = 0
    while rang < len(lignes):
        ligne = lignes[rang][:_LIGNE_MAX]
        if _TRANSFERE.match(ligne):
            return gardees + lignes[rang:]
        if _DELIMITEUR.match(ligne) or _ORIGINAL.match(ligne):
            if any(avant.strip() for avant in gardees):
                return gardees
            enlever, rang = True, rang + 1  # the answer is written below
            continue
        if not is_forward and _is_header_block(lignes, rang):
            return _without_rule(gardees)
        longueur, suite_citee = _attribution(lignes, rang)
        if longueur and not suite_citee:
            return gardees
        enlever = enlever or bool(longueur) or bool(_MESSAGE_DU.match(ligne))
        if longueur:
            rang += longueur
        elif enlever and ligne.lstrip().startswith(">"):
            rang += 1
        else:
            gardees.append(lignes[rang])
            rang += 1
    return gardees


def _attribution(lignes: list[str], rang: int) -> tuple[int, bool]:
    """Return (number of lines of the « Le … a écrit : » found at `rang`, is it followed by « > » lines); 0 if none.

    Without « > » after it, the sentence must carry an address, or a day and an hour: « Le maire a écrit : » stays.
    """
    phrase = ""
    for pas in range(min(4, len(lignes) - rang)):
        ligne = lignes[rang + pas][:_LIGNE_MAX].strip()
        if not ligne or (pas and _DEBUT_ATTRIBUTION.match(ligne)):
            return 0, False
        phrase = f"{phrase} {ligne}" if phrase else ligne
        if _FIN_ATTRIBUTION.search(phrase.rstrip("> *\xa0")) and ("écrit" not in phrase[-12:] or ":" in phrase[-4:]):
            return _weigh(phrase, pas + 1, _next_is_quoted(lignes, rang + pas + 1))
        if pas == 0 and not _DEBUT_ATTRIBUTION.match(ligne):
            return 0, False
    return 0, False


def _weigh(phrase: str, longueur: int, citee: bool) -> tuple[int, bool]:
    datee = bool(_JOUR.search(phrase))
    if citee:
        return longueur, True
    sure = _DEBUT_ATTRIBUTION.match(phrase) and (datee or _HEURE.search(phrase))
    if sure and ((datee and _HEURE.search(phrase)) or _ADRESSE.search(phrase)):
        return longueur, False
    return 0, False


def _next_is_quoted(lignes: list[str], rang: int) -> bool:
    for ligne in lignes[rang : rang + 3]:
        if ligne.strip():
            return ligne.lstrip().startswith(">")
    return False


def _is_header_block(lignes: list[str], rang: int) -> bool:
    """Tell whether a « De : / Envoyé : / À : / Objet : » block begins here: three labels in seven lines."""
    premiere = _ETIQUETTE.match(lignes[rang][:_LIGNE_MAX])
    if not premiere:
        return False
    vues: set[str] = set()
    vides = 0
    for ligne in lignes[rang : rang + 8]:
        trouvee = _ETIQUETTE.match(ligne[:_LIGNE_MAX])
        if trouvee:
            vues.add(trouvee.lastgroup or "")
        vides += not ligne.strip(" >*\t\xa0")
        if vides > 3:
            break
    return "de" in vues and bool(vues & {"date"}) and bool(vues & {"a", "objet"})


def _without_rule(lignes: list[str]) -> list[str]:
    """Outlook draws a line above the header block."""
    while lignes and (not lignes[-1].strip() or _TRAIT.match(lignes[-1])):
        lignes = lignes[:-1]
    return lignes


def _without_signature(lignes: list[str]) -> list[str]:
    for rang, ligne in enumerate(lignes):
        if _SIGNATURE.match(ligne) and any(avant.strip() for avant in lignes[:rang]):
            apres = lignes[rang + 1 :]
            if sum(bool(suite.strip()) for suite in apres) <= _SIGNATURE_MAX:
                return lignes[:rang]
    return lignes


def _trim(lignes: list[str]) -> str:
    lignes = list(lignes)
    while lignes and (not lignes[-1].strip() or _MOBILE.match(lignes[-1].strip()[:_LIGNE_MAX])):
        if len(lignes) == 1 or not any(ligne.strip() for ligne in lignes[:-1]):
            break
        lignes.pop()
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(ligne.rstrip() for ligne in lignes)).strip("\n").strip()
