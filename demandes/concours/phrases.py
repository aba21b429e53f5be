"""What each verb about complements, opinions, transfers and satisfaction means in French, for the journal."""

from collections.abc import Mapping

from journal.models import Evenement
from journal.phrases import Phrase


def _asked(line: Evenement) -> str:
    number = line.details.get("nombre", 0)
    return f"compléments demandés à l'usager ({number})" if number else "compléments demandés à l'usager"


def _received(line: Evenement) -> str:
    return "compléments reçus" if line.details.get("complet") else "compléments reçus en partie"


def _answered(line: Evenement) -> str:
    words = {True: "avis favorable reçu", False: "avis défavorable reçu"}
    return words.get(line.details.get("favorable"), "avis reçu")


def _told(line: Evenement) -> str:
    return "usager informé de la transmission" if line.details.get("canal") else "usager à informer de la transmission"


def _rated(line: Evenement) -> str:
    return "l'usager dit que ce n'est pas réglé" if line.details.get("regle") is False else "l'usager a donné son avis"


PHRASES: Mapping[str, Phrase | str] = {
    "demande.complements_demandes": _asked,
    "demande.complements_recus": _received,
    "demande.complements_annules": "compléments plus demandés",
    "demande.complements_relances": "usager relancé pour ses compléments",
    "demande.avis_demande": "avis demandé à un tiers",
    "demande.avis_recu": _answered,
    "demande.avis_retire": "avis plus demandé",
    "demande.avis_relance": "tiers relancé",
    "demande.avis_piece_lue": "document lu par le tiers consulté",
    "demande.transfert": "transmise à l'administration compétente",
    "demande.transfert_annonce": _told,
    "demande.transfert_remis": "dossier remis à l'administration compétente",
    "demande.transfert_echec": "dossier non remis à l'administration compétente",
    "demande.transfert_recu": "reçue d'une autre collectivité",
    "demande.satisfaction": _rated,
}
