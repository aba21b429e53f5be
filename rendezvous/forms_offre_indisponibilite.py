"""The form of a stretch when somebody does not receive, once or repeated."""

from datetime import date
from typing import Any

from django import forms

from collectivites.models import Collectivite
from rendezvous.forms_offre_champs import ChampHeure, day_field
from rendezvous.forms_offre_qui import TOUS, ChampQui
from rendezvous.forms_offre_repetition import JAMAIS, RepetitionMixin, read_regle
from rendezvous.heures import MINUTES_JOUR
from rendezvous.models import Indisponibilite


class FormulaireIndisponibilite(RepetitionMixin):
    """A stretch from a day and hour to another, or each day of a rule between two hours. `instance`: the one changed.

    `is_for_all`: whose it is may be chosen (agent, counter, lieu, everybody); else it is one's own, without field.
    """

    qui: Any
    libelle = forms.CharField(
        label="Pourquoi", max_length=120, required=False,
        help_text="Pour vos collègues\u00a0: «\u00a0Réunion de service\u00a0». N'y écrivez rien de médical.",
    )  # fmt: skip
    debut_on = day_field("Du")
    debut_minute = ChampHeure(label="À partir de", required=False, help_text="Vide\u00a0: dès le matin.")
    fin_on = day_field(
        "Au", required=False, aide="Jour compris. Vide\u00a0: le même jour, ou sans fin si cela se répète."
    )
    fin_minute = ChampHeure(label="Jusqu'à", required=False, help_text="Vide\u00a0: jusqu'au soir.")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    CHAMPS = ("qui", "libelle", "debut_on", "debut_minute", "fin_on", "fin_minute", *RepetitionMixin.REPETITION)

    def __init__(
        self, *args: Any, collectivite: Collectivite, is_for_all: bool, today: date,
        instance: Indisponibilite | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        start = _read(instance) if instance else {"debut_on": today, "repetition": JAMAIS}
        kwargs["initial"] = start | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if is_for_all:
            self.fields["qui"] = ChampQui(label="Qui ne reçoit pas", collectivite=collectivite, with_lieux=True)
        self.order_fields(self.CHAMPS)

    def clean(self) -> dict[str, Any]:
        """The end comes after the start; hours left empty are the whole day."""
        data = super().clean()
        data["debut_minute"] = data.get("debut_minute") or 0
        data["fin_minute"] = 1440 if data.get("fin_minute") is None else data["fin_minute"]
        first, last = data.get("debut_on"), data.get("fin_on")
        if first and last is None and not data["regle"] and data.get("repetition") == JAMAIS:
            data["fin_on"] = last = first
        if first and last and last < first:
            self.add_error("fin_on", "Le dernier jour vient avant le premier.")
        same_day = data["regle"] or first == last
        if same_day and data["fin_minute"] <= data["debut_minute"] and "fin_minute" not in self.errors:
            hint = "" if data["regle"] else " Passé minuit, donnez le lendemain comme dernier jour."
            self.add_error("fin_minute", f"L'heure de fin doit venir après celle du début.{hint}")
        return data


def _read(rule: Indisponibilite) -> dict[str, Any]:
    """Return the values that write this unavailability again; hours of a whole day are left empty."""
    return read_regle(rule.regle) | {
        "qui": _read_qui(rule), "libelle": rule.libelle, "debut_on": rule.debut_on, "fin_on": rule.fin_on,
        "debut_minute": rule.debut_minute or None, "version": rule.version,
        "fin_minute": None if rule.fin_minute == MINUTES_JOUR else rule.fin_minute,
    }  # fmt: skip


def _read_qui(rule: Indisponibilite) -> str:
    if rule.ressource is not None:
        return (
            f"agent:{rule.ressource.agent_id}" if rule.ressource.agent_id else f"guichet:{rule.ressource.guichet_id}"
        )
    return f"lieu:{rule.lieu_id}" if rule.lieu_id else TOUS
