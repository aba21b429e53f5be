"""When the reminder leaves: same local hour, out of the night, taken back and planned again with the appointment."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from collectivites.acteur import Acteur
from messagerie.models import Envoi
from rendezvous import tasks
from rendezvous.etats import Etat
from rendezvous.evenements import Evenement, Genre
from rendezvous.messages.ecoute import follow
from rendezvous.messages.rappels import compute_rappel, prepare_rappel
from rendezvous.messages.silence import Silence
from rendezvous.models import Motif, Participation, RendezVous

NUIT = Silence(21, 8)


def local(text: str, fuseau: str = "Europe/Paris") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(fuseau))


@pytest.mark.parametrize(
    ("debut", "rappel", "fuseau"),
    [
        ("2026-03-30T09:00", "2026-03-28T09:00", "Europe/Paris"),  # 47 hours before: a night of 23 hours lies between
        ("2026-10-26T09:00", "2026-10-24T09:00", "Europe/Paris"),  # 49 hours
        ("2026-03-31T02:30", "2026-03-29T08:00", "Europe/Paris"),  # 2:30 does not exist that Sunday
        ("2026-11-24T07:30", "2026-11-22T08:00", "Europe/Paris"),  # the morning
        ("2026-11-24T22:00", "2026-11-22T20:00", "Europe/Paris"),  # the evening before the night
        ("2026-11-24T09:00", "2026-11-22T09:00", "Pacific/Noumea"),
    ],
)
def test_same_local_hour_out_of_the_night(debut: str, rappel: str, fuseau: str) -> None:
    long_before = local("2026-01-02T10:00")
    found = compute_rappel(local(debut, fuseau), fuseau, jours=2, silence=NUIT, at=long_before)
    assert found == local(rappel, fuseau)


def test_none_when_booked_too_late() -> None:
    debut = local("2026-11-24T09:40")
    assert compute_rappel(debut, "Europe/Paris", jours=2, silence=NUIT, at=debut - timedelta(days=2)) is None
    late_evening = local("2026-11-24T22:00")  # would be brought forward to 20:00, which has passed
    at = local("2026-11-22T20:30")
    assert compute_rappel(late_evening, "Europe/Paris", jours=2, silence=NUIT, at=at) is None


# ── With the appointment ──────────────────────────────────────────────────────────────────────────────────────────


def list_rappels(**filters: object) -> list[Envoi]:
    return list(Envoi.objects.filter(voie=Envoi.Voie.RAPPEL, **filters).order_by("pk"))


@pytest.fixture
def booked(rdv: RendezVous, participation: Participation, by: Acteur, at: datetime) -> Evenement:
    fact = Evenement(Genre.CONFIRME, rdv, by, at)
    follow(fact)
    prepare(rdv, at)
    return fact


def prepare(rdv: RendezVous, at: datetime) -> None:
    """What the sweeper does a minute after a booking."""
    Participation.objects.filter(rendezvous=rdv, rang=0).update(is_a_rappeler=True)
    prepare_rappel(rdv.pk, at=at)


def test_it_waits_in_the_ledger_from_the_booking(booked: Evenement, debut_at: datetime) -> None:
    (rappel,) = list_rappels()
    assert (rappel.prevu_at, rappel.perime_at) == (debut_at - timedelta(days=2), debut_at)
    assert (rappel.etat, rappel.objet_type, rappel.objet_id) == ("a_envoyer", "rendezvous", booked.rendezvous.pk)
    prepare(booked.rendezvous, booked.at)  # twice, one reminder
    assert prepare_rappel(booked.rendezvous.pk, at=booked.at) == []
    assert len(list_rappels()) == 1


def test_cancelled_before_it_was_prepared(
    rdv: RendezVous, participation: Participation, by: Acteur, at: datetime
) -> None:
    follow(Evenement(Genre.CONFIRME, rdv, by, at))
    RendezVous.objects.filter(pk=rdv.pk).update(etat=Etat.ANNULE_USAGER, cancelled_at=at)
    prepare(rdv, at)
    assert list_rappels() == []
    assert not Participation.objects.filter(is_a_rappeler=True).exists()


def test_a_move_takes_it_back_and_plans_another(booked: Evenement, debut_at: datetime) -> None:
    move(booked.rendezvous, debut_at + timedelta(days=7))
    follow(replace(booked, genre=Genre.DEPLACE, avant=debut_at))
    old, new = list_rappels()
    assert (old.etat, new.etat) == ("annule", "a_envoyer")
    assert new.prevu_at == debut_at + timedelta(days=5)
    assert "1er\u00a0décembre" in new.corps_texte


def test_a_silent_move_keeps_the_reminder_at_its_new_hour(booked: Evenement, debut_at: datetime) -> None:
    move(booked.rendezvous, debut_at + timedelta(days=7))
    follow(replace(booked, genre=Genre.DEPLACE, avant=debut_at, is_prevenu=False))
    assert [each.etat for each in list_rappels()] == ["annule", "a_envoyer"]
    assert not Envoi.objects.filter(clef__contains="modification").exists()


@pytest.mark.parametrize("genre", [Genre.ANNULE, Genre.PRESENT, Genre.HONORE])
def test_nobody_is_reminded_of_what_is_no_more(booked: Evenement, genre: Genre) -> None:
    if genre == Genre.ANNULE:
        booked.rendezvous.etat = Etat.ANNULE_SERVICE
    follow(replace(booked, genre=genre))
    assert [each.etat for each in list_rappels()] == ["annule"]


def test_a_motif_may_have_none(
    rdv: RendezVous, participation: Participation, motif: Motif, by: Acteur, at: datetime
) -> None:
    Motif.objects.filter(pk=motif.pk).update(has_rappel=False)
    prepare(rdv, at)
    assert list_rappels() == []


def move(rdv: RendezVous, debut_at: datetime) -> None:
    rdv.debut_at, rdv.fin_at = debut_at, debut_at + timedelta(minutes=20)
    rdv.sequence, rdv.version = rdv.sequence + 1, rdv.version + 1
    rdv.save()


def test_the_sweeper_finds_who_has_just_booked(
    rdv: RendezVous, participation: Participation, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Participation.objects.filter(pk=participation.pk).update(is_a_rappeler=True)
    monkeypatch.setattr("rendezvous.tasks.timezone.now", lambda: at)
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(tasks.prepare_rappel, "apply_async", lambda args, **_: asked.append(args))
    tasks.sweep_rappels()
    assert asked == [(rdv.collectivite_id, rdv.pk)]
    tasks.prepare_rappel(*asked[0])
    tasks.prepare_rappel(*asked[0])  # delivered twice
    assert [each.objet_id for each in list_rappels()] == [rdv.pk]
    tasks.sweep_rappels()
    assert len(asked) == 1
