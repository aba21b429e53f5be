"""A type is published only when its acknowledgement can be complete (CR-03); what is doubtful is said (CR-16)."""

from datetime import date, datetime

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Collectivite, Service
from demandes.actions.catalogue import (
    BrouillonChange,
    PublicationRefusee,
    list_manques,
    publish_type,
    retire_type,
    save_brouillon,
)
from demandes.catalogue.publication import check_pieces, check_texte, list_avertissements
from demandes.catalogue.schema import Champ, Piece, Schema, SchemaInvalide
from demandes.models import Regime, Thematique, TypeDemande

JOUR = date(2026, 11, 22)


def complete() -> tuple[TypeDemande, Collectivite]:
    """A type that lacks nothing; each test takes one thing away."""
    service = Service(
        collectivite_id=1, nom="Voirie", telephone="0199001234", courriel="voirie@aurelle.example", adresse="1 place"
    )
    type_ = TypeDemande(
        collectivite_id=1, libelle="Benne", service=service, regime_silence=Regime.SVR,
        silence_base="Décret n° 2015-1459", silence_lu_on=JOUR, recours="Deux mois.",
    )  # fmt: skip
    return type_, Collectivite(nom="Aurelle")


def test_a_complete_type_lacks_nothing() -> None:
    type_, town = complete()
    assert list_manques(type_, collectivite=town) == ()


@pytest.mark.parametrize(
    ("gone", "dit"),
    [
        ({"service.telephone": ""}, "téléphone"),
        ({"service.courriel": "", "service.adresse": ""}, "électronique ou postale"),
        ({"silence_base": " "}, "fonde le régime"),
        ({"silence_lu_on": None}, "a été lu"),
        ({"recours": ""}, "voies et délais de recours"),
        ({"service": None}, "Le service qui répond"),
        ({"brouillon": {"champs": [{"code": "a", "libelle": "A", "genre": "ode"}]}}, "genre inconnu"),
    ],
)
def test_each_missing_mention_is_named(gone: dict[str, object], dit: str) -> None:
    type_, town = complete()
    for name, value in gone.items():
        target = type_.service if name.startswith("service.") else type_
        setattr(target, name.removeprefix("service."), value)
    assert any(dit in sentence for sentence in list_manques(type_, collectivite=town))


def test_what_the_town_says_of_itself_completes_a_service() -> None:
    type_, town = complete()
    assert type_.service is not None
    type_.service.telephone = type_.service.courriel = type_.service.adresse = ""
    town.telephone, town.adresse = "0199000100", "1 place de la Fontaine"
    assert list_manques(type_, collectivite=town) == ()


def test_no_decision_no_recours() -> None:
    type_, town = complete()
    type_.regime_silence, type_.recours, type_.silence_base, type_.silence_lu_on = Regime.AUCUN, "", "", None
    assert list_manques(type_, collectivite=town) == ()


@pytest.mark.parametrize(
    ("piece", "dit"),
    [
        (Piece("a", "Justificatif de domicile"), "R113-8"),
        (Piece("a", "Quittance de loyer"), "R113-8"),
        (Piece("a", "Copie certifiée conforme du diplôme", texte="Délibération"), "R113-10"),
        (Piece("a", "Acte de naissance de moins de trois mois"), "R113-7"),
        (Piece("a", "Plan", indispensable=True), "L114-5"),
    ],
)
def test_a_document_the_law_does_not_allow_is_pointed_at(piece: Piece, dit: str) -> None:
    assert any(dit in sentence for sentence in check_pieces((piece,)))


def test_a_text_that_allows_it_silences_the_lint() -> None:
    assert not list(check_pieces((Piece("a", "Justificatif de domicile", texte="Code électoral, art. L11"),)))


@pytest.mark.parametrize("text", ["Merci de confirmer par courrier.", "Confirmez votre demande sur papier libre"])
def test_asking_a_confirmation_on_paper_is_pointed_at(text: str) -> None:
    assert list(check_texte(text))
    type_, _ = complete()
    type_.aide = text
    assert any("L112-8" in sentence for sentence in list_avertissements(type_, jour=JOUR))


def test_a_doubtful_or_old_basis_is_said() -> None:
    type_, _ = complete()
    type_.is_silence_a_verifier, type_.silence_lu_on = True, date(2025, 1, 1)
    assert len(list_avertissements(type_, jour=JOUR)) == 2


@pytest.fixture
def type_(service: Service, ville: Collectivite) -> TypeDemande:
    ville.courriel = "contact@aurelle.example"
    ville.save()
    return TypeDemande.objects.create(
        libelle="Benne", service=service, thematique=Thematique.objects.named("Rue"), regime_silence=Regime.AUCUN,
        is_active=False,
    )  # fmt: skip


def _schema(*codes: str) -> Schema:
    return Schema(tuple(Champ(code, code.upper(), "texte") for code in codes))


def test_each_new_form_is_a_version_and_the_same_one_is_not(type_: TypeDemande, by: Acteur, at: datetime) -> None:
    first = publish_type(type_=type_, by=by, at=at)
    assert (first.numero, publish_type(type_=type_, by=by, at=at).pk) == (1, first.pk)
    save_brouillon(type_=type_, schema=_schema("a"), vu={}, by=by, at=at)
    type_.refresh_from_db()
    assert type_.version_courante_id == first.pk  # writing is not publishing
    second = publish_type(type_=type_, by=by, at=at)
    assert second.numero == 2
    assert first.schema == {"champs": [], "pieces": []}


def test_two_administrators_do_not_overwrite_each_other(type_: TypeDemande, by: Acteur, at: datetime) -> None:
    save_brouillon(type_=type_, schema=_schema("a"), vu={}, by=by, at=at)
    with pytest.raises(BrouillonChange):
        save_brouillon(type_=type_, schema=_schema("b"), vu={}, by=by, at=at)


def test_a_form_that_does_not_hold_is_not_kept(type_: TypeDemande, by: Acteur, at: datetime) -> None:
    with pytest.raises(SchemaInvalide):
        save_brouillon(type_=type_, schema=_schema("a", "a"), vu={}, by=by, at=at)


def test_publishing_is_refused_and_nothing_moves(type_: TypeDemande, by: Acteur, at: datetime) -> None:
    TypeDemande.objects.filter(pk=type_.pk).update(regime_silence=Regime.SVR)
    with pytest.raises(PublicationRefusee) as refusal:
        publish_type(type_=type_, by=by, at=at)
    assert len(refusal.value.manques) == 3
    type_.refresh_from_db()
    assert not type_.is_active


def test_retiring_keeps_the_versions(type_: TypeDemande, by: Acteur, at: datetime) -> None:
    publish_type(type_=type_, by=by, at=at)
    retire_type(type_=type_, by=by, at=at)
    type_.refresh_from_db()
    assert not type_.is_active
    assert type_.version_courante_id is not None
