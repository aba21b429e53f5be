"""Bounces: which address a message of ours did not reach, and whether that address is dead.

Two ways in: the machine report (RFC 3464, whole or pasted in a text), else the sentences of the mail systems that
write none. A delivery success, a read receipt, an abuse report (RFC 5965) and an absence notice are no bounces.
"""

import re
from dataclasses import dataclass

from socle.courriel import diagnostic as d
from socle.courriel.entetes import Entetes, split_headers
from socle.courriel.jeux import clean, decode_text
from socle.courriel.structure import Partie
from socle.courriel.sujet import is_forward, is_reply

_TEXTE_MAX = 60_000  # characters of a notice that are looked at
_RAPPORTS = ("message/delivery-status", "message/global-delivery-status")
_RETOURS = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_CHAMP = re.compile(
    r"^[ \t>]{0,4}(final-recipient|original-recipient|x-actual-recipient|action|status|diagnostic-code|remote-mta)"
    r"[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+[^\n]+)*)",
    re.IGNORECASE | re.MULTILINE,
)
_ADRESSE = re.compile(r"(?<![^\s<>\"'(\[:;,=])[^\s<>\"'()\[\]:;,=|/]{1,64}@[^\s<>\"'()\[\]:;,=|]{1,190}[A-Za-z0-9\]]")
_DEMON = re.compile(
    r"mailer[-_.]?daemon|post_?master|mail[-_ .]?deliver|maildaemon|mail delivery|delivery (?:sub)?system|mail system"
    r"|system administrator|message delivery|microsoft outlook|bounce",
    re.IGNORECASE,
)
_SUJET = re.compile(
    r"undeliver|deliver\w* (?:status|fail|notif|error|report|delay)|returned (?:mail|to sender)"
    r"|return(?:ed|ing) message|failure notice|mail (?:delivery|system) (?:fail|error)|mail (?:could not|failure)"
    r"|message not delivered|could not be delivered|non[- ](?:remis|distribu|délivr|livr)|échec (?:de|d')"
    r"|(?:remise|distribution|envoi) (?:impossible|échou|retard)|notification d.état de remise|message non"
    r"|n.a pas (?:pu )?être|impossible de (?:remettre|distribuer)|adresse introuvable|address not found"
    r"|warning: (?:could not|message)|delayed mail|bounce|unzustellbar|retour (?:de courrier|à l.expéditeur)"
    r"|non-?deliver|user unknown|failed mail|processing error",
    re.IGNORECASE,
)
_CORPS = re.compile(
    r"(?:could ?n[o']t|cannot|can't|not|unable to) (?:be )?deliver|undeliver|delivery (?:to|of|has|failed|attempt)"
    r"|did not reach|failed permanently|permanent(?: fatal)? errors?|returned to (?:its )?sender"
    r"|error delivering your m|wasn't able to deliver|were not able to deliver"
    r"|error occurred while (?:attempting|trying) to deliver|unable to send"
    r"|n.a(?:vons)? pas (?:pu |été )?(?:être )?(?:remis|distribué|délivré|remettre|distribuer|livré)"
    r"|pas pu être (?:remis|dist|dél|env)|impossible de (?:remettre|distribuer|livrer|délivrer)"
    r"|échec de (?:la )?(?:remise|distribution|l.envoi)|not been delivered|invalid user address|delivery problem"
    r"|no valid recipients|rejected by a remote|message headers follow|problem delivering|no such user"
    r"|failed to deliver|mailbox unavailable|did not exactly match|returned because it encountered|not a valid user"
    r"|automatically rejected",
    re.IGNORECASE,
)
_PASSERELLE = re.compile(
    r"\b(?:mdaemon|ndr|imss|inetgw\w*|symantec|anti_?virus|scanmail|m\w+sweeper|\w*smtp[_-](?:mail|gateway|service)\w*)",
    re.IGNORECASE,
)
_REFUS_AUTOMATIQUE = re.compile(r"^Your message to <[^<>\s]+> was automatically rejected", re.MULTILINE)
_ABSENCE = re.compile(
    r"^(?:\[?auto(?:matic)?[: -]|réponse automatique|out of office|absen(?:t|ce)|automatic reply|message d.absence)",
    re.IGNORECASE,
)
_COPIE = re.compile(
    r"^(?:(?:received|return-path|x-received|dkim-signature)[ \t]*:[ \t]"
    r"|[ \t>]*[-=*]{2,}.{0,30}(?:original message|message original|copy of|unsent message|message d.origine"
    r"|the header of|undelivered message|message header|returned message)"
    r"|.{0,40}(?:message headers follow|original message follows|copy of the (?:original )?message"
    r"|message transcript))",
    re.IGNORECASE | re.MULTILINE,
)
_LIGNE_ADRESSE = re.compile(
    r"^[ \t]*+(?:[*-] |recipient: |rcpt to: ?)?<?([^\s<>:;,()\"@]++@[^\s<>:;,()\"@]++)>?[ \t]*+(?::|$| on )",
    re.IGNORECASE | re.MULTILINE,
)
_RCPT = re.compile(r"rcpt to: ?<([^<>\s]+)>", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"^message-id[ \t]*:\s*<([^<>\s]{1,990})>", re.IGNORECASE | re.MULTILINE)
_PARLANT = 9  # characters; « 550 5.1.1 » alone tells less than the notice around it
_AUTRES_RAPPORTS = ("disposition-notification", "feedback-report", "tlsrpt")


@dataclass(frozen=True, slots=True)
class Rebond:
    """One undelivered recipient (the first of the report that failed).

    `permanent` is true when the address itself is dead. `message_id` identifies the message of ours that came back.
    """

    destinataire: str
    code: str
    permanent: bool
    raison: str
    message_id: str = ""


def read_bounce(racine: Partie, texte: str) -> Rebond | None:
    """Return the bounce a message is, None for any other message. `texte` is its readable body."""
    if racine.parametres.get("report-type", "").lower() in _AUTRES_RAPPORTS and not _REFUS_AUTOMATIQUE.search(
        texte[:_TEXTE_MAX]
    ):
        return None
    feuilles = racine.leaves()
    if any(feuille.type == "message/feedback-report" for feuille in feuilles):
        return None
    notice = _COPIE.split(texte[:_TEXTE_MAX], maxsplit=1)[0]
    rapports = [decode_text(f.contenu[:_TEXTE_MAX]) for f in feuilles if f.type in _RAPPORTS]
    # A person who forwards a report may leave its parts at the top of the tree: the sender has the last word.
    joint = any(feuille.type in _RETOURS for feuille in feuilles)
    if not (rapports and racine.type == "multipart/report") and not (
        _is_notice(racine.entetes, notice, texte) or _is_gateway_notice(racine.entetes, notice, joint=joint)
    ):
        return None
    if notice.startswith('{"notificationType"'):
        rapports = [_from_ses(notice)]
    blocs = _recipient_blocks("\n\n".join(rapports) or texte[:_TEXTE_MAX])
    bloc = _first_failed(blocs)
    if bloc is None:
        return None
    return _describe(racine, bloc, notice, _returned_id(feuilles, texte))


def _is_notice(entetes: Entetes, notice: str, texte: str) -> bool:
    sujet = entetes.readable("subject")
    if _ABSENCE.match(sujet):
        return False
    if "x-failed-recipients" in entetes:
        return True
    auteur = entetes.readable("from")
    demon = not auteur.strip("<> ") or bool(_DEMON.search(auteur))
    dit = bool(_CORPS.search(notice))
    erreur = bool(re.search(r"\b[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b", texte[:_TEXTE_MAX]))
    if demon:
        return bool(_SUJET.search(sujet)) or dit or erreur or bool(d.REPONSE_SMTP.search(notice))
    retour = entetes.raw("return-path").strip()
    if retour in (b"<>", b"<MAILER-DAEMON>") and "auto-submitted" not in entetes:
        return dit or (erreur and bool(_SUJET.search(sujet)))
    return erreur and bool(re.search(r"no-?reply", auteur, re.I)) and bool(re.search(r'"?bounce', texte[:300], re.I))


def _is_gateway_notice(entetes: Entetes, notice: str, *, joint: bool) -> bool:
    """Mail gateways sign with names of their own: subject and text must both say it, a machine must have sent it.

    Nobody's answer nor forward; and unless the sender is a gateway by its name, it returns the message (`joint`) or
    names the address that was not reached: a parcel that could not be delivered is told by machines too.
    """
    sujet = entetes.readable("subject")
    if is_reply(sujet) or is_forward(sujet) or entetes.identifiers("in-reply-to"):
        return False
    precedence = entetes.text("precedence").strip().lower()
    retour = entetes.raw("return-path").strip()
    passerelle = bool(_PASSERELLE.search(entetes.readable("from")))
    machine = (
        passerelle
        or precedence in ("bulk", "junk", "auto_reply")
        or entetes.text("auto-submitted").strip().lower() not in ("", "no")
        or retour in (b"<>", b"<MAILER-DAEMON>")
    )
    named = joint or passerelle or bool(_LIGNE_ADRESSE.search(notice) or _RCPT.search(notice))
    return machine and named and bool(_SUJET.search(sujet)) and bool(_CORPS.search(notice))


def _from_ses(notice: str) -> str:
    """Amazon SES tells bounces as one JSON line, folded anywhere by the notifier: read as an RFC 3464 block."""
    champs = (("final-recipient", "emailAddress"), ("status", "status"), ("diagnostic-code", "diagnosticCode"))
    serre = notice.replace("\n", "").replace("!  ", "")
    lus = [(nom, re.search(rf'"{cle}":"([^"]{{1,500}})"', serre)) for nom, cle in champs]
    return "\n".join(f"{nom}: {lu.group(1)}" for nom, lu in lus if lu)


def _recipient_blocks(rapport: str) -> list[dict[str, str]]:
    """Return the fields of each recipient; a new recipient begins when a field already seen comes back."""
    blocs: list[dict[str, str]] = []
    courant: dict[str, str] = {}
    fin = 0
    for champ in _CHAMP.finditer(rapport.replace("\r\n", "\n")):
        nom, valeur = champ.group(1).lower(), " ".join(champ.group(2).split())
        coupure = "\n\n" in champ.string[fin : champ.start()]
        if courant and (nom in courant or (coupure and nom.endswith("recipient"))):
            blocs.append(courant)
            courant = {}
        courant[nom] = valeur
        fin = champ.end()
    return [*blocs, courant] if courant else blocs


def _first_failed(blocs: list[dict[str, str]]) -> dict[str, str] | None:
    """Return the first recipient that failed, else the first delayed; {} without report, None if all passed."""
    reels = [
        b for b in blocs if b.keys() & {"final-recipient", "original-recipient", "action", "diagnostic-code", "status"}
    ]
    if not reels:
        return {}
    echecs = [b for b in reels if b.get("action", "failed").lower().startswith("fail")]
    retards = [b for b in reels if b.get("action", "").lower().startswith("delay")]
    douteux = [
        b for b in reels if not b.get("action", "").lower().startswith(("deliv", "relay", "expand", "fail", "delay"))
    ]
    return next(iter([*echecs, *retards, *douteux]), None)


def _describe(racine: Partie, bloc: dict[str, str], notice: str, message_id: str) -> Rebond:
    texte_diagnostic = re.sub(r"^[\w-]{1,20} ?; ?", "", bloc.get("diagnostic-code", ""))
    phrases = [texte_diagnostic, bloc.get("status", "").partition("(")[2].rstrip(")"), *_error_lines(notice)]
    code = _code(bloc.get("status", ""), *phrases)
    categorie, principale = d.classify(code, phrases)
    if bloc.get("action", "").lower().startswith("delay") and categorie.permanent:
        categorie = d.RETARD
    detail = clean(" ".join((texte_diagnostic if len(texte_diagnostic) >= _PARLANT else principale).split()))[:400]
    permanent = categorie.permanent and not d.is_temporary(code, detail)
    return Rebond(
        destinataire=_recipient(racine.entetes, bloc, notice),
        code=code or categorie.code,
        permanent=permanent,
        raison=f"{categorie.libelle} : {detail}" if detail else categorie.libelle,
        message_id=message_id,
    )


def _code(statut: str, *phrases: str) -> str:
    """Return the most telling enhanced code: the remote server's, unless it says nothing; else the report's."""
    lus = [m.group() for phrase in phrases for m in d.CODE_ETENDU.finditer(phrase[:1_500])]
    declare = d.CODE_ETENDU.search(statut)
    candidats = [c for c in [*lus, declare.group() if declare else ""] if c and not c.startswith("2")]
    return next((c for c in candidats if not c.endswith(".0.0")), next(iter(candidats), ""))


def _error_lines(notice: str) -> list[str]:
    """Return the sentences of a notice that say why, the SMTP answers first, long folded lines put back together."""
    jointes = re.sub(r"\n[ \t]+(?=\S)", " ", notice.replace("\r\n", "\n"))
    lignes = [ligne.strip() for ligne in jointes.split("\n") if ligne.strip()][:200]
    reponses = [ligne for ligne in lignes if d.REPONSE_SMTP.search(ligne) or d.CODE_ETENDU.search(ligne)]
    autres = [ligne for ligne in lignes if ligne not in reponses and d.classify_text(ligne)]
    return [*reponses[:10], *autres[:10]]


def _recipient(entetes: Entetes, bloc: dict[str, str], notice: str) -> str:
    for champ in ("original-recipient", "final-recipient", "x-actual-recipient"):
        if trouvee := _ADRESSE.search(bloc.get(champ, "").replace(";", " ")):
            return clean(trouvee.group())
    if trouvee := _ADRESSE.search(entetes.text("x-failed-recipients")):
        return clean(trouvee.group())
    nous = entetes.text("to").lower()
    for motif in (_LIGNE_ADRESSE, _RCPT, _ADRESSE):
        for trouvee in motif.finditer(notice):
            adresse = trouvee.group(1) if motif.groups else trouvee.group()
            if adresse.lower() not in nous and not _DEMON.search(adresse):
                return clean(adresse.strip("."))
    return ""


def _returned_id(feuilles: list[Partie], texte: str) -> str:
    for feuille in feuilles:
        if feuille.type in _RETOURS:
            contenu = feuille.contenu[:200_000]
            identifiants = split_headers(contenu, 0, len(contenu))[0].identifiers("message-id")
            if identifiants:
                return clean(identifiants[0])
    trouve = _MESSAGE_ID.search(texte[:_TEXTE_MAX])
    return clean(trouve.group(1)) if trouve else ""
