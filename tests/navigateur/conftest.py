"""A real Chromium in front of the live server: keyboard, focus, contrast, reflow, content security policy.

Every page records what the console and the network complain of; a test that leaves a complaint fails. Without a
browser the tests are skipped on a developer's machine, and fail in CI.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop lives in the thread of the tests

RACINE = Path(__file__).resolve().parent.parent.parent
FIN_DES_MOUVEMENTS = """() => Promise.race([
  Promise.all(document.getAnimations()
    .filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime))
    .map((each) => each.finished.catch(() => null))),
  new Promise((done) => setTimeout(done, 3000)),
]).then(() => null)"""
CAPTURES = RACINE / ".guichet" / "captures"
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
REGLES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS_AXE = {"runOnly": REGLES, "preload": False, "resultTypes": ["violations"]}  # the others cost as much again
INSTALLER = "apt-get install --no-install-recommends chromium fonts-liberation"
OuvrirPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m 'not navigateur'` leaves them out; spread the longest."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.navigateur)
    items[:] = spread(items, [item for item in here if item.get_closest_marker("lent")])


def spread(items: list[pytest.Item], longs: list[pytest.Item]) -> list[pytest.Item]:
    """Put the long tests at equal distances, the first ahead: each worker begins by one (`--dist worksteal`).

    Left side by side, they would wait one behind the other on one worker while the others have nothing left to do.
    """
    others, parts = [item for item in items if item not in longs], len(longs)
    shares = [others[rang * len(others) // parts : (rang + 1) * len(others) // parts] for rang in range(parts)]
    return [each for long, share in zip(longs, shares, strict=True) for each in (long, *share)] or items


def find_chromium() -> str | None:
    """Return the browser given by CHROMIUM, else the one of the system."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Browser]:
    """One Chromium for the session."""
    path = find_chromium()
    if path is None:
        words = f"No Chromium on this machine: {INSTALLER}"
        pytest.fail(words) if os.environ.get("CI") == "true" else pytest.skip(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


class Plaintes:
    """What console and network complained of: errors, refusals of the policy, static files that are missing."""

    def __init__(self) -> None:
        self.lignes: list[str] = []
        self.muet = False

    def watch(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.lignes.append(f"script: {error}"))
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        expected = message.text.startswith("Failed to load resource")  # judged by _on_response
        if message.type in {"error", "warning"} and not expected and not self.muet:
            self.lignes.append(f"console: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            self.lignes.append(f"network: {response.status} {response.url}")


@pytest.fixture
def plaintes() -> Iterator[Plaintes]:
    """The complaints of this test's pages: there must be none at the end (a test may clear those it provokes)."""
    recorded = Plaintes()
    yield recorded
    assert recorded.lignes == []


@pytest.fixture
def ouvrir_page(navigateur: Browser, plaintes: Plaintes, live_server: LiveServer) -> Iterator[OuvrirPage]:
    """Open a page: `ouvrir_page(largeur=390, hauteur=844, theme="dark", client=client, **options of new_context)`.

    `client` is a Django test client already signed in; its cookies go along. Addresses are relative to the server.
    """
    contexts: list[BrowserContext] = []

    def ouvrir(
        *, largeur: int = 1366, hauteur: int = 768, theme: Any = "light", client: Client | None = None, **options: Any
    ) -> Page:
        size = {"width": largeur, "height": hauteur}
        context = navigateur.new_context(
            viewport=size, color_scheme=theme, locale="fr-FR", base_url=live_server.url, **options
        )
        contexts.append(context)
        if client:
            cookies = [
                {"name": name, "value": each.value, "url": live_server.url} for name, each in client.cookies.items()
            ]
            context.add_cookies(cookies)
        page = context.new_page()
        page.set_default_timeout(10_000)
        plaintes.watch(page)
        return page

    yield ouvrir
    for context in contexts:
        context.close()


@pytest.fixture
def page(ouvrir_page: OuvrirPage) -> Page:
    """A page of an agent's computer: 1366 by 768, light."""
    return ouvrir_page()


@pytest.fixture
def verifier_acces(plaintes: Plaintes) -> Callable[[Page], None]:
    """Run axe on the page (WCAG 2.2 AA and good practice): no violation, no horizontal scroll."""

    def verifier(page: Page) -> None:
        page.wait_for_load_state()  # of the page the test has just seen something of: half a page has half its faults
        page.evaluate(FIN_DES_MOUVEMENTS)  # half-way through its fade, a toast has half its contrast
        plaintes.muet = True  # axe injects styles that the policy refuses
        found = Axe().run(page, options=OPTIONS_AXE).response["violations"]
        plaintes.muet = False
        words = [
            f"{v['id']} ({v['impact']}): {node['target']} {node['failureSummary']}"
            for v in found
            for node in v["nodes"]
        ]
        assert words == []
        assert measure_overflow(page) == 0

    return verifier


def measure_overflow(page: Page) -> int:
    """Return how many pixels the page is wider than its window."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)")


def go_back(page: Page, *, vu: Locator) -> None:
    """Press « Back » once `vu`, which only the page to leave shows, is there: a form sent may still be on its way."""
    expect(vu).to_be_visible()
    page.wait_for_load_state()
    page.go_back()


def wait_until(page: Page, expression: str, *, tries: int = 50) -> None:
    """Wait for a JavaScript expression to be true (Playwright's own wait needs eval, which the policy refuses)."""
    for _ in range(tries):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


@pytest.fixture
def capturer() -> Callable[[Page, str], Path]:
    """Keep a picture of the page under .guichet/captures/."""

    def capturer_page(page: Page, nom: str) -> Path:
        CAPTURES.mkdir(parents=True, exist_ok=True)
        path = CAPTURES / f"{nom}.png"
        page.wait_for_load_state()
        page.screenshot(path=path, caret="initial")  # hiding the caret writes inline styles, which the policy refuses
        return path

    return capturer_page
