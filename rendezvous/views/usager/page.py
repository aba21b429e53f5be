"""What every page for usagers has in common: no cookie, nothing cached nor indexed, the phone of a human.

No cookie means no token against forged requests, and none is needed: nobody is signed in, so a request made by
another site carries no right of the visitor. What such a site could do, holding slots from its visitors' addresses,
is refused from the headers that browsers write themselves (Fetch Metadata, Origin).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from collectivites.acces import RequeteUsager, public
from collectivites.models import Lieu, Service
from demandes.debit import is_over_quota
from demandes.views.discretion import render_discret

Vue = TypeVar("Vue", bound=Callable[..., HttpResponseBase])
D_ICI = {"same-origin", "none"}
TROP = "Trop d'essais en peu de temps. Attendez dix minutes, ou appelez-nous."
FINS = {
    "choix": ("Ce lien ne mène plus à rien", "Ce rendez-vous n'est plus proposé. Choisissez-en un autre."),
    "prise": ("Cette page est restée ouverte trop longtemps", "Le créneau n'est plus retenu. Recommencez."),
    "invitation": ("Ce lien a expiré", "Il servait à prendre rendez-vous. Appelez-nous pour en recevoir un autre."),
    "lien": ("Ce lien a expiré", "Le rendez-vous est passé depuis longtemps, ou le lien a été remplacé."),
    "motif": ("Ce rendez-vous ne se prend pas en ligne", "Choisissez-en un autre, ou appelez-nous."),
    "inconnu": ("Ce lien n'ouvre rien", "Vérifiez que vous l'avez copié en entier, ou appelez-nous."),
}
STATUTS = {"inconnu": 404, "motif": 404}  # 410 for the others


def page_usager(*methodes: str, is_personnelle: bool = True, is_ouverte: bool = False) -> Callable[[Vue], Vue]:
    """Declare a page for usagers and the methods it takes.

    A page that says nothing of anybody may be kept by the Back button, with its key: another slot then replaces the
    one retained. The others are stored nowhere. `is_ouverte`: posted to from anywhere, a mail software for instance;
    nobody can write its address who was not given it.
    """

    def decorate(view: Vue) -> Vue:
        @wraps(view)
        def guarded(request: RequeteUsager, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not (is_ouverte or _is_from_here(request)):
                raise PermissionDenied
            answer = view(request, *args, **kwargs)
            answer.headers["X-Robots-Tag"] = "noindex"
            return answer

        fresh = never_cache if is_personnelle else cache_control(private=True, no_cache=True)
        exposed = csrf_exempt(fresh(require_http_methods([*methodes, "HEAD"])(guarded)))
        return public(exposed)  # type: ignore[return-value]

    return decorate


def show_page(
    request: RequeteUsager, page: str, context: dict[str, Any], *, service: Service | None = None,
    lieu: Lieu | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw a page, with the phone of who answers; `csrf_token` empty: asking for one would set a cookie."""
    town = request.collectivite.telephone
    telephone = (service.telephone if service else "") or (lieu.telephone if lieu else "") or town
    base = {"telephone": telephone, "csrf_token": "", "collectivite": request.collectivite}
    return render_discret(request, f"rendezvous/public/{page}.html", base | context, status=status)


def show_end(request: RequeteUsager, fin: str) -> HttpResponse:
    """A link that opens nothing is a 404; one that no longer does is a 410. Both say so in French."""
    titre, phrase = FINS[fin]
    return show_page(request, "fin", {"titre": titre, "phrase": phrase}, status=STATUTS.get(fin, 410))


def is_too_much(request: RequeteUsager, nature: str, maximum: int) -> bool:
    """Count one act of the visitor; True beyond the quota of ten minutes."""
    return is_over_quota(request, nature=f"rdv-{nature}", maximum=maximum)


def _is_from_here(request: RequeteUsager) -> bool:
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said in D_ICI
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()
