"""Pages for usagers: what for, what to bring, when. The slot chosen is kept ten minutes."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from collectivites.acces import RequeteUsager
from collectivites.models import Lieu
from demandes.debit import find_visiteur
from rendezvous.en_ligne.actions import retain_creneau
from rendezvous.en_ligne.choix import Choix, Prise, read_choix, read_prise, read_valeur, sign_choix, sign_prise
from rendezvous.en_ligne.retenues import TropRetenu
from rendezvous.en_ligne.semaines import Heure, Recherche, build_semaine, show_heures
from rendezvous.en_ligne.visites import list_formules
from rendezvous.en_ligne.vitrine import (
    find_motif,
    find_motif_of,
    is_lieu_choisi,
    list_lieux,
    list_rayons,
    write_durees,
)
from rendezvous.etats import ANNULES, Etat
from rendezvous.forms_usager import FormulaireCreneau, FormulairePreparation, write_personnes
from rendezvous.invitations import read_invitation
from rendezvous.models import Motif, RendezVous
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.views.usager.page import TROP, is_too_much, page_usager, show_end, show_page

RETENUES_MAX = 30  # slots retained by one visitor in ten minutes
RIEN = "Choisissez un créneau."


@page_usager("GET", is_personnelle=False)
def accueil(request: RequeteUsager) -> HttpResponse:
    """What appointments are for, by subject."""
    return show_page(request, "accueil", {"rayons": list_rayons(), "formules": list_formules()})


@page_usager("GET", "POST", is_personnelle=False)
def motif(request: RequeteUsager, pk: int) -> HttpResponse:
    """What one motif is, what to bring, and what it needs to know before showing free slots."""
    found = find_motif(pk)
    if found is None:
        return show_end(request, "motif")
    return _prepare(request, found, Choix(found.pk))


@page_usager("GET", "POST")
def invitation(request: RequeteUsager, jeton: str) -> HttpResponse:
    """The same, for a motif that asks for an invitation."""
    invited = read_invitation(jeton)
    found = find_motif(invited.motif_id, invitation=invited) if invited else None
    if found is None or invited is None:
        return show_end(request, "invitation")
    return _prepare(request, found, Choix(found.pk, is_invite=True, invite_id=invited.usager_id))


def _prepare(request: RequeteUsager, found: Motif, base: Choix) -> HttpResponse:
    lieux = list_lieux(found)
    typed = request.POST if request.method == "POST" else None
    form = FormulairePreparation(typed, motif=found, lieux=lieux if is_lieu_choisi(found, lieux) else [])
    if typed is not None and form.is_valid():
        said = form.cleaned_data
        choix = replace(
            base, personnes=said.get("personnes") or 1, lieu_id=said.get("lieu") or None,
            zone_id=form.zone.pk if form.zone else None,
        )  # fmt: skip
        return redirect("rdv:creneaux", request.collectivite.slug, sign_choix(choix))
    context = {"motif": found, "form": form, "lieux": lieux, "duree": write_durees(found)}
    return show_page(request, "motif", context, service=found.service, status=200 if typed is None else 422)


@page_usager("GET", is_personnelle=False)
def creneaux(request: RequeteUsager, passe: str) -> HttpResponse:
    """Free slots by day, the first one apart."""
    recherche = _open(request, passe)
    return show_creneaux(request, recherche, passe) if recherche else show_end(request, "choix")


@page_usager("GET", "POST")
def retenir(request: RequeteUsager, passe: str) -> HttpResponse:
    """Retain the slot chosen, then ask who comes.

    An address of its own: a form sent to the page of the slots would make the browser forget that page and its key
    (RFC 9111 §4.4), and the Back button could no longer replace the slot retained.
    """
    recherche = _open(request, passe)
    if recherche is None:
        return show_end(request, "choix")
    if request.method == "GET":
        return redirect("rdv:creneaux", request.collectivite.slug, passe)
    return _retain(request, recherche, passe)


def _open(request: RequeteUsager, passe: str) -> Recherche | None:
    choix = read_choix(passe)
    found = find_motif_of(choix) if choix else None
    return build_recherche(request, found, choix) if choix and found else None


def build_recherche(
    request: RequeteUsager, found: Motif, choix: Choix, *, sauf: RendezVous | None = None
) -> Recherche:
    """Return what the searches of a page share (one query)."""
    lieux = {each.pk: each for each in Lieu.objects.filter(is_active=True)}
    return Recherche(found, choix, lieux, request.collectivite.fuseau, timezone.now(), sauf=sauf)


def read_jour(request: RequeteUsager) -> date | None:
    """Return the day asked for, nothing for what is no day."""
    try:
        return date.fromisoformat(request.POST.get("jour") or request.GET.get("jour", ""))
    except ValueError:
        return None


def show_creneaux(
    request: RequeteUsager, recherche: Recherche, passe: str, *, erreur: str = "", status: int = 200,
    alternatives: list[Heure] | None = None, page: str = "creneaux", **plus: Any,
) -> HttpResponse:  # fmt: skip
    """Draw the week; after a refusal, what is left nearby comes first and the key of the page stays."""
    motif, choix = recherche.motif, recherche.choix
    lieu, clef = recherche.lieux.get(choix.lieu_id or 0), _read_clef(request)
    context = {
        "motif": motif, "choix": choix, "passe": passe, "semaine": build_semaine(recherche, read_jour(request)),
        "quoi": write_personnes(choix.personnes, motif), "lieu": lieu, "erreur": erreur,
        "alternatives": alternatives or [], "choisi": read_chosen(request),
        "ici": reverse(f"rdv:{page}", args=[request.collectivite.slug, passe]),
        "form": FormulaireCreneau(initial={"clef": clef} if clef else {}),
        "de": request.GET.get("de", "") if clef else "",
        "partout": sign_choix(replace(choix, lieu_id=None)) if choix.lieu_id else "",
    } | plus  # fmt: skip
    is_discret = "contenu" in plus and plus["contenu"].is_discret
    service = None if is_discret else motif.service
    return show_page(request, page, context, service=service, lieu=lieu, status=status)


def read_chosen(request: RequeteUsager) -> str:
    """Return the slot of the form: the first one free by its own button, else the one ticked."""
    return request.POST.get("prochain", "") or request.POST.get("creneau", "")


def _read_clef(request: RequeteUsager) -> UUID | None:
    """The key of the page, or of the booking that comes back for another slot (`?de=`)."""
    form = FormulaireCreneau(request.POST)
    if form.is_valid():
        return UUID(str(form.cleaned_data["clef"]))
    prise = read_prise(request.GET.get("de", ""))
    return prise.clef if prise else None


def _retain(request: RequeteUsager, recherche: Recherche, passe: str) -> HttpResponse:
    chosen, clef = read_valeur(read_chosen(request)), _read_clef(request)
    if chosen is None or clef is None:
        return show_creneaux(request, recherche, passe, erreur=RIEN, status=422)
    if is_too_much(request, "option", RETENUES_MAX):
        return show_creneaux(request, recherche, passe, erreur=TROP, status=429)
    debut_at, lieu_id, seance_id = chosen
    prise = Prise(recherche.choix, debut_at, lieu_id, clef, seance_id)
    try:
        held = retain_creneau(prise=prise, motif=recherche.motif, at=recherche.at, visiteur=find_visiteur(request))
        if held.etat in ANNULES:  # the page was left open, the appointment cancelled since: this is another one
            prise = replace(prise, clef=uuid5(clef, held.numero))
            held = retain_creneau(prise=prise, motif=recherche.motif, at=recherche.at, visiteur=find_visiteur(request))
    except CreneauPris as lost:
        left = show_heures(lost.alternatives, recherche.lieux)
        return show_creneaux(request, recherche, passe, erreur=str(lost), alternatives=left, status=409)
    except RendezVousRefuse as refusal:
        status = 429 if isinstance(refusal, TropRetenu) else 409
        return show_creneaux(request, recherche, passe, erreur=refusal.phrase, status=status)
    return go_on(request, held, prise)


def go_on(request: RequeteUsager, held: RendezVous, prise: Prise) -> HttpResponse:
    """Go and ask who comes; or show the appointment, when this page had already been sent to its end."""
    page = "coordonnees" if held.etat == Etat.OPTION else "confirme"
    return redirect(f"rdv:{page}", request.collectivite.slug, sign_prise(prise))
