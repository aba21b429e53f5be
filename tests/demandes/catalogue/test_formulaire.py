"""Asking the questions of a schema: what is shown, refused, kept, and said back."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demandes.catalogue.formulaire import (
    PREFIXE,
    ReponsesInvalides,
    build_form,
    clean_reponses,
    describe,
    missing_pieces,
    visible,
)
from demandes.catalogue.schema import Schema, SchemaInvalide, read_schema, write_schema

ACTE: dict[str, Any] = {
    "champs": [
        {
            "code": "nature",
            "libelle": "Quel document ?",
            "genre": "choix",
            "obligatoire": True,
            "choix": [{"code": "copie", "libelle": "Copie intégrale"}, {"code": "extrait", "libelle": "Extrait"}],
        },
        {
            "code": "filiation",
            "libelle": "Avec la filiation ?",
            "genre": "oui_non",
            "obligatoire": True,
            "si": {"champ": "nature", "est": ["extrait"]},
        },
        {
            "code": "parents",
            "libelle": "Noms des parents",
            "genre": "texte",
            "si": {"champ": "filiation", "est": ["oui"]},
        },
        {"code": "naissance", "libelle": "Date de naissance", "genre": "date", "max": 0},
        {"code": "nombre", "libelle": "Nombre de copies", "genre": "nombre", "min": 1, "max": 5},
    ],
    "pieces": [
        {"code": "identite", "libelle": "Pièce d'identité", "obligatoire": True, "indispensable": True},
        {
            "code": "livret",
            "libelle": "Livret de famille",
            "obligatoire": True,
            "si": {"champ": "filiation", "est": ["oui"]},
        },
    ],
}
JOUR = date(2026, 11, 22)


@pytest.fixture
def acte() -> Schema:
    return read_schema(ACTE)


def test_a_question_follows_the_answers_before_it(acte: Schema) -> None:
    assert visible(acte, {}) == {"nature", "naissance", "nombre"}
    assert "filiation" in visible(acte, {"nature": "extrait"})
    assert "parents" in visible(acte, {"nature": "extrait", "filiation": "oui"})
    # the question between is hidden: what was answered there earlier no longer counts
    assert "parents" not in visible(acte, {"nature": "copie", "filiation": "oui"})


def test_a_hidden_answer_is_neither_required_nor_kept(acte: Schema) -> None:
    kept = clean_reponses(acte, {"nature": "copie", "filiation": "peut-être", "parents": "Ada"})
    assert kept == {"nature": "copie"}


def test_answers_are_kept_as_json_and_said_in_french(acte: Schema) -> None:
    typed = {"nature": "extrait", "filiation": True, "naissance": "02/03/1990", "nombre": "2,0", "parents": " Ada "}
    kept = clean_reponses(acte, typed, jour=JOUR)
    assert kept == {
        "nature": "extrait",
        "filiation": "oui",
        "naissance": "1990-03-02",
        "nombre": 2,
        "parents": "Ada",
    }
    assert describe(acte, kept) == [
        ("Quel document ?", "Extrait"),
        ("Avec la filiation ?", "Oui"),
        ("Noms des parents", "Ada"),
        ("Date de naissance", "02/03/1990"),
        ("Nombre de copies", "2"),
    ]


@pytest.mark.parametrize(
    ("reponses", "code", "dit"),
    [
        ({}, "nature", "attendue"),
        ({"nature": "extrait"}, "filiation", "attendue"),
        ({"nature": "poème"}, "nature", "poème"),
        ({"nature": "copie", "nombre": 9}, "nombre", "5"),
        ({"nature": "copie", "nombre": "NaN"}, "nombre", "chiffres"),
        ({"nature": "copie", "naissance": "2026-11-23"}, "naissance", "jusqu'au 22/11/2026"),
        ({"nature": "copie", "naissance": "hier"}, "naissance", "24/11/2026"),
        ({"nature": "copie", "surnom": "x"}, "surnom", "pas dans le formulaire"),
    ],
)
def test_each_refusal_names_its_question(acte: Schema, reponses: dict[str, Any], code: str, dit: str) -> None:
    with pytest.raises(ReponsesInvalides) as refusal:
        clean_reponses(acte, reponses, jour=JOUR)
    assert dit in " ".join(refusal.value.erreurs[code])


def test_documents_follow_the_answers_too(acte: Schema) -> None:
    assert [each.code for each in missing_pieces(acte, {"nature": "copie"}, [])] == ["identite"]
    asked = {"nature": "extrait", "filiation": "oui"}
    assert [each.code for each in missing_pieces(acte, asked, ["identite"])] == ["livret"]


def test_without_javascript_the_condition_is_said_in_words(acte: Schema) -> None:
    page = build_form(acte)(prefix=PREFIXE).as_p()
    assert "Seulement si vous répondez «\u00a0Extrait\u00a0» à «\u00a0Quel document ?\u00a0»." in page
    assert "&quot;champ&quot;: &quot;reponse-nature&quot;" in page
    assert " required" not in page


def test_what_a_town_writes_is_never_html() -> None:
    schema = {"champs": [{"code": "a", "libelle": "<b>A</b>", "aide": "<script>x</script>", "genre": "texte"}]}
    page = build_form(read_schema(schema))().as_p()
    assert "<script>" not in page
    assert "<b>" not in page


@pytest.mark.parametrize("code", ["schema", "reponses", "clean", "prefix", "fields", "errors"])
def test_a_question_may_bear_any_code(code: str) -> None:
    schema = read_schema({"champs": [{"code": code, "libelle": "A", "genre": "texte"}]})
    assert clean_reponses(schema, {code: "b"}) == {code: "b"}


def _field(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "libelle": f"Question {code}", "genre": "oui_non"} | more


@pytest.mark.parametrize(
    ("champs", "dit"),
    [
        ([_field("a"), _field("a")], "le code «\u00a0a\u00a0»"),
        ([_field("a", genre="poeme")], "genre inconnu\u00a0: «\u00a0poeme\u00a0»"),
        ([_field("a", genre="choix")], "aucun choix"),
        ([_field("a", genre="nombre", min=3, max=2)], "dépasse le maximum"),
        ([_field("a", si={"champ": "z", "est": ["oui"]})], "n'existe pas"),
        ([_field("a", si={"champ": "b", "est": ["oui"]}), _field("b")], "qui vient après"),
        ([_field("a", si={"champ": "a", "est": ["oui"]})], "d'elle-même"),
        ([_field("a"), _field("b", si={"champ": "a", "est": ["bleu"]})], "bleu"),
        ([_field("a", genre="texte"), _field("b", si={"champ": "a", "est": ["x"]})], "ni un choix"),
        ([_field("A-b")], "minuscules"),
        ([_field("a", libelle="")], "pas de libellé"),
        ([{"libelle": "Sans code", "genre": "texte"}], "«\u00a0Sans code\u00a0» n'est pas lisible"),
        ([_field("a", genre="date", min="demain")], "Question a"),
        ("rien", "liste des questions"),
        ([_field(f"a{rang}") for rang in range(61)], "au plus 60"),
    ],
)
def test_a_bad_schema_is_refused_in_a_sentence_that_names_it(champs: Any, dit: str) -> None:
    with pytest.raises(SchemaInvalide) as refusal:
        read_schema({"champs": champs})
    assert dit in str(refusal.value)


def test_a_cycle_is_refused() -> None:
    a = _field("a", si={"champ": "b", "est": ["oui"]})
    b = _field("b", si={"champ": "a", "est": ["oui"]})
    with pytest.raises(SchemaInvalide, match="qui vient après"):
        read_schema({"champs": [a, b]})


@pytest.mark.parametrize("brut", [None, [], "x", 3, {"pieces": 3}])
def test_anything_else_is_not_a_form(brut: Any) -> None:
    with pytest.raises(SchemaInvalide, match="lisible"):
        read_schema(brut)


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    """Forms of yes-or-no and of choices, each question depending or not on one before it."""
    champs: list[dict[str, Any]] = []
    for rang in range(draw(st.integers(1, 7))):
        champ = _field(f"q{rang}", obligatoire=draw(st.booleans()))
        if draw(st.booleans()):
            genre = draw(st.sampled_from(["choix", "choix_multiple"]))
            champ |= {"genre": genre, "choix": [{"code": c, "libelle": c.upper()} for c in ("oui", "non", "autre")]}
        if champs and draw(st.booleans()):
            source = draw(st.sampled_from(champs))
            champ["si"] = {"champ": source["code"], "est": draw(st.sampled_from([["oui"], ["non"], ["oui", "non"]]))}
        champs.append(champ)
    return {"champs": champs, "pieces": []}


REPONSES = st.dictionaries(
    st.sampled_from([f"q{rang}" for rang in range(7)]), st.sampled_from(["oui", "non", "", ["oui"], ["non", "oui"]])
)


@given(schemas())
def test_a_schema_comes_back_equal(brut: dict[str, Any]) -> None:
    schema = read_schema(brut)
    assert read_schema(write_schema(schema)) == schema


@given(schemas(), REPONSES)
def test_what_is_kept_is_visible_and_stays_the_same_cleaned_again(brut: dict[str, Any], typed: dict[str, Any]) -> None:
    schema = read_schema(brut)
    typed = {code: answer for code, answer in typed.items() if schema.champ(code)}
    try:
        kept = clean_reponses(schema, typed)
    except ReponsesInvalides:
        return
    shown = visible(schema, kept)
    assert set(kept) <= shown
    assert all(each.code in kept for each in schema.champs if each.obligatoire and each.code in shown)
    assert clean_reponses(schema, kept) == kept
    assert len(describe(schema, kept)) == len(kept)
