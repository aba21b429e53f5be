"""The rules of the house that a reader should never have to remember."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

RACINE = Path(__file__).resolve().parent.parent.parent
APPS = (
    "socle collectivites journal messagerie citoyens connaissances demandes rendezvous file_attente accueil "
    "supervision widgets config"
).split()
OUR_MODELS = [m for m in apps.get_models() if m.__module__.split(".")[0] in APPS]
BUSINESS_MODELS = [m for m in OUR_MODELS if not m.__name__.endswith("Event")]


def python_files(*, tests: bool = False) -> list[Path]:
    roots = [*APPS, "outils", *(["tests"] if tests else [])]
    found = chain.from_iterable((RACINE / root).rglob("*.py") for root in roots)
    return [path for path in found if "migrations" not in path.parts]


def template_files() -> list[Path]:
    return sorted((RACINE / "templates").rglob("*.html"))


def relative(paths: list[Path]) -> list[str]:
    return sorted(str(path.relative_to(RACINE)) for path in paths)


def test_there_is_something_to_check() -> None:
    assert len(OUR_MODELS) > 15
    assert len(python_files()) > 60
    assert len(template_files()) > 20


def test_no_file_hides_its_subject() -> None:
    hiding = {"utils.py", "helpers.py", "common.py", "misc.py", "services.py", "selectors.py"}
    assert relative([p for p in python_files() if p.name in hiding]) == []


def test_no_file_is_longer_than_400_lines() -> None:
    files = [*python_files(tests=True), *template_files(), *(RACINE / "static").glob("[cj]s*/**/*.[cj]s*")]
    assert relative([p for p in files if len(p.read_text().splitlines()) > 400]) == []


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{path.relative_to(RACINE)}:{node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert long == []


def test_no_signal_carries_business() -> None:
    allowed = {"collectivites/apps.py"}  # Django's connection_created: the guard of the wall
    pattern = re.compile(
        r"django\.(db\.models|core|dispatch|contrib\.auth|db\.backends)[.\w]*signals? |@receiver|import receiver"
    )
    assert set(relative([p for p in python_files() if pattern.search(p.read_text())])) <= allowed


@pytest.mark.parametrize("model", BUSINESS_MODELS, ids=lambda m: m._meta.label)
def test_every_field_is_classified_personal_or_free(model: type[models.Model]) -> None:
    rgpd = model.__dict__["Rgpd"]
    fields = {field.name for field in (*model._meta.local_fields, *model._meta.local_many_to_many)}
    assert rgpd.personnels | rgpd.libres == fields
    assert not rgpd.personnels & rgpd.libres
    assert rgpd.conservation


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda m: m._meta.label)
def test_no_model_sorts_by_itself_or_by_a_generic_key(model: type[models.Model]) -> None:
    assert not model._meta.ordering
    assert not [f for f in model._meta.get_fields() if type(f).__name__ == "GenericForeignKey"]


@pytest.mark.parametrize("model", BUSINESS_MODELS, ids=lambda m: m._meta.label)
def test_every_model_is_in_the_glossary_once(model: type[models.Model]) -> None:
    glossary = (RACINE / "docs" / "glossaire.md").read_text()
    assert len(re.findall(rf"^\| `{model.__name__}` \|", glossary, re.MULTILINE)) == 1


def test_personal_tables_keep_their_history() -> None:
    tracked = {m._meta.label for m in OUR_MODELS if m.__name__.endswith("Event")}
    assert {"citoyens.UsagerEvent", "citoyens.PointContactEvent", "demandes.DemandeEvent"} <= tracked


def test_migrations_are_a_line_with_spoken_names() -> None:
    for app in APPS:
        files = sorted((RACINE / app / "migrations").glob("0*.py"))
        numbers = [int(path.name[:4]) for path in files]
        assert numbers == list(range(1, len(files) + 1)), app
        assert not [path.name for path in files if re.search(r"_auto_|_and_more|_merge_|_alter_", path.name)], app


def test_nothing_reads_the_clock_below_the_screens() -> None:
    """Models, actions and rules are given `at`; views, tasks and commands read the clock."""
    inner = re.compile(r"(models|actions|cycle|echeances|calendrier|feries|rapprochement|segments|textes)")
    guilty = [
        p for p in python_files()
        if inner.search(str(p.relative_to(RACINE).with_suffix("")))
        and re.search(r"timezone\.now\(|datetime\.now\(|date\.today\(", p.read_text())
        and "management" not in p.parts and "views" not in p.parts and "demo" not in p.parts
    ]  # fmt: skip
    assert relative(guilty) == []


FORBIDDEN_IN_TEMPLATES = {
    "inline style": r"<style|\sstyle=",
    "inline script": r"<script(?![^>]*\b(src|type=\"application/json\"))",
    "inline handler": r"\son[a-z]+=",
    "htmx evaluating code": r"hx-on|hx-vals=.js:|hx-trigger=\"[^\"]*\[",
    "third party": r"(src|href)=\"(https?:)?//",
    "DSFR class": r"class=\"[^\"]*\bfr-",
}
UNSAFE_BUT_OURS = {"templates/composants/champ.html"}  # help texts are written in the code, some with a list


def html_only(path: Path) -> str:
    """The template without its tags and comments: what the browser will read."""
    return re.sub(r"{%.*?%}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("rule", FORBIDDEN_IN_TEMPLATES)
def test_templates_keep_the_rules(rule: str) -> None:
    pattern = re.compile(FORBIDDEN_IN_TEMPLATES[rule])
    assert relative([p for p in template_files() if pattern.search(html_only(p))]) == []


def test_the_title_of_a_page_holds_no_element() -> None:
    marked = re.compile(r"{% block titre %}(?:(?!{% endblock).)*{% (?:moment|icone|etiquette)", re.S)
    assert relative([p for p in template_files() if marked.search(p.read_text())]) == []


def test_templates_escape_everything() -> None:
    unsafe = re.compile(r"\|safe\b|autoescape off")
    assert set(relative([p for p in template_files() if unsafe.search(p.read_text())])) <= UNSAFE_BUT_OURS


def test_every_component_says_its_parameters_first() -> None:
    mute = [p for p in (RACINE / "templates" / "composants").glob("*.html") if not p.read_text().startswith("{#")]
    assert relative([p for p in mute if not p.read_text().startswith("{% comment %}")]) == []


def test_adr_are_short_and_complete() -> None:
    for path in (RACINE / "docs" / "adr").glob("*.md"):
        text = path.read_text()
        assert len(text.splitlines()) <= 60, path.name
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, (path.name, part)
