"""The tab « Compléments et avis »: what is asked of the usager, of third parties, of another administration.

A refused form comes back filled, its section open: 422 when what was typed can't do, 409 when somebody was quicker.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import Acces, RequeteAgent, requires
from collectivites.permissions import Permission, Role
from collectivites.reglages import get_reglage
from demandes import actions
from demandes.actions.pieces import list_uploads
from demandes.concours import avis as consultations
from demandes.concours import complements as pieces_manquantes
from demandes.concours import reglages, transferts
from demandes.concours.exigences import PieceHorsListe, RienDemande, list_missing, load_schema
from demandes.concours.lecture import LigneAvis, list_destinations, load_tab
from demandes.concours.messages import list_canaux
from demandes.cycle import PassageInterdit
from demandes.forms_concours import (
    FormulaireAvis,
    FormulaireComplement,
    FormulaireNoteAvis,
    FormulaireRecu,
    FormulaireRenvoi,
    add_days,
)
from demandes.models import Avis, Demande, DemandeComplement, Transfert
from demandes.pieces import collect_uploads
from demandes.views.acces import get_demande
from demandes.views.onglets import load_demande, render_onglet
from messagerie.destinataires import MessageRefuse
from socle.toasts import toast

CONFLITS = (
    actions.ConflitVersion, actions.DemandeClose, PassageInterdit, pieces_manquantes.DejaDemande,
    pieces_manquantes.PlusAttendu, actions.FenetreDepassee,
)  # fmt: skip
REFUS = (
    RienDemande, PieceHorsListe, pieces_manquantes.DelaiPasse, consultations.AvisIncomplet,
    transferts.TransfertImpossible, MessageRefuse,
)  # fmt: skip
EXIGENCE = "piece-"
Geste = Callable[[Any], str]


@requires(Permission.DEMANDE_LIRE)
@require_GET
def concours(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show the tab."""
    demande = load_demande(request, pk)
    return _show(request, demande)


def build_forms(acces: Acces, demande: Demande, data: Any = None, *, lie: str = "") -> dict[str, Form]:
    """Return the forms of the tab; the one named `lie` holds what was typed."""
    now, today = timezone.now(), timezone.localdate()
    canaux, fichiers = list_canaux(demande), list(consultations.list_partageables(demande))

    def given(name: str) -> dict[str, Any]:
        return {"data": data if name == lie else None, "version": demande.version, "auto_id": f"{name}-%s"}

    return {
        "complement": FormulaireComplement(
            **given("complement"), schema=load_schema(demande), canaux=canaux,
            is_superviseur=acces.has_role(Role.SUPERVISEUR),
            initial={"delai_on": add_days(today, get_reglage(reglages.COMPLEMENT.clef))},
        ),
        "recu": FormulaireRecu(
            **given("recu"), now=now, initial={"received_at": timezone.localtime(now), "canal": "guichet"}
        ),
        "consultation": FormulaireAvis(
            **given("consultation"), fichiers=fichiers,
            initial={"echeance_on": add_days(today, get_reglage(reglages.AVIS.clef))},
        ),
        "note_avis": FormulaireNoteAvis(**given("note_avis")),
        "renvoi": FormulaireRenvoi(
            **given("renvoi"), villes=list_destinations(acces.collectivite), fichiers=fichiers, canaux=canaux
        ),
    }  # fmt: skip


def _show(
    request: RequeteAgent, demande: Demande, forms: dict[str, Form] | None = None, *, ouvert: str = "",
    cible: int = 0, status: int = 200,
) -> HttpResponse:  # fmt: skip
    may = request.acces.can(Permission.DEMANDE_TRAITER)
    drawn: dict[str, Any] = (forms or build_forms(request.acces, demande)) if may else {}
    tab = load_tab(demande, now=timezone.now())
    if may:
        tab["avis"] = [(ligne, _pick_note(demande, drawn, ligne, cible)) for ligne in tab["avis"]]
    else:
        tab["avis"] = [(ligne, None) for ligne in tab["avis"]]
    context = tab | drawn | {
        "peut": may, "peut_demander": may and demande.is_open, "ouvert": ouvert, "cible": cible,
        "attend": any(each.is_open for each in tab["complements"]),
    }  # fmt: skip
    return render_onglet(
        request, demande, "demandes/onglets/concours.html", onglet="concours", context=context, status=status
    )


def _pick_note(demande: Demande, drawn: dict[str, Any], ligne: LigneAvis, cible: int) -> Form:
    """The form under one opinion: what was typed there, else an empty one with ids of its own."""
    if ligne.avis.pk == cible:
        typed: Form = drawn["note_avis"]
        return typed
    return FormulaireNoteAvis(version=demande.version, auto_id=f"note-{ligne.avis.pk}-%s")


def _try(request: RequeteAgent, demande: Demande, name: str, do: Geste, *, cible: int = 0) -> HttpResponse:
    """Do the gesture of a form and come back to the tab with its toast, or show the form with what is wrong."""
    forms = build_forms(request.acces, demande, request.POST, lie=name)
    form, status = forms[name], 422
    if form.is_valid():
        try:
            with transaction.atomic():
                said = do(form)
        except CONFLITS as refusal:
            demande, forms = _read_again(request, demande, name)
            forms[name].add_error(None, str(refusal))
            status = 409
        except REFUS as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, said)
            return redirect("demandes:concours", request.acces.collectivite.slug, demande.pk)
    return _show(request, demande, forms, ouvert=name, cible=cible, status=status)


def _read_again(request: RequeteAgent, demande: Demande, name: str) -> tuple[Demande, dict[str, Form]]:
    """Return the demande as somebody else has just left it, and the form with what was typed at its new version."""
    now = get_object_or_404(Demande.objects.visible_to(request.acces).for_fiche(), pk=demande.pk)
    typed = request.POST.copy()
    typed["version"] = str(now.version)
    forms = build_forms(request.acces, now, typed, lie=name)
    forms[name].is_valid()
    return now, forms


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def complement_demander(request: RequeteAgent, pk: int) -> HttpResponse:
    """Ask the usager for what is missing."""
    demande = get_demande(request, pk)

    def ask(form: FormulaireComplement) -> str:
        given = form.cleaned_data
        question = pieces_manquantes.Question(
            motif=given["motif"], delai_on=given["delai_on"], canal=given["canal"], champs=given.get("champs", ()),
            pieces=given.get("pieces", ()), libres=form.lignes, derogation=given.get("derogation", ""),
            message=given["message"], wants_pause=given["attendre"],
            is_superviseur=request.acces.has_role(Role.SUPERVISEUR),
        )  # fmt: skip
        pieces_manquantes.ask_complements(
            demande=demande, version=given["version"], question=question, clef=given["clef"],
            by=request.acces.acteur, at=timezone.now(),
        )  # fmt: skip
        return "Compléments demandés."

    return _try(request, demande, "complement", ask)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def complement_noter(request: RequeteAgent, pk: int, complement_pk: int) -> HttpResponse:
    """Write what came at the counter, by post, by e-mail."""
    demande = get_demande(request, pk)
    found = get_object_or_404(DemandeComplement, pk=complement_pk, demande=demande)
    refused = [said for each in list_missing(found) for said in _keep(request, found, each.code)]

    def note(form: FormulaireRecu) -> str:
        given, by = form.cleaned_data, request.acces.acteur
        if refused:
            raise MessageRefuse(" ".join(refused))
        reponse = pieces_manquantes.Reponse({}, list_uploads(clef=found.clef, by=by), given["texte"])
        pieces_manquantes.note_complements(
            complement=found, version=given["version"], canal=given["canal"], reponse=reponse,
            received_at=given["received_at"], is_complet=given["complet"], by=by, at=timezone.now(),
        )  # fmt: skip
        return "Compléments notés."

    return _try(request, demande, "recu", note, cible=found.pk)


def _keep(request: RequeteAgent, found: DemandeComplement, code: str) -> list[str]:
    kept = collect_uploads(
        request, clef=found.clef, by=request.acces.acteur, at=timezone.now(), champ=f"{EXIGENCE}{code}", exigence=code
    )
    return [f"«\u00a0{nom}\u00a0»\u00a0: {said}" for nom, said in kept.refus]


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def complement_annuler(request: RequeteAgent, pk: int, complement_pk: int) -> HttpResponse:
    """Withdraw the request."""
    demande = get_demande(request, pk)
    found = get_object_or_404(DemandeComplement, pk=complement_pk, demande=demande)

    def cancel(version: int) -> str:
        pieces_manquantes.cancel_complements(
            complement=found, demande=demande, version=version, by=request.acces.acteur, at=timezone.now()
        )
        return "Les compléments ne sont plus demandés."

    return _press(request, demande, cancel)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def avis_demander(request: RequeteAgent, pk: int) -> HttpResponse:
    """Ask a third party."""
    demande = get_demande(request, pk)

    def ask(form: FormulaireAvis) -> str:
        given = form.cleaned_data
        asked = consultations.DemandeAvis(
            nom=given["nom"], courriel=given["courriel"], question=given["question"],
            echeance_on=given["echeance_on"], pieces=given.get("pieces", ()), is_suspensif=given["suspensif"],
        )  # fmt: skip
        consultations.ask_avis(
            demande=demande, version=given["version"], asked=asked, clef=given["clef"], by=request.acces.acteur,
            at=timezone.now(),
        )  # fmt: skip
        return f"La question part à {given['courriel']}."

    return _try(request, demande, "consultation", ask)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def avis_noter(request: RequeteAgent, pk: int, avis_pk: int) -> HttpResponse:
    """Write an answer that came another way."""
    demande = get_demande(request, pk)
    found = get_object_or_404(Avis, pk=avis_pk, demande=demande)

    def note(form: FormulaireNoteAvis) -> str:
        reponse = consultations.ReponseAvis(form.cleaned_data["texte"], form.is_favorable)
        consultations.note_avis(
            avis=found, version=form.cleaned_data["version"], reponse=reponse, by=request.acces.acteur,
            at=timezone.now(),
        )  # fmt: skip
        return "Avis noté."

    return _try(request, demande, "note_avis", note, cible=found.pk)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def avis_retirer(request: RequeteAgent, pk: int, avis_pk: int) -> HttpResponse:
    """Withdraw the question: its link closes."""
    demande = get_demande(request, pk)
    found = get_object_or_404(Avis, pk=avis_pk, demande=demande)

    def revoke(version: int) -> str:
        consultations.revoke_avis(
            avis=found, demande=demande, version=version, by=request.acces.acteur, at=timezone.now()
        )
        return "Cet avis n'est plus demandé."

    return _press(request, demande, revoke)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def transferer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Hand the demande over to the competent administration."""
    demande = get_demande(request, pk)

    def send(form: FormulaireRenvoi) -> str:
        given = form.cleaned_data
        renvoi = transferts.Renvoi(
            motif=given["motif"], canal=given["canal"], destination=form.ville, organisme=given["organisme"],
            coordonnees=given["coordonnees"], pieces=given.get("pieces", ()),
        )  # fmt: skip
        done = transferts.transfer(
            demande=demande, version=given["version"], renvoi=renvoi, clef=given["clef"], by=request.acces.acteur,
            at=timezone.now(),
        )  # fmt: skip
        return f"Demande transmise à {done.organisme}."

    return _try(request, demande, "renvoi", send)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def transfert_relancer(request: RequeteAgent, pk: int, transfert_pk: int) -> HttpResponse:
    """Try again what could not be handed over."""
    demande = get_demande(request, pk)
    found = get_object_or_404(Transfert, pk=transfert_pk, demande=demande)

    def retry(_version: int) -> str:
        transferts.retry_transfert(transfert=found)
        return "La remise est relancée."

    return _press(request, demande, retry)


def _press(request: RequeteAgent, demande: Demande, do: Callable[[int], str]) -> HttpResponse:
    """A gesture without form: a toast, or the sentence of the refusal at the top of the tab."""
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else demande.version
    try:
        with transaction.atomic():
            said = do(version)
    except CONFLITS as refusal:
        toast(request, str(refusal), ton="retard")
        now = get_object_or_404(Demande.objects.visible_to(request.acces).for_fiche(), pk=demande.pk)
        return _show(request, now, status=409)
    toast(request, said)
    return redirect("demandes:concours", request.acces.collectivite.slug, demande.pk)
