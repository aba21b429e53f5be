"""The page of one demande."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from citoyens.models import PointContact, Usager
from citoyens.rapprochement import find_by_contact
from citoyens.recherche import load_in_order, search_usagers
from collectivites.acces import Acces, RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.pieces import list_uploads
from demandes.compteurs import BrouillonRepris
from demandes.courriers import preview_suffixe_sms
from demandes.cycle import ISSUES_A_CHOISIR
from demandes.delais.horloges import load_horloges
from demandes.fiche import (
    Ligne,
    list_gestes,
    list_modes,
    list_suites,
    load_alertes,
    load_messages,
    load_usager,
)
from demandes.listes import load_choix
from demandes.models import Demande
from demandes.travail.fusionnees import find_kept
from demandes.views.onglets import describe_onglets, load_demande

DIALOGUES = frozenset({"affecter", "qualifier", "attendre", "clore", "identifier"})


@dataclass(frozen=True)
class Saisie:
    """What a refused form held, given back: its text, its mode, the sentence, the dialog it came from."""

    texte: str = ""
    mode: str = ""
    suite: str = ""
    erreur: str = ""  # next to the field
    refus: str = ""  # at the top of the page
    changements: list[str] = field(default_factory=list)
    ouvrir: str = ""
    clef: str = ""
    pieces: list[tuple[str, str]] = field(default_factory=list)  # files refused: name, sentence


@requires(Permission.DEMANDE_LIRE)
@require_GET
def fiche(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show a demande and its conversation; the reading is logged."""
    demande = load_demande(request, pk)
    if demande.fusionnee_dans_id is not None and not request.GET.get("voir"):
        kept = find_kept(demande)
        if kept.domaine in request.acces.domaines:
            url = reverse("demandes:fiche", args=[request.acces.collectivite.slug, kept.pk])
            return redirect(f"{url}?fusionnee={demande.pk}")
    asked = request.GET.get("ouvrir", "")
    saisie = Saisie(ouvrir=asked if asked in DIALOGUES else "", mode=request.GET.get("mode", ""))
    return show_fiche(request, demande, saisie)


def show_fiche(request: RequeteAgent, demande: Demande, saisie: Saisie, *, status: int = 200) -> HttpResponse:
    """Draw the page, with what a refused form held."""
    acces, now = request.acces, timezone.now()
    usager = load_usager(demande)
    lignes = load_messages(demande)
    modes = list_modes(demande, lignes)
    codes = {mode.code for mode in modes}
    search = request.GET.get("qui", "")
    around = describe_onglets(request, demande, onglet="fiche")
    saisie, resumed = _resume(saisie, around["brouillon"] if demande.is_open else None)
    context: dict[str, Any] = around | {
        "usager": usager,
        "fusionnee": _load_kept(request, demande),
        "venue_de": _read_merged(request, demande),
        "lignes": lignes,
        "modes": [vars(mode) for mode in modes],
        "mode": saisie.mode if saisie.mode in codes else modes[0].code,
        "suites": list_suites(demande),
        "suffixe_sms": _preview_suffixe(demande, codes, acces),
        "gestes": list_gestes(demande, acces),
        "horloges": load_horloges(demande, now=now),
        "alertes": load_alertes(demande, acces, day=timezone.localdate(now)),
        "choix": load_choix(acces.collectivite.pk),
        "issues": ISSUES_A_CHOISIR,
        "priorites": Demande.Priorite.choices,
        "saisie": saisie,
        "ouverts": {name: name == saisie.ouvrir for name in DIALOGUES},
        "usager_url": _usager_url(request, demande),
        "brouillon_repris": resumed,
        "clef": saisie.clef or uuid4(),
        "depots": list_uploads(clef=UUID(saisie.clef), by=acces.acteur) if saisie.clef else [],
        "clef_note": uuid4(),
        "qui": search,
        "candidats": _find_candidats(demande, lignes, search) if demande.usager_id is None else [],
    }
    return render(request, "demandes/fiche.html", context, status=status)


def _resume(saisie: Saisie, draft: BrouillonRepris | None) -> tuple[Saisie, datetime | None]:
    """Give back the draft kept on the server when the page holds no text of its own."""
    if draft is None or saisie.texte:
        return saisie, None
    return replace(saisie, texte=draft.texte, mode=saisie.mode or draft.mode), draft.updated_at


def _load_kept(request: RequeteAgent, demande: Demande) -> Demande | None:
    """The demande this one was merged into, when the agent may read it (no query for the others)."""
    if demande.fusionnee_dans_id is None:
        return None
    return Demande.objects.visible_to(request.acces).filter(pk=demande.fusionnee_dans_id).first()


def _read_merged(request: RequeteAgent, demande: Demande) -> str:
    """The number of the demande whose page led here, when it was really merged into this one."""
    typed = request.GET.get("fusionnee", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        return ""
    merged = Demande.objects.visible_to(request.acces).filter(pk=int(typed)).first()
    return merged.numero if merged is not None and find_kept(merged).pk == demande.pk != merged.pk else ""


def _preview_suffixe(demande: Demande, codes: set[str], acces: Acces) -> str:
    """Say what an SMS ends with, when one can be sent."""
    has_sms = demande.is_open and any(code.startswith("sms:") for code in codes)
    return preview_suffixe_sms(demande, collectivite=acces.collectivite) if has_sms else ""


def _usager_url(request: RequeteAgent, demande: Demande) -> str:
    """Return the 360° page of the usager for those who may open it."""
    if demande.usager_id is None or not request.acces.can(Permission.USAGER_LIRE):
        return ""
    return reverse("citoyens:fiche", args=[request.acces.collectivite.slug, demande.usager_id])


def _find_candidats(demande: Demande, lignes: list[Ligne], search: str) -> list[Usager]:
    """Return who may have written: those searched, else those who own the address it came from."""
    if search:
        return search_usagers(search, limite=6)
    adresse = next((ligne.message.adresse for ligne in lignes if ligne.message.canal == "courriel"), "")
    owners = find_by_contact(PointContact.Nature.COURRIEL, adresse) if adresse else []
    return load_in_order([owner.pk for owner in owners[:6]])
