"""Pages for usagers: who comes, the code that proves the address, the appointment confirmed."""

from dataclasses import replace

from django.http import HttpResponse
from django.utils import timezone

from collectivites.acces import RequeteUsager, prologue
from rendezvous.en_ligne.actions import find_rendezvous
from rendezvous.en_ligne.choix import read_prise, read_valeur
from rendezvous.etats import Etat
from rendezvous.messages.rappels import read_moment
from rendezvous.views.usager import code as pas
from rendezvous.views.usager.choisir import read_chosen
from rendezvous.views.usager.etape import Etape, etape
from rendezvous.views.usager.lien import describe
from rendezvous.views.usager.page import page_usager, show_end, show_page
from rendezvous.views.usager.suite import receive, show_typed
from rendezvous.views.usager.titres import check_prise


@prologue(check_prise)
@etape("GET", "POST")
def coordonnees(here: Etape) -> HttpResponse:
    """Ask who comes; then send the code. The slot may be another one, chosen instead of the one that was lost."""
    if here.request.method != "POST":
        return show_typed(here)
    chosen = read_valeur(read_chosen(here.request))
    if chosen is None:
        return receive(here)
    debut_at, lieu_id, seance_id = chosen
    return receive(here.move(replace(here.prise, debut_at=debut_at, lieu_id=lieu_id, seance_id=seance_id)))


code = etape("GET", "POST")(pas.code)
renvoi = etape("POST")(pas.renvoi)


@page_usager("GET")
def confirme(request: RequeteUsager, passe: str) -> HttpResponse:
    """The appointment: when, where, what to bring, how to change it."""
    prise = read_prise(passe)
    held = find_rendezvous(prise) if prise else None
    first = held.participations.select_related("usager").order_by("rang").first() if held else None
    if prise is None or held is None or held.etat == Etat.OPTION or first is None:
        return show_end(request, "prise")
    now = timezone.now()
    is_rappele = held.motif.has_rappel and held.parcours_id is None and read_moment(held, at=now) is not None
    context = describe(held, first, request.collectivite, at=now, is_nomme=True) | {"is_rappele": is_rappele}
    return show_page(request, "confirme", context, service=held.service, lieu=held.lieu)
