"""The components in a browser: accessible in both themes and densities, usable by keyboard alone, nothing lost."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.navigateur.conftest import wait_until

pytestmark = pytest.mark.urls("tests.navigateur.banc")
GALERIE = "/composants/"


@pytest.fixture
def galerie(page: Page) -> Page:
    page.goto(GALERIE)
    return page


def answer_posts(page: Page, body: str) -> None:
    """Answer any POST of the gallery with this page: the gallery itself saves nothing."""

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=200, body=body, content_type="text/html; charset=utf-8")
        else:
            route.continue_()

    page.route("**/composants/", answer)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("largeur", "hauteur"), [(1366, 768), (390, 844)])
@pytest.mark.parametrize("densite", ["dense", "aisee"])
def test_the_gallery_has_no_fault(ouvrir_page, verifier_acces, capturer, theme, largeur, hauteur, densite):
    page = ouvrir_page(largeur=largeur, hauteur=hauteur, theme=theme)
    page.goto(f"{GALERIE}?densite={densite}&tri=recue")
    capturer(page, f"galerie-{densite}-{largeur}-{theme}")
    verifier_acces(page)


def test_the_page_reflows_at_320_pixels(ouvrir_page, verifier_acces):
    page = ouvrir_page(largeur=320, hauteur=640)
    page.goto(GALERIE)
    verifier_acces(page)


def test_forced_colours_keep_every_state_and_button_visible(ouvrir_page):
    page = ouvrir_page(forced_colors="active")
    page.goto(GALERIE)
    for sort in (".etiquette", ".bouton-principal", "[aria-current=page]"):
        width = page.locator(f"main {sort}").first.evaluate(
            "e => getComputedStyle(e).borderTopWidth + getComputedStyle(e).outlineWidth"
        )
        assert any(int(part) >= 1 for part in width.replace("px", " ").split() if part.isdigit()), sort


def test_the_first_tab_offers_to_skip_to_the_content(galerie):
    galerie.keyboard.press("Tab")
    expect(galerie.locator(".evitement")).to_be_focused()
    galerie.keyboard.press("Enter")
    expect(galerie.locator("#contenu")).to_be_focused()


def test_the_focus_shows_with_three_pixels(galerie):
    galerie.keyboard.press("Tab")
    galerie.keyboard.press("Tab")
    assert galerie.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_slash_searches_and_no_key_fires_inside_a_field(galerie):
    galerie.keyboard.press("/")
    box = galerie.get_by_role("searchbox", name="Rechercher", exact=True)
    expect(box).to_be_focused()
    galerie.keyboard.type("n ? / g d")
    expect(box).to_have_value("n ? / g d")
    assert galerie.url.endswith(GALERIE)
    expect(galerie.locator("#aide-clavier")).to_be_hidden()


def test_question_mark_lists_the_keys_of_this_page(galerie):
    galerie.keyboard.press("?")
    help_ = galerie.get_by_role("dialog", name="Raccourcis clavier")
    expect(help_).to_contain_text("Appeler le suivant")
    expect(help_).to_contain_text("Demandes")
    galerie.keyboard.press("Escape")
    expect(help_).to_be_hidden()


def test_g_then_a_letter_goes_somewhere(galerie):
    galerie.keyboard.press("g")
    galerie.keyboard.press("d")
    expect(galerie).to_have_url(re.compile("#contenu$"))


def test_j_and_k_walk_the_rows(galerie):
    galerie.keyboard.press("j")
    galerie.keyboard.press("j")
    expect(galerie.get_by_role("link", name="SMS de confirmation remis")).to_be_focused()
    galerie.keyboard.press("k")
    expect(galerie.get_by_role("link", name="DEM-2026-0871 · Lampadaire éteint rue des Tanneurs")).to_be_focused()


def test_shortcuts_can_be_switched_off(galerie):
    galerie.evaluate("document.body.dataset.guichetRaccourcis = 'non'")
    galerie.keyboard.press("/")
    assert galerie.evaluate("document.activeElement.tagName") == "BODY"


def test_a_dialogue_opens_closes_and_gives_the_focus_back(galerie):
    opener = galerie.get_by_role("button", name="Ouvrir le dialogue")
    opener.click()
    expect(galerie.get_by_role("dialog", name="Clore la demande")).to_be_visible()
    galerie.get_by_role("button", name="Garder ouverte").click()
    expect(opener).to_be_focused()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Bonjour", "7 / 160 · 1 SMS"),
        ("é" * 161, "161 / 306 · 2 SMS"),
        ("€" * 81, "162 / 306 · 2 SMS"),
        ("ê" * 70, "70 / 70 · 1 SMS (signes spéciaux : messages plus courts)"),
        ("ê" * 71, "71 / 134 · 2 SMS (signes spéciaux : messages plus courts)"),
    ],
)
def test_the_sms_counter_counts_as_networks_do(galerie, text, count):
    galerie.get_by_label("Texte de la réponse").fill(text)
    expect(galerie.locator("#galerie-compte")).to_have_text(count)


def test_another_mode_keeps_the_text_and_renames_the_button(galerie):
    galerie.get_by_label("Texte de la réponse").fill("Bonjour")
    galerie.get_by_label("Note interne", exact=True).check()
    expect(galerie.get_by_role("button", name="Enregistrer la note")).to_be_visible()
    expect(galerie.get_by_label("Texte de la réponse")).to_have_value("Bonjour")


def test_a_draft_comes_back_after_the_tab_was_reloaded(galerie):
    galerie.get_by_label("Note interne", exact=True).check()
    galerie.get_by_label("Texte de la réponse").fill("Bonjour Mme Ben Amar")
    wait_until(galerie, "Object.keys(sessionStorage).some(n => sessionStorage[n].includes('Ben Amar'))")
    galerie.goto("about:blank")
    galerie.goto(GALERIE)
    expect(galerie.get_by_label("Texte de la réponse")).to_have_value("Bonjour Mme Ben Amar")
    expect(galerie.get_by_label("Note interne", exact=True)).to_be_checked()
    assert galerie.evaluate("localStorage.length") == 0


def test_a_draft_that_was_sent_does_not_come_back(galerie):
    answer_posts(galerie, "<p>reçu</p>")
    galerie.get_by_label("Texte de la réponse").fill("Bonjour")
    galerie.keyboard.press("Control+Enter")
    expect(galerie.get_by_text("reçu")).to_be_visible()
    galerie.goto(GALERIE)
    expect(galerie.get_by_label("Texte de la réponse")).to_have_value("")


def test_a_draft_lost_to_an_expired_session_comes_back_after_sign_in(galerie):
    sign_in = (
        '<body data-guichet-connexion><script type="module" src="/static/js/guichet.js"></script><h1>Se connecter</h1>'
    )
    answer_posts(galerie, sign_in)
    galerie.get_by_label("Texte de la réponse").fill("Bonjour")
    galerie.keyboard.press("Control+Enter")
    expect(galerie.get_by_role("heading", name="Se connecter")).to_be_visible()
    wait_until(galerie, "Object.keys(sessionStorage).some(n => sessionStorage[n].includes('\"envoye\":false'))")
    galerie.goto(GALERIE)
    expect(galerie.get_by_label("Texte de la réponse")).to_have_value("Bonjour")


@pytest.mark.parametrize(("guarded", "times"), [(True, 1), (False, 2)])
def test_a_form_clicked_twice_leaves_once(galerie, guarded, times):
    sent = []
    galerie.route("**/composants/", lambda route: sent.append(route))  # never answered: the first is still travelling
    galerie.get_by_label("Texte de la réponse").fill("Bonjour")
    send = galerie.get_by_role("button", name="Envoyer le SMS")
    if not guarded:
        send.evaluate("b => b.form.setAttribute('data-guichet-repetable', '')")
    send.dblclick(no_wait_after=True, delay=40)
    galerie.wait_for_timeout(400)
    assert len(sent) == times


def test_the_menu_of_a_phone_opens_and_closes(ouvrir_page, verifier_acces):
    page = ouvrir_page(largeur=390, hauteur=844)
    page.goto(GALERIE)
    expect(page.get_by_role("link", name="Supervision")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Supervision")).to_be_visible()
    verifier_acces(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Supervision")).to_be_hidden()


def test_without_javascript_everything_is_there_and_nothing_hangs(ouvrir_page):
    page = ouvrir_page(java_script_enabled=False)
    page.goto(GALERIE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Composants")
    page.get_by_label("Courriel", exact=True).first.check()
    page.get_by_role("link", name="Densité des usagers").click()
    expect(page).to_have_url(re.compile("densite=aisee$"))
