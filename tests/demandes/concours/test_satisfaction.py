"""One question after closing: to whom, when, how often; what « toujours pas réglé » does."""

from datetime import datetime, timedelta

import pytest

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.models import Collectivite
from demandes import tasks
from demandes.actions import close
from demandes.concours.mesure import measure
from demandes.concours.satisfaction import (
    DejaRepondu,
    Opinion,
    answer,
    find_by_jeton,
    next_morning,
    propose,
    refuse,
)
from demandes.models import Demande, Lien, Message, Satisfaction
from messagerie.models import Envoi
from tests.demandes.conftest import PARIS, Ouvrir

pytestmark = pytest.mark.django_db


@pytest.fixture
def close_(demande: Demande, by: Acteur, at: datetime) -> Demande:
    return end(demande, by, at)


def end(demande: Demande, by: Acteur, at: datetime) -> Demande:
    return close(demande=demande, version=demande.version, issue="satisfaite", by=by, at=at)


def asked(demande: Demande, at: datetime) -> tuple[Satisfaction, Envoi]:
    row = propose(demande_id=demande.pk, at=at)
    assert row is not None
    return row, Envoi.objects.get(clef__startswith=f"satisfaction:{demande.pk}:")


def test_the_question_leaves_the_next_morning_in_the_slow_lane(close_: Demande, at: datetime) -> None:
    row, envoi = asked(close_, at + timedelta(hours=9))
    assert envoi.prevu_at == datetime(2026, 11, 13, 9, 30, tzinfo=PARIS)
    assert (envoi.voie, envoi.objet_type, row.canal) == (Envoi.Voie.CAMPAGNE, "", "courriel")
    jeton = envoi.corps_texte.split("/avis-usager/")[1].split("/")[0]
    assert find_by_jeton(jeton) == row
    assert propose(demande_id=close_.pk, at=at + timedelta(hours=10)) == row
    assert Envoi.objects.filter(clef__startswith="satisfaction:").count() == 1


def test_never_in_the_past(at: datetime) -> None:
    assert next_morning(at, fuseau=PARIS, at=at + timedelta(days=2)) == at + timedelta(days=2)


def test_once_a_month_a_person(ouvrir: Ouvrir, close_: Demande, by: Acteur, at: datetime) -> None:
    asked(close_, at)
    for days, canal in ((3, ""), (31, "courriel")):
        other = end(ouvrir(), by, at)
        row = propose(demande_id=other.pk, at=at + timedelta(days=days))
        assert row is not None
        assert row.canal == canal


def test_who_refuses_is_not_asked(ouvrir: Ouvrir, close_: Demande, usager: Usager, by: Acteur, at: datetime) -> None:
    row, _ = asked(close_, at)
    refuse(satisfaction=row)
    later = propose(demande_id=end(ouvrir(), by, at).pk, at=at + timedelta(days=200))
    Satisfaction.objects.all().delete()
    Usager.objects.filter(pk=usager.pk).update(is_electronique_refuse=True)
    paper = propose(demande_id=end(ouvrir(), by, at).pk, at=at)
    assert later is not None
    assert paper is not None
    assert (later.canal, paper.canal) == ("", "")


def test_a_type_without_question_is_left_alone(
    ouvrir: Ouvrir, type_eclairage: object, by: Acteur, at: datetime
) -> None:
    type_eclairage.has_enquete = False  # type: ignore[attr-defined]
    type_eclairage.save()  # type: ignore[attr-defined]
    row = propose(demande_id=end(ouvrir(), by, at).pk, at=at)
    assert row is not None
    assert row.canal == ""


def test_an_open_demande_is_not_asked_about(demande: Demande, at: datetime) -> None:
    assert propose(demande_id=demande.pk, at=at) is None


def test_still_not_settled_reopens_within_the_window(close_: Demande, at: datetime) -> None:
    row, _ = asked(close_, at)
    goes_on = answer(satisfaction=row, opinion=Opinion(2, is_regle=False, commentaire="Éteint de nouveau."),
                     at=at + timedelta(days=5))  # fmt: skip
    assert (goes_on.pk, goes_on.etat) == (close_.pk, "en_cours")
    message = Message.objects.get(demande=close_, canal="formulaire")
    assert (message.sens, message.texte) == ("entrant", "Toujours pas réglé. Éteint de nouveau.")
    with pytest.raises(DejaRepondu):
        answer(satisfaction=row, opinion=Opinion(9), at=at + timedelta(days=6))


def test_too_late_to_reopen_a_linked_demande_is_opened(close_: Demande, at: datetime) -> None:
    row, _ = asked(close_, at)
    goes_on = answer(satisfaction=row, opinion=Opinion(2, is_regle=False), at=at + timedelta(days=40))
    assert goes_on.pk != close_.pk
    assert goes_on.objet == "Toujours pas réglé\u00a0: Lampadaire éteint rue des Tanneurs"
    assert (goes_on.type_id, goes_on.usager_id) == (close_.type_id, close_.usager_id)
    lien = Lien.objects.get()
    assert (lien.de_id, lien.vers_id) == (close_.pk, goes_on.pk)


def test_a_good_note_changes_nothing(close_: Demande, at: datetime) -> None:
    row, _ = asked(close_, at)
    answer(satisfaction=row, opinion=Opinion(9, is_regle=True, commentaire="Merci."), at=at)
    assert Demande.objects.get(pk=close_.pk).etat == "close"
    assert not Message.objects.filter(demande=close_, canal="formulaire").exists()


def test_too_few_answers_are_no_measure(close_: Demande, at: datetime) -> None:
    for rank in range(11):
        Satisfaction.objects.create(
            demande=close_, jeton=f"{rank}", canal="sms", closed_at=at + timedelta(minutes=rank), asked_at=at,
            note=rank % 10, is_regle=rank % 2 == 0, answered_at=at,
        )  # fmt: skip
        found = measure(depuis=at - timedelta(days=1))
        assert found.is_suffisante == (rank == 10)
    assert (found.demandees, found.taux, found.part_reglee) == (11, 100, 55)
    assert found.moyenne == pytest.approx(45 / 11)


def test_the_sweep_asks_about_closings_of_the_last_days_only(
    ville: Collectivite, ouvrir: Ouvrir, by: Acteur, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ages = {"hour": timedelta(hours=1), "night": timedelta(hours=12), "week": timedelta(days=7)}
    closed = {name: end(ouvrir(received_at=at - age, at=at - age), by, at - age) for name, age in ages.items()}
    monkeypatch.setattr(tasks.timezone, "now", lambda: at)
    tasks.sweep_concours()
    assert [row.demande_id for row in Satisfaction.objects.all()] == [closed["night"].pk]
