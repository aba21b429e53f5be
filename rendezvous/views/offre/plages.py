"""« Plages d'ouverture »: who receives, where, when, for what. The list by resource, with its week; the form."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.forms_offre_plage import CELLE_CI, SUIVANTES, FormulairePlage
from rendezvous.forms_offre_qui import list_lieux
from rendezvous.models import Motif, PlageOuverture, RendezVous, Ressource
from rendezvous.offre.fermetures import Fermetures
from rendezvous.offre.orphelins import find_causes, list_orphelins
from rendezvous.offre.recurrence import list_days
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.views.offre.cadre import find_url, list_lignes, show_page, tell_orphelins
from rendezvous.views.offre.enregistrement import AConfirmer, fingerprint, save_form
from rendezvous.views.offre.semaine import build_semaine, get_monday, is_closed, list_jours
from rendezvous.views.offre.versions import Ecart, face_current
from socle.ecriture import write_jour
from socle.nombres import read_nombre
from socle.toasts import toast

OFFRE = Permission.OFFRE_MODIFIER
JOURS_MONTRES = 8


def load_plages() -> Any:
    """Ranges with who receives and where."""
    return PlageOuverture.objects.select_related("ressource", "lieu", "guichet")


@requires(OFFRE)
@require_GET
def plages(request: RequeteAgent) -> HttpResponse:
    """The ranges of each resource, and what a week gives."""
    today = timezone.localdate()
    lundi = get_monday(request.GET.get("semaine", ""), today)
    lieu, who = read_nombre(request.GET.get("lieu", "")), read_nombre(request.GET.get("ressource", ""))
    rows = (
        load_plages()
        .prefetch_related("liens_motifs__motif")
        .filter(is_active=True)
        .order_by("ressource__nom", "ressource_id", "premier_on", "pk")
    )
    has_any = rows.exists()
    rows = rows.filter(lieu_id=lieu) if lieu else rows
    rows = list(rows.filter(ressource_id=who) if who else rows)
    town = request.acces.collectivite
    weeks = build_semaine(rows, lundi=lundi, collectivite=town)
    context = {
        "ressources": _group(rows, weeks, today), "jours": list_jours(lundi, town), "lundi": lundi,
        "vide": not has_any,
        "avant": lundi - timedelta(days=7), "apres": lundi + timedelta(days=7), "today": today,
        "lieux": list(list_lieux()), "lieu": lieu, "ressource": who,
        "toutes_ressources": list(Ressource.objects.filter(is_active=True).order_by("nom", "pk")),
    }  # fmt: skip
    return show_page(request, "plages.html", context, onglet="plages")


def _group(rows: list[PlageOuverture], weeks: dict[int, Any], today: date) -> list[dict[str, Any]]:
    groups: dict[int, dict[str, Any]] = {}
    for each in rows:
        group = groups.setdefault(
            each.ressource_id,
            {"ressource": each.ressource, "semaine": weeks[each.ressource_id], "plages": [], "finies": []},
        )
        over = (each.jusqu_on or (None if each.regle else each.premier_on)) or today
        group["finies" if over < today else "plages"].append(each)
    return list(groups.values())


@requires(OFFRE)
@require_GET
def orphelins(request: RequeteAgent) -> HttpResponse:
    """Appointments to come that no range holds any more: somebody must move, cancel or keep them."""
    rows = RendezVous.objects.visible_to(request.acces)
    who = Ressource.objects.filter(pk=read_nombre(request.GET.get("ressource", "")) or 0).first()
    if who is not None:
        rows = rows.filter(occupations__ressource=who).distinct()
    left = list_orphelins(rows, at=timezone.now())
    causes = find_causes(left)
    lines = [replace(each, pourquoi=causes[each.rendezvous.pk].value) for each in list_lignes(request, left)]
    context = {"lignes": lines, "qui": who, "groupee_url": find_url(request, "absences")}
    return show_page(request, "orphelins.html", context, onglet="plages")


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def plage(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Open a range, or change one: wholly, from a day on, or on one day only (`?jour=`)."""
    instance = get_object_or_404(load_plages().filter(is_active=True), pk=pk) if pk else PlageOuverture()
    jour = _read_jour(request, instance)
    form = FormulairePlage(
        request.POST if request.method == "POST" else None, collectivite=request.acces.collectivite, instance=instance,
        jour=jour, initial=_start(request) if pk is None else {},
    )  # fmt: skip
    if not form.is_bound or request.POST.get("faire") == "apercu":
        valid = form.is_bound and form.is_valid()
        return show_plage(request, form, apercu=valid, status=422 if form.is_bound and not valid else 200)
    if not form.is_valid():
        return show_plage(request, form, status=422)
    return _save(request, form)


def _save(request: RequeteAgent, form: FormulairePlage) -> HttpResponse:
    try:
        with transaction.atomic():
            done = save_form(
                form, confirme=request.POST.get("confirme", ""), by=request.acces.acteur, at=timezone.now()
            )
    except AConfirmer as doubts:
        return show_plage(request, form, avertissements=doubts.avertissements, status=422)
    except VersionPerimee as stale:
        form.add_error(None, str(stale))
        return show_plage(request, form, ecarts=_face_current(request, form), status=409)
    except OffreRefusee as refusal:
        form.add_error(None, str(refusal))
        return show_plage(request, form, status=422)
    slug = request.acces.collectivite.slug
    if done.orphelins:
        toast(request, f"Plage enregistrée. {tell_orphelins(len(done.orphelins))}", ton="alerte")
        return redirect(f"{find_url(request, 'orphelins')}?ressource={done.plage.ressource_id}")
    toast(request, "Plage enregistrée.")
    return redirect("rendezvous:plages", slug)


def _face_current(request: RequeteAgent, form: FormulairePlage) -> list[Ecart]:
    """What differs from the range as a colleague has just written it, which the rest of the page now shows and whose
    version its buttons send; nothing when they closed it."""
    current = load_plages().filter(pk=form.instance.pk, is_active=True).first()
    if current is None:
        return []
    form.instance = current
    standing = FormulairePlage(collectivite=request.acces.collectivite, instance=current, jour=form.jour)
    return face_current(form, standing)


def _read_jour(request: RequeteAgent, plage: PlageOuverture) -> date | None:
    """The occurrence being changed, when it is one."""
    asked = request.POST.get("jour") or request.GET.get("jour", "")
    if not plage.pk or not asked:
        return None
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return day if plage.regle and _list_days(plage, day, day) else None


def _list_days(plage: PlageOuverture, du: date, au: date) -> list[date]:
    return list_days(
        plage.regle, premier_on=plage.premier_on, jusqu_on=plage.jusqu_on, exceptions=plage.exceptions, du=du, au=au
    )


def _start(request: RequeteAgent) -> dict[str, Any]:
    """First values of a new range: `?motif=`, `?ressource=`, the only lieu of the town."""
    start: dict[str, Any] = {"premier_on": timezone.localdate() + timedelta(days=1)}
    motif = Motif.objects.filter(pk=read_nombre(request.GET.get("motif", "")) or 0).first()
    if motif:
        start["motifs"] = [str(motif.pk)]
    who = Ressource.objects.filter(pk=read_nombre(request.GET.get("ressource", "")) or 0).first()
    if who:
        start["qui"] = f"agent:{who.agent_id}" if who.agent_id else f"guichet:{who.guichet_id}"
    lieux = list(list_lieux()[:2])
    return start | ({"lieu": lieux[0].pk} if len(lieux) == 1 else {})


def show_plage(
    request: RequeteAgent, form: FormulairePlage, *, avertissements: list[str] | None = None, apercu: bool = False,
    status: int = 200, refus: str = "", ecarts: list[Ecart] | None = None,
) -> HttpResponse:  # fmt: skip
    """Draw the form of a range, with what is to confirm, the first days it gives, or why it was refused."""
    known = form.instance
    context = {
        "form": form, "plage": known if known.pk else None, "refus": refus, "ecarts": ecarts or [],
        "avertissements": avertissements or [], "empreinte": fingerprint(avertissements or []),
        "portee": form.portee, "jour": form.jour, "jour_dit": write_jour(form.jour) if form.jour else "",
        "suivantes": SUIVANTES, "celle_ci": CELLE_CI, "apercu": _preview(request, form) if apercu else None,
        "prochains": _next_days(request, known) if known.pk else [],
        "titre": _title(known), "exceptions": sorted(known.exceptions) if known.pk else [],
    }  # fmt: skip
    return show_page(request, "plage.html", context, onglet="plages", status=status)


def _title(plage: PlageOuverture) -> str:
    if not plage.pk:
        return "Nouvelle plage"
    return f"{plage.libelle or 'Plage'} · {plage.ressource.nom}"


def _preview(request: RequeteAgent, form: FormulairePlage) -> list[tuple[date, str]]:
    """The first days that the form as typed would give, each with the holiday that closes it."""
    said = form.cleaned_data
    draft = PlageOuverture(
        lieu=said["lieu"], is_ferie_travaille=said["is_ferie_travaille"], regle=said["regle"],
        premier_on=said["premier_on"], jusqu_on=said["jusqu_on"], exceptions=form.instance.exceptions or [],
    )  # fmt: skip
    return _next_days(request, draft)


def _next_days(request: RequeteAgent, plage: PlageOuverture) -> list[tuple[date, str]]:
    """The next days of a range, at most eight in the coming year."""
    start = max(plage.premier_on, timezone.localdate())
    days = _list_days(plage, start, start + timedelta(days=366))[:JOURS_MONTRES]
    if not days:
        return []
    closures, town = Fermetures.read(days[0], days[-1]), request.acces.collectivite
    return [(day, is_closed(plage, day, town, closures)) for day in days]
