"""A town's text is data: declared variables only, filled once, never executed."""

from datetime import datetime

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Collectivite
from journal.models import Evenement
from messagerie.models import ModeleMessage
from messagerie.reglages import reset_modele, save_modele
from messagerie.textes import (
    Occasion,
    OccasionInconnue,
    Texte,
    VariableInconnue,
    VariableManquante,
    check_texte,
    declare,
    get_occasion,
    occasions,
    preview,
    render,
    render_occasion,
)

ACCUSE = "demande.accuse_enregistrement"


@pytest.mark.parametrize("occasion", list(occasions), ids=lambda each: each.code)
def test_every_default_text_is_complete_french(occasion: Occasion) -> None:
    for texte in occasion.textes.values():
        shown = preview(occasion, texte)
        assert "{{" not in shown.corps + shown.objet
        assert "\n\n\n" not in shown.corps
        assert " :" not in texte.corps.replace("{{ collectivite }} :", "")  # a no-break space comes before it


def test_an_unknown_variable_is_refused_with_the_nearest_one() -> None:
    occasion = get_occasion(ACCUSE, "courriel")
    with pytest.raises(VariableInconnue, match=r"« numro » n'existe pas ici\. Vouliez-vous « numero »"):
        check_texte(occasion, Texte(corps="Demande {{ numro }}"))
    with pytest.raises(VariableInconnue, match="Les variables possibles"):
        check_texte(occasion, Texte(corps="{{ xyzw }}"))
    with pytest.raises(VariableInconnue, match="numro"):
        check_texte(occasion, Texte(corps="x", objet="{{numro}}"))


@pytest.mark.parametrize("corps", ["{{ numero.__class__ }}", "{{ numero|safe }}", "{% load x %}", "{{ numero", "{{}}"])
def test_nothing_is_ever_executed(corps: str) -> None:
    with pytest.raises(VariableInconnue):
        check_texte(get_occasion(ACCUSE, "courriel"), Texte(corps=corps))


def test_a_value_is_put_in_as_it_is_and_never_read_again() -> None:
    shown = render(Texte(corps="« {{ objet }} »"), {"objet": "{{ mentions }} <b>&amp;</b> {% now %}", "mentions": "x"})
    assert shown.corps == "« {{ mentions }} <b>&amp;</b> {% now %} »"


def test_an_empty_value_leaves_no_hole() -> None:
    assert render(Texte(corps="a\n\n{{ x }}\n\nb\n\n{{ x }}"), {"x": ""}).corps == "a\n\nb"


def test_a_variable_not_given_is_our_mistake() -> None:
    with pytest.raises(VariableManquante, match="numero"):
        render(Texte(corps="{{ numero }}"), {})


def test_an_occasion_speaks_only_on_its_channels() -> None:
    with pytest.raises(OccasionInconnue):
        get_occasion("compte.invitation", "sms")
    with pytest.raises(OccasionInconnue):
        get_occasion("inconnue", "courriel")


def test_an_occasion_whose_default_is_wrong_can_not_be_declared() -> None:
    with pytest.raises(VariableInconnue):
        declare(Occasion(code="x", libelle="x", variables={}, textes={"sms": Texte(corps="{{ a }}")}))
    assert occasions.get("x") is None


def test_the_town_s_text_replaces_the_default_until_it_is_taken_back(
    mur: Collectivite, by: Acteur, at: datetime
) -> None:
    occasion = get_occasion(ACCUSE, "sms")
    values = occasion.exemples
    default = render_occasion(ACCUSE, "sms", values)
    for _ in range(2):
        save_modele(occasion=occasion, canal="sms", texte=Texte(corps="Reçu : {{ recue_le }}"), by=by, at=at)
    assert ModeleMessage.objects.count() == 1
    assert render_occasion(ACCUSE, "sms", values).corps == f"Reçu : {values['recue_le']}"
    reset_modele(occasion=occasion, canal="sms", by=by, at=at)
    reset_modele(occasion=occasion, canal="sms", by=by, at=at)
    assert render_occasion(ACCUSE, "sms", values) == default
    verbs = list(Evenement.objects.order_by("pk").values_list("verbe", flat=True))
    assert verbs == ["modele_message.modifie", "modele_message.modifie", "modele_message.remis"]
