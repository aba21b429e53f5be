"""From what was sent to an appointment, or to the page again with everything typed and the reason."""

from datetime import timedelta
from typing import Any

from collectivites.acces import RequeteAgent
from collectivites.acteur import Acteur
from rendezvous.ants.verification import Verification
from rendezvous.creneaux.modele import Creneau
from rendezvous.heures import to_instant
from rendezvous.models import RendezVous
from rendezvous.prise.libres import read_valeur, show_heures
from rendezvous.reservation.actions import book_rendezvous
from rendezvous.reservation.refus import ClefDejaServie, CreneauPris, RendezVousRefuse
from rendezvous.reservation.saisie import Participant
from rendezvous.views.prise.ecran import Ecran

SANS_QUI = "Choisissez pour qui, puis l'heure."
SANS_MOTIF = "Choisissez le motif."
SANS_HEURE = "Cette heure n'existe plus : choisissez-en une autre."
CHAMPS = {"numero_predemande": "predemande_0"}


def read_creneau(request: RequeteAgent, ecran: Ecran) -> Creneau | None:
    """Return the time asked for: an hour of the list, else the one of a surbooking; None when it can't be read."""
    motif = ecran.choix.motif
    if motif is None:
        return None
    if "surnombre" not in request.POST:
        return read_valeur(request.POST.get("creneau", ""), motif, ecran.choix.personnes)
    form = ecran.surnombre
    if not form.is_valid() or form.couple is None:
        return None
    said, couple = form.cleaned_data, form.couple
    minute = said["heure"].hour * 60 + said["heure"].minute
    start = to_instant(said["jour"], minute, couple.lieu.fuseau)
    length = timedelta(minutes=motif.get_duree(ecran.choix.personnes))
    return Creneau(start, start + length, couple.lieu.pk, couple.ressource.pk, 1, motif.pk)


def book(
    ecran: Ecran, creneau: Creneau | None, *, verification: Verification | None, by: Acteur
) -> RendezVous | None:  # fmt: skip
    """Book; None when something must be corrected, which `ecran` says."""
    participants = _read_participants(ecran)
    is_good = ecran.form.is_valid()
    if ecran.choix.motif is None:
        ecran.motif_manque, is_good = SANS_MOTIF, False
    if is_good and verification is not None:
        is_good = _heed(ecran, verification)
    if creneau is None and not ecran.surnombre.errors and ecran.choix.motif is not None:
        ecran.refus, is_good = SANS_HEURE, False
    if not is_good or creneau is None or participants is None:
        return None
    return _try(ecran, creneau, participants, by=by)


def _read_participants(ecran: Ecran) -> list[Participant] | None:
    """Return who comes, None when it must be corrected."""
    choix, form = ecran.choix, ecran.form
    form.is_valid()
    said = form.cleaned_data
    number = said.get("predemande_0", "")
    if choix.usager is not None:
        lead = Participant(usager_id=choix.usager.pk, numero_predemande=number)
    elif choix.is_nouveau:
        if not ecran.personne.is_valid():
            return None
        typed = ecran.personne.cleaned_data
        lead = Participant(
            nom=typed["nom"], prenom=typed["prenoms"], courriel=typed["courriel"], telephone=typed["telephone"],
            numero_predemande=number,
        )  # fmt: skip
    else:
        ecran.qui_manque = SANS_QUI
        return None
    return [lead, *form.list_nommes()] if form.is_valid() else None


def _heed(ecran: Ecran, verification: Verification) -> bool:
    """Say what France Titres objects to; the agent may book all the same, by ticking a box."""
    for name in [each for each in ecran.form.fields if each.startswith("predemande_")]:
        refusal = verification.find_refus(ecran.form.cleaned_data.get(name, ""))
        if refusal:
            ecran.form.add_error(name, refusal)
    ecran.doutes = verification.list_mises_en_garde()
    ecran.has_doute = bool(ecran.doutes or ecran.form.errors)
    if ecran.has_doute:
        ecran.status = 409
    return not ecran.has_doute


def _try(ecran: Ecran, creneau: Creneau, participants: list[Participant], *, by: Acteur) -> RendezVous | None:
    choix, said = ecran.choix, ecran.form.cleaned_data
    assert choix.motif is not None  # noqa: S101 checked by the caller
    try:
        return book_rendezvous(
            creneau=creneau, motif=choix.motif, personnes=choix.personnes, participants=participants,
            clef=said["clef"], canal=said["canal"] or "guichet", by=by, at=choix.at,
            is_surbooking=ecran.surnombre.is_bound, demande_id=int(said["demande"]) if said["demande"] else None,
            note=said["note"], adresse=said.get("adresse", ""), telephone=said.get("telephone", ""),
            is_prevenu=said["prevenir"],
        )  # fmt: skip
    except CreneauPris as lost:
        ecran.refuse(str(lost), status=409)
        ecran.alternatives = show_heures(lost.alternatives, is_named=choix.ressource_id is not None)
    except ClefDejaServie as served:
        ecran.refuse(served.phrase, status=409)
        ecran.renew_clef()
    except RendezVousRefuse as refusal:
        _tell(ecran, refusal)
    return None


def _tell(ecran: Ecran, refusal: RendezVousRefuse) -> None:
    """Put the sentence beside what it is about."""
    champ = CHAMPS.get(refusal.champ, refusal.champ)
    fields: dict[str, Any] = ecran.form.fields
    if champ in fields:
        ecran.form.add_error(champ, refusal.phrase)
        ecran.status = 422
    elif champ in {"courriel", "telephone", "nom"} and ecran.choix.is_nouveau:
        ecran.personne.add_error(champ, refusal.phrase)
        ecran.status = 422
    else:
        ecran.refuse(refusal.phrase, status=409)
