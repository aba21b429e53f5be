"""Figures of appointments, on screen, on paper, in a spreadsheet."""

import csv
from datetime import datetime
from io import StringIO
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from collectivites.acces import Acces, RequeteAgent, requires
from collectivites.models import Lieu, Service
from collectivites.permissions import Permission
from rendezvous.agenda.attentes import load_attentes
from rendezvous.agenda.remplissage import load_remplissage
from rendezvous.agenda.statistiques import AXES, Ligne, Periode, load_lignes, load_total, read_periode
from rendezvous.creneaux.releves import read_alertes
from rendezvous.heures import MINUTES_JOUR, to_instant
from rendezvous.messages.cout import cost_of

ENTETES = (
    "Pris", "Honorés", "Absents", "Annulés par l'usager", "Annulés par le service", "En surnombre", "Pris en ligne",
    "Attente médiane (jours)", "Premier créneau (jours)",
)  # fmt: skip
FORMULES = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run (OWASP, CSV injection)


@requires(Permission.RENDEZVOUS_LIRE)
@require_GET
def statistiques(request: RequeteAgent) -> HttpResponse:
    """Show the period: the whole, one line a motif (or service, lieu, month), how full, what SMS cost."""
    acces, now = request.acces, timezone.now()
    periode = read_periode(request.GET, today=timezone.localdate(now))
    debut_at, fin_at = _bound(periode, acces)
    context: dict[str, Any] = {
        "periode": periode,
        "axes": AXES,
        "axe": AXES[periode.axe],
        "total": load_total(periode, acces),
        "lignes": load_lignes(periode, acces),
        "remplissage": load_remplissage(periode, acces),
        "sms": (sms := cost_of(debut_at, fin_at)),
        "sms_euros": f"{sms.euros:.2f}".replace(".", ",") + "\u00a0€",
        "attentes": load_attentes(periode, acces, debut_at=debut_at, fin_at=fin_at),
        "alertes": read_alertes(acces=acces, at=now),
        "services": Service.objects.filter(is_active=True, domaine__in=acces.domaines).order_by("nom", "pk"),
        "lieux": Lieu.objects.order_by("nom", "pk"),
        "parametres": request.GET.urlencode(),
        "maintenant": now,
    }
    return render(request, "rendezvous/agenda/statistiques.html", context)


def _bound(periode: Periode, acces: Acces) -> tuple[datetime, datetime]:
    """The instants of the period, on the town's clock: a message leaves a town, not a lieu."""
    zone = acces.collectivite.fuseau
    return to_instant(periode.du, 0, zone), to_instant(periode.au, MINUTES_JOUR, zone)


@requires(Permission.RENDEZVOUS_LIRE)
@require_safe
def alertes(request: RequeteAgent) -> HttpResponse:
    """The fragment « plus de créneau » that the agenda asks for once it is shown: counting slots takes its time."""
    context = {"alertes": read_alertes(acces=request.acces, at=timezone.now()), "acces": request.acces}
    return render(request, "rendezvous/agenda/_alertes.html", context)


@requires(Permission.RENDEZVOUS_LIRE)
@require_GET
def exporter(request: RequeteAgent) -> HttpResponse:
    """The lines of the period for a French spreadsheet: semicolons, comma for decimals, formulas disarmed."""
    periode = read_periode(request.GET, today=timezone.localdate())
    name = f"rendez-vous-{periode.du}-{periode.au}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    text = write_csv(periode, load_lignes(periode, request.acces))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def write_csv(periode: Periode, lignes: list[Ligne]) -> str:
    """Return the table, with its mark of UTF-8."""
    out = StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([AXES[periode.axe], *ENTETES])
    for each in lignes:
        name = f"'{each.nom}" if each.nom.startswith(FORMULES) else each.nom
        writer.writerow([
            name, each.pris, each.honores, each.absents, each.annules_usager, each.annules_service, each.surnombre,
            each.en_ligne, _decimal(each.delai), _decimal(each.premier),
        ])  # fmt: skip
    return out.getvalue()


def _decimal(number: float | None) -> str:
    return "" if number is None else f"{number:.1f}".replace(".", ",")
