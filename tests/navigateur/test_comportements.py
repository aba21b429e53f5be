"""What happens after a click, when all goes well and when it does not: nothing is lost, and it is said in French."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.urls("tests.navigateur.banc")


@pytest.fixture
def banc(page: Page) -> Page:
    page.goto("/banc/")
    return page


def send(page: Page, code: int) -> None:
    page.get_by_label("Texte").fill("Bonjour")
    page.get_by_label("Réponse").fill(str(code))
    page.get_by_role("button", name="Envoyer").click()


def test_a_good_answer_is_swapped_in_with_its_message_and_the_draft_goes(banc):
    send(banc, 200)
    expect(banc.locator("#suite")).to_have_text("reçu : Bonjour")
    expect(banc.locator("#toasts")).to_contain_text("Note enregistrée.")
    assert banc.evaluate("Object.keys(sessionStorage).filter(n => n.startsWith('guichet-brouillon')).length") == 0


def test_a_refusal_is_swapped_in_and_takes_the_focus(banc):
    send(banc, 422)
    expect(banc.get_by_role("alert")).to_have_text("Écrivez plus court.")
    expect(banc.get_by_role("alert")).to_be_focused()
    expect(banc.get_by_label("Texte")).to_have_value("Bonjour")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (401, "Votre session a expiré. Votre texte est gardé dans cet onglet."),
        (403, "Cette action n'est pas ouverte à votre rôle."),
        (404, "Cet élément n'existe plus."),
        (429, "Trop d'essais"),
        (500, "Une panne de notre côté"),
    ],
)
def test_a_failure_is_said_in_french_and_the_text_stays(banc, plaintes, code, words):
    send(banc, code)
    expect(banc.locator("#toasts")).to_contain_text(words)
    expect(banc.get_by_label("Texte")).to_have_value("Bonjour")
    banc.goto("/banc/")
    expect(banc.get_by_label("Texte")).to_have_value("Bonjour")
    plaintes.lignes = [line for line in plaintes.lignes if str(code) not in line]


def test_an_expired_session_offers_to_sign_in_and_come_back_here(banc, plaintes):
    send(banc, 401)
    link = banc.get_by_role("link", name="Se reconnecter")
    assert link.get_attribute("href") == "/connexion/?next=%2Fbanc%2F"
    plaintes.lignes = [line for line in plaintes.lignes if "401" not in line]


def test_a_cut_network_is_said_and_the_text_stays(banc, plaintes):
    plaintes.muet = True  # the live element of the page complains too, now or a little later
    banc.context.set_offline(True)
    send(banc, 200)
    expect(banc.locator("#toasts")).to_contain_text("La connexion ne répond pas.")
    expect(banc.get_by_label("Texte")).to_have_value("Bonjour")


def test_a_message_that_can_be_undone_leaves_after_ten_seconds_and_undoes_by_post(page):
    page.clock.install()
    page.goto("/banc/?toast=1")
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    page.clock.fast_forward(9_000)
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    page.clock.fast_forward(2_000)
    expect(page.get_by_role("button", name="Annuler")).to_have_count(0)
    page.goto("/banc/?toast=1")
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("heading")).to_have_text("POST annulé")


def test_a_message_under_the_mouse_waits(page):
    page.clock.install()
    page.goto("/banc/?toast=1")
    page.locator(".toast p").hover()
    page.clock.fast_forward(30_000)
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()


def test_a_live_element_reads_again_when_nudged_and_polls_when_the_stream_is_cut(page):
    page.clock.install()
    page.goto("/banc/")
    live = page.locator("#vif")
    expect(live).to_contain_text("lecture")
    first = live.inner_text()
    expect(live).to_have_attribute("data-guichet-etat", "perdue")
    page.clock.fast_forward(31_000)
    expect(live).not_to_have_text(first)


def test_the_search_box_lists_while_one_types_and_is_walked_by_arrows(page, verifier_acces, capturer):
    page.goto("/composants/")
    page.keyboard.press("/")
    page.keyboard.type("ben")
    first = page.get_by_role("link", name="Samira Ben Amar")
    expect(first).to_be_visible()
    expect(page.locator("#annonces")).to_have_text("3 résultats, flèche bas pour les parcourir.")
    ink, ground = page.evaluate("(e => [e.color, e.backgroundColor])(getComputedStyle(document.activeElement))")
    assert ink != ground, "what is typed must show on the dark bar"
    capturer(page, "recherche")
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Karim Ben Amar")).to_be_focused()
    verifier_acces(page)
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(page.get_by_role("searchbox", name="Rechercher", exact=True)).to_be_focused()


def test_an_emptied_search_box_closes_its_list(page):
    page.goto("/composants/")
    page.keyboard.press("/")
    page.keyboard.type("ben")
    expect(page.get_by_role("link", name="Samira Ben Amar")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(page.get_by_role("link", name="Samira Ben Amar")).to_be_hidden()
