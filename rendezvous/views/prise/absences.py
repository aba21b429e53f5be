"""« Absences »: the appointments somebody's absence leaves; tick, choose a gesture, check, confirm, read a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.absences.actions import EN_LIGNE, Vise, count_left, create_lot, run_here
from rendezvous.absences.lecture import LIGNES_MAX, Absence, list_absents, list_chosen, propose
from rendezvous.agenda.blocs import write_local
from rendezvous.agenda.journee import name_ressources
from rendezvous.creneaux.modele import Creneau, RechercheRefusee
from rendezvous.forms_absences import FormulaireAbsence, FormulaireLot
from rendezvous.heures import MINUTES_JOUR, get_day
from rendezvous.models import Indisponibilite, LotRendezVous, Participation, PlageMotif, RendezVous, Ressource
from rendezvous.prise.libres import read_valeur, show_heures
from rendezvous.tasks import run_lot
from socle.ecriture import write_court, write_long
from socle.nombres import read_nombre
from socle.ouvriers import ask_worker

TRAITER = Permission.RENDEZVOUS_TRAITER
Geste = LotRendezVous.Geste
PORTEE = ("ressource", "lieu", "du", "au", "de", "a", "indisponibilite", "orphelins")
VERBES = {Geste.DEPLACER: "Déplacer", Geste.CONFIER: "Confier", Geste.ANNULER: "Annuler"}


@dataclass(frozen=True)
class Portee:
    """Which absence the page is about. `form` is None when a saved unavailability, or orphans, say it all."""

    absence: Absence
    form: FormulaireAbsence | None
    titre: str = ""

    @property
    def is_refused(self) -> bool:
        """True when what was typed must be corrected."""
        return self.form is not None and self.form.is_bound and not self.form.is_valid()


@dataclass(frozen=True)
class Ligne:
    """One appointment of a list. `choix`: (value, words) of the slots proposed."""

    rdv: RendezVous
    debut: datetime
    qui: str
    choix: Sequence[tuple[str, str]] = ()
    retenu: str = ""
    url: str = ""

    @property
    def nom(self) -> str:
        """What a screen reader says of its box: « Samira Ben Amar, lundi 23 novembre à 10 h »."""
        return f"{self.rdv.usager or self.rdv.numero}, {write_long(self.debut)}"


@requires(TRAITER)
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: RequeteAgent) -> HttpResponse:
    """Show what an absence leaves; a POST prepares a gesture, then does it."""
    now = timezone.now()
    said = request.POST if request.method == "POST" else request.GET
    portee = read_portee(said, request, now)
    if request.method != "POST":
        return show_liste(request, portee, now, status=422 if portee.is_refused else 200)
    geste, ids = said.get("geste", ""), [read_nombre(each) or 0 for each in said.getlist("rdv")][:LIGNES_MAX]
    chosen = list_chosen(request.acces, ids)
    if geste not in Geste.values or not chosen:
        why = "Cochez d'abord des rendez-vous." if not chosen else "Choisissez ce qu'il faut en faire."
        return show_liste(request, portee, now, refus=why, status=422)
    if said.get("faire") == "appliquer":
        return _apply(request, portee, geste, chosen, now)
    return show_preparation(request, portee, geste, chosen, now)


def read_portee(said: QueryDict, request: RequeteAgent, now: datetime) -> Portee:
    """Return the absence of the address, or of the form; oneself, today, when nothing was asked."""
    rule = read_nombre(said.get("indisponibilite", ""))
    if rule:
        found = get_object_or_404(Indisponibilite.objects.select_related("ressource", "lieu"), pk=rule)
        who = str(found.ressource or found.lieu or "toute la collectivité")
        return Portee(Absence(indisponibilite=found), None, f"indisponibilité de {who}")
    ressource = read_nombre(said.get("ressource", "")) or None
    if said.get("orphelins"):
        return Portee(Absence(ressource_id=ressource, is_orphelins=True), None, "rendez-vous sans plage d'ouverture")
    asked = any(said.get(name) for name in PORTEE)
    today = get_day(now, request.acces.collectivite.fuseau)
    if not asked and request.method == "POST":
        return Portee(Absence(), None)  # the rest of a report: its appointments say enough
    if not asked:
        mine = Ressource.objects.filter(agent_id=request.acces.agent.pk, is_active=True).first()
        form = FormulaireAbsence(initial={"du": today, "ressource": mine})
        return Portee(Absence(ressource_id=mine.pk, du=today) if mine else Absence(), form)
    form = FormulaireAbsence(said)
    if not form.is_valid():
        return Portee(Absence(), form)
    got = form.cleaned_data
    absence = Absence(
        ressource_id=got["ressource"].pk if got["ressource"] else None,
        lieu_id=got["lieu"].pk if got["lieu"] else None, du=got["du"], au=got["au"] or got["du"],
        debut_minute=form.count_minutes(got["de"], 0), fin_minute=form.count_minutes(got["a"], MINUTES_JOUR),
    )  # fmt: skip
    return Portee(absence, form)


def keep_portee(request: RequeteAgent) -> list[tuple[str, str]]:
    """Return what says which absence this is, for the next page."""
    said = request.POST if request.method == "POST" else request.GET
    return [(name, said[name]) for name in PORTEE if said.get(name)]


def show_liste(
    request: RequeteAgent, portee: Portee, now: datetime, *, refus: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    """Draw the appointments that remain to settle, all ticked."""
    rows, sealed = ([], 0) if portee.is_refused else list_absents(portee.absence, request.acces, at=now)
    context = {
        "portee": portee, "form": portee.form, "refus": refus, "reserves": sealed, "maximum": LIGNES_MAX,
        "lignes": [_describe(request, rdv) for rdv in _with_ressources(rows)],
        "cachees": keep_portee(request) or _keep_initial(portee), "page": _page(request), "maintenant": now,
        "coches": set(request.POST.getlist("rdv")) if request.method == "POST" else None,
    }  # fmt: skip
    return render(request, "rendezvous/absences/absences.html", context, status=status)


def _keep_initial(portee: Portee) -> list[tuple[str, str]]:
    absence = portee.absence
    if absence.du is None:
        return []
    return [("ressource", str(absence.ressource_id)), ("du", absence.du.isoformat())]


def _page(request: RequeteAgent) -> str:
    return reverse("rendezvous:absences", args=[request.acces.collectivite.slug])


def _with_ressources(rows: Sequence[RendezVous]) -> list[RendezVous]:
    """Load who receives each, in the same order (three queries)."""
    full = RendezVous.objects.filter(pk__in=[rdv.pk for rdv in rows])
    full = full.select_related("motif", "lieu", "usager", "seance__ressource").prefetch_related(
        "occupations__ressource"
    )
    return list(full.order_by("debut_at", "pk"))


def _describe(
    request: RequeteAgent, rdv: RendezVous, choix: Sequence[tuple[str, str]] = (), retenu: str = ""
) -> Ligne:
    url = reverse("rendezvous:fiche", args=[request.acces.collectivite.slug, rdv.pk])
    return Ligne(rdv, write_local(rdv.debut_at, rdv.lieu.fuseau), name_ressources(rdv), choix, retenu, url)


def show_preparation(
    request: RequeteAgent, portee: Portee, geste: str, chosen: list[RendezVous], now: datetime, *,
    form: FormulaireLot | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw what will be done to each, to check and change before doing it."""
    choices, refusal = {}, ""
    if geste == Geste.DEPLACER:
        try:
            choices = {pk: _show_choix(slots, now) for pk, slots in propose(chosen, portee.absence, at=now).items()}
        except RechercheRefusee as error:
            refusal = str(error)
    rows = _with_ressources(chosen)
    context = {
        "portee": portee, "geste": geste, "verbe": VERBES[Geste(geste)], "refus": refusal,
        "form": form or FormulaireLot(geste=geste, ressources=_list_vers(chosen, portee)),
        "lignes": [_prepare(request, rdv, choices.get(rdv.pk, [])) for rdv in rows],
        "sans_place": sum(not choices.get(rdv.pk) for rdv in rows) if geste == Geste.DEPLACER else 0,
        "a_appeler": _count_muets(rows), "cachees": keep_portee(request), "page": _page(request),
        "retour": f"{_page(request)}?{urlencode(keep_portee(request))}", "maintenant": now,
    }  # fmt: skip
    return render(request, "rendezvous/absences/preparer.html", context, status=status)


def _prepare(request: RequeteAgent, rdv: RendezVous, choix: list[tuple[str, str]]) -> Ligne:
    kept = request.POST.get(f"place_{rdv.pk}")
    return _describe(request, rdv, choix, choix[0][0] if choix and kept is None else kept or "")


def _show_choix(slots: Sequence[Creneau], now: datetime) -> list[tuple[str, str]]:
    return [
        (heure.valeur, f"{write_court(heure.debut, now=now)} · {heure.qui} · {heure.lieu.nom}")
        for heure in show_heures(slots, is_named=True)
    ]


def _list_vers(chosen: list[RendezVous], portee: Portee) -> list[Ressource]:
    """Who else receives these motifs (one query)."""
    links = PlageMotif.objects.filter(motif_id__in={rdv.motif_id for rdv in chosen}, plage__is_active=True)
    away = portee.absence.ressource_id or getattr(portee.absence.indisponibilite, "ressource_id", None)
    rows = Ressource.objects.filter(pk__in=links.values("plage__ressource_id"), is_active=True)
    return list(rows.exclude(pk=away or 0).order_by("nom", "pk"))


def _count_muets(rows: Sequence[RendezVous]) -> int:
    """How many can't be written to (one query)."""
    lead = Participation.objects.filter(rendezvous_id__in=[rdv.pk for rdv in rows], rang=0)
    return lead.filter(courriel="", telephone="").count()


def _apply(
    request: RequeteAgent, portee: Portee, geste: str, chosen: list[RendezVous], now: datetime
) -> HttpResponse:  # fmt: skip
    form = FormulaireLot(request.POST, geste=geste, ressources=_list_vers(chosen, portee))
    if not form.is_valid():
        return show_preparation(request, portee, geste, chosen, now, form=form, status=422)
    vises = [(rdv.pk, _read_version(request, rdv), _read_place(request, form, geste, rdv)) for rdv in chosen]
    if geste == Geste.DEPLACER:
        vises = [each for each in vises if each[2] is not None]
    if not vises:
        return show_liste(
            request, portee, now, refus="Aucun créneau n'était choisi\u00a0: rien n'a bougé.", status=422
        )
    return _launch(request, form, geste, vises, now)


def _launch(request: RequeteAgent, form: FormulaireLot, geste: str, vises: list[Vise], now: datetime) -> HttpResponse:
    acces, said = request.acces, form.cleaned_data
    lot, is_new = create_lot(
        geste=geste, vises=vises, raison=said.get("raison", ""), is_prevenu=said["prevenir"], clef=said["clef"],
        agent=acces.agent, by=acces.acteur, at=now,
    )  # fmt: skip
    if is_new and len(vises) <= EN_LIGNE:
        lot = run_here(lot=lot, at=now)
    elif is_new:
        transaction.on_commit(partial(ask_worker, run_lot.name, acces.collectivite.pk, lot.pk), robust=True)
    page = reverse("rendezvous:absences_lot", args=[acces.collectivite.slug, lot.pk])
    return redirect(f"{page}?{urlencode(keep_portee(request))}")


def _read_version(request: RequeteAgent, rdv: RendezVous) -> int:
    """The version of the page the agent was looking at."""
    asked = read_nombre(request.POST.get(f"v_{rdv.pk}", ""), maximum=2**31)
    return rdv.version if asked is None else asked


def _read_place(request: RequeteAgent, form: FormulaireLot, geste: str, rdv: RendezVous) -> Creneau | None:
    if geste == Geste.CONFIER:
        vers = form.cleaned_data["ressource_vers"]
        return Creneau(rdv.debut_at, rdv.fin_at, rdv.lieu_id, vers.pk, 1, rdv.motif_id)
    if geste == Geste.DEPLACER:
        return read_valeur(request.POST.get(f"place_{rdv.pk}", ""), rdv.motif, rdv.personnes)
    return None


@requires(TRAITER)
@require_safe
def lot(request: RequeteAgent, pk: int) -> HttpResponse:
    """The report of one's own batch: what was done, what was not and why, and what to do of the rest."""
    found = get_object_or_404(LotRendezVous, pk=pk, agent=request.acces.agent)
    ids = [row[0] for row in (*found.faits, *found.echecs)]
    readable = (
        RendezVous.objects.visible_to(request.acces).filter(pk__in=ids).select_related("lieu", "usager", "motif")
    )
    rows = {rdv.pk: rdv for rdv in readable}
    done, left = (_tell(request, lines, rows) for lines in (found.faits, found.echecs))
    context = {
        "lot": found, "verbe": VERBES[Geste(found.geste)], "total": len(found.vises),
        "fait": len(found.vises) - count_left(found), "en_cours": found.etat == LotRendezVous.Etat.EN_COURS,
        "faits": done, "echecs": left, "cachees": keep_portee(request), "page": _page(request),
        "maintenant": timezone.now(),
    }  # fmt: skip
    return render(request, "rendezvous/absences/lot.html" + ("#progres" if request.htmx else ""), context)


def _tell(request: RequeteAgent, lines: Sequence[Any], rows: dict[int, RendezVous]) -> list[dict[str, Any]]:
    """Each line with its appointment, None when this agent may no longer read it: then nothing more is said."""
    slug = request.acces.collectivite.slug
    return [
        {
            "rdv": rows.get(pk), "phrase": phrase if pk in rows else "",
            "debut": write_local(rows[pk].debut_at, rows[pk].lieu.fuseau) if pk in rows else None,
            "url": reverse("rendezvous:fiche", args=[slug, pk]) if pk in rows else "",
        }
        for pk, phrase in lines
    ]  # fmt: skip
