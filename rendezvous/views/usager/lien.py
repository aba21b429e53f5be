"""Opening « gérer mon rendez-vous »: the link is the whole right. Unknown, it is a 404; expired, a 410."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from collectivites.acces import RequeteUsager
from collectivites.acteur import Acteur, acting_usager
from collectivites.models import Collectivite
from rendezvous.attente.actions import find_plus_tot, is_plus_tot_possible
from rendezvous.en_ligne.gestion import find_last_moment, is_deplacable, is_open_to
from rendezvous.etats import ANNULES, Etat
from rendezvous.jetons import find_participation, hash_jeton, write_jeton
from rendezvous.messages.contenu import build_contenu
from rendezvous.models import Participation, RendezVous
from rendezvous.views.usager.page import is_too_much, page_usager, show_end, show_page
from socle.ecriture import write_duree

GESTES_MAX = 40  # moves, cancellations and requests of one visitor in ten minutes


@dataclass(frozen=True)
class Lien:
    """One request that came with a valid link."""

    request: RequeteUsager
    participation: Participation
    jeton: str
    at: datetime

    @property
    def rdv(self) -> RendezVous:
        """The appointment, with its motif, lieu and service."""
        found: RendezVous = self.participation.rendezvous
        return found

    @property
    def acteur(self) -> Acteur:
        """The usager, as `by=` of an action."""
        usager = self.participation.usager
        return acting_usager(usager_id=usager.pk, libelle=str(usager)[:160])

    @property
    def is_too_much(self) -> bool:
        """Count one gesture; True beyond the quota."""
        return is_too_much(self.request, "geste", GESTES_MAX)

    def go(self, fait: str) -> HttpResponse:
        """Go back to the appointment and say what was done."""
        path = reverse("rdv:gerer", args=[self.request.collectivite.slug, self.jeton])
        return redirect(f"{path}?fait={fait}")

    def describe(self) -> dict[str, Any]:
        """Return what its pages say."""
        return describe(self.rdv, self.participation, self.request.collectivite, at=self.at)

    def show(self, page: str = "gerer", status: int = 200, **plus: Any) -> HttpResponse:
        """Draw one of its pages; the phone of a sealed service would tell, the town's does not."""
        context = self.describe() | plus
        is_discret = context["contenu"].is_discret
        service, lieu = (None, None) if is_discret else (self.rdv.service, self.rdv.lieu)
        return show_page(self.request, page, context, service=service, lieu=lieu, status=status)


def par_lien(*methodes: str) -> Callable[[Callable[[Lien], HttpResponse]], Callable[..., HttpResponseBase]]:
    """Declare a page opened by the link of an appointment."""

    def decorate(view: Callable[[Lien], HttpResponse]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: RequeteUsager, jeton: str) -> HttpResponse:
            now = timezone.now()
            found = find_participation(jeton, at=now)
            if found is None:
                was = Participation.objects.filter(jeton_hash=hash_jeton(jeton)).exists()
                return show_end(request, "lien" if was else "inconnu")
            return view(Lien(request, found, jeton, now))

        return page_usager(*methodes)(opened)

    return decorate


def describe(
    rdv: RendezVous, participation: Participation, collectivite: Collectivite, *, at: datetime, is_nomme: bool = False
) -> dict[str, Any]:
    """Return what a page says of an appointment. `is_nomme`: who reads has just chosen the motif."""
    contenu = build_contenu(rdv, participation=participation, collectivite=collectivite)
    attente, motif = find_plus_tot(rdv), rdv.motif
    return {
        "rdv": rdv, "contenu": contenu, "jeton": write_jeton(bytes(participation.sel)), "maintenant": at,
        "fuseau": rdv.lieu.fuseau, "titre": motif.libelle if is_nomme else contenu.motif,
        "duree": write_duree(rdv.fin_at - rdv.debut_at), "is_annule": rdv.etat in ANNULES,
        "is_attendu": rdv.etat == Etat.CONFIRME and rdv.debut_at > at,
        "annulable": is_open_to(rdv, motif.annulable_minutes, at=at),
        "deplacable": is_deplacable(rdv, at=at),
        "annulable_at": find_last_moment(rdv, motif.annulable_minutes),
        "deplacable_at": find_last_moment(rdv, motif.deplacable_minutes),
        "plus_tot": attente, "is_plus_tot": attente is not None or is_plus_tot_possible(rdv, at=at),
    }  # fmt: skip
