"""The counter of the browser and the server's give the same figures: the vectors are shared."""

from playwright.sync_api import Browser

from tests.messagerie.test_segments import COMPTEUR, VECTEURS, build


def test_the_browser_counts_as_the_server(navigateur: Browser) -> None:
    script = COMPTEUR.read_text()
    rule = script[script.index("const BASE") : script.index("function ecrire")]
    page = navigateur.new_page()
    for vector in VECTEURS:
        count = page.evaluate(f"(texte) => {{ {rule}; return compter(texte); }}", build(vector))
        assert count == {name: vector[name] for name in ("unites", "place", "segments", "gsm")}
    page.close()
