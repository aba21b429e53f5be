"""The columns an agent may choose: what each one shows, on the screen and in a spreadsheet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from demandes.etats import describe_urgence
from demandes.models import Demande

Valeur = str | datetime | date | int


@dataclass(frozen=True)
class Colonne:
    """`value` gives what the cell says of a demande at an instant; `tri` is the order a click asks for."""

    code: str
    libelle: str
    value: Callable[[Demande, datetime], Valeur]
    tri: str = ""
    largeur: int = 18  # characters, in a spreadsheet


def _service(demande: Demande, _: datetime) -> str:
    names = [demande.service.nom if demande.service else "sans service", str(demande.agent) if demande.agent else ""]
    return ", ".join(filter(None, names))


_TOUTES = (
    Colonne("demandeur", "Demandeur", lambda d, _: d.usager.nom_complet if d.usager else "Usager inconnu", "", 26),
    Colonne("service", "Qui", _service, "", 30),
    Colonne("etat", "Où en est-on", lambda d, now: describe_urgence(d, now=now)[0], "", 24),
    Colonne("recue", "Reçue", lambda d, _: d.received_at, "recue", 17),
    Colonne("echeance", "Échéance", lambda d, _: d.echeance_at or "", "echeance", 17),
    Colonne("legale", "Décision implicite", lambda d, _: d.legale_on or "", "", 17),
    Colonne("dernier", "Dernier échange", lambda d, _: d.last_message_at, "dernier", 17),
    Colonne("type", "Type", lambda d, _: d.type.libelle if d.type else "sans type", "", 26),
    Colonne("nature", "Nature", lambda d, _: d.get_nature_display(), "", 20),
    Colonne("canal", "Canal", lambda d, _: d.get_canal_display(), "", 18),
    Colonne("priorite", "Priorité", lambda d, _: d.get_priorite_display(), "", 10),
    Colonne("zone", "Zone", lambda d, _: d.zone, "", 18),
    Colonne("lieu", "Lieu concerné", lambda d, _: d.lieu, "", 30),
)
COLONNES: dict[str, Colonne] = {each.code: each for each in _TOUTES}
DEFAUT: tuple[str, ...] = ("demandeur", "service", "etat", "recue")
