"""Pages for usagers: what can be asked, the form of one démarche, the receipt, how to write electronically."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteUsager, public
from collectivites.models import Service
from demandes.accuses.mentions import read_coordonnees
from demandes.actions.pieces import list_uploads
from demandes.catalogue.formulaire import PREFIXE, FormulaireSchema, build_form, missing_pieces, write_condition
from demandes.catalogue.schema import Piece, Schema, read_schema
from demandes.catalogue.vitrine import list_rayons, load_offert, published_schema
from demandes.debit import is_over_quota
from demandes.forms_depot import DEPOSITAIRES, FormulaireEnvoi
from demandes.models import Boite, Demande, Entree, PieceJointe, TypeDemande, VersionFormulaire
from demandes.pieces import CHAMP, Depots, collect_uploads, read_clef
from demandes.reception.depots import Depot, store_depot
from demandes.reception.expediteurs import INCONNU
from demandes.reception.traitement import process_entree

SEL_RECU = "demandes.depot.recu"
RECU_SECONDES = 24 * 3600
LIBELLES = {"personne": "Pour vous", "association": "Pour une association", "entreprise": "Pour une entreprise"}
EXIGENCE = "piece-"


@public
@require_GET
def demarches(request: RequeteUsager) -> HttpResponse:
    """The catalogue, and a search in it."""
    wanted = request.GET.get("q", "")[:100].strip()
    context = _town(request) | {"rayons": list_rayons(wanted), "q": wanted}
    return render(request, "demandes/public/demarches.html", context)


@public
@never_cache
def demarche(request: RequeteUsager, pk: int) -> HttpResponse:
    """What one démarche is, and its form when it can be filed on the web."""
    type_ = load_offert(pk)
    if type_ is None:
        raise Http404
    if not type_.is_en_ligne:
        if request.method != "GET":
            raise Http404
        return render(request, "demandes/public/demarche.html", _describe(request, type_))
    return _file(request, type_, timezone.now())


@public
@require_GET
@never_cache
def recue(request: RequeteUsager, jeton: str) -> HttpResponse:
    """The receipt: number, tracking code, date. Its address expires; the acknowledgement was sent anyway."""
    try:
        pk = signing.loads(jeton, salt=SEL_RECU, max_age=RECU_SECONDES)
    except signing.BadSignature:
        return render(request, "demandes/public/expiree.html", _town(request), status=410)
    entree = Entree.objects.filter(pk=pk, canal=Entree.Canal.FORMULAIRE).first()
    if entree is None:
        raise Http404
    rows = Demande.objects.select_related("service", "type", "version_formulaire")
    demande = rows.filter(pk=entree.demande_id or 0).first()
    context = _town(request, demande.service if demande else None) | {
        "entree": entree, "demande": demande, "manquantes": _list_missing(demande) if demande else (),
    }  # fmt: skip
    return render(request, "demandes/public/recue.html", context)


@public
@require_GET
def saisine(request: RequeteUsager) -> HttpResponse:
    """How to reach the town electronically: services, addresses, data asked, exclusions (CRPA L112-9, R112-9-2)."""
    rayons = list_rayons()
    offered = [each for rayon in rayons for each in rayon.types]
    context = _town(request) | {
        "en_ligne": [each for each in offered if each.is_en_ligne],
        "ailleurs": [each for each in offered if not each.is_en_ligne],
        "boites": list(Boite.objects.filter(is_active=True).select_related("service").order_by("adresse")),
        "mise_a_jour": VersionFormulaire.objects.order_by("-published_at").values_list("published_at", flat=True)[:1],
    }
    return render(request, "demandes/public/saisine.html", context)


def _list_missing(demande: Demande) -> tuple[Piece, ...]:
    version: VersionFormulaire | None = demande.version_formulaire
    if version is None:
        return ()
    here = PieceJointe.objects.filter(message__demande=demande).exclude(exigence="")
    return missing_pieces(read_schema(version.schema), demande.reponses, set(here.values_list("exigence", flat=True)))


def _town(request: RequeteUsager, service: Service | None = None) -> dict[str, Any]:
    return {"collectivite": request.collectivite, "contact": read_coordonnees(service, request.collectivite)}


def _describe(request: RequeteUsager, type_: TypeDemande) -> dict[str, Any]:
    schema = published_schema(type_)
    return _town(request, type_.service) | {
        "type": type_,
        "canaux": [label for code, label in Demande.Canal.choices if code in type_.canaux],
        "pieces": [(each, write_condition(each.si, schema)) for each in schema.pieces],
    }


def _file(request: RequeteUsager, type_: TypeDemande, now: datetime) -> HttpResponse:
    """Show the form, or keep the submission and go to its receipt."""
    schema = published_schema(type_)
    publics = [code for code in LIBELLES if code in type_.publics] or list(LIBELLES)
    asked = request.POST.get("pour") or request.GET.get("pour") or publics[0]
    pour = asked if asked in publics else publics[0]
    typed = request.POST if request.method == "POST" else None
    who = DEPOSITAIRES[pour](typed)
    questions = build_form(schema, jour=timezone.localdate(now))(typed, prefix=PREFIXE)
    sending = FormulaireEnvoi(typed, now=now, is_texte_attendu=not schema.champs)
    over = typed is not None and is_over_quota(request, nature="depot")
    depots = _read_pieces(request, schema, now) if typed is not None and not over else {}
    if typed is not None:
        valid = all([who.is_valid(), questions.is_valid(), sending.is_valid()])
        if valid and not over and not any(each.refus for each in depots.values()):
            return _keep(request, type_, pour, (who, questions, sending), now)
        sending.forgive()
    context = _describe(request, type_) | {
        "pour": pour, "publics": [(code, LIBELLES[code]) for code in publics], "qui": who, "questions": questions,
        "envoi": sending, "exigences": _list_exigences(schema, depots), "autres": depots.get("", Depots([], [])),
        "trop": over, "erreurs": [each for each in (who, questions, sending) if each.errors],
    }  # fmt: skip
    status = 200 if typed is None else 429 if over else 422
    return render(request, "demandes/public/demarche.html", context, status=status)


def _read_pieces(request: RequeteUsager, schema: Schema, now: datetime) -> dict[str, Depots]:
    """Keep the uploads of each document asked, then the others: code (or "") → what waits and what was refused."""
    clef = read_clef(request)
    if clef is None:
        return {}
    made: dict[str, Depots] = {}
    for code in [*(each.code for each in schema.pieces), ""]:
        champ = f"{EXIGENCE}{code}" if code else CHAMP
        found = collect_uploads(request, clef=clef, by=INCONNU, at=now, champ=champ, exigence=code)
        made[code] = Depots([each for each in found.pieces if each.exigence == code], found.refus)
    return made


def _list_exigences(schema: Schema, depots: dict[str, Depots]) -> list[dict[str, Any]]:
    """Return each document with its field, its condition in words and as data, what waits and what was refused."""
    return [
        {
            "piece": each,
            "champ": f"{EXIGENCE}{each.code}",
            "condition": write_condition(each.si, schema),
            "si": json.dumps({"champ": f"{PREFIXE}-{each.si.champ}", "est": each.si.est}) if each.si else "",
            "depots": depots.get(each.code, Depots([], [])),
        }
        for each in schema.pieces
    ]


def _keep(
    request: RequeteUsager,
    type_: TypeDemande,
    pour: str,
    valid: tuple[forms.Form, FormulaireSchema, FormulaireEnvoi],
    now: datetime,
) -> HttpResponse:
    """Store the submission raw; it is read as soon as this transaction is committed, else by the sweeper."""
    who, questions, sending = valid
    said = dict(who.cleaned_data)
    number = said.pop("immatriculation", "")
    said |= {"siret": number} if len(number) == 14 else {"siren": number}
    depot = Depot(
        clef=str(sending.cleaned_data["clef"]), type_id=type_.pk, version_id=type_.version_courante_id, public=pour,
        description=sending.cleaned_data["description"], reponses=questions.reponses,
        pieces=[each.empreinte for each in list_uploads(clef=sending.cleaned_data["clef"], by=INCONNU)], **said,
    )  # fmt: skip
    entree = store_depot(depot, at=now)
    if not entree.is_deja_recue:
        read = partial(process_entree, collectivite_id=request.collectivite.pk, entree_id=entree.pk, at=now)
        transaction.on_commit(read, robust=True)
    jeton = signing.dumps(entree.pk, salt=SEL_RECU)
    return redirect("usager:recue", request.collectivite.slug, jeton)
