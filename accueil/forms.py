"""The one form of the desk: a contact answered on the spot, or sent to a service."""

import uuid
from typing import Any

from django import forms

from accueil.actions import Contact
from citoyens.models import Usager
from collectivites.models import Service
from demandes.models import ContactImmediat, TypeDemande
from socle.texte import normalise

Issue, Canal = ContactImmediat.Issue, ContactImmediat.Canal


class ListeOuverte(forms.TextInput):
    """A text field that suggests: the browser filters while one types, nothing forces the choice."""

    def __init__(self, liste: str, **attrs: Any) -> None:
        super().__init__(attrs={"list": liste, "autocomplete": "off", "maxlength": 200} | attrs)


class ContactForm(forms.Form):
    """Two gestures at most: a subject in a few letters (or one click on a frequent one), then Enter.

    `sujet` is free: when it is the name of a démarche it counts as one, else it is kept as a precision.
    """

    clef = forms.UUIDField(widget=forms.HiddenInput)
    issue = forms.ChoiceField(choices=Issue.choices, widget=forms.HiddenInput)
    usager = forms.IntegerField(required=False, widget=forms.HiddenInput)
    service = forms.CharField(label="Service", max_length=200, error_messages={"required": "Dites vers quel service."})
    sujet = forms.CharField(
        label="Sujet",
        required=False,
        max_length=200,
        error_messages={"required": "Dites en un mot ce qui était demandé."},
    )
    canal = forms.ChoiceField(
        label="La personne est",
        choices=[("guichet", "au guichet"), ("telephone", "au téléphone")],
        widget=forms.RadioSelect,
    )
    type = forms.IntegerField(required=False, widget=forms.HiddenInput)  # a click on a frequent subject

    use_required_attribute = False  # a click on a frequent subject needs no text

    def __init__(self, *args: Any, types: list[TypeDemande], services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.types = {each.pk: each for each in types}
        self.types_by_name = {normalise(each.libelle): each for each in types}
        self.services_by_name = {normalise(each.nom): each for each in services}
        self.fields["sujet"].widget = ListeOuverte("sujets-contact", placeholder="Carte d'identité, horaires…")
        self.fields["service"].widget = ListeOuverte("services-contact", placeholder="État civil…")
        if self["issue"].value() == Issue.ORIENTE:
            self.fields["sujet"].label = "À propos de"
            self.fields["service"].widget.attrs["autofocus"] = True
        else:
            del self.fields["service"]
            self.fields["sujet"].required = not self.data.get("type")
            self.fields["sujet"].widget.attrs["autofocus"] = True

    def clean_usager(self) -> Usager | None:
        """Find the person, in this town only."""
        pk = self.cleaned_data["usager"]
        usager = Usager.objects.filter(pk=pk).first() if pk else None
        if pk and usager is None:
            raise forms.ValidationError("Cet usager n'existe plus.")
        return usager

    def clean_service(self) -> Service:
        """Sending someone away names where: only a service of the town is accepted."""
        typed = self.cleaned_data["service"].strip()
        found = self.services_by_name.get(normalise(typed)) or self._find_beginning(normalise(typed))
        if found is None:
            raise forms.ValidationError(f"Aucun service ne s'appelle «\u00a0{typed}\u00a0». Choisissez dans la liste.")
        return found

    def _find_beginning(self, typed: str) -> Service | None:
        """« état » is enough when one service alone begins so."""
        close = [service for name, service in self.services_by_name.items() if typed and name.startswith(typed)]
        return close[0] if len(close) == 1 else None

    def to_contact(self) -> Contact:
        """Return what the action needs; only after `is_valid()`."""
        data, type_ = self.cleaned_data, self._type()
        return Contact(
            issue=Issue(data["issue"]),
            canal=Canal(data["canal"]),
            type=type_,
            service=data.get("service"),
            usager=data["usager"],
            precision="" if type_ else self._sujet(),
        )

    def _sujet(self) -> str:
        return str(self.cleaned_data.get("sujet", "")).strip()

    def _type(self) -> TypeDemande | None:
        chosen = self.types.get(self.cleaned_data.get("type") or 0)
        return chosen or self.types_by_name.get(normalise(self._sujet()))


def blank_contact_form(issue: str, *, canal: str, usager_id: int | None, **lists: Any) -> ContactForm:
    """Return an empty form with a key of its own: sent twice, it counts once."""
    first = {"clef": uuid.uuid4(), "issue": issue, "usager": usager_id, "canal": canal}
    return ContactForm(initial=first, auto_id=f"{issue}_%s", **lists)
