"""Texts of rules and macros: variables filled from the demande, refused when unknown; what they may not ask."""

import re
from collections.abc import Callable, Mapping

from demandes.models import Demande
from messagerie.textes import MARQUE, Occasion, Texte, VariableInconnue, check_texte

_LIRE: Mapping[str, Callable[[Demande], str]] = {
    "numero": lambda demande: demande.numero,
    "objet": lambda demande: demande.objet,
    "type": lambda demande: demande.type.libelle if demande.type else "",
    "service": lambda demande: demande.service.nom if demande.service else "",
    "zone": lambda demande: demande.zone,
}
_EXEMPLES = {
    "numero": ("Numéro de la demande", "DEM-2026-0871"),
    "objet": ("Objet de la demande", "Lampadaire éteint"),
    "type": ("Type de la demande", "Éclairage"),
    "service": ("Service chargé de la demande", "Voirie"),
    "zone": ("Zone de la demande", "Centre"),
}
VARIABLES = ", ".join(f"{{{{ {name} }}}}" for name in _EXEMPLES)
SANS_CONTENU = frozenset({"numero", "service"})  # a notification never carries the content of a demande
# CRPA L112-8: who validly wrote by electronic means may not be asked to confirm on paper.
_CONFIRMER = re.compile(
    r"confirm\w*\b[^.!?\n]{0,80}\b(courrier|papier|voie postale|lettre|poste)\b|"
    r"\b(courrier|papier|voie postale|lettre)\b[^.!?\n]{0,40}\bpour confirm",
    re.IGNORECASE,
)


def verify_texte(texte: str, *, sans_contenu: bool = False) -> str:
    """Return what is wrong with a text, a French sentence; empty when it may be kept."""
    known = {name: each for name, each in _EXEMPLES.items() if not sans_contenu or name in SANS_CONTENU}
    try:
        check_texte(Occasion("automates", "", known, {}), Texte(texte))
    except VariableInconnue as refusal:
        return str(refusal)
    if asks_confirmation(texte):
        return "On ne demande pas de confirmer sur papier un envoi électronique (CRPA, article L112-8)."
    return ""


def asks_confirmation(texte: str) -> bool:
    """True when a text asks to confirm by letter what came by electronic means (forbidden: CRPA L112-8)."""
    return bool(_CONFIRMER.search(texte))


def fill(texte: str, demande: Demande) -> str:
    """Replace the variables by what the demande says."""
    return MARQUE.sub(lambda mark: _LIRE[mark[1]](demande) if mark[1] in _LIRE else mark[0], texte)
