"""Django forms rendered by our own templates (templates/composants/champ.html)."""

from django.forms.renderers import TemplatesSetting


class RenduGuichet(TemplatesSetting):
    """Each field: label, hint, control, error tied to the control."""

    field_template_name = "composants/champ.html"
    form_template_name = "composants/formulaire.html"
