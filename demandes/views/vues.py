"""Views that are kept, and the spreadsheet of a list."""

import io
import tempfile
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.export import ExportTropGrand, list_rows, name_file, write_csv, write_xlsx
from demandes.listes import Filtres, choose_vue, read_filtres
from demandes.listes.gardees import VueRefusee, drop_vue, keep_vue, write_parametres
from demandes.views.liste import address, show_liste
from journal.actions import record
from socle.toasts import toast

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@requires(Permission.DEMANDE_LIRE)
@require_POST
def garder(request: RequeteAgent) -> HttpResponse:
    """Keep what the list shows under a name; a refusal gives the list back with what was typed."""
    acces = request.acces
    filtres = read_filtres(QueryDict(request.POST.get("parametres", "")), vue=choose_vue(acces))
    typed, partage = request.POST.get("libelle", ""), request.POST.get("partage", "prive")
    try:
        vue = keep_vue(
            acces=acces, libelle=typed, partage=partage, filtres=filtres, by=acces.acteur, at=timezone.now()
        )
    except VueRefusee as refusal:
        return show_liste(request, filtres, garde={"libelle": typed, "partage": partage, "erreur": str(refusal)})
    toast(request, f"Vue «\u00a0{vue.libelle}\u00a0» gardée.")
    query = QueryDict(mutable=True)
    query.update(write_parametres(vue))
    return redirect(f"{_liste(request)}?{query.urlencode()}")


@requires(Permission.DEMANDE_LIRE)
@require_POST
def supprimer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Delete a view of one's own."""
    vue = drop_vue(acces=request.acces, pk=pk, by=request.acces.acteur, at=timezone.now())
    if vue is None:
        raise Http404
    toast(request, f"Vue «\u00a0{vue.libelle}\u00a0» supprimée. Les demandes n'ont pas changé.")
    return redirect(_liste(request))


@requires(Permission.DEMANDE_LIRE)
@require_GET
def exporter(request: RequeteAgent, format_: str) -> HttpResponseBase:
    """Give the spreadsheet of the list; who took what away is in the journal."""
    acces, now = request.acces, timezone.now()
    filtres = read_filtres(request.GET, vue=choose_vue(acces))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        try:
            count = _write(path, format_, filtres, request)
        except ExportTropGrand as refusal:
            toast(request, str(refusal), ton="alerte")
            return redirect(f"{_liste(request)}{address(filtres)}")
        ready = io.BytesIO(path.read_bytes())  # some megabytes at most: LIGNES_MAX rows
    record(
        verbe="demande.exportees", objet_type="collectivite", objet_id=acces.collectivite.pk, by=acces.acteur, at=now,
        lignes=count, format=format_, filtres=sorted(filtres.recherche), vue=filtres.vue,
    )  # fmt: skip
    name = name_file(acces, at=now, format_=format_)
    return FileResponse(ready, as_attachment=True, filename=name, content_type=TYPES[format_])


def _write(path: Path, format_: str, filtres: Filtres, request: RequeteAgent) -> int:
    now = timezone.now()
    rows = list_rows(filtres, request.acces, at=now)
    if format_ == "xlsx":
        return write_xlsx(path, filtres, rows, at=now)
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        return write_csv(target, filtres, rows, at=now)


def _liste(request: RequeteAgent) -> str:
    return reverse("demandes:liste", args=[request.acces.collectivite.slug])
