"""Pages opened by « gérer mon rendez-vous »: see, move, cancel, calendar, earlier slot.

The motif is not named when it is sensitive, and an agent is never named.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from rendezvous.attente.actions import ask_plus_tot, stop_plus_tot
from rendezvous.creneaux.modele import Creneau
from rendezvous.en_ligne.choix import N_IMPORTE, Choix, read_valeur
from rendezvous.en_ligne.gestion import find_zone_id, is_deplacable, is_open_to
from rendezvous.en_ligne.semaines import Recherche, show_heures
from rendezvous.etats import ANNULES
from rendezvous.forms_usager import FormulaireAnnulation
from rendezvous.messages.ics import write_ics
from rendezvous.reservation.actions import cancel_rendezvous, move_rendezvous
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse, VersionPerimee, tell_usager
from rendezvous.views.usager.choisir import RIEN, build_recherche, read_chosen, show_creneaux
from rendezvous.views.usager.lien import Lien, par_lien
from rendezvous.views.usager.page import TROP
from rendezvous.views.usager.visite_gerer import describe_venue

FAITS = {
    "deplace": "Votre rendez-vous est déplacé. Nous vous écrivons pour le confirmer.",
    "annule": "Votre rendez-vous est annulé. Sa place est libre pour quelqu'un d'autre.",
    "venue_annulee": "Toute la venue est annulée. Ces places sont libres pour d'autres.",
    "attente": "C'est noté\u00a0: nous vous écrirons si un créneau se libère plus tôt.",
    "sans_attente": "C'est noté\u00a0: nous ne vous proposerons plus de créneau.",
}
TROP_TARD = "Ce rendez-vous ne peut plus être {} en ligne."


@par_lien("GET")
def gerer(here: Lien) -> HttpResponse:
    """The appointment, and what can still be done."""
    return here.show(fait=FAITS.get(here.request.GET.get("fait", ""), ""), **describe_venue(here))


@par_lien("GET", "POST")
def deplacer(here: Lien) -> HttpResponse:
    """Free slots again; the appointment takes the new one in one write, so it is never lost on the way."""
    rdv, is_sent = here.rdv, here.request.method == "POST"
    if not is_deplacable(rdv, at=here.at):
        return here.show(erreur=TROP_TARD.format("déplacé"), status=409 if is_sent else 200)
    choix = Choix(rdv.motif_id, rdv.personnes, zone_id=find_zone_id(rdv), is_invite=True)
    recherche = build_recherche(here.request, rdv.motif, choix, sauf=rdv)
    return _move(here, recherche) if is_sent else _show_deplacer(here, recherche)


def _show_deplacer(here: Lien, recherche: Recherche, **plus: Any) -> HttpResponse:
    facts = here.describe()
    if facts["contenu"].is_discret:  # « CCAS » tells all: the street is shown, nothing is saved
        for lieu in recherche.lieux.values():
            lieu.nom = lieu.adresse or lieu.nom
    return show_creneaux(here.request, recherche, here.jeton, page="deplacer", **(facts | plus))


def _move(here: Lien, recherche: Recherche) -> HttpResponse:
    chosen, version = read_valeur(read_chosen(here.request)), here.request.POST.get("version", "")
    if chosen is None or not (version.isascii() and version.isdigit()):
        return _show_deplacer(here, recherche, erreur=RIEN, status=422)
    if here.is_too_much:
        return _show_deplacer(here, recherche, erreur=TROP, status=429)
    rdv, (debut_at, lieu_id, seance_id) = here.rdv, chosen
    if (debut_at, lieu_id) == (rdv.debut_at, rdv.lieu_id):  # sent twice: it is already there
        return here.go("deplace")
    creneau = Creneau(
        debut_at=debut_at, fin_at=debut_at + timedelta(minutes=rdv.motif.get_duree(rdv.personnes)), lieu_id=lieu_id,
        ressource_id=N_IMPORTE, place=1, motif_id=rdv.motif_id, seance_id=seance_id,
    )  # fmt: skip
    try:
        move_rendezvous(
            rendezvous=rdv, version=int(version[:9]), creneau=creneau, by=here.acteur, at=here.at,
            zone_id=recherche.choix.zone_id,
        )  # fmt: skip
    except CreneauPris as lost:
        left = show_heures(lost.alternatives, recherche.lieux)
        return _show_deplacer(here, recherche, erreur=str(lost), alternatives=left, status=409)
    except (RendezVousRefuse, VersionPerimee) as refusal:
        rdv.refresh_from_db()
        return _show_deplacer(here, recherche, erreur=tell_usager(refusal), status=409)
    return here.go("deplace")


@par_lien("GET", "POST")
def annuler(here: Lien) -> HttpResponse:
    """Say what will happen, then cancel: the place is free at once."""
    rdv, is_sent = here.rdv, here.request.method == "POST"
    if rdv.etat in ANNULES:
        return here.go("annule")
    if not is_open_to(rdv, rdv.motif.annulable_minutes, at=here.at):
        return here.show(erreur=TROP_TARD.format("annulé"), status=409 if is_sent else 200)
    if not is_sent:
        return here.show("annuler", form=FormulaireAnnulation(initial={"version": rdv.version}))
    return _cancel(here, FormulaireAnnulation(here.request.POST))


def _cancel(here: Lien, form: FormulaireAnnulation) -> HttpResponse:
    if not form.is_valid():
        return here.show("annuler", 422, form=form)
    if here.is_too_much:
        form.add_error(None, TROP)
        return here.show("annuler", 429, form=form)
    said = form.cleaned_data
    try:
        cancel_rendezvous(
            rendezvous=here.rdv, version=said["version"], par="usager", raison=said["raison"], by=here.acteur,
            at=here.at,
        )  # fmt: skip
    except (RendezVousRefuse, VersionPerimee) as refusal:
        here.rdv.refresh_from_db()
        return here.show(erreur=tell_usager(refusal), status=409)
    return here.go("annule")


@par_lien("GET")
def ics(here: Lien) -> HttpResponse:
    """The calendar file, always as the appointment is now."""
    body = write_ics(here.rdv, participation=here.participation, methode="PUBLISH", at=here.at)
    headers = {"Content-Disposition": f'attachment; filename="rendez-vous-{here.rdv.numero}.ics"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


@par_lien("POST")
def plus_tot(here: Lien) -> HttpResponse:
    """Ask to be told of an earlier slot, or stop."""
    if here.is_too_much:
        return here.show(erreur=TROP, status=429)
    if here.request.POST.get("non"):
        stop_plus_tot(rendezvous=here.rdv, at=here.at, by=here.acteur)
        return here.go("sans_attente")
    try:
        ask_plus_tot(rendezvous=here.rdv, at=here.at, by=here.acteur)
    except RendezVousRefuse as refusal:
        return here.show(erreur=refusal.phrase, status=409)
    return here.go("attente")
