"""A test bench: the gallery, and a page whose fragments answer each way a server can answer."""

import time
from collections.abc import Iterator
from itertools import count

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template import RequestContext, Template
from django.urls import path

from collectivites.acces import public
from config.urls import urlpatterns as produit
from socle.toasts import toast
from socle.vues import composants

PAGE = """{% extends "base.html" %}{% load composants %}{% block contenu %}<h1>Banc d'essai</h1>
<form method="post" action="/banc/envoyer/" data-guichet-brouillon="banc" hx-post="/banc/envoyer/" hx-target="#suite">
{% csrf_token %}<label for="texte">Texte</label><textarea id="texte" name="texte"></textarea>
<label for="code">Réponse</label><input id="code" name="code" value="200" autocomplete="off">
{% bouton "Envoyer" "principal" %}</form><div id="suite"></div>
<p id="vif" data-guichet-flux="/banc/flux/" hx-get="/banc/etat/" hx-trigger="guichet:maj">jamais</p>
{% endblock contenu %}"""
LECTURES = count(1)


def draw(request: HttpRequest, source: str, **context: object) -> HttpResponse:
    """Render a template written here."""
    return HttpResponse(Template("{% load composants %}" + source).render(RequestContext(request, context)))


def banc(request: HttpRequest) -> HttpResponse:
    """The page; `?toast=1` shows a message that can be undone."""
    if "toast" in request.GET:
        toast(request, "Demande close.", annuler_url="/banc/annuler/")
    return HttpResponse(Template(PAGE).render(RequestContext(request)))


def envoyer(request: HttpRequest) -> HttpResponseBase:
    """Answer with the status asked for, as our screens do."""
    code = int(request.POST["code"])
    if code == 200:
        toast(request, "Note enregistrée.")
        return draw(request, "<p>reçu : {{ texte }}</p>{% toasts_hors_bande %}", texte=request.POST["texte"])
    body = {422: '<p role="alert" tabindex="-1" data-guichet-erreurs>Écrivez plus court.</p>'}.get(
        code, "<!doctype html>"
    )
    return HttpResponse(body, status=code)


def annuler(request: HttpRequest) -> HttpResponse:
    """What « Annuler » posts to."""
    return draw(request, "<h1>{{ methode }} annulé</h1>", methode=request.method)


def etat(request: HttpRequest) -> HttpResponse:
    """The state a live element reads again: how many times it was read."""
    return HttpResponse(f"lecture {next(LECTURES)}")


def flux(request: HttpRequest) -> StreamingHttpResponse:
    """One nudge after a moment, then the stream is kept open a little and cut."""

    def events() -> Iterator[str]:
        yield "retry: 600000\n\n"
        time.sleep(0.3)
        yield "event: maj\ndata: 1\n\n"
        time.sleep(0.5)

    return StreamingHttpResponse(events(), content_type="text/event-stream")


VUES = {"": banc, "envoyer/": envoyer, "annuler/": annuler, "etat/": etat, "flux/": flux}
urlpatterns = [
    *produit,
    path("composants/", public(composants), name="composants"),
    *(path(f"banc/{route}", public(view)) for route, view in VUES.items()),
]
