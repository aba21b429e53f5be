"""Pages opened by a secret link: what is missing, an opinion, the question of satisfaction.

A link that opens nothing is a 404; one that no longer does is a 410; both say so in French, with a phone number.
"""

from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collectivites.acces import RequeteUsager, public
from collectivites.acteur import Acteur
from demandes.accuses.mentions import read_coordonnees
from demandes.actions import FenetreDepassee
from demandes.actions.pieces import list_uploads
from demandes.catalogue.formulaire import PREFIXE, build_form
from demandes.catalogue.schema import Schema
from demandes.concours import avis as consultations
from demandes.concours import complements as pieces_manquantes
from demandes.concours import satisfaction as enquetes
from demandes.concours.attentes import read_fuseau
from demandes.concours.depots import INCONNU
from demandes.concours.exigences import list_missing, read_form
from demandes.debit import is_over_quota
from demandes.forms_usager import FormulaireReponseAvis, FormulaireSatisfaction
from demandes.models import Avis, DemandeComplement, Satisfaction
from demandes.pieces import Depots, collect_uploads
from demandes.views.discretion import render_discret
from demandes.views.documents import BAC_A_SABLE
from journal.actions import record
from socle.depot import FichierAbsent, open_file

ENVOIS_MAX = 40  # forms of one visitor in ten minutes
TEXTE_MAX = 10_000
EXIGENCE = "piece-"
TROP = "Trop d'envois en peu de temps. Attendez dix minutes, puis envoyez de nouveau."
TERMINE = {
    "recu": ("Tout est arrivé", "Nous avons reçu ce qui manquait. Vous n'avez plus rien à faire."),
    "annule": ("Ce n'est plus demandé", "Nous n'avons plus besoin de ces éléments. Vous n'avez rien à faire."),
    "close": ("Cette demande est terminée", "Elle ne peut plus être complétée ici. Appelez-nous si besoin."),
    "expire": ("Ce lien a expiré", "La date est passée depuis longtemps. Appelez-nous pour savoir quoi faire."),
    "avis_recu": ("Votre avis est enregistré", "Merci. Vous n'avez plus rien à faire."),
    "avis_retire": ("Cet avis n'est plus demandé", "La question est retirée. Merci de votre attention."),
    "enquete": ("Votre réponse est enregistrée", "Merci de nous avoir répondu."),
    "inconnu": ("Ce lien n'ouvre rien", "Vérifiez que vous l'avez copié en entier, ou appelez-nous."),
    "refus": ("C'est noté", "Nous ne vous poserons plus cette question."),
}

STATUTS = {"recu": 200, "avis_recu": 200, "enquete": 200, "inconnu": 404}  # 410 for the others


@public
@require_http_methods(["GET", "POST"])
@never_cache
def complements(request: RequeteUsager, jeton: str) -> HttpResponse:
    """Ask for the fields and documents that are missing; what is sent in part is kept, the rest stays awaited."""
    found = pieces_manquantes.find_by_jeton(jeton)
    if found is None:
        return _say(request, "inconnu", status=404)
    ended = _end_of_complement(found)
    if ended:
        return _say(request, ended, status=STATUTS.get(ended, 410))
    if request.method == "GET":
        form = _build_questions(found)(prefix=PREFIXE, initial=found.demande.reponses)
        return _show_complement(request, found, form, {}, texte="")
    return _send_complement(request, found, jeton)


def _end_of_complement(found: DemandeComplement) -> str:
    if found.answered_at:
        return "recu"
    if found.cancelled_at:
        return "annule"
    if not found.demande.is_open:
        return "close"
    return "expire" if pieces_manquantes.is_expired(found.delai_on, at=timezone.now(), fuseau=read_fuseau()) else ""


def _build_questions(found: DemandeComplement) -> Any:
    """Only what was not answered yet."""
    asked = read_form(found)
    left = tuple(champ for champ in asked.champs if champ.code not in found.reponse)
    return build_form(Schema(champs=left), jour=timezone.localdate())


def _send_complement(request: RequeteUsager, found: DemandeComplement, jeton: str) -> HttpResponse:
    now = timezone.now()
    form = _build_questions(found)(request.POST, prefix=PREFIXE)
    texte = request.POST.get("texte", "")[:TEXTE_MAX]
    over = is_over_quota(request, nature="lien", maximum=ENVOIS_MAX)
    depots = {} if over else _read_pieces(request, found, now)
    refused = any(each.refus for each in depots.values())
    waiting = list_uploads(clef=found.clef, by=INCONNU)
    said = bool(texte.strip() or waiting or form.fields)
    if over or refused or not form.is_valid() or not said:
        erreur = TROP if over else "" if said else "Joignez un document, ou écrivez-nous pourquoi vous ne l'avez pas."
        return _show_complement(request, found, form, depots, texte=texte, erreur=erreur, status=429 if over else 422)
    reponse = pieces_manquantes.Reponse(form.reponses, waiting, texte)
    try:
        with transaction.atomic():
            pieces_manquantes.receive_complements(complement=found, reponse=reponse, at=now)
    except pieces_manquantes.PlusAttendu:
        return _say(request, "recu")
    except FenetreDepassee:
        return _say(request, "close", status=410)
    return redirect(f"{request.path}?envoye=1")


def _read_pieces(request: RequeteUsager, found: DemandeComplement, now: Any) -> dict[str, Depots]:
    made: dict[str, Depots] = {}
    for each in list_missing(found):
        kept = collect_uploads(
            request, clef=found.clef, by=INCONNU, at=now, champ=f"{EXIGENCE}{each.code}", exigence=each.code
        )
        made[each.code] = Depots([piece for piece in kept.pieces if piece.exigence == each.code], kept.refus)
    return made


def _show_complement(
    request: RequeteUsager, found: DemandeComplement, form: Any, depots: dict[str, Depots], *, texte: str,
    erreur: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    rows = [
        {"piece": each, "champ": f"{EXIGENCE}{each.code}", "depots": depots.get(each.code, Depots([], []))}
        for each in list_missing(found)
    ]
    context = {
        "complement": found, "demande": found.demande, "form": form, "exigences": rows, "texte": texte,
        "erreur": erreur, "envoye": request.GET.get("envoye") == "1" and status == 200,
        "consequence": pieces_manquantes.tell_consequence(found, found.demande),
        "contact": read_coordonnees(found.demande.service, request.collectivite),
    }  # fmt: skip
    return render_discret(request, "demandes/public/complements.html", context, status=status)


@public
@require_http_methods(["GET", "POST"])
@never_cache
def avis(request: RequeteUsager, jeton: str) -> HttpResponse:
    """Ask a third party: the question and the chosen documents, nothing else of the demande."""
    found, ended = _open_avis(jeton)
    if ended or found is None:
        return _say(request, ended, status=STATUTS.get(ended, 410))
    if request.method == "GET":
        return _show_avis(request, found, jeton, FormulaireReponseAvis(), Depots([], []))
    form = FormulaireReponseAvis(request.POST)
    if is_over_quota(request, nature="lien", maximum=ENVOIS_MAX):
        form.add_error(None, TROP)
        return _show_avis(request, found, jeton, form, Depots([], []), status=429)
    depots = collect_uploads(request, clef=found.clef, by=INCONNU, at=timezone.now())
    if not form.is_valid() or depots.refus:
        return _show_avis(request, found, jeton, form, depots, status=422)
    reponse = consultations.ReponseAvis(form.cleaned_data["texte"], form.is_favorable, depots.pieces)
    try:
        with transaction.atomic():
            consultations.receive_avis(avis=found, reponse=reponse, at=timezone.now())
    except pieces_manquantes.PlusAttendu:
        return _say(request, "avis_retire", status=410)
    return redirect(request.path)


@public
@require_GET
@never_cache
def avis_piece(request: RequeteUsager, jeton: str, piece_pk: int) -> HttpResponse | FileResponse:
    """Download one of the documents shared with an opinion, while it is asked; the journal keeps the reading."""
    found, ended = _open_avis(jeton)
    if ended or found is None:
        return _say(request, "inconnu", status=404)
    piece = next((each for each in consultations.list_pieces(found) if each.pk == piece_pk), None)
    if piece is None or piece.is_ecartee:
        return _say(request, "inconnu", status=404)
    try:
        content = open_file(piece.fichier)
    except FichierAbsent:
        return _say(request, "inconnu", status=404)
    record(
        verbe="demande.avis_piece_lue", objet_type="demande", objet_id=found.demande_id,
        libelle=found.demande.numero, by=Acteur(nature="usager", libelle=found.nom), at=timezone.now(), piece=piece.pk,
    )  # fmt: skip
    answer = FileResponse(content, as_attachment=True, filename=piece.nom, content_type="application/octet-stream")
    answer["Content-Security-Policy"] = BAC_A_SABLE
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _open_avis(jeton: str) -> tuple[Avis | None, str]:
    found = consultations.find_by_jeton(jeton)
    if found is None:
        return None, "inconnu"
    if found.answered_at:
        return found, "avis_recu"
    if found.revoked_at or not found.demande.is_open:
        return found, "avis_retire"
    is_old = pieces_manquantes.is_expired(found.echeance_on, at=timezone.now(), fuseau=read_fuseau())
    return found, "expire" if is_old else ""


def _show_avis(
    request: RequeteUsager, found: Avis, jeton: str, form: FormulaireReponseAvis, depots: Depots, *, status: int = 200
) -> HttpResponse:
    context = {
        "avis": found, "demande": found.demande, "form": form, "depots": depots, "jeton": jeton,
        "pieces": consultations.list_pieces(found),
        "contact": read_coordonnees(found.demande.service, request.collectivite),
    }  # fmt: skip
    return render_discret(request, "demandes/public/avis.html", context, status=status)


@public
@require_http_methods(["GET", "POST"])
@never_cache
def satisfaction(request: RequeteUsager, jeton: str) -> HttpResponse:
    """Put one question; « toujours pas réglé » takes the demande up again."""
    found = _open_satisfaction(jeton)
    if isinstance(found, str):
        return _say(request, found, status=STATUTS.get(found, 410))
    form = FormulaireSatisfaction(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _show_satisfaction(request, found, jeton, form, status=200 if request.method == "GET" else 422)
    opinion = enquetes.Opinion(form.cleaned_data["note"], form.is_regle, form.cleaned_data["commentaire"])
    try:
        with transaction.atomic():
            goes_on = enquetes.answer(satisfaction=found, opinion=opinion, at=timezone.now())
    except enquetes.DejaRepondu:
        return _say(request, "enquete")
    return _say(request, "enquete", reprise=goes_on if opinion.is_regle is False else None)


@public
@require_POST
@never_cache
def satisfaction_refus(request: RequeteUsager, jeton: str) -> HttpResponse:
    """« Ne plus me poser cette question »."""
    found = enquetes.find_by_jeton(jeton)
    if found is None:
        return _say(request, "inconnu", status=404)
    enquetes.refuse(satisfaction=found)
    return _say(request, "refus")


def _open_satisfaction(jeton: str) -> Satisfaction | str:
    found = enquetes.find_by_jeton(jeton)
    if found is None:
        return "inconnu"
    if found.answered_at:
        return "enquete"
    return "expire" if enquetes.is_expired(found, at=timezone.now()) else found


def _show_satisfaction(
    request: RequeteUsager, found: Satisfaction, jeton: str, form: FormulaireSatisfaction, *, status: int
) -> HttpResponse:
    context = {
        "demande": found.demande, "form": form, "jeton": jeton,
        "contact": read_coordonnees(found.demande.service, request.collectivite),
    }  # fmt: skip
    return render_discret(request, "demandes/public/satisfaction.html", context, status=status)


def _say(request: RequeteUsager, code: str, *, status: int = 200, reprise: Any = None) -> HttpResponse:
    """Say what became of a link."""
    titre, phrase = TERMINE[code]
    context = {
        "titre": titre, "phrase": phrase, "bon": status == 200, "reprise": reprise,
        "contact": read_coordonnees(None, request.collectivite),
    }  # fmt: skip
    return render_discret(request, "demandes/public/lien.html", context, status=status)
