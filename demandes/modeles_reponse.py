"""Reply templates: the variables they may use, who sees which, their text filled for one demande.

A template is data, never a program: `{{ variable }}` is replaced and nothing else is read (see `messagerie.textes`).
"""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, IntegerField, Q, Value, When

from collectivites.models import Collectivite
from demandes.courriers import describe_coordonnees, describe_delai, show_telephone
from demandes.models import Demande, ModeleReponse
from demandes.suivi.liens import build_lien_suivi
from messagerie.textes import MARQUE, Occasion, Texte, check_texte, render
from socle.ecriture import write_jour
from socle.texte import normalise

MANQUE = "[à compléter\u00a0: {nom}]"
_RESTE = re.compile(r"\[à compléter\u00a0: [^\]]+\]")
# CRPA L112-8: who wrote by electronic means is never asked to confirm on paper.
_CONFIRMER = re.compile(r"confirmer\b.{0,40}\b(courrier|papier|lettre)", re.IGNORECASE | re.DOTALL)
PROPOSES_MAX = 12

MODELE = Occasion(
    code="demande.modele",
    libelle="Modèle de réponse",
    variables={
        "usager": ("nom de l'usager", "Samira Ben Amar"),
        "numero": ("numéro de la demande", "DEM-2026-0871"),
        "objet": ("objet de la demande", "Lampadaire éteint"),
        "type": ("démarche", "Éclairage public"),
        "recue_le": ("jour de réception", "mardi 24 novembre 2026"),
        "delai": ("promesse de réponse", "Une réponse vous parviendra au plus tard le mardi 1er décembre 2026."),
        "service": ("service qui répond", "Éclairage public"),
        "coordonnees": ("adresse, téléphone, courriel du service", "1 place de la Mairie, 01 99 00 12 34"),
        "telephone": ("téléphone du service", "01 99 00 12 34"),
        "agent": ("vos prénom et nom", "Claire Morvan"),
        "collectivite": ("nom de la collectivité", "Ville d'Aurelle"),
        "code_suivi": ("code de suivi", "K7QF-92MD"),
        "lien_suivi": ("adresse de la page de suivi", "https://…/suivi/"),
    },
    textes={},
)


class ModeleRefuse(ValueError):
    """The template can't be kept; the message says why."""


class TexteIncomplet(ValueError):
    """A reply still holds a hole or a variable of its template."""

    def __init__(self, trou: str) -> None:
        super().__init__(f"Complétez «\u00a0{trou}\u00a0» avant d'envoyer\u00a0: rien n'est parti.")


def check_corps(corps: str) -> None:
    """Refuse a template that can't be filled, or asks what the law forbids. Raises VariableInconnue, ModeleRefuse."""
    check_texte(MODELE, Texte(corps=corps))
    if _CONFIRMER.search(corps):
        raise ModeleRefuse(
            "Ce texte demande de confirmer par courrier\u00a0: c'est interdit quand l'usager a écrit par voie "
            "électronique (article L112-8 du code des relations entre le public et l'administration)."
        )


def check_rempli(texte: str) -> None:
    """Refuse to send a text with a hole left in it. Raises TexteIncomplet."""
    left = _RESTE.search(texte) or MARQUE.search(texte)
    if left is not None:
        raise TexteIncomplet(left[0])


def build_variables(demande: Demande, *, collectivite: Collectivite, agent: str, now: datetime) -> dict[str, str]:
    """Return the value of every variable for this demande; what is unknown is a hole the agent sees."""
    service = demande.service
    known = {
        "usager": demande.usager.nom_complet if demande.usager else "",
        "numero": demande.numero,
        "objet": demande.objet,
        "type": demande.type.libelle if demande.type else "",
        "recue_le": write_jour(demande.received_at, annee=True),
        "delai": describe_delai(demande.echeance_at if demande.echeance_at and demande.echeance_at > now else None),
        "service": service.nom if service else collectivite.nom,
        "coordonnees": describe_coordonnees(service, collectivite),
        "telephone": show_telephone((service.telephone if service else "") or collectivite.telephone),
        "agent": agent,
        "collectivite": collectivite.nom,
        "code_suivi": demande.code_suivi,
        "lien_suivi": build_lien_suivi(demande),
    }
    return {name: value or MANQUE.format(nom=MODELE.variables[name][0]) for name, value in known.items()}


def fill(modele: ModeleReponse, variables: dict[str, str]) -> str:
    """Return the text ready to be reread by the agent."""
    return render(Texte(corps=modele.corps), variables).corps


def list_modeles(demande: Demande, saisie: str = "") -> list[ModeleReponse]:
    """Return the templates for this demande: its type's first, its service's, then the others (one query).

    `saisie` is what follows « :: »: the start of a shortcut, or words of the title.
    """
    mine = Q(type=None) | Q(type_id=demande.type_id)
    mine &= Q(service=None) | Q(service_id=demande.service_id)
    near = Case(
        When(type__isnull=False, then=Value(0)),
        When(service__isnull=False, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = ModeleReponse.objects.filter(mine, is_active=True).annotate(distance=near)
    return _match(rows.order_by("distance", "-utilisations", "titre", "pk"), saisie)[:PROPOSES_MAX]


def _match(rows: Iterable[ModeleReponse], saisie: str) -> list[ModeleReponse]:
    """Keep those whose shortcut starts so, then those whose words start so; a town has some dozens of templates."""
    asked = normalise(saisie)
    if not asked:
        return list(rows)
    found = [(_rank(row, asked), row) for row in rows]
    return [row for rank, row in sorted(found, key=lambda pair: pair[0]) if rank < 2]


def _rank(row: ModeleReponse, asked: str) -> int:
    if normalise(row.raccourci).startswith(asked):
        return 0
    words = normalise(row.titre).split()
    return 1 if all(any(word.startswith(each) for word in words) for each in asked.split()) else 2
