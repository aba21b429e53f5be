"""« Parcours »: several services in one visit; the best combinations, one click books them all or none."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.forms import FormulaireNouvelUsager
from journal.actions import record_reading
from journal.models import Consultation
from rendezvous.agenda.blocs import write_local
from rendezvous.agenda.journee import TONS, name_ressources
from rendezvous.creneaux.modele import RechercheRefusee
from rendezvous.etats import VIVANTS
from rendezvous.forms_parcours import FormulaireParcours, list_initial
from rendezvous.models import Parcours, RendezVous
from rendezvous.parcours.actions import Visite, book_visite, cancel_visite
from rendezvous.parcours.recherche import find_visites
from rendezvous.prise.choix import Choix
from rendezvous.prise.visites import VISITES_MAX, Proposition, read_visite, show_visites
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse, VersionPerimee
from rendezvous.reservation.saisie import Participant
from socle.toasts import toast

TRAITER = Permission.RENDEZVOUS_TRAITER
FENETRE = timedelta(days=41)  # days looked at from the one asked
GABARIT = "rendezvous/parcours/parcours.html"
PERDU = "Un de ces créneaux vient d'être pris : rien n'est réservé. Voici ce qui est encore possible."


@dataclass
class Ecran:
    """One drawing of the page. `propositions`: None while nothing was searched."""

    choix: Choix
    form: FormulaireParcours
    personne: FormulaireNouvelUsager
    refus: str = ""
    qui_manque: str = ""
    propositions: list[Proposition] | None = field(default=None)
    status: int = 200


@requires(TRAITER)
@require_http_methods(["GET", "HEAD", "POST"])
def parcours(request: RequeteAgent) -> HttpResponse:
    """Show the form; « Chercher » proposes visits, the button of a visit books it."""
    is_sent = request.method == "POST"
    choix = Choix(request.POST if is_sent else request.GET, request.acces, timezone.now())
    is_asked = is_sent and bool({"chercher", "visite"} & request.POST.keys())
    ecran = _build(request, choix, is_bound=is_asked)
    if is_asked and not ecran.form.is_valid():
        ecran.status = 422
    elif "visite" in request.POST:
        done = _book(request, ecran)
        if done is not None:
            return _go(request, done)
        _search(ecran)
    elif is_asked:
        _search(ecran)
    return _show(request, ecran)


def _go(request: RequeteAgent, done: Parcours) -> HttpResponse:
    """Go to the visit, unless every stop is sealed to this agent."""
    slug = request.acces.collectivite.slug
    if done.rendezvous.filter(domaine__in=request.acces.domaines).exists():
        return redirect("rendezvous:parcours_fiche", slug, done.pk)
    toast(request, f"Parcours {done.numero} pris. Il est réservé à ses services\u00a0: vous ne le voyez plus.")
    return redirect("rendezvous:parcours", slug)


def _build(request: RequeteAgent, choix: Choix, *, is_bound: bool) -> Ecran:
    common: dict[str, Any] = {"motifs": choix.motifs, "today": choix.today}
    if is_bound:
        person = FormulaireNouvelUsager(request.POST if "visite" in request.POST else None, prefix="personne")
        person.initial = _read_person(choix)
        return Ecran(choix, FormulaireParcours(request.POST, **common), person)
    kept: dict[str, Any] = {name: value for name, value in choix.typed.items() if value}
    if request.method == "POST":  # a box left empty is sent as nothing
        kept["prevenir"] = request.POST.get("prevenir", "")
    form = FormulaireParcours(initial=kept, **common)
    chosen = form.fields["modele"].queryset.filter(pk=_int(kept.get("modele", ""))).first()  # type: ignore[attr-defined]
    if chosen is not None:
        form = FormulaireParcours(initial=kept | list_initial(chosen), **common)
    return Ecran(choix, form, FormulaireNouvelUsager(initial=_read_person(choix), prefix="personne"))


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _read_person(choix: Choix) -> dict[str, str]:
    prefix = "personne-"
    return {name.removeprefix(prefix): value for name, value in choix.typed.items() if name.startswith(prefix)}


def _search(ecran: Ecran) -> None:
    """Propose the best visits from the day asked."""
    said, etapes = ecran.form.cleaned_data, ecran.form.etapes
    try:
        found = find_visites(
            etapes=etapes, is_ordonne=said["ordonne"], du=said["du"], au=said["du"] + FENETRE, at=ecran.choix.at,
            pour_agent=True, nombre=VISITES_MAX,
        )  # fmt: skip
    except (RechercheRefusee, ValueError) as refusal:
        ecran.refus, ecran.status = str(refusal), 422
        return
    ecran.propositions = show_visites(found, etapes)


def _book(request: RequeteAgent, ecran: Ecran) -> Parcours | None:
    """Book the visit clicked; None when something must be corrected, or when a slot was lost."""
    form, acces = ecran.form, request.acces
    combinaison = read_visite(request.POST.get("visite", ""), form.etapes)
    who = _read_who(ecran)
    if combinaison is None:
        ecran.refus, ecran.status = PERDU, 409
    if who is None or combinaison is None:
        return None
    said = form.cleaned_data
    visite = Visite(
        combinaison=combinaison, etapes=form.etapes, participants=[who], canal=said["canal"] or "guichet",
        clef=said["clef"], is_ordonne=said["ordonne"], modele=said["modele"], is_prevenu=said["prevenir"],
    )  # fmt: skip
    try:
        return book_visite(visite=visite, by=acces.acteur, at=ecran.choix.at)
    except CreneauPris:
        ecran.refus, ecran.status = PERDU, 409
    except RendezVousRefuse as refusal:
        ecran.refus, ecran.status = refusal.phrase, 409
    return None


def _read_who(ecran: Ecran) -> Participant | None:
    choix = ecran.choix
    if choix.usager is not None:
        return Participant(usager_id=choix.usager.pk)
    if choix.is_nouveau and ecran.personne.is_valid():
        typed = ecran.personne.cleaned_data
        return Participant(
            nom=typed["nom"], prenom=typed["prenoms"], courriel=typed["courriel"], telephone=typed["telephone"]
        )
    ecran.status = 422
    if not choix.is_nouveau:
        ecran.qui_manque = "Choisissez pour qui, puis la visite."
    return None


def _show(request: RequeteAgent, ecran: Ecran) -> HttpResponse:
    choix = ecran.choix
    context = {
        "ecran": ecran, "choix": choix, "form": ecran.form, "personne": ecran.personne, "trouves": choix.trouves,
        "q": choix.typed.get("q", ""), "is_nouveau": choix.is_nouveau, "maintenant": choix.at,
        "choisi": str(choix.usager.pk) if choix.usager else choix.typed.get("usager", ""),
        "page": reverse("rendezvous:parcours", args=[request.acces.collectivite.slug]),
    }  # fmt: skip
    is_part = request.htmx and request.htmx.target == "etapes"  # what asks is the frame of the list, without a name
    return render(request, f"{GABARIT}#etapes" if is_part else GABARIT, context, status=ecran.status)


@dataclass(frozen=True)
class Arret:
    """A stop already booked."""

    rdv: RendezVous
    debut: datetime
    fin: datetime
    qui: str
    ton: str


Lu = tuple[Parcours, list[RendezVous], int]


def _get(request: RequeteAgent, pk: int) -> Lu:
    """Return a visit, its stops that this agent reads, how many are sealed; 404 when they read none."""
    found = get_object_or_404(Parcours.objects.select_related("usager", "modele"), pk=pk)
    rows = RendezVous.objects.filter(parcours=found).select_related("motif", "lieu", "service", "seance__ressource")
    stops = list(rows.prefetch_related("occupations__ressource").order_by("debut_at", "pk"))
    seen = [rdv for rdv in stops if rdv.domaine in request.acces.domaines]
    if not seen:
        raise Http404
    return found, seen, len(stops) - len(seen)


@requires(Permission.RENDEZVOUS_LIRE)
@require_safe
def fiche(request: RequeteAgent, pk: int) -> HttpResponse:
    """One visit: its stops, each with its page; cancel the whole."""
    lu = found, stops, _ = _get(request, pk)
    record_reading(
        vue=Consultation.Vue.RENDEZVOUS, agent_id=request.acces.agent.pk, usager_id=found.usager_id,
        objet_id=stops[0].pk, at=timezone.now(),
    )  # fmt: skip
    return _show_fiche(request, lu)


def _show_fiche(
    request: RequeteAgent, lu: Lu, *, refus: str = "", raison: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    found, stops, sealed = lu
    now = timezone.now()
    shown = [
        Arret(
            rdv, write_local(rdv.debut_at, rdv.lieu.fuseau), write_local(rdv.fin_at, rdv.lieu.fuseau),
            name_ressources(rdv), TONS[rdv.etat],
        )
        for rdv in stops
    ]  # fmt: skip
    is_coming = any(rdv.etat in VIVANTS and rdv.debut_at > now for rdv in stops)
    context = {
        "parcours": found, "arrets": shown, "reserves": sealed, "refus": refus, "raison": raison, "maintenant": now,
        "pieces": list(dict.fromkeys(piece for rdv in stops for piece in rdv.motif.pieces)),
        "peut_annuler": is_coming and not sealed and request.acces.can(TRAITER),
    }  # fmt: skip
    return render(request, "rendezvous/parcours/fiche.html", context, status=status)


@requires(TRAITER)
@require_POST
def annuler(request: RequeteAgent, pk: int) -> HttpResponse:
    """Cancel every stop to come, with one message."""
    lu = found, _, sealed = _get(request, pk)
    reason = " ".join(request.POST.get("raison", "").split())
    if len(reason) > 300:
        return _show_fiche(request, lu, refus="La raison tient en 300 signes.", raison=reason, status=422)
    if sealed:
        why = "Un des rendez-vous est réservé à son service\u00a0: annulez les autres un par un."
        return _show_fiche(request, lu, refus=why, raison=reason, status=409)
    tells = bool(request.POST.get("prevenir"))
    who = "usager" if request.POST.get("par") == "usager" else "service"
    try:
        gone = cancel_visite(
            parcours=found, par=who, raison=reason, by=request.acces.acteur, at=timezone.now(), is_prevenu=tells
        )
    except (RendezVousRefuse, VersionPerimee) as refusal:
        return _show_fiche(request, lu, refus=str(refusal), raison=reason, status=409)
    if not gone:
        return _show_fiche(request, lu, refus="Plus rien n'est à venir dans ce parcours.", raison=reason, status=409)
    toast(request, f"{len(gone)}\u00a0rendez-vous annulés." + (" L'usager est prévenu." if tells else ""))
    return redirect("rendezvous:parcours_fiche", request.acces.collectivite.slug, pk)
