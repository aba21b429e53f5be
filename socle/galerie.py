"""Samples shown at /composants/: one made-up town, so that each component is seen in all its states."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms


class FormulaireExemple(forms.Form):
    """One field of each kind; bound to bad values, it shows how a refusal looks."""

    nom = forms.CharField(label="Nom de famille", widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    courriel = forms.EmailField(label="Adresse électronique", help_text="Pour recevoir l'accusé de réception.")
    service = forms.ChoiceField(
        label="Service", choices=[("", "Choisir"), ("ec", "État civil"), ("ep", "Éclairage public")]
    )
    canal = forms.ChoiceField(
        label="Répondre par", choices=[("sms", "SMS"), ("courriel", "Courriel")], widget=forms.RadioSelect
    )
    message = forms.CharField(label="Message", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    rappel = forms.BooleanField(label="Envoyer un rappel la veille", required=False)


NAVIGATION = [
    ("Accueil", "person-square", "", "", "a", False),
    ("Demandes", "inbox", "12", "12 demandes en retard", "d", False),
    ("Agenda", "calendar-week", "9", "9 rendez-vous aujourd'hui", "r", False),
    ("File d'attente", "people", "7", "7 personnes attendent", "f", False),
    ("Usagers", "person-vcard", "", "", "u", False),
    ("Connaissances", "book", "", "", "c", False),
    ("Supervision", "graph-up", "", "", "s", True),
    ("Réglages", "gear", "", "", "p", False),
]


def build_navigation() -> list[dict[str, Any]]:
    """Return the entries of the left menu, the first one open."""
    names = ("libelle", "icone", "badge", "badge_libelle", "touche", "separe")
    entries = [
        dict(zip(names, row, strict=True)) | {"url": "#contenu", "actif": False, "ton": ""} for row in NAVIGATION
    ]
    entries[0]["actif"] = True
    entries[1]["ton"] = "retard"
    return entries


def build_context(*, now: datetime) -> dict[str, Any]:
    """Return what the gallery's template needs, relative to `now`."""
    tabs = [("Tout", None), ("Demandes", 4), ("Rendez-vous", 2), ("Messages", 11)]
    return {
        "navigation": build_navigation(),
        "recherche_url": "/composants/",
        "guichet_courant": SimpleNamespace(
            libelle="Guichet 3", en_attente=7, plus_longue="18\u00a0min", appeler_url="#"
        ),
        "maintenant": now,
        "hier": now - timedelta(hours=20),
        "retard": now - timedelta(days=2),
        "debut": now - timedelta(days=9),
        "bientot": now + timedelta(days=1, hours=3),
        "loin": now + timedelta(days=52),
        "onglets_exemple": [
            {"libelle": name, "nombre": number, "url": "#contenu", "actif": name == "Tout"} for name, number in tabs
        ],
        "modes": [
            {
                "code": "sms",
                "libelle": "Répondre par SMS",
                "bouton": "Envoyer le SMS à 06 39 98 12 34",
                "compteur": True,
            },
            {"code": "courriel", "libelle": "Courriel", "bouton": "Envoyer le courriel", "compteur": False},
            {"code": "note", "libelle": "Note interne", "bouton": "Enregistrer la note", "compteur": False},
        ],
        "formulaire": FormulaireExemple(auto_id="vide_%s"),
        "refuse": FormulaireExemple({"courriel": "samira", "canal": "sms", "message": "Bonjour"}, auto_id="refuse_%s"),
    }
