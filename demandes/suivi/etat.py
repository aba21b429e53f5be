"""The state of a demande in the usager's words, and the next date that matters to them. Pure rules."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from demandes.cycle import ETAT_PUBLIC, Etat, Issue
from demandes.models import Demande, DemandeComplement, Regime
from socle.ecriture import write_jour

RECUE, EN_COURS, A_COMPLETER, TRAITEE = "Reçue", "En cours", "À compléter", "Traitée"
TRANSMISE, ANNULEE = "Transmise", "Annulée"
TONS = {RECUE: "info", EN_COURS: "info", A_COMPLETER: "alerte", TRAITEE: "bon", TRANSMISE: "neutre", ANNULEE: "neutre"}
PHRASES = {
    RECUE: "Nous avons bien reçu votre demande. Elle va être lue.",
    EN_COURS: "Nous travaillons sur votre demande.",
    A_COMPLETER: "Il nous manque quelque chose pour continuer.",
    TRAITEE: "Nous avons répondu à votre demande.",
    TRANSMISE: "Votre demande relève d'une autre administration. Nous la lui avons transmise.",
    ANNULEE: "Votre demande est annulée.",
}
_FINS = {Issue.TRANSMISE: TRANSMISE, Issue.HORS_COMPETENCE: TRAITEE, Issue.ABANDONNEE: ANNULEE}
_SILENCE = {Regime.SVA: "acceptée", Regime.SVR: "refusée"}


@dataclass(frozen=True)
class EtatPublic:
    """`mot` is one of six; `phrase` explains it; `ton` as in `{% etiquette %}`."""

    mot: str
    phrase: str
    ton: str


@dataclass(frozen=True)
class ProchaineDate:
    """A date in words; `is_alerte` when it is for the usager to act, or when we are late."""

    texte: str
    is_alerte: bool = False


def choose_mot(*, etat: str, issue: str, has_complement: bool) -> str:
    """Return the word of a state. Something asked of the usager always wins while the demande is open."""
    if etat == Etat.CLOSE:
        return _FINS.get(Issue(issue), TRAITEE) if issue in Issue.values else TRAITEE
    return A_COMPLETER if has_complement else ETAT_PUBLIC[etat]


def describe_etat_public(demande: Demande, *, has_complement: bool = False) -> EtatPublic:
    """Return the state of a demande in words that need no knowledge of the town hall."""
    mot = choose_mot(etat=demande.etat, issue=demande.issue, has_complement=has_complement)
    return EtatPublic(mot, PHRASES[mot], TONS[mot])


def list_prochaines(
    demande: Demande, complement: DemandeComplement | None, *, now: datetime, fuseau: str
) -> list[ProchaineDate]:
    """Return the dates that matter now, the usager's own first; none once the demande is closed."""
    if not demande.is_open:
        return []
    found = [_tell_complement(complement, now.astimezone(ZoneInfo(fuseau)).date())] if complement else []
    is_stopped = complement is not None and complement.is_indispensable
    if is_stopped:
        return [*found, ProchaineDate("Le délai de réponse est arrêté jusqu'à ce que nous les recevions.")]
    return [*found, *_tell_engagement(demande, now), *_tell_decision(demande, now, fuseau)]


def _tell_complement(complement: DemandeComplement, today: date) -> ProchaineDate:
    day = write_jour(complement.delai_on, annee=True)
    if complement.delai_on < today:
        return ProchaineDate(f"Nous attendions les éléments demandés avant le {day}. Vous pouvez encore les envoyer.",
                             is_alerte=True)  # fmt: skip
    return ProchaineDate(f"Envoyez les éléments demandés au plus tard le {day}.", is_alerte=True)


def _tell_engagement(demande: Demande, now: datetime) -> list[ProchaineDate]:
    if demande.echeance_at is None or demande.etat == Etat.TRAITEE:
        return []
    day = write_jour(demande.echeance_at, annee=True)
    if demande.echeance_at < now:
        return [ProchaineDate(f"Une réponse était prévue pour le {day}. Nous sommes en retard.", is_alerte=True)]
    return [ProchaineDate(f"Vous aurez une réponse au plus tard le {day}.")]


def _tell_decision(demande: Demande, now: datetime, fuseau: str) -> list[ProchaineDate]:
    """What silence will mean, and when (CRPA R112-11-1, 3° and 4°)."""
    meaning = _SILENCE.get(Regime(demande.type.regime_silence)) if demande.type else None
    if meaning is None or demande.legale_on is None or demande.etat == Etat.TRAITEE:
        return []
    day = write_jour(demande.legale_on, annee=True)
    if demande.legale_on < now.astimezone(ZoneInfo(fuseau)).date():
        return [ProchaineDate(f"Sans réponse de notre part le {day}, votre demande est considérée comme {meaning}.")]
    return [ProchaineDate(f"Si vous n'avez pas de réponse le {day}, votre demande sera considérée comme {meaning}.")]
