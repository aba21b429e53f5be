"""What the law wants in each acknowledgement, named when it is missing. No database."""

from datetime import date
from typing import Any

import pytest

from collectivites.models import Collectivite, Service
from demandes.accuses.decision import A_VERIFIER, Silence, describe_decision
from demandes.accuses.mentions import AEE, ARE, Mention, list_required, missing_mentions
from demandes.accuses.ponctualite import Ponctualite, judge
from demandes.models import TypeDemande

RECOURS = "recours gracieux auprès du maire, ou devant le tribunal administratif dans les deux mois."


def build_type(**champs: Any) -> TypeDemande:
    complete = {
        "collectivite_id": 1, "libelle": "Échafaudage", "regime_silence": "svr", "silence_base": "CRPA L231-4 2°",
        "silence_lu_on": date(2026, 11, 20), "recours": RECOURS,
    }  # fmt: skip
    return TypeDemande(**(complete | champs))


SERVICE = Service(collectivite_id=1, nom="Voirie", telephone="0199001234", courriel="voirie@aurelle.example")
VILLE = Collectivite(nom="Ville d'Aurelle", fuseau="Europe/Paris")


def test_a_complete_type_misses_nothing() -> None:
    assert missing_mentions(build_type(), SERVICE, VILLE) == []


@pytest.mark.parametrize(
    ("champs", "sentence"),
    [
        ({"recours": "  "}, "Les voies et délais de recours"),
        ({"silence_base": ""}, "Le texte qui fonde le régime du silence."),
        ({"silence_lu_on": None}, "La date à laquelle ce texte a été lu."),
    ],
)
def test_each_variable_removed_in_turn_is_named(champs: dict[str, Any], sentence: str) -> None:
    (missing,) = missing_mentions(build_type(**champs), SERVICE, VILLE)
    assert missing.startswith(sentence)


@pytest.mark.parametrize(
    ("service", "sentence"),
    [
        (None, "Le service qui répond"),
        (Service(collectivite_id=1, nom="Voirie", courriel="v@aurelle.example"), "Un téléphone"),
        (Service(collectivite_id=1, nom="Voirie", telephone="0199001234"), "Une adresse électronique ou postale"),
    ],
)
def test_who_answers_and_how_to_reach_them_is_named(service: Service | None, sentence: str) -> None:
    assert any(each.startswith(sentence) for each in missing_mentions(build_type(), service, VILLE))


def test_the_town_s_phone_and_address_stand_for_the_service_s() -> None:
    town = Collectivite(nom="Ville", telephone="0199001200", adresse="1 place de la République")
    assert missing_mentions(build_type(), Service(collectivite_id=1, nom="Voirie"), town) == []


def test_on_paper_the_address_is_a_postal_one() -> None:
    (missing,) = missing_mentions(build_type(), SERVICE, VILLE, is_papier=True)
    assert missing == "Une adresse postale, du service ou de la collectivité."


def test_a_demande_without_type_can_have_no_receipt() -> None:
    assert len(missing_mentions(None, SERVICE, VILLE)) == 1


@pytest.mark.parametrize(
    ("regime", "more"),
    [
        ("svr", {Mention.REGIME, Mention.DATE, Mention.COMPLETUDE, Mention.RECOURS}),
        ("sva", {Mention.REGIME, Mention.DATE, Mention.COMPLETUDE, Mention.ATTESTATION}),
        ("aucun", set()),
        ("special", set()),
    ],
)
def test_each_regime_has_its_mentions(regime: str, more: set[Mention]) -> None:
    contact = {Mention.RECEPTION, Mention.SERVICE, Mention.ADRESSE, Mention.TELEPHONE}
    assert set(list_required(ARE, build_type(regime_silence=regime))) == contact | more
    assert list_required(AEE, build_type(regime_silence=regime)) == (Mention.RECEPTION,)


@pytest.mark.parametrize("court", [False, True])
@pytest.mark.parametrize(
    ("effet", "regime", "carried"),
    [("rejet", "svr", Mention.RECOURS), ("acceptation", "sva", Mention.ATTESTATION)],
)
def test_what_silence_means_is_told_with_its_date(effet: str, regime: str, carried: Mention, court: bool) -> None:
    silence = Silence("decision", effet, date(2027, 1, 2), "CRPA L231-4 2°")
    bloc = describe_decision(build_type(regime_silence=regime), silence, court=court)
    assert ("02/01/2027" if court else "samedi 2\u00a0janvier\u00a02027") in bloc.texte
    assert set(list_required(ARE, build_type(regime_silence=regime))) - set(bloc.porte) == {
        Mention.RECEPTION, Mention.SERVICE, Mention.ADRESSE, Mention.TELEPHONE,
    }  # fmt: skip
    assert bloc.porte[carried] in bloc.texte


def test_a_regime_still_to_check_announces_no_date() -> None:
    doubtful = build_type(is_silence_a_verifier=True)
    silence = Silence("decision", "rejet", date(2027, 1, 2), "?")
    assert describe_decision(doubtful, silence).texte == A_VERIFIER
    assert "2027" not in A_VERIFIER


def test_a_stopped_clock_gives_no_date_and_no_decision_gives_no_block() -> None:
    assert describe_decision(build_type(), Silence("decision", "acceptation", None, "x")).texte == ""
    assert describe_decision(build_type(regime_silence="aucun"), None).texte == ""


@pytest.mark.parametrize(
    ("nature", "canal", "recue", "emis", "expected"),
    [
        ("are", "courriel", (2026, 11, 2), (2026, 11, 12), Ponctualite(legale=True, services_publics_plus=False)),
        ("are", "courriel", (2026, 11, 2), (2026, 11, 9), Ponctualite(legale=True, services_publics_plus=True)),
        ("are", "courriel", (2026, 11, 2), (2026, 11, 18), Ponctualite(legale=False, services_publics_plus=False)),
        ("aee", "courriel", (2026, 11, 10), (2026, 11, 12), Ponctualite(legale=True, services_publics_plus=True)),
        ("aee", "courriel", (2026, 11, 10), (2026, 11, 13), Ponctualite(legale=False, services_publics_plus=True)),
        ("papier", "courrier", (2026, 11, 2), (2026, 11, 16), Ponctualite(legale=None, services_publics_plus=True)),
    ],
)  # fmt: skip
def test_punctuality_is_measured_by_the_law_and_by_the_charter(
    nature: str, canal: str, recue: tuple[int, int, int], emis: tuple[int, int, int], expected: Ponctualite
) -> None:
    said = judge(nature, canal=canal, recue_on=date(*recue), emis_on=date(*emis), zone="metropole")
    assert said == expected
