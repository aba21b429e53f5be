"""`{% flux "demandes" %}`: the attributes that make an element follow a subject live."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from socle.direct import mint_token

register = template.Library()


@register.simple_tag(takes_context=True)
def flux(context: Context, sujet: str, pk: int | None = None) -> SafeString | str:
    """Write the address and the token of a subject, or of one object of it, in the current town; else nothing."""
    collectivite: Any = context.get("collectivite")
    if collectivite is None:
        return ""
    jeton = mint_token(collectivite_id=collectivite.pk, sujet=f"{sujet}:{pk}" if pk else sujet)
    return format_html('data-guichet-flux="{}/flux/" data-guichet-flux-jeton="{}"', settings.FLUX_URL, jeton)
