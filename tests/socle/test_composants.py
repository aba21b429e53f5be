"""The components: what they write, what they refuse, and that the gallery shows each of them."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.test import RequestFactory

from socle.galerie import FormulaireExemple
from socle.rendu import IconeInconnue, known_icons, write_attributs
from socle.vues import composants

RACINE = Path(__file__).resolve().parent.parent.parent
COMPOSANTS = sorted((RACINE / "templates" / "composants").glob("*.html"))
MAINTENANT = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
SANS_BALISE = {  # parts of the shell and of Django's form rendering: seen in every page rather than called by a tag
    "appel", "champ", "formulaire", "formulaire_compte", "pied", "tete", "toast", "toasts", "progression",
}  # fmt: skip


def draw(source: str, **context: object) -> str:
    return Template("{% load composants francais %}" + source).render(Context(context))


class Ids(HTMLParser):
    """Collects identifiers and what refers to them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.refers: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(values["id"])
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self.refers |= set((values.get(name) or "").split())


@pytest.fixture
def galerie(rf: RequestFactory) -> str:
    return composants(rf.get("/composants/?tri=recue&page=3")).content.decode()


def test_each_component_says_its_parameters_in_its_first_comment():
    assert [p.name for p in COMPOSANTS if not p.read_text().startswith("{# ")] == []


def test_the_gallery_shows_each_component():
    source = (RACINE / "templates" / "socle" / "composants.html").read_text()
    shown = set(re.findall(r"{% (\w+)", source)) | {"erreurs", "vide"}
    assert {p.stem for p in COMPOSANTS} - SANS_BALISE - shown == set()


def test_the_gallery_gives_each_identifier_once_and_every_reference_leads_somewhere(galerie):
    page = Ids(galerie)
    assert len(page.ids) == len(set(page.ids))
    assert page.refers - set(page.ids) == set()


def test_no_template_holds_inline_style_or_script():
    inline = re.compile(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:")
    tags = re.compile(r"{%.*?%}|{#.*?#}")
    pages = (RACINE / "templates").rglob("*.html")
    guilty = [p for p in pages if "courriels" not in p.parts and inline.search(tags.sub("", p.read_text()))]
    assert guilty == []


def test_every_icon_named_in_a_template_or_in_code_is_in_the_sprite():
    sprite = set(re.findall(r'id="([\w-]+)"', (RACINE / "static/vendor/icones/icones.svg").read_text()))
    assert known_icons() == sprite
    apps = [app.parent for app in RACINE.glob("*/apps.py")]
    sources = [*(RACINE / "templates").rglob("*.html"), *(p for app in apps for p in app.rglob("*.py"))]
    named = re.compile(r'(?:{% icone |\bicone[=:] ?|"icone": )"([\w-]+)"')
    unknown = {(p.name, name) for p in sources for name in named.findall(p.read_text()) if name not in sprite}
    assert unknown == set()


def follow_imports(name, scripts, seen=frozenset()):
    """The scripts that one loads, itself included."""
    found = {*seen, name}
    for each in re.findall(r'(?:import|from) "\./([\w.]+)"', scripts[name].decode()):
        if each not in found:
            found |= follow_imports(each, scripts, frozenset(found))
    return found


def test_the_styles_and_the_scripts_stay_small():
    """What every page loads, then each sheet and script of its own. Printed sheets never reach a browser."""
    shared = (RACINE / "static/css/guichet.css").read_text()
    parts = ["guichet.css", *re.findall(r'@import url\("([\w.]+)"\)', shared)]
    css = b"".join((RACINE / "static/css" / name).read_bytes() for name in parts)
    own = [p for p in (RACINE / "static/css").rglob("*.css") if p.name not in parts and "imprime" not in p.name]
    scripts = {p.name: p.read_bytes() for p in (RACINE / "static/js").glob("*.js")}
    every = follow_imports("guichet.js", scripts)
    js = b"".join(scripts[name] for name in sorted(every))
    assert len(gzip.compress(css, 9)) <= 8192
    assert {p.name for p in own if len(gzip.compress(p.read_bytes(), 9)) > 3072} == set()
    assert len(gzip.compress(js, 9)) <= 12_288
    alone = {name: len(gzip.compress(code, 9)) for name, code in scripts.items() if name not in every}
    assert {name for name, size in alone.items() if size > 3072} == set()


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def widen(colour: str) -> str:
    return "#" + "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour


@pytest.mark.parametrize("theme", [0, 1], ids=["clair", "sombre"])
def test_every_text_token_reads_on_its_grounds_and_control_borders_show(theme):
    css = (RACINE / "static/css/jetons.css").read_text()
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", css)
    token = {name: widen(values[theme]) for name, *values in pairs}
    for ground in ("fond", "carte", "creux"):
        assert contrast(token["encre"], token[ground]) >= 7
        assert contrast(token["encre-2"], token[ground]) >= 4.5
    for ton in ("info", "alerte", "retard", "bon"):
        assert contrast(token[ton], token[f"fond-{ton}"]) >= 4.5
        assert contrast(token["encre-2"], token[f"fond-{ton}"]) >= 4.5
    assert contrast(token["bord"], token["carte"]) >= 3


def test_a_button_is_a_button_or_a_link_and_carries_its_attributes():
    assert draw('{% bouton "Clore" "principal" hx_post="/x/" disabled=True title="" %}').strip() == (
        '<button class="bouton bouton-principal" type="submit" disabled hx-post="/x/"><span>Clore</span></button>'
    )
    link = draw('{% bouton "Ouvrir" url="/d/?a=1&b=2" touche="n" %}')
    assert 'href="/d/?a=1&amp;b=2"' in link or 'href="/d/?a=1&b=2"' in link
    assert 'data-guichet-touche="n"' in link
    assert 'aria-keyshortcuts="n"' in link


def test_attributes_are_escaped():
    assert write_attributs({"title": '"><script>'}) == ' title="&quot;&gt;&lt;script&gt;"'


def test_what_people_typed_is_escaped_in_every_place():
    page = draw(
        '{% evenement titre instant icone="inbox" etat=titre %}{{ titre }}{% endevenement %}'
        '{% echange "recu" titre instant precision=titre %}{{ titre }}{% endechange %}'
        "{% etiquette titre %}{% bouton titre titre=titre %}{% carte titre=titre %}{{ titre }}{% endcarte %}",
        titre="<img src=x>", instant=MAINTENANT,
    )  # fmt: skip
    assert "<img" not in page


def test_an_unknown_icon_is_refused_while_developing():
    with pytest.raises(IconeInconnue):
        draw('{% icone "licorne" %}')


def test_a_decorative_icon_is_silent_and_a_speaking_one_has_a_name():
    assert 'aria-hidden="true"' in draw('{% icone "inbox" %}')
    assert 'role="img" aria-label="Courrier"' in draw('{% icone "inbox" "Courrier" %}')


def test_a_sorted_column_says_so_and_turns_round_without_losing_the_filters(rf):
    request = rf.get("/?tri=recue&service=3&apres=abc")
    head = draw('{% colonne "Reçue" "recue" %}', request=request)
    assert 'aria-sort="ascending"' in head
    assert "tri=-recue" in head
    assert "service=3" in head
    assert "apres" not in head


@pytest.mark.parametrize(
    ("due", "ton"),
    [(timedelta(days=-1), "retard"), (timedelta(days=1), "alerte"), (timedelta(days=30), "bon")],
)
def test_a_deadline_turns_from_good_to_alert_to_late(due, ton):
    bar = draw(
        '{% echeance "Engagement" instant debut=debut maintenant=now %}',
        instant=MAINTENANT + due, debut=MAINTENANT - timedelta(days=9), now=MAINTENANT,
    )  # fmt: skip
    assert f"echeance ton-{ton}" in bar
    assert "% du temps écoulé" in bar


def test_a_suspended_deadline_is_not_late():
    bar = draw(
        '{% echeance "Délai légal" instant maintenant=now suspendue=True %}',
        instant=MAINTENANT - timedelta(days=1), now=MAINTENANT,
    )  # fmt: skip
    assert "suspendue" in bar
    assert "retard" not in bar


def test_a_walled_row_shows_neither_its_link_nor_its_text():
    row = draw(
        '{% evenement "1 demande au CCAS" instant url="/secret/" cloisonne=True %}aide{% endevenement %}',
        instant=MAINTENANT,
    )
    assert "/secret/" not in row
    assert "aide" not in row
    assert "cloisonné" in row


def test_an_instant_is_exact_for_machines_and_human_for_people():
    out = draw(
        '{% moment instant "relatif" maintenant=now %}', instant=MAINTENANT - timedelta(minutes=4), now=MAINTENANT
    )
    assert 'datetime="2026-11-21T13:56:00+01:00"' in out
    assert 'title="samedi 21\u00a0novembre\u00a02026 à 13\u00a0h\u00a056"' in out
    assert ">il y a 4\u00a0min</time>" in out
    assert draw("{% moment instant %}", instant=None) == ""


def test_a_refused_field_ties_its_hint_and_its_error_to_the_control():
    form = FormulaireExemple({"courriel": "samira"})
    field = form["courriel"].as_field_group()
    assert 'aria-describedby="id_courriel_helptext id_courriel_error"' in field
    assert 'aria-invalid="true"' in field
    assert 'id="id_courriel_error"' in field
    assert 'value="samira"' in field


def test_the_summary_of_errors_leads_to_each_field_by_its_name():
    page = draw("{% erreurs form %}", form=FormulaireExemple({"courriel": "samira", "canal": "sms", "service": "ec"}))
    assert "2 réponses sont à revoir" in page
    assert 'href="#id_nom">Nom de famille\u00a0:' in page
    assert draw("{% erreurs form %}", form=FormulaireExemple()).strip() == ""


def test_a_check_box_has_its_label_once_and_at_its_right():
    class Case(forms.Form):
        rappel = forms.BooleanField(label="Envoyer un rappel")

    assert Case()["rappel"].as_field_group().count("Envoyer un rappel") == 1


def test_the_answer_names_its_effect_and_keeps_the_text_that_was_refused():
    modes = [{"code": "sms", "libelle": "SMS", "bouton": "Envoyer le SMS", "compteur": True},
             {"code": "note", "libelle": "Note", "bouton": "Enregistrer la note"}]  # fmt: skip
    zone = draw(
        '{% zone_reponse "/r/" modes mode="note" clef="d12" texte=texte erreur="Trop long." %}{% endzone_reponse %}',
        modes=modes, texte="Bonjour <b>", csrf_token="jeton",
    )  # fmt: skip
    assert "data-guichet-libelle>Enregistrer la note<" in zone
    assert "Bonjour &lt;b&gt;</textarea>" in zone
    assert 'aria-describedby="d12-compte d12-erreur"' in zone
    assert 'name="csrfmiddlewaretoken" value="jeton"' in zone


def test_a_toast_that_can_be_undone_offers_it_as_a_post_form():
    message = Message(25, "Demande close.", extra_tags="annuler:/c/aurelle/demandes/12/rouvrir/")
    page = draw("{% toasts_hors_bande %}", messages=[message], csrf_token="jeton")
    assert '<form method="post" action="/c/aurelle/demandes/12/rouvrir/">' in page
    assert 'hx-swap-oob="beforeend:#toasts"' in page


def test_pages_of_refusal_stand_without_any_context():
    for code in ("403", "404", "429", "500"):
        page = Template((RACINE / "templates" / f"{code}.html").read_text()).render(Context())
        assert page.count("<h1") == 1
        assert f"Code\u00a0: {code}." in page
