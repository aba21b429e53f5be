"""Sign-in in a browser."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import get_user_model
from django.urls import reverse
from playwright.sync_api import expect

ADRESSE = "claire.morvan@aurelle.exemple.fr"
MOT_DE_PASSE = "quatre mots au hasard 29"
PAGES_OUVERTES = ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("nom", PAGES_OUVERTES)
def test_open_account_pages_have_no_fault(ouvrir_page, verifier_acces, nom, theme):
    page = ouvrir_page(largeur=390, hauteur=844, theme=theme)
    page.goto(reverse(nom))
    verifier_acces(page)


def test_a_wrong_password_is_said_in_words_and_the_address_stays(page, verifier_acces):
    page.goto(reverse("account_login"))
    page.get_by_label("Adresse électronique professionnelle").fill(ADRESSE)
    page.get_by_label("Mot de passe").fill("pas le bon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Rien n'est perdu")
    expect(page.get_by_label("Adresse électronique professionnelle")).to_have_value(ADRESSE)
    verifier_acces(page)


@pytest.fixture
def agent(transactional_db):
    return get_user_model().objects.create_user(ADRESSE, MOT_DE_PASSE, prenom="Claire", nom="Morvan")


def sign_in(page):
    page.goto(reverse("account_login") + "?next=/sante/")
    page.get_by_label("Adresse électronique professionnelle").fill(ADRESSE)
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_label("Mot de passe")).to_have_count(0)  # leaving earlier would cut the sign-in short


def sign_out(page):
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")


def read_code(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_an_agent_signs_in_protects_the_account_and_signs_in_with_a_code(page, agent, verifier_acces, capturer):
    sign_in(page)
    page.goto(reverse("mfa_index"))
    verifier_acces(page)
    page.get_by_role("link", name="Activer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez que c'est vous")
    verifier_acces(page)
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Confirmer").click()
    expect(page.locator("code")).to_be_visible()
    capturer(page, "double-facteur")
    verifier_acces(page)
    secret = page.locator("code").inner_text()
    page.get_by_label("Code").fill(read_code(secret))
    page.get_by_role("button", name="Activer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de secours")
    expect(page.locator(".codes li")).to_have_count(10)
    verifier_acces(page)
    spare = page.locator(".codes code").first.inner_text()

    page.goto(reverse("account_logout"))
    verifier_acces(page)
    sign_out(page)
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Code de vérification")
    verifier_acces(page)
    page.get_by_label("Code").fill(spare)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/sante/")


def test_the_pages_of_a_signed_in_account_have_no_fault(page, agent, verifier_acces):
    sign_in(page)
    for name in ("account_change_password", "mfa_generate_recovery_codes", "account_reauthenticate"):
        page.goto(reverse(name))
        verifier_acces(page)


@pytest.mark.urls("tests.navigateur.banc")
def test_the_agents_menu_opens_by_keyboard_and_signs_out_by_post(page, agent, verifier_acces, capturer):
    sign_in(page)
    page.goto("/composants/")
    page.get_by_role("button", name="Compte de Claire Morvan, Guichet 3").press("Enter")
    expect(page.get_by_role("link", name="Sécurité du compte")).to_be_visible()
    capturer(page, "menu-agent")
    verifier_acces(page)
    sign_out(page)
    page.goto(reverse("mfa_index"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
