"""The journal on screen, and its export."""

import csv
from io import StringIO
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from journal.actions import record
from journal.forms import FormulaireFiltre
from journal.lignes import Ligne, iterate, list_agents, read_page
from journal.phrases import pages
from socle.ecriture import local

EXPORT_MAX = 20_000
COLONNES = ("Quand", "Qui", "Quoi", "Sur")


@requires(Permission.JOURNAL_LIRE)
@require_safe
def liste(request: RequeteAgent) -> HttpResponse:
    """Who did what, or who read which profile; filters by GET, newest first."""
    form = _read_form(request, request.GET)
    if not form.is_valid():
        return render(request, "journal/liste.html", _context(form, [], ""), status=422)
    page = read_page(form.filter(), avant=request.GET.get("avant", ""))
    query = request.GET.copy()
    query["avant"] = page.suivant
    following = f"{reverse('journal:liste', args=[request.acces.collectivite.slug])}?{query.urlencode()}"
    context = _context(form, _link(request, page.lignes), following if page.suivant else "")
    return render(request, "journal/liste.html", context)


@requires(Permission.JOURNAL_LIRE)
@require_POST
def exporter(request: RequeteAgent) -> HttpResponse:
    """The lines of the filter in CSV, EXPORT_MAX at most. Taking them out is itself a line of the journal."""
    form = _read_form(request, request.POST)
    if not form.is_valid():
        return render(request, "journal/liste.html", _context(form, [], ""), status=422)
    at = timezone.now()
    lines = list(iterate(form.filter(), limite=EXPORT_MAX))
    record(
        verbe="journal.exporte", objet_type="journal", objet_id=request.acces.collectivite.pk, libelle="",
        by=request.acces.acteur, at=at, lignes=len(lines),
    )  # fmt: skip
    name = f"journal-{request.acces.collectivite.slug}-{local(at):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(write_csv(lines), content_type="text/csv; charset=utf-8", headers=headers)


def write_csv(lines: list[Ligne]) -> str:
    """UTF-8 with its mark and semicolons: opens in the spreadsheets of a French office. Formulas are disarmed."""
    out = StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLONNES)
    for line in lines:
        cells = (local(line.at).strftime("%d/%m/%Y %H:%M:%S"), line.qui, line.quoi, line.objet)
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells])
    return out.getvalue()


def _read_form(request: RequeteAgent, typed: QueryDict) -> FormulaireFiltre:
    return FormulaireFiltre(typed, agents=list_agents(request.acces.collectivite.pk))


def _link(request: RequeteAgent, lines: list[Ligne]) -> list[tuple[Ligne, str]]:
    """Each line with the address of what it is about, when an upper floor has a page for it."""
    slug = request.acces.collectivite.slug
    return [(line, _address(slug, line)) for line in lines]


def _address(slug: str, line: Ligne) -> str:
    page = pages.get(line.objet_type)
    return page(slug, line.objet_id) if page and line.objet_id else ""


def _context(form: FormulaireFiltre, lines: list[tuple[Ligne, str]], following: str) -> dict[str, Any]:
    return {"form": form, "lignes": lines, "suivant": following, "export_max": EXPORT_MAX}
