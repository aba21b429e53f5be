"""The default texts: true French, and SMS that cost one part with ordinary names, two with the longest ones."""

import re

import pytest

from messagerie.segments import count_segments, economise
from messagerie.textes import SMS, Occasion, preview, render
from rendezvous.messages.occasions import OCCASIONS

INTERDITS = ("veuillez", "succès", "citoyen", "créneau horaire", "RDV ", "merci de")
BASE = "https://guichet.aurelle.fr"
LONGUES = {
    "collectivite": "Communauté d'agglomération de la Vallée",
    "quand": "mercredi 23\u00a0septembre à 16\u00a0h\u00a040",
    "avant": "mercredi 16\u00a0septembre à 14\u00a0h\u00a020",
    "propose": "mercredi 16\u00a0septembre à 10\u00a0h\u00a020",
    "ou": "Maison des services publics de l'Océan",
    "lien": f"{BASE}/r/communaute-de-la-vallee/{'A' * 32}/d",
    "suite": f"Autre date\u00a0: {BASE}/usager/communaute-de-la-vallee/rendez-vous/",
    "annonce": "Vos rendez-vous sont confirmés.",
    "resume": "3 rendez-vous mercredi 23\u00a0septembre à partir de 10\u00a0h\u00a020",
}
ORDINAIRES = {
    "lien": f"{BASE}/r/aurelle/{'A' * 32}",
    "suite": f"Autre date\u00a0: {BASE}/usager/aurelle/rendez-vous/",
}
DE_DEUX_PARTIES = {"rendezvous.modification", "rendezvous.parcours"}  # an old hour and a new one; several appointments


@pytest.mark.parametrize("occasion", OCCASIONS, ids=lambda each: each.code)
def test_an_sms_costs_little(occasion: Occasion) -> None:
    texte = occasion.textes[SMS]
    usual = count_segments(economise(render(texte, occasion.exemples | ORDINAIRES).corps))
    longest = count_segments(economise(render(texte, occasion.exemples | LONGUES).corps))
    assert usual.is_gsm
    assert longest.is_gsm
    assert usual.segments == (2 if occasion.code in DE_DEUX_PARTIES else 1), usual
    assert longest.segments <= 2, longest


@pytest.mark.parametrize("occasion", OCCASIONS, ids=lambda each: each.code)
def test_words(occasion: Occasion) -> None:
    for canal, texte in occasion.textes.items():
        shown = preview(occasion, texte)
        said = f"{shown.objet}\n{shown.corps}".lower()
        assert not [word for word in INTERDITS if word.lower() in said]
        assert canal == SMS or not re.search(r"[^\u00a0][:;!?](?=\s)", shown.corps)
