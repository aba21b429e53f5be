"""Sign-in in a browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

PAGES_OUVERTES = ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("nom", PAGES_OUVERTES)
def test_open_account_pages_have_no_fault(ouvrir_page, verifier_acces, nom, theme):
    page = ouvrir_page(largeur=390, hauteur=844, theme=theme)
    page.goto(reverse(nom))
    verifier_acces(page)


def test_a_wrong_password_is_said_in_words_and_the_address_stays(page, verifier_acces):
    page.goto(reverse("account_login"))
    page.get_by_label("Adresse électronique professionnelle").fill("claire.morvan@aurelle.exemple.fr")
    page.get_by_label("Mot de passe").fill("pas le bon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Rien n'est perdu")
    expect(page.get_by_label("Adresse électronique professionnelle")).to_have_value("claire.morvan@aurelle.exemple.fr")
    verifier_acces(page)
