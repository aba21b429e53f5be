"""The inbox: its views, its filters, its columns, one page at a time by key, and the figures of the tabs."""

from datetime import datetime

from collectivites.acces import Acces
from demandes.listes.choix import load_choix
from demandes.listes.colonnes import COLONNES, DEFAUT, Colonne
from demandes.listes.comptes import count_vues, show_count
from demandes.listes.filtres import VUES, Filtres, choose_vue, filtered, read_filtres
from demandes.listes.ordre import ORDRES, Ordre, Page, read_page

PAR_PAGE = 50

__all__ = [
    "COLONNES",
    "DEFAUT",
    "ORDRES",
    "PAR_PAGE",
    "VUES",
    "Colonne",
    "Filtres",
    "Ordre",
    "Page",
    "choose_vue",
    "count_vues",
    "filtered",
    "load_choix",
    "load_page",
    "read_filtres",
    "read_page",
    "show_count",
]


def load_page(filtres: Filtres, acces: Acces, *, at: datetime, taille: int = PAR_PAGE) -> Page:
    """Return one page of what was asked, in its order (one query, one more when a text is searched)."""
    rows = filtered(filtres, acces, at=at).for_list()
    order = ORDRES[filtres.ordre_effectif]
    return read_page(rows, order, apres=filtres.apres, avant=filtres.avant, taille=taille)
