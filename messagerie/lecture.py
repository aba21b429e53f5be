"""Reading the ledger: filters, pages by key, and what a screen may show of a message."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Lookup, Q, QuerySet

from collectivites.acces import Acces
from collectivites.permissions import Permission
from messagerie.models import Envoi
from messagerie.suites import objets

PAGE = 50
SANS_OBJET = {"compte": "Compte d'agent", "essai": "Essai"}
ESSAI = "essai"  # a test message of the settings: its text is ours
PERIODES = {"7": 7, "30": 30, "90": 90, "tout": None}  # days
LIBELLES_PERIODES = {
    "7": "7\u00a0derniers jours",
    "30": "30\u00a0derniers jours",
    "90": "90\u00a0derniers jours",
    "tout": "Depuis toujours",
}
PERIODE_DEFAUT = "30"
ETATS = {
    "attente": (Envoi.Etat.A_ENVOYER, Envoi.Etat.EN_COURS),
    "envoye": (Envoi.Etat.ENVOYE,),
    "remis": (Envoi.Etat.REMIS,),
    "rejete": (Envoi.Etat.REJETE,),
    "echec": (Envoi.Etat.ECHEC,),
    "incertain": (Envoi.Etat.INCERTAIN,),
    "annule": (Envoi.Etat.ANNULE,),
}
LIBELLES = {
    "": "Tous",
    "attente": "En attente",
    "envoye": "Envoyés",
    "remis": "Remis",
    "rejete": "Rejetés",
    "echec": "En échec",
    "incertain": "Incertains",
    "annule": "Annulés",
}
_TELEPHONE = re.compile(r"[\d\s.+()\u00a0-]{2,}")
_JETON = re.compile(r"(https?://\S*?/)[\w=:-]{24,}")  # a personal link: whoever holds it acts in the usager's name
_CODE = re.compile(r"\b\d{3}[\s\u00a0]?\d{3}\b")
_CURSEUR = re.compile(r"(\d{10,17})-(\d{1,18})")


@CharField.register_lookup
class CommencePar(Lookup[bool]):
    """`field__commence_par`: PostgreSQL's `^@`, leakproof, so that the index still serves behind row security."""

    lookup_name = "commence_par"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """Both sides as they are: no wildcard to escape."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", (*left_params, *right_params)


@dataclass(frozen=True)
class Filtre:
    """What the screen asks; every value is one we know, anything else falls back to the default."""

    etat: str = ""
    canal: str = ""
    q: str = ""
    periode: str = PERIODE_DEFAUT


def read_filtre(given: dict[str, str]) -> Filtre:
    """Read the address bar."""
    etat, canal, periode = given.get("etat", ""), given.get("canal", ""), given.get("periode", "")
    return Filtre(
        etat=etat if etat in ETATS else "",
        canal=canal if canal in Envoi.Canal.values else "",
        q=given.get("q", "").replace("\x00", "").strip()[:320],
        periode=periode if periode in PERIODES else PERIODE_DEFAUT,
    )


def search(filtre: Filtre, *, at: datetime) -> "QuerySet[Envoi]":
    """Return the messages of the filter, whatever their state (see `in_state`)."""
    found = Envoi.objects.all()
    if filtre.canal:
        found = found.filter(canal=filtre.canal)
    if days := PERIODES[filtre.periode]:
        found = found.filter(created_at__gte=at - timedelta(days=days))
    if filtre.q:
        found = found.filter(build_recipient(filtre.q))
    return found


def build_recipient(q: str) -> Q:
    """An address or the beginning of one; a French number however it is typed: « 06 39 » finds +33639…"""
    prefix = "".join(sign for sign in q if sign in "+0123456789") if _TELEPHONE.fullmatch(q) else q
    if prefix.startswith("00"):
        prefix = f"+{prefix[2:]}"
    elif prefix.startswith("0"):
        prefix = f"+33{prefix[1:]}"
    starts = Q(destinataire__commence_par=prefix)
    return starts if prefix == prefix.lower() else starts | Q(destinataire__commence_par=prefix.lower())


def in_state(found: "QuerySet[Envoi]", etat: str) -> "QuerySet[Envoi]":
    """Keep one tab."""
    return found.filter(etat__in=ETATS[etat]) if etat else found


def count_states(found: "QuerySet[Envoi]") -> dict[str, int]:
    """Return the number of messages of each tab, in one query; "" is the whole."""
    rows = dict(found.order_by().values_list("etat").annotate(total=Count("pk")))
    counts = {code: sum(rows.get(etat, 0) for etat in etats) for code, etats in ETATS.items()}
    return {"": sum(rows.values())} | counts


# ── Pages by key: (created_at, id), newest first ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Page:
    """One page and the keys of its neighbours, empty when there is none."""

    rows: list[Envoi]
    avant: str
    apres: str


def write_key(envoi: Envoi) -> str:
    """Return « microseconds-id »."""
    elapsed = envoi.created_at - datetime(1970, 1, 1, tzinfo=UTC)
    return f"{elapsed // timedelta(microseconds=1)}-{envoi.pk}"


def read_key(text: str) -> tuple[datetime, int] | None:
    """Read a key; None when it is not one."""
    match = _CURSEUR.fullmatch(text)
    if match is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(match[1])), int(match[2])


def load_page(found: "QuerySet[Envoi]", *, apres: str = "", avant: str = "", size: int = PAGE) -> Page:
    """Return the page after (older) or before (newer) a key; the first one when neither is a key."""
    older, newer = read_key(apres), read_key(avant)
    rows = found.defer("corps_texte", "corps_html", "entetes")
    if newer and not older:
        at, pk = newer
        kept = list(
            rows.filter(Q(created_at__gt=at) | Q(created_at=at, pk__gt=pk)).order_by("created_at", "pk")[: size + 1]
        )
        has_more, kept = len(kept) > size, kept[:size][::-1]
        return Page(kept, write_key(kept[0]) if kept and has_more else "", write_key(kept[-1]) if kept else "")
    if older:
        at, pk = older
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    kept = list(rows.order_by("-created_at", "-pk")[: size + 1])
    has_more, kept = len(kept) > size, kept[:size]
    return Page(kept, write_key(kept[0]) if kept and older else "", write_key(kept[-1]) if kept and has_more else "")


# ── What may be shown ─────────────────────────────────────────────────────────────────────────────────────────────


def can_read_body(acces: Acces, envoi: Envoi) -> bool:
    """True when the floor that caused the message lets this agent read it. Unlinked, or unknown: nobody reads it.

    A message about an account holds a link that opens it: no floor registers « compte ».
    """
    linked = objets.get(envoi.objet_type) if envoi.objet_type else None
    if envoi.objet_type == ESSAI:
        return True
    return linked is not None and envoi.objet_id is not None and linked.can_read(acces, envoi.objet_id)


@dataclass(frozen=True)
class Lien:
    """What a message is about; `url` is empty for those whose role does not open it."""

    libelle: str
    url: str = ""


def find_link(acces: Acces, envoi: Envoi) -> Lien:
    """Return what the message is about, without a query: the page behind the link checks for itself."""
    linked = objets.get(envoi.objet_type) if envoi.objet_type else None
    if linked is None or envoi.objet_id is None:
        return Lien(SANS_OBJET.get(envoi.objet_type, "—"))
    is_open = acces.can(Permission.DEMANDE_LIRE)
    url = linked.url(acces.collectivite.slug, envoi.objet_id) if is_open else ""
    return Lien(linked.libelle.capitalize(), url)


def show_corps(envoi: Envoi) -> str:
    """Return the text of a message as an agent may read it: personal links and codes are the recipient's alone."""
    shown = _JETON.sub("\\1…", envoi.corps_texte)
    return _CODE.sub("••• •••", shown) if ":code:" in envoi.clef else shown
