"""The dates of a demande follow what happens to it, and what happens twice changes nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collectivites.acteur import Acteur
from collectivites.actions import add_fermeture
from collectivites.models import Agent, Collectivite, Fermeture, Horaire, Lieu, ReglageLegal
from demandes import tasks
from demandes.actions import close, move, qualify, receive_message
from demandes.delais.recalcul import meet, recompute
from demandes.delais.reprise import recompute_town
from demandes.models import AccuseReception, Demande, DemandeComplement, Echeance, Rappel, Suspension, TypeDemande
from tests.demandes.conftest import PARIS, Ouvrir

JOUR = timedelta(days=1)


def dates(demande: Demande) -> dict[str, str | None]:
    rows = Echeance.objects.filter(demande=demande).order_by("nature")
    return {row.nature: row.due_on.isoformat() if row.due_on else None for row in rows}


def wait(demande: Demande, etat: str, *, by: Acteur, at: datetime) -> Demande:
    fresh = Demande.objects.for_fiche().get(pk=demande.pk)
    return move(demande=fresh, version=fresh.version, etat=etat, by=by, at=at)


@pytest.fixture
def demander(agent: Agent) -> Callable[..., DemandeComplement]:
    """Ask the usager for documents."""

    def fabrique(demande: Demande, at: datetime, **options: object) -> DemandeComplement:
        defaults = {"jeton": uuid4().hex, "motif": "incomplet", "delai_on": (at + 30 * JOUR).date(), "agent": agent,
                    "asked_at": at, "clef": uuid4()}  # fmt: skip
        return DemandeComplement.objects.create(demande=demande, **(defaults | options))

    return fabrique


@pytest.fixture
def muette(ouvrir: Ouvrir) -> Demande:
    """A demande that nobody has acknowledged yet."""
    return ouvrir(accuse=False)


def test_an_email_has_its_four_dates_and_their_reasons(demande: Demande) -> None:
    # received on Thursday 12 November 2026 at 16:40; five business days; silence rejects after two months
    assert dates(demande) == {
        "aee": "2026-11-13", "are": "2026-11-26", "decision": "2027-01-12", "engagement": "2026-11-19",
    }  # fmt: skip
    assert demande.legale_on == date(2027, 1, 12)
    assert demande.echeance_at == datetime(2026, 11, 19, 18, tzinfo=PARIS)
    assert "de quantième à quantième" in Echeance.objects.get(nature="decision").explication[1]


def test_without_a_type_silence_still_rejects_and_nothing_is_promised(ouvrir: Ouvrir) -> None:
    unknown = ouvrir(type=None)
    assert "engagement" not in dates(unknown)
    assert (unknown.echeance_at, unknown.legale_on) == (None, date(2027, 1, 12))


def test_at_the_counter_no_electronic_acknowledgement_is_owed(ouvrir: Ouvrir) -> None:
    assert set(dates(ouvrir(canal="guichet"))) == {"engagement", "decision"}


@pytest.mark.parametrize(
    ("nature", "attendu"),
    [
        ("information", {}),
        ("document", {"decision": "2026-12-12"}),
        ("rgpd", {"reponse": "2026-12-14"}),  # the 12th is a Saturday
        ("accessibilite", {"reponse": "2026-11-19"}),
    ],
)
def test_the_kind_of_demande_decides(
    ouvrir: Ouvrir, type_eclairage: TypeDemande, nature: str, attendu: dict[str, str]
) -> None:
    TypeDemande.objects.filter(pk=type_eclairage.pk).update(nature=nature)
    found = dates(ouvrir(type=TypeDemande.objects.get(pk=type_eclairage.pk)))
    assert {name: day for name, day in found.items() if name in {"decision", "reponse"}} == attendu


def test_a_change_of_type_starts_from_the_reception_and_keeps_the_suspensions(
    demande: Demande, type_eclairage: TypeDemande, by: Acteur, at: datetime
) -> None:
    wait(demande, "en_attente_usager", by=by, at=at + JOUR)
    back = wait(demande, "en_cours", by=by, at=at + 5 * JOUR)
    before = back.echeance_at
    TypeDemande.objects.filter(pk=type_eclairage.pk).update(engagement_minutes=60)
    again = qualify(
        demande=back, version=back.version, type=TypeDemande.objects.get(pk=type_eclairage.pk), service=None,
        priorite=0, by=by, at=at + 6 * JOUR,
    )  # fmt: skip
    assert before == datetime(2026, 11, 23, 18, tzinfo=PARIS)  # 13 and 16 November ended while it was stopped
    assert again.echeance_at == datetime(2026, 11, 12, 17, 40, tzinfo=PARIS)
    assert Suspension.objects.filter(demande=demande).count() == 1


def test_waiting_stops_the_promise_not_the_law(demande: Demande, by: Acteur, at: datetime) -> None:
    waiting = wait(demande, "en_attente_usager", by=by, at=at + JOUR)
    assert (waiting.echeance_at, waiting.legale_on) == (None, date(2027, 1, 12))
    assert Echeance.objects.get(demande=demande, nature="engagement").is_suspendue
    assert not Rappel.objects.filter(demande=demande, nature="engagement").exists()


def test_a_message_of_the_usager_starts_it_again(demande: Demande, by: Acteur, at: datetime) -> None:
    wait(demande, "en_attente_usager", by=by, at=at + JOUR)
    receive_message(demande=demande, canal="courriel", texte="Voici.", by=by, at=at + 4 * JOUR)
    fresh = Demande.objects.get(pk=demande.pk)
    assert fresh.echeance_at == datetime(2026, 11, 20, 18, tzinfo=PARIS)
    assert Suspension.objects.get(demande=demande).fin_at == at + 4 * JOUR


def test_a_third_party_stops_the_promise_only_if_the_town_wants(demande: Demande, by: Acteur, at: datetime) -> None:
    assert wait(demande, "en_attente_tiers", by=by, at=at + JOUR).echeance_at is None
    ReglageLegal.objects.create(clef="horloge.tiers", valeur=0, motif="choix du conseil", changed_at=at)
    assert recompute(Demande.objects.get(pk=demande.pk), at=at).echeance_at == datetime(2026, 11, 19, 18, tzinfo=PARIS)


def test_documents_suspend_a_rejection_until_they_come(
    demande: Demande, demander: Callable[..., DemandeComplement], by: Acteur, at: datetime
) -> None:
    asked = demander(demande, at + 4 * JOUR)
    waiting = wait(demande, "en_attente_usager", by=by, at=at + 4 * JOUR)
    assert waiting.legale_on == date(2027, 2, 11)  # thirty days granted
    assert Suspension.objects.get(demande=demande).is_legale
    assert dates(demande)["complement"] == "2026-12-16"
    DemandeComplement.objects.filter(pk=asked.pk).update(answered_at=at + 18 * JOUR)
    back = wait(demande, "en_cours", by=by, at=at + 18 * JOUR)
    assert back.legale_on == date(2027, 1, 26)  # fourteen days
    assert not Rappel.objects.filter(demande=demande, nature="complement", fait_at=None).exists()


def test_documents_start_an_acceptance_again(
    ouvrir: Ouvrir, type_eclairage: TypeDemande, demander: Callable[..., DemandeComplement], by: Acteur, at: datetime
) -> None:
    TypeDemande.objects.filter(pk=type_eclairage.pk).update(regime_silence="sva")
    demande = ouvrir(type=TypeDemande.objects.get(pk=type_eclairage.pk))
    asked = demander(demande, at + 4 * JOUR)
    assert wait(demande, "en_attente_usager", by=by, at=at + 4 * JOUR).legale_on is None
    # a mere message sets the service to work again; the law still waits for the documents
    assert wait(demande, "en_cours", by=by, at=at + 8 * JOUR).legale_on is None
    DemandeComplement.objects.filter(pk=asked.pk).update(answered_at=at + 18 * JOUR)
    assert recompute(Demande.objects.get(pk=demande.pk), at=at + 18 * JOUR).legale_on == date(2027, 1, 30)


def test_a_document_that_is_not_indispensable_stops_nothing(
    demande: Demande, demander: Callable[..., DemandeComplement], by: Acteur, at: datetime
) -> None:
    demander(demande, at + JOUR, is_indispensable=False)
    waiting = wait(demande, "en_attente_usager", by=by, at=at + JOUR)
    assert (waiting.echeance_at, waiting.legale_on) == (demande.echeance_at, demande.legale_on)
    assert not Suspension.objects.filter(demande=demande).exists()


def test_a_transfer_keeps_the_first_date_for_a_rejection(demande: Demande, at: datetime) -> None:
    Demande.objects.filter(pk=demande.pk).update(competente_at=at + 7 * JOUR, canal="transfert")
    recompute(Demande.objects.get(pk=demande.pk), at=at + 7 * JOUR)
    assert dates(demande) == {"are": "2026-12-03", "decision": "2027-01-12", "engagement": "2026-11-26"}


def test_closing_keeps_the_dates_and_drops_the_reminders(demande: Demande, by: Acteur, at: datetime) -> None:
    closed = close(demande=demande, version=demande.version, issue="satisfaite", by=by, at=at + JOUR)
    assert closed.legale_on == date(2027, 1, 12)
    kept = dict(Echeance.objects.filter(demande=demande).values_list("nature", "met_at"))
    assert (kept["engagement"], kept["decision"]) == (at + JOUR, at + JOUR)
    assert not Rappel.objects.filter(demande=demande, nature__in=("engagement", "decision")).exists()
    again = wait(closed, "en_cours", by=by, at=at + 2 * JOUR)
    assert Echeance.objects.get(demande=demande, nature="engagement").met_at is None
    assert Rappel.objects.filter(demande=again, nature="engagement").exists()


def test_an_acknowledgement_keeps_two_dates(muette: Demande, at: datetime) -> None:
    demande = muette
    AccuseReception.objects.create(
        demande=demande, nature="are", canal="courriel", texte="Reçu.", empreinte="0" * 64, received_at=at,
        issued_at=at + JOUR,
    )  # fmt: skip
    recompute(demande, at=at + 2 * JOUR)
    met = dict(Echeance.objects.filter(demande=demande).values_list("nature", "met_at"))
    assert (met["aee"], met["are"]) == (at + JOUR, at + JOUR)
    assert not Rappel.objects.filter(demande=demande, nature__in=("aee", "are")).exists()


def test_the_short_way_after_an_acknowledgement(muette: Demande, at: datetime) -> None:
    demande = muette
    meet(demande=demande, natures=["aee"], at=at + JOUR)
    met = dict(Echeance.objects.filter(demande=demande).values_list("nature", "met_at"))
    assert (met["aee"], met["are"]) == (at + JOUR, None)
    assert not Rappel.objects.filter(demande=demande, nature="aee").exists()


def test_doing_it_twice_changes_nothing(demande: Demande, by: Acteur, at: datetime) -> None:
    wait(demande, "en_attente_usager", by=by, at=at + JOUR)
    before = list(Rappel.objects.order_by("pk").values_list("pk", "nature", "palier")), dates(demande)
    recompute(Demande.objects.get(pk=demande.pk), at=at + JOUR)
    recompute(Demande.objects.get(pk=demande.pk), at=at + JOUR)
    assert (list(Rappel.objects.order_by("pk").values_list("pk", "nature", "palier")), dates(demande)) == before
    assert Suspension.objects.filter(demande=demande).count() == 1


def test_the_steps_of_an_email(muette: Demande) -> None:
    steps = Rappel.objects.filter(demande=muette).order_by("prevu_at", "-nature")
    assert [(row.nature, row.palier, f"{row.prevu_at.astimezone(PARIS):%m-%d %H:%M}") for row in steps] == [
        ("aee", "avant", "11-13 09:00"), ("aee", "a", "11-13 23:59"), ("engagement", "avant", "11-18 09:00"),
        ("engagement", "a", "11-19 18:00"), ("engagement", "apres", "11-23 09:00"),
        ("are", "escalade", "11-23 09:00"), ("are", "a", "11-26 23:59"), ("decision", "j-30", "12-13 08:00"),
        ("decision", "j-15", "12-28 09:00"), ("decision", "j-5", "01-07 09:00"), ("decision", "a", "01-12 23:59"),
    ]  # fmt: skip


def test_a_letter_registered_late_gets_only_the_last_warning(ouvrir: Ouvrir, at: datetime) -> None:
    late = ouvrir(canal="courrier", received_at=at - 50 * JOUR)
    steps = set(Rappel.objects.filter(demande=late, nature="decision").values_list("palier", flat=True))
    assert steps == {"j-15", "j-5", "a"}


def test_hours_of_the_places_closures_and_a_town_that_never_opens(
    ville: Collectivite, ouvrir: Ouvrir, type_eclairage: TypeDemande, at: datetime
) -> None:
    TypeDemande.objects.filter(pk=type_eclairage.pk).update(engagement_minutes=480)
    fast = TypeDemande.objects.get(pk=type_eclairage.pk)
    lieu = Lieu.objects.create(nom="Hôtel de ville")
    for jour in range(5):
        Horaire.objects.create(lieu=lieu, jour=jour, debut_minute=510, fin_minute=720)
        Horaire.objects.create(lieu=lieu, jour=jour, debut_minute=810, fin_minute=1050)
    assert ouvrir(type=fast).echeance_at == datetime(2026, 11, 13, 17, 10, tzinfo=PARIS)
    Fermeture.objects.create(debut_on=date(2026, 11, 13), fin_on=date(2026, 11, 13))
    assert ouvrir(type=fast).echeance_at == datetime(2026, 11, 16, 17, 10, tzinfo=PARIS)
    Fermeture.objects.create(debut_on=date(2026, 11, 1), fin_on=date(2046, 11, 1))
    stuck = ouvrir(type=fast)
    assert (stuck.echeance_at, stuck.legale_on) == (None, date(2027, 1, 12))
    assert "n'ouvre plus" in Echeance.objects.get(demande=stuck, nature="engagement").explication[0]


def test_a_town_far_away_counts_its_own_day(
    ville: Collectivite, ouvrir: Ouvrir, type_eclairage: TypeDemande, by: Acteur
) -> None:
    Collectivite.objects.filter(pk=ville.pk).update(fuseau="Indian/Reunion", zone_feries="reunion")
    late = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)  # already the 22nd there
    assert ouvrir(received_at=late, at=late, by=by).legale_on == date(2027, 1, 22)


def test_the_town_changes_its_hours_and_the_night_follows(
    demande: Demande, at: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    Fermeture.objects.create(debut_on=date(2026, 11, 13), fin_on=date(2026, 11, 13))
    assert recompute_town(collectivite_id=demande.collectivite_id, at=at, only_known=True) == 1
    assert Demande.objects.get(pk=demande.pk).echeance_at == datetime(2026, 11, 20, 18, tzinfo=PARIS)
    Echeance.objects.filter(demande=demande).update(met_at=at)
    assert recompute_town(collectivite_id=demande.collectivite_id, at=at, only_known=True) == 0
    call_command("recalculer_echeances", "aurelle")
    assert capsys.readouterr().out.replace("\u00a0", " ") == "Ville d'Aurelle : 1 demande recalculée.\n"
    with pytest.raises(CommandError, match="ailleurs"):
        call_command("recalculer_echeances", "ailleurs")


def test_a_recomputation_asks_little(demande: Demande, by: Acteur, at: datetime) -> None:
    wait(demande, "en_attente_usager", by=by, at=at + JOUR)
    back = Demande.objects.for_fiche().get(pk=demande.pk)
    with CaptureQueriesContext(connection) as captured:
        recompute(back, at=at + 2 * JOUR)
    assert len(captured) <= 15


def test_a_closure_asks_for_the_dates_to_be_counted_again(
    demande: Demande, by: Acteur, at: datetime, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    asked = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: asked.append((name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        day = date(2026, 11, 13)
        add_fermeture(lieu=None, debut_on=day, fin_on=day, motif="pont", by=by, at=at)
    name, args = asked[0]
    assert name == tasks.recompute_ville.name
    tasks.recompute_ville(*args)
    assert Demande.objects.get(pk=demande.pk).echeance_at == datetime(2026, 11, 20, 18, tzinfo=PARIS)
