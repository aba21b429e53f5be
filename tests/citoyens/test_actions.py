"""Each action: what it writes, what it refuses, and its line in the journal."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from citoyens import actions
from citoyens.actions import ConflitVersion, Contact, ContactIllisible, IdentiteRefusee, NoteRefusee
from citoyens.models import Interaction, LienContact, NoteUsager, PointContact, Usager
from collectivites.acteur import Acteur
from collectivites.models import Collectivite
from journal.models import Evenement

pytestmark = pytest.mark.usefixtures("ville")


def verbes(usager: Usager) -> list[str]:
    return list(Evenement.objects.about("usager", usager.pk).order_by("pk").values_list("verbe", flat=True))


def test_a_person_is_created_with_their_contacts_and_a_line_in_the_journal(by: Acteur, at: datetime) -> None:
    usager = actions.create_usager(
        nature="personne",
        nom="  Ben   Amar ",
        prenoms="Samira",
        nom_naissance="Kaci",
        civilite="mme",
        naissance_on=date(1987, 3, 14),
        contacts=[
            Contact("mobile", "06 39 98 12 34", is_prefere=True),
            Contact("courriel", "Samira.BenAmar@Exemple.FR"),
            Contact("adresse", "8 rue des Tanneurs, 29000 Aurelle"),
        ],
        by=by,
        at=at,
    )
    usager.refresh_from_db()
    assert (usager.nom, usager.version, usager.verification) == ("Ben Amar", 1, "declaratif")
    points = {lien.point.nature: lien for lien in usager.liens_contact.select_related("point")}
    assert {nature: lien.point.normalisee for nature, lien in points.items()} == {
        "mobile": "+33639981234",
        "courriel": "samira.benamar@exemple.fr",
        "adresse": "8 rue des tanneurs 29000 aurelle",
    }
    assert points["courriel"].point.valeur == "Samira.BenAmar@Exemple.FR"
    assert [nature for nature, lien in points.items() if lien.is_prefere] == ["mobile"]
    assert verbes(usager) == ["usager.cree", *["usager.contact_ajoute"] * 3, "usager.contact_prefere"]


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"nom": "", "prenoms": ""}, "nom"),
        ({"naissance_on": date(2026, 11, 22)}, "naissance_on"),
        ({"naissance_on": date(1899, 12, 31)}, "naissance_on"),
        ({"nom": "x" * 121}, "nom"),
        ({"civilite": "sir"}, "civilite"),
        ({"nature": "robot"}, "nature"),
        ({"nature": "association", "nom": ""}, "nom"),
        ({"nature": "entreprise", "siret": "73282932000075"}, "siret"),
        ({"nature": "association", "rna": "W12"}, "rna"),
    ],
)
def test_an_identity_that_makes_no_sense_is_refused(
    champs: dict[str, object], champ: str, by: Acteur, at: datetime
) -> None:
    with pytest.raises(IdentiteRefusee) as refus:
        actions.create_usager(**({"nature": "personne", "nom": "Le Goff", "by": by, "at": at} | champs))
    assert refus.value.champ == champ
    assert not Usager.objects.exists()
    assert not Evenement.objects.exists()


def test_an_organisation_keeps_its_numbers_compact_and_no_civil_status(by: Acteur, at: datetime) -> None:
    options = {"siret": "732 829 320 00074", "rna": "w291234567", "prenoms": "Jean", "naissance_on": date(1980, 1, 1)}
    usager = actions.create_usager(nature="association", nom="Les Amis du kiosque", **options, by=by, at=at)
    assert (usager.siret, usager.rna, usager.prenoms) == ("73282932000074", "W291234567", "")
    assert usager.naissance_on is None


def test_a_number_already_held_is_said_on_its_field(by: Acteur, at: datetime) -> None:
    actions.create_usager(nature="entreprise", nom="Garage Aubry", siret="73282932000074", by=by, at=at)
    with pytest.raises(IdentiteRefusee) as refus:
        actions.create_usager(nature="entreprise", nom="Garage Aubry fils", siret="73282932000074", by=by, at=at)
    assert refus.value.champ == "siret"
    assert Usager.objects.count() == 1


@pytest.mark.parametrize(
    ("nature", "valeur"),
    [
        ("courriel", "pas une adresse"),
        ("courriel", "a@b@exemple.fr"),
        ("mobile", "bonjour"),
        ("fixe", "12"),
        ("adresse", "—"),
        ("courriel", "\x00"),
        ("pigeon", "Arthur"),
        ("courriel", "x" * 320 + "@exemple.fr"),
    ],
)
def test_a_contact_that_cannot_be_read_is_refused_and_nothing_is_written(
    nature: str, valeur: str, by: Acteur, at: datetime
) -> None:
    with pytest.raises(ContactIllisible):
        actions.create_usager(nature="personne", nom="Le Goff", contacts=[Contact(nature, valeur)], by=by, at=at)
    assert not Usager.objects.exists()
    assert not PointContact.objects.exists()


def test_a_couple_shares_one_contact_point(creer: Callable[..., Usager]) -> None:
    samira = creer("Ben Amar", "Samira", courriel="famille@exemple.fr")
    karim = creer("Ben Amar", "Karim", courriel="Famille@Exemple.fr")
    assert PointContact.objects.count() == 1
    assert samira.liens_contact.get().point_id == karim.liens_contact.get().point_id


def test_a_mobile_typed_as_a_landline_is_a_mobile(creer: Callable[..., Usager]) -> None:
    creer(fixe="06.39.98.12.34")
    assert PointContact.objects.get().nature == "mobile"


def test_adding_the_same_contact_twice_changes_nothing(creer: Callable[..., Usager], by: Acteur, at: datetime) -> None:
    usager = creer(mobile="0639981234")
    lien = actions.add_contact(usager=usager, contact=Contact("mobile", "+33 6 39 98 12 34"), by=by, at=at)
    assert lien.pk == usager.liens_contact.get().pk


def test_a_contact_leaves_with_its_last_owner(creer: Callable[..., Usager], by: Acteur, at: datetime) -> None:
    samira = creer("Ben Amar", "Samira", courriel="famille@exemple.fr")
    karim = creer("Ben Amar", "Karim", courriel="famille@exemple.fr")
    actions.remove_contact(lien=samira.liens_contact.get(), by=by, at=at)
    assert PointContact.objects.count() == 1
    actions.remove_contact(lien=karim.liens_contact.get(), by=by, at=at)
    assert not PointContact.objects.exists()
    assert verbes(karim)[-1] == "usager.contact_retire"


def test_only_one_contact_is_preferred(creer: Callable[..., Usager], by: Acteur, at: datetime) -> None:
    usager = creer(mobile="0639981234", courriel="s@exemple.fr")
    for lien in usager.liens_contact.order_by("pk"):
        actions.prefer_contact(lien=lien, by=by, at=at)
    preferred = LienContact.objects.filter(is_prefere=True)
    assert [lien.pk for lien in preferred] == [usager.liens_contact.order_by("pk").last().pk]


def test_a_modification_says_which_fields_changed_and_never_their_content(
    creer: Callable[..., Usager], by: Acteur, at: datetime
) -> None:
    usager = creer()
    after = actions.update_usager(usager=usager, version=1, champs={"nom": "Kaci", "civilite": "mme"}, by=by, at=at)
    assert (after.nom, after.version) == ("Kaci", 2)
    line = Evenement.objects.about("usager", usager.pk).newest_first()[0]
    assert (line.verbe, line.details) == ("usager.modifie", {"champs": ["civilite", "nom"]})
    assert "Kaci" not in str(line.details) + line.objet_libelle


def test_a_modification_that_changes_nothing_writes_nothing(
    creer: Callable[..., Usager], by: Acteur, at: datetime
) -> None:
    usager = creer()
    assert actions.update_usager(usager=usager, version=1, champs={"nom": "Ben Amar"}, by=by, at=at).version == 1
    assert verbes(usager) == ["usager.cree"]


def test_the_second_of_two_agents_is_told_and_overwrites_nothing(
    creer: Callable[..., Usager], by: Acteur, at: datetime
) -> None:
    usager = creer()
    actions.update_usager(usager=usager, version=1, champs={"nom": "Kaci"}, by=by, at=at)
    with pytest.raises(ConflitVersion):
        actions.update_usager(usager=usager, version=1, champs={"nom": "Autre"}, by=by, at=at)
    usager.refresh_from_db()
    assert usager.nom == "Kaci"


def test_an_unknown_field_is_refused(creer: Callable[..., Usager], by: Acteur, at: datetime) -> None:
    with pytest.raises(IdentiteRefusee):
        actions.update_usager(usager=creer(), version=1, champs={"verification": "guichet"}, by=by, at=at)


def test_a_verified_identity_goes_back_to_declared_when_the_name_changes(
    creer: Callable[..., Usager], by: Acteur, at: datetime
) -> None:
    usager = actions.verify_identity(usager=creer(), by=by, at=at)
    assert (usager.verification, usager.verified_at, usager.version) == ("guichet", at, 2)
    usager = actions.update_usager(usager=usager, version=2, champs={"langue": "ar"}, by=by, at=at)
    assert usager.verification == "guichet"
    usager = actions.update_usager(usager=usager, version=3, champs={"nom": "Kaci"}, by=by, at=at)
    assert (usager.verification, usager.verified_at) == ("declaratif", None)


def test_an_identity_changed_meanwhile_cannot_be_verified(
    creer: Callable[..., Usager], by: Acteur, at: datetime
) -> None:
    read = creer()
    actions.update_usager(usager=read, version=1, champs={"nom": "Kaci"}, by=by, at=at)
    with pytest.raises(ConflitVersion):
        actions.verify_identity(usager=read, by=by, at=at)


def note(usager: Usager, by: Acteur, at: datetime, **champs: object) -> NoteUsager:
    options = {"texte": "Malentendante : parler de face.", "visibilite": "collectivite", "domaine": "general",
               "is_alerte": True, "expire_on": date(2027, 6, 30)}  # fmt: skip
    return actions.add_note(usager=usager, by=by, at=at, **(options | champs))


def test_a_note_is_read_until_its_end_then_no_more(creer: Callable[..., Usager], by: Acteur, at: datetime) -> None:
    usager = creer()
    written = note(usager, by, at)
    assert list(NoteUsager.objects.live(at.date())) == [written]
    actions.end_note(note=written, by=by, at=at)
    assert not NoteUsager.objects.live(at.date()).exists()
    assert verbes(usager) == ["usager.cree", "usager.note_ajoutee", "usager.note_terminee"]


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"expire_on": None}, "expire_on"),
        ({"expire_on": date(2026, 11, 20)}, "expire_on"),
        ({"expire_on": date(2026, 11, 21) + timedelta(days=367)}, "expire_on"),
        ({"texte": "  "}, "texte"),
        ({"texte": "x" * 501}, "texte"),
    ],
)
def test_a_note_without_text_or_end_is_refused(
    champs: dict[str, object], champ: str, creer: Callable[..., Usager], by: Acteur, at: datetime
) -> None:
    with pytest.raises(NoteRefusee) as refus:
        note(creer(), by, at, **champs)
    assert refus.value.champ == champ
    assert not NoteUsager.objects.exists()


def test_a_long_title_is_cut_on_a_word_in_the_timeline(creer: Callable[..., Usager], by: Acteur, at: datetime) -> None:
    usager = creer()
    row = actions.record_interaction(
        usager_id=usager.pk, genre="demande", sens="entrant", canal="courriel", domaine="general",
        titre="lampadaire " * 40, resume="\x00ok", objet_type="demande", objet_id=7, by=by, at=at,
    )  # fmt: skip
    row.refresh_from_db()
    assert len(row.titre) <= 200
    assert row.titre.endswith("…")
    assert row.resume == "ok"
    assert list(Interaction.objects.of(usager.pk)) == [row]


def test_a_contact_in_failure_is_dated_once(creer: Callable[..., Usager], at: datetime) -> None:
    creer(courriel="perdu@exemple.fr")
    options = {"nature": "courriel", "normalisee": "perdu@exemple.fr"}
    assert actions.mark_contact_failing(**options, at=at) == 1
    assert actions.mark_contact_failing(**options, at=at + timedelta(days=1)) == 0
    assert PointContact.objects.get().failing_since == at
    assert Evenement.objects.get(verbe="contact.en_echec").acteur_nature == "automate"


def test_another_town_sees_nothing_of_it(creer: Callable[..., Usager], autre_ville: Collectivite) -> None:
    creer(courriel="s@exemple.fr")
    from collectivites.cloison import collectivite_active  # noqa: PLC0415 shows the crossing where it happens

    with collectivite_active(autre_ville.pk):
        assert not Usager.objects.exists()
        assert not PointContact.objects.exists()
