"""Conditions: pure judgement of facts, words, and what is refused when saved."""

import pytest

from demandes.automates.conditions import FAITS, explain, matches, verify
from demandes.automates.faits import Faits, climb
from demandes.automates.mots import speaks_of, split_mots

FAITS_LAMPE = Faits(
    objet="Lampadaires éteints", texte="Lampadaires éteints\nBonjour, rue des Tanneurs, c'est le noir.",
    type="3", thematiques=frozenset({"1", "2"}), canal="courriel", expediteur="samira@exemple.fr", service="",
    etat="nouvelle", priorite="0", usager_connu=True, en_retard=False,
    reponses={"nature": "Trottoir", "ou": ["a", "b"]},
)  # fmt: skip
NOMS = {
    "type": {"3": "Éclairage", "4": "Voirie"}, "canal": {"courriel": "Courriel"}, "service": {"8": "CCAS"},
    "thematique": {"1": "Cadre de vie"}, "etat": {"nouvelle": "À qualifier"}, "priorite": {"0": "Normale"},
}  # fmt: skip


def si(fait: str, operateur: str, *valeur: str, **reste: str) -> dict[str, object]:
    return {"fait": fait, "operateur": operateur, "valeur": list(valeur), **reste}


@pytest.mark.parametrize(
    ("texte", "mot", "attendu"),
    [
        ("Lampadaires éteints", "lampadaire", True),
        ("LAMPADAIRE", "Lampadaire", True),
        ("des travaux bruyants", "travau", True),  # « travaux » is the plural of « travau » : endings s and x
        ("Éclairage public", "eclairage", True),
        ("désherbage", "herbe", False),  # a whole word, not a piece
        ("un nid-de-poule béant", "nid de poule", True),
        ("éclairagiste", "éclair*", True),
        ("rien", "!!", False),
    ],
)
def test_words_whatever_case_accents_plural(texte: str, mot: str, *, attendu: bool) -> None:
    assert speaks_of(texte, mot) is attendu


def test_words_are_split_once_each() -> None:
    assert split_mots("lampe, nid  de poule;\nlampe") == ["lampe", "nid de poule"]


@pytest.mark.parametrize(
    ("condition", "attendu"),
    [
        (si("texte", "un", "trottoir", "tanneurs"), True),
        (si("texte", "tous", "trottoir", "tanneurs"), False),
        (si("texte", "tous", "noir", "tanneurs"), True),
        (si("texte", "aucun", "poubelle"), True),
        (si("objet", "un", "tanneurs"), False),
        (si("type", "est", "3", "4"), True),
        (si("type", "pas", "3"), False),
        (si("type", "rempli"), True),
        (si("service", "vide"), True),
        (si("thematique", "est", "1"), True),
        (si("canal", "pas", "sms"), True),
        (si("expediteur", "est", "@exemple.fr"), True),
        (si("expediteur", "est", "SAMIRA@exemple.fr"), True),
        (si("expediteur", "pas", "@ailleurs.fr"), True),
        (si("usager_connu", "oui"), True),
        (si("en_retard", "oui"), False),
        (si("reponse", "est", "trottoir", champ="nature"), True),
        (si("reponse", "est", "B", champ="ou"), True),
        (si("reponse", "est", "c", champ="absente"), False),
        (si("inconnu", "est", "x"), False),
    ],
)
def test_each_condition(condition: dict[str, object], *, attendu: bool) -> None:
    assert matches([condition], FAITS_LAMPE) is attendu


def test_all_conditions_must_hold_and_none_means_always() -> None:
    yes, no = si("type", "est", "3"), si("canal", "est", "sms")
    assert matches([], FAITS_LAMPE)
    assert not matches([yes, no], FAITS_LAMPE)


def test_a_subject_holds_those_above_it_even_in_a_circle() -> None:
    assert climb({1: None, 2: 1, 3: 2}, 3) == {"1", "2", "3"}
    assert climb({1: 2, 2: 1}, 1) == {"1", "2"}


def test_a_condition_is_said_in_words() -> None:
    said = explain(
        [si("texte", "un", "lampadaire", "lampe"), si("type", "est", "3", "9"), si("service", "vide"),
         si("usager_connu", "non")], NOMS,
    )  # fmt: skip
    assert said == [
        "l'objet ou le texte contient «\u00a0lampadaire\u00a0» ou «\u00a0lampe\u00a0»",
        "le type est «\u00a0Éclairage\u00a0» ou «\u00a0supprimé\u00a0»",
        "le service est vide",
        "l'usager est inconnu",
    ]


@pytest.mark.parametrize(
    ("condition", "faute"),
    [
        (si("type", "est", "99"), "un des choix n'existe plus"),
        (si("type", "est"), "il manque ce à quoi comparer"),
        (si("texte", "un", "?!"), "n'est pas un mot"),
        (si("expediteur", "est", "samira"), "ni une adresse ni un"),
        (si("reponse", "est", "oui"), "donnez le code de la question"),
        (si("canal", "vide"), "choisissez une comparaison"),
        (si("lune", "est", "pleine"), "fait inconnu"),
    ],
)
def test_what_can_not_be_saved(condition: dict[str, object], faute: str) -> None:
    (sentence,) = verify([condition], NOMS)
    assert faute in sentence


def test_what_can_be_saved() -> None:
    assert not verify([si("texte", "un", "lampe"), si("service", "vide"), si("expediteur", "est", "@a.fr")], NOMS)


def test_every_fact_can_be_said_and_read() -> None:
    for fait in FAITS.values():
        assert fait.operateurs
        assert fait.lire(Faits()) is not None
