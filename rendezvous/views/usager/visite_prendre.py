"""Pages for usagers: who comes to a visit, the code that proves the address, the visit confirmed."""

from django.http import HttpResponse
from django.utils import timezone

from collectivites.acces import RequeteUsager, prologue
from rendezvous.en_ligne.venues import list_pieces
from rendezvous.en_ligne.visites import read_visite
from rendezvous.en_ligne.visites_actions import find_parcours
from rendezvous.etats import VIVANTS
from rendezvous.jetons import write_jeton
from rendezvous.messages.parcours import load_contenus
from rendezvous.messages.rappels import read_moment
from rendezvous.views.usager import code as pas
from rendezvous.views.usager.page import page_usager, show_end, show_page
from rendezvous.views.usager.suite import receive, show_typed
from rendezvous.views.usager.titres import check_visite
from rendezvous.views.usager.visite_etape import EtapeVisite, etape_visite


@prologue(check_visite)
@etape_visite("GET", "POST")
def coordonnees(here: EtapeVisite) -> HttpResponse:
    """Ask who comes; then send the code. The visit may be another one, chosen instead of the one that was lost."""
    if here.request.method != "POST":
        return show_typed(here)
    other = read_visite(here.request.POST.get("visite", ""))
    is_same = other is not None and (other.clef, other.modele_id) == (here.prise.clef, here.prise.modele_id)
    return receive(here.move(other) if other is not None and is_same else here)


code = etape_visite("GET", "POST")(pas.code)
renvoi = etape_visite("POST")(pas.renvoi)


@page_usager("GET")
def confirmee(request: RequeteUsager, passe: str) -> HttpResponse:
    """The visit: each appointment in order, what to bring, one calendar file, how to change."""
    prise = read_visite(passe)
    parcours = find_parcours(prise) if prise else None
    if parcours is None:
        return show_end(request, "prise")
    contenus = load_contenus(parcours.pk, collectivite=request.collectivite)
    live, now = [each for each in contenus if each.rendezvous.etat in VIVANTS], timezone.now()
    context = {
        "parcours": parcours, "is_annulee": not live, "maintenant": now,
        "is_rappelee": bool(live) and read_moment(live[0].rendezvous, at=now) is not None,
        "arrets": [(each, write_jeton(bytes(each.participation.sel))) for each in live or contenus],
        "jeton": write_jeton(bytes(contenus[0].participation.sel)),
        "pieces": list_pieces([each.rendezvous.motif for each in live]),
        "consignes": [each.rendezvous.motif for each in live if each.rendezvous.motif.consignes_apres],
    }  # fmt: skip
    return show_page(request, "visite_confirmee", context)
