"""From raw bytes to `Courriel`: the only door of this package."""

from dataclasses import dataclass, field
from datetime import datetime

from socle.courriel import automatique as regles
from socle.courriel.adresses import Adresse, parse_addresses
from socle.courriel.citation import useful_text
from socle.courriel.entetes import Entetes, parse_date
from socle.courriel.html import declared_charset, is_bounded, raw_text, sanitise, to_text
from socle.courriel.jeux import clean, decode_text
from socle.courriel.pieces import Piece, sort_leaves, to_piece, uuencoded_pieces
from socle.courriel.rebond import Rebond, read_bounce
from socle.courriel.reperes import mark, unmark
from socle.courriel.structure import Partie, parse_structure
from socle.courriel.sujet import is_forward, is_reply

TEXTE_MAX = 5_000_000  # bytes of one text; a longer one is cut here and kept whole as an attachment
_DESTINATAIRES = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "resent-to", "bcc")


@dataclass(frozen=True)
class Courriel:
    """A received message. Texts never hold NUL nor lone surrogates; addresses are bare and keep their case.

    `texte` is the text/plain part as received (of the page when there is none), `texte_utile` the same without
    quotation nor signature, `html` the page reduced to an allow-list. `destinataires` adds to To and Cc the addresses
    written by the servers that delivered the message (plus addresses live there).
    """

    expediteur: str
    expediteur_nom: str
    a: tuple[Adresse, ...]
    cc: tuple[Adresse, ...]
    repondre_a: str
    destinataires: tuple[str, ...]
    objet: str
    date: datetime | None
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    texte: str
    texte_utile: str
    html: str | None
    pieces: tuple[Piece, ...]
    motif_automatique: str
    rebond: Rebond | None
    entetes: Entetes = field(repr=False)

    @property
    def automatique(self) -> bool:
        """True when no acknowledgement may be sent (reason in `motif_automatique`)."""
        return bool(self.motif_automatique)

    def as_dict(self) -> dict[str, object]:
        """Return the JSON reading printed by `manage.py lire_courriel` (names fixed by ARCHITECTURE §9)."""
        rebond = self.rebond
        return {
            "from": self.expediteur,
            "from_name": self.expediteur_nom,
            "to": [a.adresse for a in self.a],
            "cc": [a.adresse for a in self.cc],
            "subject": self.objet,
            "date": self.date.isoformat() if self.date else None,
            "message_id": self.message_id,
            "in_reply_to": self.in_reply_to,
            "references": list(self.references),
            "texte": self.texte,
            "texte_utile": self.texte_utile,
            "html": self.html,
            "pieces": [{"nom": p.nom, "type": p.type, "octets": p.octets, "sha256": p.sha256} for p in self.pieces],
            "automatique": self.automatique,
            "rebond": rebond
            and {
                "destinataire": rebond.destinataire,
                "code": rebond.code,
                "permanent": rebond.permanent,
                "raison": rebond.raison,
            },
        }


def lire(brut: bytes) -> Courriel:
    """Read a raw message. Any bytes give a `Courriel`; nothing is raised on account of the content."""
    racine = parse_structure(brut)
    entetes = racine.entetes
    expediteur = _author(entetes)
    objet = entetes.readable("subject").strip()
    in_reply_to = next(iter(entetes.identifiers("in-reply-to")), "")
    texte, lisible, html, pieces = _bodies(racine)
    reponse = bool(in_reply_to) or is_reply(objet)
    return Courriel(
        expediteur=expediteur.adresse,
        expediteur_nom=expediteur.nom,
        a=_addresses(entetes, "to"),
        cc=_addresses(entetes, "cc"),
        repondre_a=next((a.adresse for a in _addresses(entetes, "reply-to")), ""),
        destinataires=tuple({a.adresse: None for nom in _DESTINATAIRES for a in _addresses(entetes, nom)}),
        objet=objet,
        date=parse_date(entetes.text("date")),
        message_id=next(iter(entetes.identifiers("message-id")), ""),
        in_reply_to=in_reply_to,
        references=entetes.identifiers("references"),
        texte=texte,
        texte_utile=useful_text(lisible, is_reply=reponse, is_forward=is_forward(objet)),
        html=html,
        pieces=tuple(pieces),
        motif_automatique=regles.automatic_reason(racine, expediteur.adresse),
        rebond=read_bounce(racine, texte),
        entetes=entetes,
    )


def _author(entetes: Entetes) -> Adresse:
    """Return the first of From, Sender and Return-Path that holds an address, else what From says."""
    for nom in ("from", "sender", "return-path"):
        for valeur in entetes.index.get(nom, ()):
            lues = parse_addresses(decode_text(valeur))
            if lues and "@" in lues[0].adresse:
                return lues[0]
    return next(iter(_addresses(entetes, "from")), Adresse("", ""))


def _addresses(entetes: Entetes, nom: str) -> tuple[Adresse, ...]:
    return tuple(a for valeur in entetes.index.get(nom, ()) for a in parse_addresses(decode_text(valeur)))


def _bodies(racine: Partie) -> tuple[str, str, str | None, list[Piece]]:
    """Return (text as received, text to read, sanitised page, attachments)."""
    textes, pages, jointes = sort_leaves(racine)
    recus, sans_uu, trouvees = [], [], []
    for partie in textes:
        octets = partie.contenu
        if len(octets) > TEXTE_MAX:
            jointes.append(partie)
            octets = octets[:TEXTE_MAX]
        fichiers, reste = uuencoded_pieces(octets)
        trouvees += fichiers
        jeu = partie.parametres.get("charset")
        recus.append(decode_text(octets, jeu))
        sans_uu.append(decode_text(reste, jeu) if fichiers else recus[-1])
    page = "\n<br>\n".join(_page(partie) for partie in pages)
    html = sanitise(page)
    if page.strip() and not is_bounded(page):
        jointes += pages
    texte, lisible = "\n".join(recus), unmark("\n".join(sans_uu))
    if not lisible.strip() and page.strip() and not trouvees:
        texte = to_text(html) if html else raw_text(page)
        lisible = to_text(sanitise(mark(page)) or "") if html else unmark(texte)
    return texte, lisible, html, [*map(to_piece, jointes), *trouvees]


def _page(partie: Partie) -> str:
    octets = partie.contenu[:TEXTE_MAX]
    return clean(decode_text(octets, partie.parametres.get("charset") or declared_charset(octets)))
