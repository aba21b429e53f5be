"""« Prendre un rendez-vous »: on one page, for whom, what for, how many, and one click on an hour books."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collectivites.acces import RequeteAgent, prologue, requires
from collectivites.permissions import Permission
from demandes.forms import FormulaireNouvelUsager
from journal.actions import record_reading
from journal.models import Consultation
from rendezvous.agenda.dossier import load_dossier
from rendezvous.ants.verification import Verification, verify
from rendezvous.creneaux.modele import RechercheRefusee
from rendezvous.forms_prise import FormulairePrise, FormulaireSurnombre
from rendezvous.messages.invitation import send_invitation
from rendezvous.panneau import load_panneau
from rendezvous.prise.choix import Choix
from rendezvous.prise.libres import load_semaine
from rendezvous.prise.pointe import find_pointe
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.views.agenda.fiche import get_rendezvous
from rendezvous.views.prise.ecran import Ecran
from rendezvous.views.prise.reserver import book, read_creneau
from socle.nombres import read_nombre
from socle.toasts import toast

GABARIT = "rendezvous/prise/prendre.html"
TRAITER = Permission.RENDEZVOUS_TRAITER
PREDEMANDES_MAX = 12


def verify_predemandes(request: HttpRequest, _kwargs: dict[str, Any]) -> Verification | None:
    """Ask France Titres about the numbers typed, before the transaction, when a booking is really sent."""
    said, acces = request.POST, request.acces  # type: ignore[attr-defined]
    if not acces.can(TRAITER) or not {"creneau", "surnombre"} & said.keys() or said.get("quand_meme"):
        return None
    typed = [said.get(f"predemande_{rang}", "") for rang in range(PREDEMANDES_MAX)]
    place = said.get("creneau", "-").split("-")[1:2] or [""]
    lieu = read_nombre(place[0]) or read_nombre(said.get("qui", "").partition("-")[0])
    return verify(typed, lieu_id=lieu)


@prologue(verify_predemandes)
@requires(TRAITER)
@require_http_methods(["GET", "HEAD", "POST"])
def prendre(request: RequeteAgent) -> HttpResponse:
    """Show the screen, or book with the button of an hour. Any other button of the form only shows it again."""
    is_sent = request.method == "POST"
    choix = Choix(request.POST if is_sent else request.GET, request.acces, timezone.now())
    ecran = build_ecran(request, choix)
    if is_sent and "inviter" in request.POST:
        return _invite(request, ecran)
    if is_sent and {"creneau", "surnombre"} & request.POST.keys():
        return _book(request, choix)
    return show(request, ecran)


def build_ecran(request: RequeteAgent, choix: Choix, *, is_bound: bool = False) -> Ecran:
    """Return the forms of the page: bound when something is sent, else holding what was typed without complaint."""
    common: dict[str, Any] = {"motif": choix.motif, "personnes": choix.personnes, "demandes": choix.demandes}
    over: dict[str, Any] = {"couples": [] if choix.motif and choix.motif.is_collectif else choix.couples}
    typed = request.POST
    if is_bound:
        return Ecran(
            choix, FormulairePrise(typed, **common), FormulaireNouvelUsager(typed, prefix="personne"),
            FormulaireSurnombre(typed if "surnombre" in typed else None, **over),
        )  # fmt: skip
    kept = {name: value for name, value in choix.typed.items() if value}
    if "canal" in typed:  # the part of the form that holds the box was on the page
        kept["prevenir"] = typed.get("prevenir", "")
    person = {name.removeprefix("personne-"): value for name, value in kept.items() if name.startswith("personne-")}
    pointe = find_pointe(choix)
    return Ecran(
        choix, FormulairePrise(initial=kept, **common), FormulaireNouvelUsager(initial=person, prefix="personne"),
        FormulaireSurnombre(initial=(pointe.initial if pointe else {}) | kept, **over), pointe=pointe,
    )  # fmt: skip


def show(request: RequeteAgent, ecran: Ecran, *, status: int = 200) -> HttpResponse:
    """Draw the page; for htmx, only what follows the motif, or the motifs found."""
    choix = ecran.choix
    context = {
        "ecran": ecran, "choix": choix, "form": ecran.form, "personne": ecran.personne, "surnombre": ecran.surnombre,
        "trouves": choix.trouves, "q": choix.typed.get("q", ""), "q_motif": choix.typed.get("q_motif", ""),
        "semaine": None, "refus_recherche": "", "is_nouveau": choix.is_nouveau,
        "choisi": str(choix.usager.pk) if choix.usager else choix.typed.get("usager", ""),
        "page": reverse("rendezvous:prendre", args=[request.acces.collectivite.slug]),
        "maintenant": choix.at,
    }  # fmt: skip
    context["coche"] = choix.motif.pk if choix.motif else None
    if request.htmx and request.htmx.trigger_name == "q_motif":
        context["coche"] = read_nombre(choix.typed.get("motif", ""))  # ticking the only one found must show its hours
        return render(request, f"{GABARIT}#motifs", context)
    context |= _load_libres(choix) | list_filtres(choix)
    context["deja"] = load_panneau(choix.acces, choix.usager.pk, choix.at)["rendezvous"] if choix.usager else []
    return render(request, f"{GABARIT}#suite" if request.htmx else GABARIT, context, status=status)


def list_filtres(choix: Choix) -> dict[str, Any]:
    """Return what narrows the slots: how many, where, with whom."""
    return {
        "nombres": range(1, choix.personnes_max + 1),
        "couples": choix.couples,
        "lieux": list({each.lieu.pk: each.lieu for each in choix.couples}.values()),
        "ressources": list({each.ressource.pk: each.ressource for each in choix.couples}.values()),
    }


def _load_libres(choix: Choix) -> dict[str, Any]:
    if choix.motif is None:
        return {}
    lieu, ressource = choix.lieu_id, choix.ressource_id
    try:
        semaine = load_semaine(
            choix.motif, du=choix.du, today=choix.today, at=choix.at, fuseau=choix.acces.collectivite.fuseau,
            limites={
                "personnes": choix.personnes, "lieux": [lieu] if lieu else None,
                "ressources": [ressource] if ressource else None,
            },
        )  # fmt: skip
    except RechercheRefusee as refusal:
        return {"refus_recherche": str(refusal)}
    return {"semaine": semaine}


def _book(request: RequeteAgent, choix: Choix) -> HttpResponse:
    ecran = build_ecran(request, choix, is_bound=True)
    creneau = read_creneau(request, ecran)
    verification: Verification | None = getattr(request, "prologue", None)
    done = book(ecran, creneau, verification=verification, by=request.acces.acteur)
    if done is None:
        return show(request, ecran, status=ecran.status)
    slug = request.acces.collectivite.slug
    if done.domaine not in request.acces.domaines:
        toast(request, f"Rendez-vous {done.numero} pris. Il est réservé à son service\u00a0: vous ne le voyez plus.")
        return redirect(f"{reverse('rendezvous:prendre', args=[slug])}?usager={done.usager_id}")
    return redirect("rendezvous:pris", slug, done.pk)


def _invite(request: RequeteAgent, ecran: Ecran) -> HttpResponse:
    """Send the link of the motif to the person chosen."""
    choix = ecran.choix
    if choix.motif is None or choix.usager is None:
        ecran.refuse("Choisissez une personne connue et un motif, puis envoyez l'invitation.", status=422)
        return show(request, ecran, status=422)
    clef = FormulairePrise(request.POST, motif=choix.motif, personnes=1, demandes=[])
    try:
        envoi = send_invitation(
            motif=choix.motif, usager=choix.usager, clef=clef.fields["clef"].clean(request.POST.get("clef")),
            by=request.acces.acteur, at=choix.at,
        )  # fmt: skip
    except RendezVousRefuse as refusal:
        ecran.refuse(refusal.phrase, status=409)
        return show(request, ecran, status=409)
    toast(request, f"Invitation envoyée par {envoi.get_canal_display().lower()} à {envoi.destinataire}.")
    return redirect(
        f"{reverse('rendezvous:prendre', args=[request.acces.collectivite.slug])}?usager={choix.usager.pk}"
    )


@requires(TRAITER)
@require_safe
def pris(request: RequeteAgent, pk: int) -> HttpResponse:
    """What to tell the person: when, where, what to bring, how they will be reminded; then the next one."""
    rdv, now = get_rendezvous(request, pk), timezone.now()
    record_reading(
        vue=Consultation.Vue.RENDEZVOUS, agent_id=request.acces.agent.pk, usager_id=rdv.usager_id, objet_id=rdv.pk,
        at=now,
    )  # fmt: skip
    dossier = load_dossier(rdv, request.acces, at=now)
    context = {
        "rdv": rdv, "dossier": dossier, "maintenant": now,
        "autre_url": reverse("rendezvous:prendre", args=[request.acces.collectivite.slug]),
    }  # fmt: skip
    return render(request, "rendezvous/prise/pris.html", context)
