"""What each event of an appointment writes to who comes. Called in its transaction (`evenements.tell`).

An appointment of a parcours told as a whole (`is_groupe`) writes nothing of its own; `is_prevenu` False writes nothing
at all, but a reminder that waited for the old hour never stays.
"""

from collections.abc import Callable

from collectivites.acteur import Acteur
from messagerie.models import Envoi
from messagerie.textes import SMS
from rendezvous.etats import Etat
from rendezvous.evenements import Evenement, Genre
from rendezvous.messages.choix import is_pressant
from rendezvous.messages.contenu import NB, Contenu, write_quand
from rendezvous.messages.envois import Courrier, queue_courrier
from rendezvous.messages.liens import build_lien_accueil
from rendezvous.messages.parcours import replan_rappel
from rendezvous.messages.rappels import cancel_rappel, plan_rappel
from rendezvous.models import Motif


def follow(evenement: Evenement) -> None:
    """Write what this event calls for."""
    suite = _SUITES.get(evenement.genre)
    if suite is not None:
        suite(evenement)


def _confirm(evenement: Evenement) -> None:
    rdv, by, at = evenement.rendezvous, evenement.by, evenement.at
    if not evenement.is_prevenu or evenement.is_groupe:
        return
    courrier = Courrier(
        occasion="rendezvous.confirmation", marque="confirmation", methode="REQUEST",
        is_pressant=is_pressant(rdv.debut_at, at=at), voie=_choose_lane(by),
    )  # fmt: skip
    queue_courrier(rdv, courrier, by=by, at=at)  # the reminder can wait: see `rappels.prepare_rappel`


def _move(evenement: Evenement) -> None:
    """Say the old hour and the new one. Who was to be reminded still is, at the new hour."""
    rdv, by, at = evenement.rendezvous, evenement.by, evenement.at
    had_rappel = bool(cancel_rappel(rdv, by=by, at=at))
    if evenement.is_groupe:
        return
    avant = evenement.avant or rdv.debut_at
    if evenement.is_prevenu:
        courrier = Courrier(
            occasion="rendezvous.modification", marque=f"modification:{rdv.sequence}", methode="REQUEST",
            is_pressant=is_pressant(min(avant, rdv.debut_at), at=at), voie=_choose_lane(by),
            complement=lambda contenu, _canal: {"avant": write_quand(avant, contenu.rendezvous.lieu.fuseau)},
        )  # fmt: skip
        queue_courrier(rdv, courrier, by=by, at=at)
    if evenement.is_prevenu or had_rappel:
        plan_rappel(rdv, by=by, at=at)
    _follow_parcours(evenement)


def _cancel(evenement: Evenement) -> None:
    rdv, by, at = evenement.rendezvous, evenement.by, evenement.at
    cancel_rappel(rdv, by=by, at=at)
    if evenement.is_groupe:
        return
    if evenement.is_prevenu:
        is_own = rdv.etat == Etat.ANNULE_USAGER
        courrier = Courrier(
            occasion="rendezvous.annulation", marque="annulation", methode="CANCEL", complement=describe_annulation,
            is_pressant=is_pressant(rdv.debut_at, at=at) and not is_own, voie=_choose_lane(by),
        )  # fmt: skip
        queue_courrier(rdv, courrier, by=by, at=at)
    _follow_parcours(evenement)


def _forget(evenement: Evenement) -> None:
    """They are here, or it is over: no reminder any more."""
    cancel_rappel(evenement.rendezvous, by=evenement.by, at=evenement.at)
    _follow_parcours(evenement)


def _restore(evenement: Evenement) -> None:
    """A mark undone long before the day: the reminder comes back."""
    if evenement.rendezvous.etat == Etat.CONFIRME:
        plan_rappel(evenement.rendezvous, by=evenement.by, at=evenement.at)
    _follow_parcours(evenement)


def _follow_parcours(evenement: Evenement) -> None:
    parcours_id = evenement.rendezvous.parcours_id
    if parcours_id is not None and not evenement.is_groupe:
        replan_rappel(parcours_id, by=evenement.by, at=evenement.at)


def _choose_lane(by: Acteur) -> int:
    """Who is behind a screen waits for it; what agents do in bulk does not make codes wait."""
    return Envoi.Voie.IMMEDIAT if by.nature == "usager" else Envoi.Voie.COURANT


def describe_annulation(contenu: Contenu, canal: str) -> dict[str, str]:
    """Who cancelled, why, and how to book again. The reason of a discreet appointment stays with the service."""
    rdv = contenu.rendezvous
    is_own = rdv.etat == Etat.ANNULE_USAGER
    annonce = (
        "Votre rendez-vous est annulé, comme vous l'avez demandé."
        if is_own
        else "Nous devons annuler votre rendez-vous. Nous vous prions de nous en excuser."
    )
    raison = "" if is_own or contenu.is_discret or not rdv.raison else f"Raison{NB}: {rdv.raison}"
    return {"annonce": annonce, "raison": raison, "suite": _write_suite(contenu, canal)}


def _write_suite(contenu: Contenu, canal: str) -> str:
    """The page of this town where one books, when this motif is there; the telephone else."""
    motif: Motif = contenu.rendezvous.motif
    if motif.reservable_par == Motif.Reservable.TOUS and motif.is_active:
        link = build_lien_accueil(slug=contenu.collectivite.slug)
        return f"Autre date{NB}: {link}" if canal == SMS else f"Prendre un autre rendez-vous{NB}:\n{link}"
    if not contenu.telephone:
        return ""
    return f"Autre date{NB}: {contenu.telephone}" if canal == SMS else ""  # an e-mail gives the number already


_SUITES: dict[Genre, Callable[[Evenement], None]] = {
    Genre.CONFIRME: _confirm,
    Genre.DEPLACE: _move,
    Genre.ANNULE: _cancel,
    Genre.PRESENT: _forget,
    Genre.COMMENCE: _forget,
    Genre.HONORE: _forget,
    Genre.ABSENT: _forget,
    Genre.RETABLI: _restore,
}
