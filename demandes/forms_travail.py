"""Forms of shared work: tasks, absences, sujets communs."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from collectivites.models import Agent
from demandes.models import TypeDemande


def _day(label: str, *, required: bool, aide: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=aide,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choisissez une date.", "invalid": "Cette date n'est pas lisible."},
    )  # fmt: skip


class ChoixAgent(forms.ModelChoiceField[Agent]):
    """One agent among those given; a forged id is refused in French."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": "Choisissez un agent de la liste."})
        super().__init__(queryset=Agent.objects.none(), **kwargs)


class FormulaireTache(forms.Form):
    """Something to do. `agents` are those who may read the demande."""

    libelle = forms.CharField(
        label="À faire", max_length=200, error_messages={"required": "Dites ce qu'il y a à faire."}
    )
    agent = ChoixAgent(label="Par", required=False, empty_label="Personne en particulier")
    due_on = _day("Pour le", required=False)
    clef = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, agents: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"clef": uuid4()} | kwargs.get("initial", {})
        kwargs.setdefault("auto_id", "tache-%s")
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["agent"]
        choice.queryset = agents


class FormulaireAbsence(forms.Form):
    """An absence, days included. Supervisors choose whose; the others write their own."""

    agent = ChoixAgent(label="Agent", empty_label=None)
    debut_on = _day("Du", required=True)
    fin_on = _day("Au", required=True, aide="Jour compris.")
    suppleant = ChoixAgent(
        label="Suppléance", required=False, empty_label="Le service garde les demandes",
        help_text="Reçoit ce qui arrive pendant l'absence, dans les services où il ou elle travaille aussi.",
    )  # fmt: skip

    def __init__(self, *args: Any, agents: Any, moi: Agent, is_for_all: bool, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"agent": moi.pk, "debut_on": today} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        substitute: Any = self.fields["suppleant"]
        substitute.queryset = agents
        if is_for_all:
            whose: Any = self.fields["agent"]
            whose.queryset = agents
        else:
            del self.fields["agent"]


class FormulaireSujet(forms.Form):
    """A sujet commun."""

    titre = forms.CharField(
        label="Titre", max_length=160,
        help_text="Ce que vivent tous ces usagers\u00a0: «\u00a0Panne rue des Tanneurs\u00a0».",
        error_messages={"required": "Donnez un titre au sujet."},
    )  # fmt: skip
    description = forms.CharField(
        label="Description", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Pour les agents\u00a0: cause, intervention prévue. L'usager ne la voit pas.",
    )  # fmt: skip
    type = forms.ModelChoiceField(
        label="Type de demande", required=False, queryset=TypeDemande.objects.none(), empty_label="Tous"
    )
    numeros = forms.CharField(
        label="Demandes", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Leurs numéros, séparés par un espace ou une virgule. D'autres pourront les rejoindre.",
    )  # fmt: skip
    clef = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"clef": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["type"]
        kind.queryset = TypeDemande.objects.filter(is_active=True).order_by("libelle")
