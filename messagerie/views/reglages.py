"""Settings: the texts of the collectivité and its SMS account."""

from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from messagerie.actions import queue_message
from messagerie.forms import FormulaireCompte, FormulaireEssai, FormulaireTexte
from messagerie.fournisseurs import SMS
from messagerie.lecture import ESSAI
from messagerie.models import CompteSms, Envoi, ModeleMessage
from messagerie.reglages import read_identifiants, reset_modele, save_compte, save_modele
from messagerie.segments import count_segments, economise, find_dear
from messagerie.textes import Occasion, OccasionInconnue, Texte, find_texte, get_occasion, occasions, preview
from socle.toasts import toast

TEXTE_ESSAI = "Essai de Guichet : les SMS de {} partent bien."


@requires(Permission.REGLAGE_MODIFIER)
def modeles(request: RequeteAgent) -> HttpResponse:
    """Every occasion and channel, and which texts are the town's own."""
    own = {(modele.occasion, modele.canal): modele for modele in ModeleMessage.objects.all()}
    rows = [
        (occasion, [(canal, label, own.get((occasion.code, canal))) for canal, label in _channels(occasion)])
        for occasion in occasions
    ]
    return render(request, "messagerie/modeles.html", {"occasions": rows})


def _channels(occasion: Occasion) -> list[tuple[str, str]]:
    return [(canal, label) for canal, label in Envoi.Canal.choices if canal in occasion.textes]


@requires(Permission.REGLAGE_MODIFIER)
def modele(request: RequeteAgent, code: str, canal: str) -> HttpResponse:
    """Write one text. « Aperçu » shows it filled with examples and saves nothing."""
    occasion = _get_occasion(code, canal)
    current = find_texte(code, canal)
    form = FormulaireTexte(
        request.POST or None,
        initial={"objet": current.objet, "corps": current.corps},
        occasion=occasion,
        canal=canal,
    )
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and request.POST.get("geste") != "apercu":
        save_modele(occasion=occasion, canal=canal, texte=form.texte, by=request.acces.acteur, at=timezone.now())
        toast(request, f"«\u00a0{occasion.libelle}\u00a0» enregistré.")
        return redirect("messagerie:modeles", request.acces.collectivite.slug)
    shown = form.texte if is_valid else current
    context = {
        "occasion": occasion,
        "canal": canal,
        "canal_libelle": Envoi.Canal(canal).label,
        "form": form,
        "apercu": None if form.errors else _show_preview(occasion, canal, shown),
        "is_propre": ModeleMessage.objects.filter(occasion=code, canal=canal).exists(),
    }
    return render(request, "messagerie/modele.html", context, status=422 if form.errors else 200)


def _show_preview(occasion: Occasion, canal: str, texte: Texte) -> dict[str, object]:
    """The text filled with the examples, and what it costs."""
    filled = preview(occasion, texte)
    if canal != Envoi.Canal.SMS:
        return {"objet": filled.objet, "corps": filled.corps}
    account = CompteSms.objects.filter(is_active=True).first()
    body = economise(filled.corps) if account is None or account.is_economique else filled.corps
    return {"corps": body, "compte": count_segments(body), "chers": find_dear(body)}


def _get_occasion(code: str, canal: str) -> Occasion:
    try:
        return get_occasion(code, canal)
    except OccasionInconnue as error:
        raise Http404 from error


@requires(Permission.REGLAGE_MODIFIER)
@require_POST
def modele_remettre(request: RequeteAgent, code: str, canal: str) -> HttpResponse:
    """Go back to the default text."""
    occasion = _get_occasion(code, canal)
    reset_modele(occasion=occasion, canal=canal, by=request.acces.acteur, at=timezone.now())
    toast(request, "Texte d'origine rétabli.")
    return redirect("messagerie:modele", request.acces.collectivite.slug, code, canal)


@requires(Permission.REGLAGE_MODIFIER)
def compte_sms(request: RequeteAgent) -> HttpResponse:
    """The provider, the sender's name, the secrets."""
    account = CompteSms.objects.first()
    known = read_identifiants(account) if account else {}
    form = FormulaireCompte(request.POST or None, initial=_initial(account), compte=account, connus=known)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        save_compte(
            fournisseur=data["fournisseur"],
            expediteur=data["expediteur"],
            is_economique=data["is_economique"],
            is_active=data["is_active"],
            identifiants=form.read_identifiants(),
            by=request.acces.acteur,
            at=timezone.now(),
        )
        toast(request, "Compte SMS enregistré.")
        return redirect("messagerie:compte_sms", request.acces.collectivite.slug)
    return _show_compte(request, form, FormulaireEssai(initial={"clef": uuid4()}), account)


def _initial(account: CompteSms | None) -> dict[str, object]:
    if account is None:
        return {"is_economique": True, "is_active": True}
    names = ("fournisseur", "expediteur", "is_economique", "is_active")
    return {name: getattr(account, name) for name in names}


def _show_compte(
    request: RequeteAgent, form: FormulaireCompte, essai: FormulaireEssai, account: CompteSms | None
) -> HttpResponse:
    context = {
        "form": form,
        "essai": essai,
        "compte": account,
        "communs": [form[name] for name in ("fournisseur", "expediteur", "is_economique", "is_active")],
        "secrets": [
            (label, [form[f"{provider}_{name}"] for name in fields])
            for provider, (label, fields, _) in SMS.items()
            if fields
        ],
        "is_demo": settings.DEMO,
    }
    status = 422 if form.errors or essai.errors else 200
    return render(request, "messagerie/compte_sms.html", context, status=status)


@requires(Permission.REGLAGE_MODIFIER)
@require_POST
def compte_essai(request: RequeteAgent) -> HttpResponse:
    """Queue a test SMS and show its fate; the provider is called by a worker, never by this request."""
    account = CompteSms.objects.first()
    essai = FormulaireEssai(request.POST)
    if not essai.is_valid():
        known = read_identifiants(account) if account else {}
        form = FormulaireCompte(initial=_initial(account), compte=account, connus=known)
        return _show_compte(request, form, essai, account)
    envoi = queue_message(
        clef=f"essai:{essai.cleaned_data['clef']}",
        canal=Envoi.Canal.SMS,
        destinataire=essai.cleaned_data["numero"],
        texte=TEXTE_ESSAI.format(request.acces.collectivite.nom),
        voie=Envoi.Voie.IMMEDIAT,
        objet_type=ESSAI,
        by=request.acces.acteur,
        at=timezone.now(),
    )
    return redirect("messagerie:fiche", request.acces.collectivite.slug, envoi.pk)
