"""The secret feed itself: read by calendars, never by a person signed in."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from collectivites.acces import RequeteUsager, public
from rendezvous.echanges.flux import find_flux, list_lignes, name_flux, note_read, write_etag, write_flux


@public
@require_safe
def flux(request: RequeteUsager, jeton: str) -> HttpResponseBase:
    """Return the calendar, or 304 when nothing changed. Unknown, revoked, no longer allowed: always 404."""
    opened = find_flux(jeton)
    if opened is None:
        raise Http404
    found, lecteur = opened
    now = timezone.now()
    lignes, nom = list_lignes(found, lecteur, at=now), name_flux(found)
    note_read(found, at=now)
    etag = write_etag(nom, lignes)
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(write_flux(nom, lignes, at=now), content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'inline; filename="agenda.ics"'
    for name, value in {"ETag": etag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}.items():
        answer.headers[name] = value
    return answer
