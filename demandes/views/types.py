"""Settings: the catalogue of demandes, what each type promises, whether it is offered."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.catalogue import PublicationRefusee, list_manques, publish_type, retire_type, save_type
from demandes.catalogue.comparaison import compare_schemas
from demandes.catalogue.publication import check_texte, list_avertissements
from demandes.catalogue.schema import Schema, SchemaInvalide, read_schema, write_schema
from demandes.forms_catalogue import FormulaireType
from demandes.models import ModeleReponse, Thematique, TypeDemande, VersionFormulaire
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER


@dataclass(frozen=True)
class EtatType:
    """Where a type stands, in words."""

    libelle: str
    ton: str


@requires(REGLER)
def types(request: RequeteAgent) -> HttpResponse:
    """The catalogue by subject, in the order of the tree; what is not offered any more comes with its state."""
    wanted = request.GET.get("q", "").strip()
    rows = TypeDemande.objects.select_related("service", "thematique__parent", "version_courante")
    if wanted:
        rows = rows.filter(Q(libelle__icontains=wanted) | Q(service__nom__icontains=wanted))
    listed = sorted(rows, key=lambda each: (*_place(each.thematique), each.libelle.lower(), each.pk))
    groups: dict[str, list[tuple[TypeDemande, EtatType]]] = {}
    for each in listed:
        groups.setdefault(_path(each.thematique), []).append((each, describe_etat(each)))
    context = {"groupes": list(groups.items()), "q": wanted, "nombre": len(listed)}
    return render(request, "demandes/types.html", context)


@requires(REGLER)
def type_demande(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a type, or change one; a new type is offered only once it is published."""
    instance = get_object_or_404(TypeDemande.objects.select_related(*LUS), pk=pk) if pk else None
    slug = request.acces.collectivite.slug
    form = FormulaireType(
        request.POST if request.method == "POST" else None, instance=instance, collectivite=request.acces.collectivite
    )
    if request.method == "POST" and form.is_valid():
        type_ = form.instance
        type_.thematique = form.choose_thematique()
        if instance is None:
            type_.is_active = False
        saved = save_type(type_=type_, by=request.acces.acteur, at=timezone.now())
        toast(request, f"Type «\u00a0{saved.libelle}\u00a0» enregistré.")
        return redirect("demandes:type", slug, saved.pk)
    context: dict[str, object] = {"form": form, "titre": "Nouveau type de demande", "type": None}
    if instance is not None:
        known = TypeDemande.objects.select_related(*LUS).get(pk=instance.pk)  # the form has changed the other one
        context |= describe_type(request, known, onglet="type")
    return render(request, "demandes/type.html", context, status=422 if request.method == "POST" else 200)


@requires(REGLER)
@require_POST
def type_publier(request: RequeteAgent, pk: int) -> HttpResponse:
    """Offer a type with its form as it is written now; 409 with what its acknowledgement lacks."""
    type_ = get_object_or_404(TypeDemande.objects.select_related(*LUS), pk=pk)
    try:
        version = publish_type(type_=type_, by=request.acces.acteur, at=timezone.now())
    except PublicationRefusee as refusal:
        form = FormulaireType(instance=type_, collectivite=request.acces.collectivite)
        context = describe_type(request, type_, onglet="type") | {"form": form, "refus": refusal.manques}
        return render(request, "demandes/type.html", context, status=409)
    toast(request, f"«\u00a0{type_.libelle}\u00a0» est proposé, version {version.numero} du formulaire.")
    return redirect("demandes:type", request.acces.collectivite.slug, pk)


@requires(REGLER)
@require_POST
def type_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Stop offering a type."""
    type_ = get_object_or_404(TypeDemande, pk=pk)
    retire_type(type_=type_, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Type «\u00a0{type_.libelle}\u00a0» retiré\u00a0: il n'est plus proposé.")
    return redirect("demandes:type", request.acces.collectivite.slug, pk)


@requires(REGLER)
def type_versions(request: RequeteAgent, pk: int) -> HttpResponse:
    """Every published form with what it changed, and what the draft would change."""
    type_ = get_object_or_404(TypeDemande.objects.select_related(*LUS), pk=pk)
    rows = list(VersionFormulaire.objects.filter(type=type_).select_related("agent").order_by("numero"))
    before, lines = Schema(), []
    for each in rows:
        schema = read_schema(each.schema)
        lines.append((each, compare_schemas(before, schema) if each.numero > 1 else []))
        before = schema
    draft = compare_schemas(before, load_schema(type_)) if rows else []
    context = describe_type(request, type_, onglet="type_versions") | {"versions": lines[::-1], "brouillon": draft}
    return render(request, "demandes/type_versions.html", context)


LUS = ("service", "thematique__parent", "version_courante")


def describe_type(request: RequeteAgent, type_: TypeDemande, *, onglet: str) -> dict[str, object]:
    """Return what the head and the side of a type's pages show."""
    pages = (("type", "Réglages"), ("type_formulaire", "Formulaire et pièces"), ("type_versions", "Versions"))
    slug = request.acces.collectivite.slug
    schema, modeles = load_schema(type_), list(ModeleReponse.objects.filter(type=type_).order_by("titre", "pk"))
    doubts = [sentence for each in modeles for sentence in check_texte(each.corps)]
    return {
        "type": type_,
        "titre": type_.libelle,
        "onglets": [
            {"libelle": libelle, "url": reverse(f"demandes:{name}", args=[slug, type_.pk]), "actif": name == onglet}
            for name, libelle in pages
        ],
        "etat": describe_etat(type_),
        "a_publier": is_changed(type_),
        "manques": list_manques(type_, collectivite=request.acces.collectivite),
        "avertissements": [*list_avertissements(type_, jour=timezone.localdate()), *doubts],
        "schema": schema,
        "modeles": modeles,
        "chemin": _path(type_.thematique),
    }


def describe_etat(type_: TypeDemande) -> EtatType:
    """Return the state of a type in words."""
    if not type_.is_active:
        return EtatType("retiré", "neutre") if type_.version_courante_id else EtatType("brouillon", "alerte")
    return EtatType("à publier de nouveau", "info") if is_changed(type_) else EtatType("proposé", "bon")


def is_changed(type_: TypeDemande) -> bool:
    """True when the draft of the form is not what is published."""
    published = type_.version_courante.schema if type_.version_courante else write_schema(Schema())
    return bool(type_.brouillon) and type_.brouillon != published


def load_schema(type_: TypeDemande) -> Schema:
    """Return the draft of the form; an empty one when the stored text does not hold."""
    try:
        return read_schema(type_.brouillon)
    except SchemaInvalide:
        return Schema()


def _place(node: Thematique) -> tuple[int, str, int, str]:
    root = node.parent or node
    return (root.rang, root.libelle.lower(), node.rang if node.parent else -1, node.libelle.lower())


def _path(node: Thematique) -> str:
    return f"{node.parent.libelle} › {node.libelle}" if node.parent else node.libelle
