"""Draws the panels that upper floors add to the 360° page."""

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from citoyens.fiche import PanneauMontre

register = template.Library()


@register.simple_tag(takes_context=True)
def panneau(context: Context, montre: PanneauMontre) -> SafeString:
    """Render a panel with what it loaded, and the town."""
    shared = {name: context.get(name) for name in ("collectivite", "acces", "csrf_token")}
    return render_to_string(montre.panneau.template, shared | montre.contexte)
