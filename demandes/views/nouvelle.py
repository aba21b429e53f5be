"""Taking a demande at the counter, on the phone, from a letter: one screen."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from citoyens.actions import Contact, ContactIllisible, IdentiteRefusee, create_usager
from citoyens.models import Usager
from citoyens.recherche import search_usagers
from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions import open_demande
from demandes.contacts import list_modes, read_adresses
from demandes.forms import FormulaireDemande, FormulaireNouvelUsager
from demandes.models import Demande, Message, PieceDeposee, TypeDemande
from demandes.pieces import Depots, collect_uploads, read_clef
from demandes.views.acces import choose_retour
from demandes.views.appels import find_asked, settle_from
from demandes.views.questions import SANS_QUESTION, Questions, hook_questions, read_questions
from socle.toasts import toast

NOUVEAU, INCONNU = "nouveau", "inconnu"
SANS_FICHIER = Depots([], [])


@requires(Permission.DEMANDE_CREER)
def nouvelle(request: RequeteAgent) -> HttpResponse:
    """Show the form, or open the demande and go to its page (to its answering area when asked)."""
    now = timezone.now()
    types = list(
        TypeDemande.objects.filter(is_active=True)
        .select_related("service", "thematique", "version_courante")
        .order_by("thematique__libelle", "libelle")
    )
    asked = {"objet": request.GET.get("objet", ""), "canal": request.GET.get("canal", "guichet")}
    typed = request.POST if request.method == "POST" else None  # an empty POST is refused like any other
    form = FormulaireDemande(typed, choix_types=group_types(types), now=now, initial=asked)
    form.fields["type"].widget.attrs |= hook_questions(request)
    person = FormulaireNouvelUsager(typed, prefix="personne")
    if request.method != "POST":
        return _show(
            request, form, FormulaireNouvelUsager(prefix="personne"), chosen=_find(request.GET.get("usager", ""))
        )
    chosen, clef = _find(request.POST.get("usager", "")), read_clef(request)
    depots = collect_uploads(request, clef=clef, by=request.acces.acteur, at=now) if clef else SANS_FICHIER
    by_key = {str(each.pk): each for each in types}
    questions = read_questions(request, by_key.get(request.POST.get("type", "")), now=now)
    opened = _submit(request, form, person, chosen, by_key, depots, questions)
    if opened is None:
        return _show(request, form, person, chosen=chosen, depots=depots, questions=questions, status=422)
    settle_from(request, opened, at=now)
    toast(request, f"Demande {opened.numero} enregistrée. Code de suivi : {opened.code_suivi}.")
    url = choose_retour(request, opened)
    return redirect(f"{url}#reponse" if "repondre" in request.POST else url)


@requires(Permission.USAGER_LIRE)
@require_GET
def usagers(request: RequeteAgent) -> HttpResponse:
    """The people found while one types, to choose from (htmx)."""
    typed = request.GET.get("q", "")
    found = search_usagers(typed, limite=6) if len(typed.strip()) > 1 else []
    return render(request, "demandes/nouvelle.html#choix", {"trouves": found, "q": typed, "choisi": ""})


def group_types(types: list[TypeDemande]) -> list[tuple[str, Any]]:
    """Return the choices by thématique; each says who answers and when: « Éclairage — Éclairage public, 5 jours »."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in types:
        service = each.service.nom if each.service else "à qualifier"
        days = f"{each.engagement_jours}\u00a0jours ouvrés" if each.engagement_jours > 1 else "1\u00a0jour ouvré"
        groups.setdefault(each.thematique.libelle, []).append((str(each.pk), f"{each.libelle} — {service}, {days}"))
    return [("", "À qualifier plus tard"), *groups.items()]


def _find(text: str) -> Usager | None:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return Usager.objects.filter(pk=int(text)).for_fiche().first()


def _submit(
    request: RequeteAgent,
    form: FormulaireDemande,
    person: FormulaireNouvelUsager,
    chosen: Usager | None,
    types: dict[str, TypeDemande],
    depots: Depots,
    questions: Questions,
) -> Demande | None:
    """Open the demande; None when something must be corrected (the forms say what)."""
    wanted = request.POST.get("usager", "")
    valid = form.is_valid()
    if valid and (again := _find_demande(form.cleaned_data["clef"])):
        return again  # the same form, sent twice: nobody is created twice
    valid = questions.is_valid() and valid and not depots.refus
    if wanted == NOUVEAU:
        valid = person.is_valid() and valid
    elif chosen is None and wanted != INCONNU:
        form.add_error(None, "Choisissez qui demande, ou dites que la personne est inconnue.")
        valid = False
    if not valid:
        return None
    return _open(request, form, person if wanted == NOUVEAU else None, chosen, types, depots.pieces, questions)


def _find_demande(clef: UUID) -> Demande | None:
    message = Message.objects.select_related("demande").filter(clef=clef).first()
    return message.demande if message else None


def _open(
    request: RequeteAgent,
    form: FormulaireDemande,
    person: FormulaireNouvelUsager | None,
    chosen: Usager | None,
    types: dict[str, TypeDemande],
    pieces: list[PieceDeposee],
    questions: Questions,
) -> Demande | None:
    said, acteur = form.cleaned_data, request.acces.acteur
    with transaction.atomic():
        usager = _create(request, person) if person else chosen
        mode = _choose_mode(form, usager) if usager or not person else ""
        if not mode:
            transaction.set_rollback(True)
            return None
        return open_demande(
            objet=said["objet"], description=said["description"], canal=said["canal"], mode_reponse=mode,
            received_at=said["received_at"], usager=usager, type=types.get(said["type"]), clef=said["clef"], by=acteur,
            at=form.now, pieces=pieces, reponses=questions.reponses,
        )  # fmt: skip


def _create(request: RequeteAgent, person: FormulaireNouvelUsager) -> Usager | None:
    """Create the person; None when a contact can't be read (said next to its field)."""
    typed = person.cleaned_data
    fields = (("mobile", "telephone"), ("courriel", "courriel"))
    contacts = [Contact(nature, typed[field]) for nature, field in fields if typed[field].strip()]
    try:
        return create_usager(
            nature=Usager.Nature.PERSONNE, nom=typed["nom"], prenoms=typed["prenoms"], contacts=contacts,
            by=request.acces.acteur, at=timezone.now(),
        )  # fmt: skip
    except IdentiteRefusee as refusal:
        person.add_error(refusal.champ if refusal.champ in person.fields else None, str(refusal))
    except ContactIllisible as refusal:
        person.add_error("courriel" if "électronique" in str(refusal) else "telephone", str(refusal))
    return None


def _choose_mode(form: FormulaireDemande, usager: Usager | None) -> str:
    """Return how to answer: what was chosen if a contact allows it, else the preferred contact; "" when refused."""
    asked: str = form.cleaned_data["mode_reponse"]
    possible = list_modes(read_adresses(usager))
    if not asked:
        preferred = next((each.canal for each in read_adresses(usager) if each.is_prefere), "")
        return preferred if preferred in possible else possible[0]
    if asked in possible:
        return asked
    missing = {"courriel": "Aucun courriel connu", "sms": "Aucun mobile connu", "telephone": "Aucun téléphone connu",
               "courrier": "Aucune adresse postale connue"}  # fmt: skip
    form.add_error("mode_reponse", f"{missing[asked]} : ajoutez-le à sa fiche, ou choisissez un autre mode.")
    return ""


def _show(
    request: RequeteAgent,
    form: FormulaireDemande,
    person: FormulaireNouvelUsager,
    *,
    chosen: Usager | None,
    depots: Depots = SANS_FICHIER,
    questions: Questions = SANS_QUESTION,
    status: int = 200,
) -> HttpResponse:
    """Draw the screen; without JavaScript the people found come with the page."""
    typed = request.POST.get("q", request.GET.get("q", ""))
    wanted = request.POST.get("usager", request.GET.get("usager", ""))
    found = [chosen] if chosen else search_usagers(typed, limite=6) if typed.strip() else []
    context = {
        "form": form, "personne": person, "trouves": found, "q": typed, "choisi": str(chosen.pk) if chosen else wanted,
        "is_nouveau": wanted == NOUVEAU, "is_inconnu": wanted == INCONNU, "depots": depots.pieces,
        "pieces_refusees": depots.refus, "appel": find_asked(request),
        "questions": questions,
    }  # fmt: skip
    return render(request, "demandes/nouvelle.html", context, status=status)
