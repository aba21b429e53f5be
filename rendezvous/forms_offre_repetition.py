"""A repetition by plain choices ⇄ RRULE (RFC 5545, §3.3.10). What the choices cannot say stays an advanced rule."""

import re
from typing import Any

from django import forms

from rendezvous.offre.recurrence import RegleRefusee, check_regle

JOURS = (
    ("MO", "lundi"), ("TU", "mardi"), ("WE", "mercredi"), ("TH", "jeudi"), ("FR", "vendredi"), ("SA", "samedi"),
    ("SU", "dimanche"),
)  # fmt: skip
RANGS = (("1", "premier"), ("2", "deuxième"), ("3", "troisième"), ("4", "quatrième"), ("-1", "dernier"))
JAMAIS, OUVRES, SEMAINE, MOIS, AVANCEE = "jamais", "ouvres", "semaine", "mois", "avancee"
CHOIX = (
    (JAMAIS, "Non, ce jour seulement"),
    (OUVRES, "Chaque jour ouvré, du lundi au vendredi"),
    (SEMAINE, "Certains jours de la semaine"),
    (MOIS, "Un jour du mois, comme le premier lundi"),
    (AVANCEE, "Autrement, par une règle avancée"),
)
REGLE_OUVRES = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_SEMAINE = re.compile(
    r"^FREQ=WEEKLY(?:;INTERVAL=(\d{1,2}))?;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*)$"
)
_MOIS = re.compile(r"^FREQ=MONTHLY;BYDAY=(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)$")


def _si(*est: str) -> dict[str, str]:
    listed = ", ".join(f'"{each}"' for each in est)
    return {"data-guichet-si": f'{{"champ": "repetition", "est": [{listed}]}}'}


class RepetitionMixin(forms.Form):
    """The fields of a repetition; `regle` in the cleaned data is the RRULE, empty for one day."""

    repetition = forms.ChoiceField(
        label="Se répète", choices=CHOIX, widget=forms.RadioSelect, initial=SEMAINE,
        error_messages={"required": "Dites si cela se répète."},
    )  # fmt: skip
    jours = forms.MultipleChoiceField(
        label="Jours", choices=JOURS, required=False, widget=forms.CheckboxSelectMultiple(attrs=_si(SEMAINE))
    )
    intervalle = forms.IntegerField(
        label="Toutes les … semaines", min_value=1, max_value=52, required=False, initial=1,
        help_text="1\u00a0: chaque semaine. 2\u00a0: une semaine sur deux, à compter de celle du premier jour.",
        widget=forms.NumberInput(attrs=_si(SEMAINE)),
        error_messages={"min_value": "De 1 à 52 semaines.", "max_value": "De 1 à 52 semaines."},
    )  # fmt: skip
    rang_mois = forms.ChoiceField(label="Lequel", choices=RANGS, required=False, widget=forms.Select(attrs=_si(MOIS)))
    jour_mois = forms.ChoiceField(
        label="Jour du mois", choices=JOURS, required=False, widget=forms.Select(attrs=_si(MOIS))
    )
    avancee = forms.CharField(
        label="Règle avancée", max_length=200, required=False,
        help_text="Une règle d'agenda (RRULE)\u00a0: FREQ=MONTHLY;BYDAY=2WE,4WE pour le deuxième et le quatrième "
        "mercredi, FREQ=MONTHLY;BYMONTHDAY=15 pour le 15 de chaque mois.",
        error_messages={"max_length": "Cette règle est trop longue\u00a0: faites plusieurs plages."},
        widget=forms.TextInput(attrs=_si(AVANCEE)),
    )  # fmt: skip
    REPETITION = ("repetition", "jours", "intervalle", "rang_mois", "jour_mois", "avancee")

    def clean(self) -> dict[str, Any]:
        """Write the rule; what is missing is said beside its field."""
        data = super().clean() or self.cleaned_data
        data["regle"] = ""
        if "repetition" in data and not self.errors.keys() & {"intervalle", "avancee"}:
            try:
                data["regle"] = write_regle(data)
                if data["regle"]:
                    check_regle(data["regle"])
            except SaisieIncomplete as missing:
                self.add_error(missing.champ, str(missing))
            except RegleRefusee as refusal:
                self.add_error("avancee" if data["repetition"] == AVANCEE else "repetition", str(refusal))
        return data


class SaisieIncomplete(ValueError):
    """A choice needs a field that is empty."""

    def __init__(self, champ: str, phrase: str) -> None:
        self.champ = champ
        super().__init__(phrase)


def write_regle(saisie: dict[str, Any]) -> str:
    """Return the RRULE of the choices, empty for one day. Raises SaisieIncomplete."""
    choice = saisie["repetition"]
    if choice == JAMAIS:
        return ""
    if choice == OUVRES:
        return REGLE_OUVRES
    if choice == SEMAINE:
        if not saisie.get("jours"):
            raise SaisieIncomplete("jours", "Cochez au moins un jour.")
        every = saisie.get("intervalle") or 1
        step = f";INTERVAL={every}" if every > 1 else ""
        return f"FREQ=WEEKLY{step};BYDAY={','.join(saisie['jours'])}"
    if choice == MOIS:
        return f"FREQ=MONTHLY;BYDAY={saisie.get('rang_mois') or '1'}{saisie.get('jour_mois') or 'MO'}"
    text = "".join((saisie.get("avancee") or "").upper().split()).removeprefix("RRULE:")
    if not text:
        raise SaisieIncomplete("avancee", "Écrivez la règle.")
    return text


def read_regle(regle: str) -> dict[str, Any]:
    """Return the choices that write this rule again."""
    if not regle:
        return {"repetition": JAMAIS}
    if regle == REGLE_OUVRES:
        return {"repetition": OUVRES}
    if found := _SEMAINE.match(regle):
        return {"repetition": SEMAINE, "intervalle": int(found[1] or 1), "jours": found[2].split(",")}
    if found := _MOIS.match(regle):
        return {"repetition": MOIS, "rang_mois": found[1], "jour_mois": found[2]}
    return {"repetition": AVANCEE, "avancee": regle}
