"""HTTP headers that every page carries: content security policy, permissions, no caching of personal pages.

Sources: OWASP ASVS 5.0 V3.4; CSP level 3. No inline script or style anywhere, so no nonce is needed.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


def build_csp(*, flux_url: str, frame_ancestors: str = "'none'") -> str:
    """Return the content security policy; `flux_url` is the origin of live events when it is not ours."""
    parts = urlsplit(flux_url)
    flux = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'{flux}; form-action 'self'; base-uri 'none'; frame-src 'self'; "
        f"manifest-src 'self'; frame-ancestors {frame_ancestors}"
    )


class EntetesSecurite:
    """Adds the headers; a view that already set one keeps its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.csp = build_csp(flux_url=settings.FLUX_URL)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.csp)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
