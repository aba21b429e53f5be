"""What agents do to an appointment: mark, cancel, note. Each is a POST, a toast, the page one came from."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.agenda.dossier import tell_prevenus
from rendezvous.etats import Etat
from rendezvous.models import RendezVous
from rendezvous.reservation.actions import cancel_rendezvous, mark_rendezvous, update_note
from rendezvous.reservation.refus import RendezVousRefuse, VersionPerimee
from rendezvous.views.agenda.fiche import Saisie, get_rendezvous, reload_rendezvous, show_fiche
from socle.nombres import read_nombre
from socle.toasts import toast

DITS: dict[str, str] = {
    Etat.PRESENT: "est là.", Etat.EN_COURS: "est reçu.", Etat.HONORE: "a été reçu.", Etat.ABSENT: "n'est pas venu.",
    Etat.CONFIRME: "est de nouveau attendu.",
}  # fmt: skip


def read_version(request: RequeteAgent, rdv: RendezVous) -> int:
    """Return the version of the page the agent was looking at; the present one when the form carries none."""
    asked = read_nombre(request.POST.get("version", "") or request.GET.get("version", ""), maximum=2**31)
    return rdv.version if asked is None else asked


def choose_retour(request: RequeteAgent, rdv: RendezVous) -> str:
    """Return where the agent came from inside the town, else the page of the appointment."""
    slug = request.acces.collectivite.slug
    asked = request.POST.get("retour", "") or request.GET.get("retour", "")
    is_ours = asked.startswith(f"/c/{slug}/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else reverse("rendezvous:fiche", args=[slug, rdv.pk])


@requires(Permission.RENDEZVOUS_TRAITER)
@require_POST
def marquer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Say that somebody came, is received, was received, did not come; the toast undoes it."""
    rdv = get_rendezvous(request, pk)
    asked, before = request.POST.get("etat", "") or request.GET.get("etat", ""), rdv.etat
    if asked not in DITS:
        return show_fiche(request, rdv, Saisie("Cet état ne se donne pas à un rendez-vous."), status=409)
    try:
        done = mark_rendezvous(
            rendezvous=rdv, version=read_version(request, rdv), etat=asked, by=request.acces.acteur, at=timezone.now()
        )
    except (RendezVousRefuse, VersionPerimee) as refusal:
        return refuse(request, pk, refusal)
    back = choose_retour(request, rdv)
    undo = reverse("rendezvous:marquer", args=[request.acces.collectivite.slug, pk])
    who = str(rdv.usager) if rdv.usager else rdv.numero
    toast(request, f"{who} {DITS[asked]}", annuler_url=f"{undo}?{_write_retour(before, done.version, back)}")
    return redirect(back)


def _write_retour(etat: str, version: int, retour: str) -> str:
    return urlencode({"etat": etat, "version": version, "retour": retour})


def refuse(request: RequeteAgent, pk: int, refusal: Exception, saisie: Saisie | None = None) -> HttpResponse:
    """Show the page as it is now, with the sentence and everything typed: 409, whoever was quicker."""
    held = saisie or Saisie()
    shown = Saisie(str(refusal), held.ouvrir, held.raison, held.note, list(getattr(refusal, "changes", [])))
    return show_fiche(request, reload_rendezvous(request, pk), shown, status=409)


@requires(Permission.RENDEZVOUS_TRAITER)
@require_http_methods(["GET", "HEAD", "POST"])
def annuler(request: RequeteAgent, pk: int) -> HttpResponse:
    """Cancel for the usager or for the service, with a reason, and tell the usager unless somebody already has."""
    rdv = get_rendezvous(request, pk)
    if request.method != "POST":
        return show_fiche(request, rdv, Saisie(ouvrir="annuler"))
    reason, tells = " ".join(request.POST.get("raison", "").split()), bool(request.POST.get("prevenir"))
    held = Saisie(ouvrir="annuler", raison=reason)
    who, now = "usager" if request.POST.get("par") == "usager" else "service", timezone.now()
    if len(reason) > 300:
        return show_fiche(request, rdv, Saisie("La raison tient en 300 signes.", "annuler", reason), status=422)
    try:
        cancel_rendezvous(
            rendezvous=rdv, version=read_version(request, rdv), par=who, raison=reason, by=request.acces.acteur,
            at=now, is_prevenu=tells,
        )  # fmt: skip
    except (RendezVousRefuse, VersionPerimee) as refusal:
        return refuse(request, pk, refusal, held)
    toast(request, f"Rendez-vous annulé. {tell_prevenus(rdv, is_voulu=tells, depuis=now)}")
    return redirect(choose_retour(request, rdv))


@requires(Permission.RENDEZVOUS_TRAITER)
@require_POST
def noter(request: RequeteAgent, pk: int) -> HttpResponse:
    """Write the note of agents."""
    rdv, note = get_rendezvous(request, pk), request.POST.get("note", "").strip()
    try:
        update_note(
            rendezvous=rdv, version=read_version(request, rdv), note=note, by=request.acces.acteur, at=timezone.now()
        )
    except (RendezVousRefuse, VersionPerimee) as refusal:
        return refuse(request, pk, refusal, Saisie(note=note))
    toast(request, "Note enregistrée.")
    return redirect(choose_retour(request, rdv))
