"""Was this message written by a machine? The rules that keep acknowledgements from looping.

Sources: RFC 3834 §2, RFC 2076 (Precedence), RFC 2919 and 2369 (List-*), [MS-OXCMAIL] (X-Auto-Response-Suppress).
"""

import re

from socle.courriel.entetes import parse_parameters
from socle.courriel.structure import Partie

_PRECEDENCES = ("bulk", "list", "junk", "auto_reply")
_PRESENCES = ("x-loop", "x-auto-response-suppress", "list-id", "list-unsubscribe", "x-autoreply", "x-autorespond")
_ROBOT = re.compile(
    r"^(?:mailer[-_.]?daemon|post_?master|no[-_.]?reply|ne[-_.]?pas[-_.]?repondre|do[-_.]?not[-_.]?reply|donotreply"
    r"|nepasrepondre|pas[-_.]?de[-_.]?reponse|noreponse|no[-_.]?response|bounces?)(?:[+@=_.-]|$)",
    re.IGNORECASE,
)


def automatic_reason(racine: Partie, expediteur: str) -> str:
    """Return, in French, why a message must not be acknowledged; an empty string when a person wrote it.

    `expediteur` is the bare From address. Rules of the calling town hall (its own addresses, its own Message-ID
    domain, one acknowledgement per address and per n minutes) are not known here.
    """
    entetes = racine.entetes
    soumis = entetes.text("auto-submitted").partition(";")[0].split("(")[0].strip().lower()
    precedence = entetes.text("precedence").strip().lower()
    presents = [champ for champ in _PRESENCES if champ in entetes]
    retour_vide = "return-path" in entetes and not entetes.text("return-path").strip("<> \t")
    declare, _ = parse_parameters(entetes.text("content-type")[:1_000])
    motifs = (
        (soumis not in ("", "no"), f"Auto-Submitted : {soumis[:60]}"),
        (precedence in _PRECEDENCES, f"Precedence : {precedence}"),
        (bool(presents), f"En-tête {', '.join(presents)}"),
        (retour_vide, "Expéditeur d’enveloppe vide"),
        (declare == "multipart/report", "Rapport automatique (multipart/report)"),
        (bool(_ROBOT.match(expediteur)), "Adresse d’expéditeur automatique"),
    )
    return next((motif for vrai, motif in motifs if vrai), "")
