"""Pages opened by the link of one appointment of a visit: the whole visit in a calendar, and cancelled whole.

Only who booked the visit may: a person who merely comes along has no say over the other appointments.
"""

from typing import Any

from django.http import HttpResponse

from rendezvous.en_ligne.gestion import is_open_to
from rendezvous.etats import ANNULES
from rendezvous.forms_visite import FormulaireAnnulationVisite
from rendezvous.jetons import write_jeton
from rendezvous.messages.contenu import Contenu
from rendezvous.messages.ics import render_ics_de
from rendezvous.messages.parcours import load_contenus
from rendezvous.models import Parcours
from rendezvous.parcours.actions import cancel_visite
from rendezvous.reservation.refus import RendezVousRefuse, VersionPerimee, tell_usager
from rendezvous.views.usager.lien import Lien, par_lien
from rendezvous.views.usager.page import TROP, show_end

TROP_TARD = "Un de ces rendez-vous ne s'annule plus en ligne\u00a0: annulez les autres un par un, ou appelez-nous."


def find_venue(here: Lien) -> Parcours | None:
    """Return the visit this appointment is a part of, for who booked it."""
    rdv, is_lead = here.rdv, here.participation.rang == 0
    return rdv.parcours if rdv.parcours_id is not None and is_lead else None


def list_attendus(parcours: Parcours, here: Lien) -> list[Contenu]:
    """Return what is still to be lived of a visit, in order."""
    rows = _load(parcours, here)
    return [each for each in rows if each.rendezvous.etat not in ANNULES and each.rendezvous.debut_at > here.at]


def _load(parcours: Parcours, here: Lien) -> list[Contenu]:
    return load_contenus(parcours.pk, collectivite=here.request.collectivite)


def describe_venue(here: Lien) -> dict[str, Any]:
    """Return what the page of one appointment says of the visit: its other stops. Empty outside a visit."""
    parcours = find_venue(here)
    if parcours is None:
        return {}
    attendus = list_attendus(parcours, here)
    others = [each for each in attendus if each.rendezvous.pk != here.rdv.pk]
    return {
        "venue": parcours, "autres_arrets": [(each, write_jeton(bytes(each.participation.sel))) for each in others],
        "venue_annulable": len(attendus) > 1 and _is_cancellable(attendus, here),
    }  # fmt: skip


def _is_cancellable(attendus: list[Contenu], here: Lien) -> bool:
    rows = [each.rendezvous for each in attendus]
    return all(is_open_to(rdv, rdv.motif.annulable_minutes, at=here.at) for rdv in rows)


@par_lien("GET", "POST")
def annuler(here: Lien) -> HttpResponse:
    """Say what will go, then cancel every appointment still to come, or none."""
    parcours = find_venue(here)
    if parcours is None:
        return show_end(here.request, "inconnu")
    attendus, is_sent = list_attendus(parcours, here), here.request.method == "POST"
    if not attendus:
        return here.go("venue_annulee")
    if not _is_cancellable(attendus, here):
        return here.show(erreur=TROP_TARD, status=409 if is_sent else 200, **describe_venue(here))
    return _cancel(here, parcours, attendus) if is_sent else _ask(here, attendus)


def _ask(here: Lien, attendus: list[Contenu], form: Any = None, *, status: int = 200) -> HttpResponse:
    shown = form or FormulaireAnnulationVisite()
    return here.show("visite_annuler", status, form=shown, arrets=[(each, "") for each in attendus])


def _cancel(here: Lien, parcours: Parcours, attendus: list[Contenu]) -> HttpResponse:
    form = FormulaireAnnulationVisite(here.request.POST)
    if not form.is_valid():
        return _ask(here, attendus, form, status=422)
    if here.is_too_much:
        form.add_error(None, TROP)
        return _ask(here, attendus, form, status=429)
    try:
        cancel_visite(parcours=parcours, par="usager", raison=form.cleaned_data["raison"], by=here.acteur, at=here.at)
    except (RendezVousRefuse, VersionPerimee) as refusal:
        here.rdv.refresh_from_db()
        return here.show(erreur=tell_usager(refusal), status=409)
    return here.go("venue_annulee")


@par_lien("GET")
def ics(here: Lien) -> HttpResponse:
    """One calendar file with every appointment of the visit, as they are now."""
    parcours = find_venue(here)
    if parcours is None:
        return show_end(here.request, "inconnu")
    body = render_ics_de(_load(parcours, here), "PUBLISH", at=here.at)
    headers = {"Content-Disposition": f'attachment; filename="venue-{parcours.numero}.ics"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
