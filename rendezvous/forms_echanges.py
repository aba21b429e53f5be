"""Forms of exchanges: a calendar kept elsewhere, a feed for a lieu or for somebody."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from rendezvous.echanges.agendas import Acces
from rendezvous.models import AgendaExterne
from socle.reseau import URL_MAX, AdresseRefusee, check_url


class FormulaireAgenda(forms.Form):
    """Where the calendar is. `ressources`: whose it may be, (id, name); empty when it is the agent's own."""

    ressource = forms.ChoiceField(label="De qui")
    genre = forms.ChoiceField(
        label="Genre", choices=AgendaExterne.Genre.choices, widget=forms.RadioSelect, initial=AgendaExterne.Genre.ICS
    )
    url = forms.CharField(
        label="Adresse de l'agenda",
        max_length=URL_MAX,
        help_text="L'adresse secrète au format ICS donnée par Outlook, Google ou Zimbra, "
        "ou l'adresse CalDAV d'un seul agenda. Elle commence par https://.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    utilisateur = forms.CharField(
        label="Identifiant", max_length=200, required=False, help_text="Pour CalDAV surtout.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    mot_de_passe = forms.CharField(
        label="Mot de passe", max_length=200, required=False, help_text="De préférence un mot de passe d'application.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, ressources: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ressources:
            self.fields["ressource"].choices = ressources  # type: ignore[attr-defined]
        else:
            del self.fields["ressource"]

    def clean_url(self) -> str:
        """Accept « webcal:// », refuse what will never be called; a name is judged again at each reading."""
        url = str(self.cleaned_data["url"]).strip()
        if url.startswith(("webcal://", "webcals://")):
            url = "https://" + url.partition("://")[2]
        try:
            check_url(url)
        except AdresseRefusee as error:
            raise ValidationError(str(error)) from error
        return url

    def clean(self) -> dict[str, Any]:
        """CalDAV asks who we are."""
        data = super().clean() or {}
        if data.get("genre") == AgendaExterne.Genre.CALDAV and not data.get("utilisateur"):
            self.add_error("utilisateur", "Un agenda CalDAV demande un identifiant.")
        return data

    def read_acces(self) -> Acces:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Acces(data["genre"], data["url"], data["utilisateur"].strip(), data["mot_de_passe"])


class FormulaireFlux(forms.Form):
    """Whose agenda: « lieu-3 » or « ressource-12 »."""

    de = forms.ChoiceField(label="Agenda de")

    def __init__(self, *args: Any, choix: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["de"].choices = choix  # type: ignore[attr-defined]
