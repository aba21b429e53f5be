"""What agents do from the page of a demande: each gesture is a POST, a toast, the page again.

A business refusal gives the page back with the sentence and everything typed: 409 when somebody was quicker or the
state forbids it, 422 when what was typed can't do.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from citoyens.models import Usager
from collectivites.acces import RequeteAgent, requires
from collectivites.models import Agent, Service
from collectivites.permissions import Permission
from demandes import actions
from demandes.actions.echange import ElectroniqueRefuse
from demandes.actions.modeles import count_use, drop_brouillon
from demandes.contacts import Adresse
from demandes.cycle import Etat, PassageInterdit
from demandes.forms_lettres import FormulaireLettre
from demandes.lettres.ecriture import AdresseManquante
from demandes.lettres.texte import RefusIncomplet
from demandes.modeles_reponse import TexteIncomplet, check_rempli
from demandes.models import Demande, TypeDemande
from demandes.pieces import PiecesRefusees, read_uploads
from demandes.travail.absences import find_absence
from demandes.travail.affectations import Attribution
from demandes.views.acces import choose_retour, get_demande, read_version, require_clef
from demandes.views.fiche import Saisie, show_fiche
from demandes.views.lettres import show_lettre
from messagerie.destinataires import MessageRefuse
from socle.nombres import read_nombre
from socle.toasts import toast

CONFLITS = (
    actions.ConflitVersion,
    actions.DemandeClose,
    actions.DemandeFusionnee,
    actions.DejaIdentifiee,
    PassageInterdit,
)
REFUS = (
    actions.TexteVide,
    actions.DestinataireInconnu,
    actions.IssueManquante,
    actions.AgentHorsService,
    MessageRefuse,
    PiecesRefusees,
    TexteIncomplet,
    ElectroniqueRefuse,
)
SUR_LA_PAGE = (AdresseManquante, RefusIncomplet)  # a letter asks more than the reply box: its own page takes over
Geste = Callable[[RequeteAgent, Demande, dict[str, Any]], str | tuple[str, str]]


def geste(
    dialogue: str = "", *, with_pieces: bool = False
) -> Callable[[Geste], Callable[[RequeteAgent, int], HttpResponse]]:
    """Turn « do this, return the sentence of the toast » into a view that refuses without losing a word nor a file.

    The gesture gets `common` (version, by, at; `pieces` when it takes files: they are kept before it is tried); it may
    add the address that undoes it. `dialogue` is reopened when what was typed can't do.
    """

    def decorate(do: Geste) -> Callable[[RequeteAgent, int], HttpResponse]:
        @requires(Permission.DEMANDE_TRAITER)
        @require_POST
        @wraps(do)
        def view(request: RequeteAgent, pk: int) -> HttpResponse:
            demande, now = get_demande(request, pk), timezone.now()
            common: dict[str, Any] = {
                "demande": demande, "version": read_version(request, demande), "by": request.acces.acteur, "at": now,
            }  # fmt: skip
            try:
                if with_pieces:
                    clef, by = require_clef(request), request.acces.acteur
                    common["pieces"] = read_uploads(request, clef=clef, by=by, at=now)
                with transaction.atomic():
                    said = do(request, demande, common)
            except CONFLITS as refusal:
                return _refuse(request, _reload(request, pk), refusal, status=409)
            except SUR_LA_PAGE as refusal:
                return _continue_lettre(request, demande, refusal)
            except REFUS as refusal:
                return _refuse(request, demande, refusal, status=422, dialogue=dialogue)
            sentence, undo = said if isinstance(said, tuple) else (said, "")
            if sentence:
                toast(request, sentence, annuler_url=undo)
            return redirect(choose_retour(request, Demande.objects.only("domaine").get(pk=pk)))

        return view

    return decorate


def _refuse(
    request: RequeteAgent, demande: Demande, refusal: Exception, *, status: int, dialogue: str = ""
) -> HttpResponse:
    """Show the page as it is now, with the sentence and the text that was typed."""
    typed = request.POST
    is_text = isinstance(refusal, (actions.TexteVide, actions.DestinataireInconnu, MessageRefuse, TexteIncomplet,
                                    ElectroniqueRefuse))  # fmt: skip
    saisie = Saisie(
        texte=typed.get("texte", ""),
        mode=typed.get("canal", ""),
        suite=typed.get("suite", ""),
        erreur=str(refusal) if is_text else "",
        refus="" if is_text or isinstance(refusal, PiecesRefusees) else str(refusal),
        pieces=refusal.refus if isinstance(refusal, PiecesRefusees) else [],
        changements=getattr(refusal, "changes", []),
        ouvrir=dialogue,
        clef=str(require_clef(request)),
    )
    return show_fiche(request, demande, saisie, status=status)


def _continue_lettre(request: RequeteAgent, demande: Demande, refusal: Exception) -> HttpResponse:
    """Go on with the letter on its own page, with the text already written."""
    suite = request.POST.get("suite", "")
    typed = {"texte": request.POST.get("texte", ""), "suite": suite, "is_refus": isinstance(refusal, RefusIncomplet)}
    form = FormulaireLettre(demande=demande, initial=typed)
    return show_lettre(request, demande, form, refus=str(refusal), status=422)


def _reload(request: RequeteAgent, pk: int) -> Demande:
    """Return the demande as somebody else has just left it, 404 if they have just sealed it."""
    return get_object_or_404(Demande.objects.visible_to(request.acces).for_fiche(), pk=pk)


@geste(with_pieces=True)
def repondre(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Answer, note an answer, or add an internal note, according to the tab."""
    canal, _, destinataire = request.POST.get("canal", "").partition(":")
    texte, clef = request.POST.get("texte", ""), require_clef(request)
    if canal == "note":
        actions.add_note(
            demande=demande, texte=texte, by=common["by"], at=common["at"], agent=request.acces.agent, clef=clef,
            pieces=common["pieces"],
        )  # fmt: skip
        drop_brouillon(demande_id=demande.pk, agent_id=request.acces.agent.pk)
        return "Note ajoutée."
    if canal not in {"courriel", "sms", "telephone", "guichet", "courrier", "reseau"}:
        raise actions.DestinataireInconnu(canal)
    check_rempli(texte)
    suite, _, issue = request.POST.get("suite", "").partition(":")
    if suite and suite not in Etat.values:
        raise actions.IssueManquante
    message = actions.reply(
        **common, canal=canal, texte=texte, clef=clef, agent=request.acces.agent, destinataire=destinataire,
        suite=suite, issue=issue,
    )  # fmt: skip
    drop_brouillon(demande_id=demande.pk, agent_id=request.acces.agent.pk)
    count_use(request.POST.getlist("modele"))
    if canal == "courrier":
        return "Lettre écrite\u00a0: elle attend dans «\u00a0Courrier à imprimer\u00a0»."
    if canal == "reseau":
        return "Réponse notée\u00a0: publiez-la sur le réseau."
    if message.envoi_id is None:
        return "Réponse notée."
    what = "Le SMS part" if canal == "sms" else "Le courriel part"
    return f"{what} à {Adresse(canal, message.adresse).lisible}."


@geste()
def prendre(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """« Me l'affecter »."""
    actions.take(**common, agent=request.acces.agent, services=request.acces.services)
    return "La demande vous est affectée."


@geste("affecter")
def affecter(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Give to a service, and to one of its agents if known."""
    service = _pick(Service, request.POST.get("service", ""))
    agent = _pick(Agent, request.POST.get("agent", ""))
    done = actions.assign(**common, service=service, agent=agent)
    if agent is not None and done.agent_id != agent.pk:
        return Attribution(done.agent, find_absence(agent.pk, common["at"])).tell(done.service)
    if done.agent:
        return f"Demande affectée à {done.agent}."
    return f"Demande transmise au service {done.service.nom}." if done.service else "Demande sans service."


@geste("qualifier")
def qualifier(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Say what the demande is about."""
    type_ = get_object_or_404(TypeDemande, pk=read_nombre(request.POST.get("type", "")))
    service = _pick(Service, request.POST.get("service", ""))
    priorite = read_nombre(request.POST.get("priorite", ""))
    done = actions.qualify(
        **common, type=type_, service=service, priorite=priorite if priorite in Demande.Priorite.values else 0
    )
    return f"Demande qualifiée : {type_.libelle}" + (f", service {done.service.nom}." if done.service else ".")


@geste("clore")
def passer(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str | tuple[str, str]:
    """Pass to another state, with an issue when it closes; what can be undone is offered to be."""
    etat = request.POST.get("etat", "")
    if etat not in Etat.values:
        raise PassageInterdit(demande.etat, demande.etat)
    done = actions.move(**common, etat=etat, issue=request.POST.get("issue", ""))
    if etat == Etat.CLOSE:
        slug = request.acces.collectivite.slug
        undo = reverse("demandes:rouvrir", args=[slug, demande.pk])
        return f"Demande close : {done.get_issue_display().lower()}.", undo
    return "Demande rouverte." if demande.etat == Etat.CLOSE else f"Demande « {done.get_etat_display().lower()} »."


@geste()
def rouvrir(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Take a closed demande up again (also the « Annuler » of a closing)."""
    actions.reopen(**common)
    return "Demande rouverte."


@geste("identifier")
def identifier(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Say who wrote."""
    usager = get_object_or_404(Usager, pk=read_nombre(request.POST.get("usager", "")))
    actions.identify(**common, usager=usager)
    return f"La demande est celle de {usager.nom_complet}."


@geste()
def lue(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Say that the usager's last message was read."""
    actions.mark_read(demande=demande)
    return ""


def _pick(model: Any, text: str) -> Any:
    """Return the object chosen in a list, None for « aucun », 404 for a forged id."""
    return get_object_or_404(model, pk=read_nombre(text)) if text else None
