"""The list of the day: one click a person, and the same on paper for the day the network is down."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collectivites.acces import Acces, RequeteAgent, requires
from collectivites.permissions import Permission
from journal.actions import record_readings
from journal.models import Consultation
from rendezvous.agenda.filtres import read_filtres
from rendezvous.agenda.journee import GROUPES, Question, load_journee, read_question
from rendezvous.agenda.lecture import choose_filtres, load_choix
from rendezvous.agenda.papier import load_feuilles
from rendezvous.views.agenda.routes import find_url

GABARIT = "rendezvous/agenda/jour.html"


@requires(Permission.RENDEZVOUS_LIRE)
@require_safe
def jour(request: RequeteAgent) -> HttpResponse:
    """Show the day; for htmx, only the lines (and what a gesture has to say)."""
    now, acces = timezone.now(), request.acces
    question = _read(request)
    context: dict[str, Any] = {
        "question": question,
        "filtres": question.filtres,
        "journee": load_journee(question, acces, at=now),
        "maintenant": now,
        "today": timezone.localdate(now),
        "peut_traiter": acces.can(Permission.RENDEZVOUS_TRAITER),
        "prendre_url": find_url("rendezvous:prendre", acces.collectivite.slug),
        "retour": f"{request.path}{question.write()}",
    }
    context["onglets"] = [
        {"libelle": word, "url": question.write(groupe=code), "actif": code == question.groupe,
         "nombre": context["journee"].comptes[code]}
        for code, (word, _) in GROUPES.items()
    ]  # fmt: skip
    if request.htmx:
        return render(request, f"{GABARIT}#lignes", context)
    return render(request, GABARIT, context | _load_autour(question, acces, context["today"]))


def _read(request: RequeteAgent) -> Question:
    """Without a subject in the address: everybody's day, that is what a receptionist opens."""
    filtres = read_filtres(request.GET, today=timezone.localdate())
    return read_question(request.GET, choose_filtres(filtres, request.acces, asked=True))


def _load_autour(question: Question, acces: Acces, today: Any) -> dict[str, Any]:
    filtres = question.filtres
    days = {"precedent": filtres.on_jour(-1), "suivant": filtres.on_jour(1), "aujourdhui": filtres.on(today)}
    return {"choix": load_choix(acces).list_groupes()} | {
        name: question.write(jour=day.jour.isoformat()) for name, day in days.items()
    }


@requires(Permission.RENDEZVOUS_LIRE)
@require_safe
def imprimer(request: RequeteAgent) -> HttpResponse:
    """One sheet an agent or a counter, A4 landscape, to hold the day without a screen. What is printed is read."""
    now, acces = timezone.now(), request.acces
    filtres = _read(request).filtres
    sheets = load_feuilles(filtres, acces, at=now)
    read = {(ligne.rendezvous.usager_id, ligne.rendezvous.pk) for sheet in sheets for ligne in sheet.lignes}
    record_readings(vue=Consultation.Vue.RENDEZVOUS, lus=sorted(read, key=str), agent_id=acces.agent.pk, at=now)
    context = {"feuilles": sheets, "filtres": filtres, "maintenant": now}
    return render(request, "rendezvous/agenda/imprimer.html", context)
