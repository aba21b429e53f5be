"""What a delivery error means, from its SMTP answer: the address is dead, or only this message did not pass.

Sources: RFC 3463 and its IANA registry for codes; wordings published by the operators (Orange, La Poste, Free,
Gmail, Microsoft 365, Yahoo, Postfix, Exim, qmail, Sendmail). Order matters: a refusal of the sender or of the content
often carries the words of an unknown user, never the reverse.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

CODE_ETENDU = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
REPONSE_SMTP = re.compile(r"(?<![\d.:/-])([45]\d\d)(?=[ -]|$)(?![ -]\d{1,3}\.\d{1,3}\.\d{1,3}\.\d)")


class Categorie(NamedTuple):
    """One family of errors: French label, code given when the server gave none, is the address itself dead."""

    libelle: str
    code: str
    permanent: bool = False


EXPEDITEUR = Categorie("Expéditeur refusé", "5.1.8")
PLEINE = Categorie("Boîte pleine", "5.2.2")
TAILLE = Categorie("Message trop volumineux", "5.3.4")
POLITIQUE = Categorie("Refus du serveur du destinataire", "5.7.1")
SUSPENDUE = Categorie("Boîte suspendue", "5.2.1")
DEMENAGEE = Categorie("Le destinataire a changé d’adresse", "5.1.6", permanent=True)
INCONNUE = Categorie("Adresse inconnue", "5.1.1", permanent=True)
DOMAINE = Categorie("Domaine inconnu", "5.1.2", permanent=True)
SANS_COURRIER = Categorie("Ce domaine ne reçoit pas de courriel", "5.1.10", permanent=True)
EXPIREE = Categorie("Délai de remise dépassé", "4.4.7")
RESEAU = Categorie("Serveur du destinataire injoignable", "4.4.1")
TECHNIQUE = Categorie("Erreur technique du destinataire", "5.3.0")
RETARD = Categorie("Remise retardée", "4.4.7")
INDETERMINEE = Categorie("Message non remis", "5.0.0")

_MOTS: tuple[tuple[Categorie, str], ...] = (
    (
        EXPEDITEUR,
        (
            r"sender (?:address |domain )?(?:rejected|verif|denied|refused|must|unknown|invalid)|domain of sender"
            r"|sender'?s? (?:domain|address)|after mail from|in reply to mail from|invalid sender|bad sender"
            r"|(?:expéditeur|expediteur) (?:refus|invalide|inconnu)|unauthenticated sender|not verified"
            r"|my name was rejected|unable to verify (?:the )?sender|envelope sender"
        ),
    ),
    (
        PLEINE,
        (
            r"(?:mailbox|mailfolder|maildir|inbox|boite|boîte)\b.{0,40}\b(?:full|pleine|quota|exceed|size limit|over)"
            r"|(?:over|exceed\w*|disc|disk|mail|out of)\b.{0,25}\bquota"
            r"|quota\b.{0,20}\b(?:exceed|dépass|depass|violation)|full mailbox|exceeds? allowed size"
            r"|not enough storage space|does not have enough space|space has been used up|exceeded storage"
            r"|would exceed maximum allowed storage|is full\b|account is over|too much mail data"
            r"|insufficient (?:system )?storage|mailbox size limit|over quota"
        ),
    ),
    (
        TAILLE,
        (
            r"message (?:size|length|file)\b.{0,30}exceed|message too (?:big|large)"
            r"|exceeds? (?:the )?(?:maximum|fixed).{0,20}(?:message|size)|size exceeds|trop (?:volumineux|gros)"
            r"|message is too large"
        ),
    ),
    (
        POLITIQUE,
        (
            r"\bdmarc\b|\bspf\b|\bdkim\b|\bspam\b|unsolicited|black ?list|block ?list|blocklisted|\bbanned\b"
            r"|\bblocked\b|reputation|dnsbl|\brbl\b|spamhaus|poor reputation|policy|not authenticated|open relay"
            r"|reverse dns|\brdns\b|\bptr\b"
            r"|relay(?:ing)? (?:access )?(?:denied|not permitted|is prohibited|not allowed)|unable to relay"
            r"|relay denied|weren't sent|greylist|content reject|virus|suspicious|header error|not authorized"
            r"|authrequired|notauthorized|not allowed to send|mail rejete|mail rejected|ofr_506|too many |rate limit"
            r"|throttl|message content|access denied\. ip|\bhelo\b|client host|your hostname|not local host"
            r"|members?.only"
            r"|protocol (?:violation|error)|not permitted"
            r"|recipient preferences|only accept\w* mail from|messages? (?:was |is )?rejected|refuse[sd]? to receive"
            r"|permission to post|may not exist, or you may not|service refus"
        ),
    ),
    (
        SUSPENDUE,
        (
            r"(?:account|mailbox|user|email account|boite|boîte|compte)\b.{0,60}"
            r"\b(?:disabled|suspended|locked|frozen|deactivated|archiv[ée]e|désactiv|desactiv|suspendu)"
            r"|temporarily inactive|extended inactivity|discontinued|recipient suspend|invalid/inactive user"
        ),
    ),
    (
        DEMENAGEE,
        (
            r"has been replaced by|has moved|moved to|(?:nouvelle|new) adresse? (?:is|est)"
            r"|user not local; please try|a changé d.adresse"
        ),
    ),
    (
        INCONNUE,
        (
            r"user.{0,3}unknown|unknown.{0,3}(?:user|recipient|mailbox|local.?part|e-?mail|account|address|virtual)"
            r"|(?:unknown or illegal|invalid or unknown) (?:alias|user|virtual)"
            r"|no such (?:user|mailbox|recipient|person|address|account|local|email)"
            r"|(?:user|recipient|mailbox|account|address|utilisateur|destinataire|rcpt|adresse|compte)\b.{0,90}?"
            r"(?:not found|does ?n[o']t exist|doesn.t exist|not exist|could ?n[o']t be found|invalid|inconnue?"
            r"|unknown(?! (?:mailer|error|reason|status|command))"
            r"|introuvable|n.existe (?:pas|plus)|not listed|not known|not a valid|not present"
            r"|no longer (?:valid|exists|available|active|accepts|in use)|not recogni[sz]ed|isn.t valid)"
            r"|(?:account|mailbox|user|compte|boite|boîte)\b.{0,30}\b(?:closed|terminated|ferm[ée]e?|supprim[ée]e?)\b"
            r"|invalid (?:user|recipient|mailbox|address|rcpt)|bad (?:destination|recipient|address)"
            r"|recipientnotfound|mailboxnotfound"
            r"|not (?:a|an) (?:known|valid|active|local) (?:user|recipient|mailbox|address|account)|no mailbox"
            r"|badrcptto|mailbox is inactive|(?:user|mailbox) (?:is )?not active"
            r"|no (?:account|user|one|valid recipients?|mail box)\b.{0,30}(?:here|name|this|bye)"
            r"|mailbox (?:is )?(?:unavailable|not available|unavaiable)"
            r"|recipient address rejected: (?:access denied|invalid)|doesn.t have an? .{0,30}account"
            r"|adresse d.?au moins un destinataire invalide|address (?:could not|couldn.t) be found"
            r"|recipient (?:rejected|not ok|is not accepted|refuses)|address rejected\.?$|n.a pas été trouvée?"
            r"|nonexistent|non.existent|(?:recipient|envelope) .{0,20}(?:has been denied|not in my valid)"
            r"|name is not recognized|no longer accepts mail|n.existe pas dans|wrong or no longer valid"
            r"|utente inesistente|no existe|nessun utente|unbekannt"
        ),
    ),
    (
        SANS_COURRIER,
        r"does not accept (?:any )?mail|null mx|nullmx|no smtp service|no mx record found|indicated no smtp",
    ),
    (
        DOMAINE,
        (
            r"(?:host|domain|dns).{0,40}(?:not found|unknown|does ?n[o']t exist|nxdomain)(?!.{0,12}try again)"
            r"|unknown (?:host|domain)|no such domain|nxdomain|name or service not known|unrouteable|unroutable"
            r"|illegal host|non-?existent (?:host|domain)|domain must exist|(?:couldn.t|could not) find any host"
            r"|no route to host.{0,5}domain|domaine (?:inconnu|inexistant)|bad destination system|cannot resolve"
            r"|lookups failed permanently"
        ),
    ),
    (
        EXPIREE,
        (
            r"expired|retry time(?:out)? (?:not reached|exceeded)|too long|giving up|timed? ?out|not been delivered"
            r"|délai|could not deliver for the last|was not delivered within|not responding"
        ),
    ),
    (
        RETARD,
        r"delayed|will be retried|retard|try again|temporar|différ",
    ),
    (
        RESEAU,
        (
            r"connection (?:refused|reset|lost|dropped)|lost connection|unreachable|establish an smtp|hop count"
            r"|routing loop|loops? back|no route to host|network|not accepting connections|starttls|tls"
        ),
    ),
    (
        TECHNIQUE,
        r"unavailable|command died|pipe to|mailer error|system error|local error|disk|configuration|technical|unix",
    ),
)
_REGLES = tuple((categorie, re.compile(motif)) for categorie, motif in _MOTS)
_PAR_CODE = {
    "1.1": INCONNUE, "1.0": INCONNUE, "1.3": INCONNUE, "1.10": INCONNUE, "1.2": DOMAINE, "1.6": DEMENAGEE,
    "1.7": EXPEDITEUR, "1.8": EXPEDITEUR, "2.1": SUSPENDUE, "2.2": PLEINE, "2.3": TAILLE, "3.4": TAILLE,
    "4.4": DOMAINE, "4.310": DOMAINE, "4.7": EXPIREE, "4.316": EXPIREE, "3.2": SANS_COURRIER,
}  # fmt: skip
# Addresses and links are full of words that say nothing of the error: spam@…, …/reason/#unknown.
_NOMS_PROPRES = re.compile(r"<?[^\s<>@]{1,64}@[^\s<>@,;:()]{1,190}>?|https?://\S{1,500}")
_LONGUEUR_MAX = 1_500


def classify_text(texte: str) -> Categorie | None:
    """Return the family of one error sentence, None when its words say nothing."""
    bas = " ".join(texte[:_LONGUEUR_MAX].lower().split()).replace("’", "'")
    bas = _NOMS_PROPRES.sub("<>", bas)
    return next((categorie for categorie, motif in _REGLES if motif.search(bas)), None)


def classify(code: str, phrases: Sequence[str]) -> tuple[Categorie, str]:
    """Return the family of an error and the phrase that told it: words first, in order, then the enhanced code."""
    faible: tuple[Categorie, str] | None = None
    for phrase in phrases:
        trouvee = classify_text(phrase) if phrase else None
        if trouvee and trouvee not in (TECHNIQUE, RETARD, EXPIREE, RESEAU):
            return trouvee, phrase
        faible = faible or (trouvee and (trouvee, phrase))
    principale = next((phrase for phrase in phrases if phrase), "")
    classe, _, detail = code.partition(".")
    par_code = _PAR_CODE.get(detail)
    if par_code and not (classe == "4" and par_code.permanent):
        return par_code, principale
    if detail.startswith("7."):
        return POLITIQUE, principale
    return faible or (RETARD if classe == "4" else INDETERMINEE, principale)


def is_temporary(code: str, diagnostic: str) -> bool:
    """Tell whether the server itself says « later »: its SMTP answer first, else its enhanced code."""
    reponse = REPONSE_SMTP.search(diagnostic)
    return (reponse.group(1) if reponse else code).startswith("4")
