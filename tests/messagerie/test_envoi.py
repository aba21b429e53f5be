"""A message leaves once, whoever dies and whenever; what we can't know is said, never guessed."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from messagerie import disjoncteur, envoi, prise
from messagerie.actions import queue_message, retry_envoi, settle_envoi
from messagerie.envoi import AppelDansTransaction, compute_wait, send_one, sweep
from messagerie.fournisseurs.base import (
    CompteInutilisable,
    Message,
    PanneTemporaire,
    RefusDefinitif,
    SortInconnu,
)
from messagerie.models import Envoi, Essai
from messagerie.suites import suites

pytestmark = pytest.mark.django_db(transaction=True)


class Tue(BaseException):
    """kill -9, as seen from Python: no `except` of ours may catch it."""


@dataclass
class Fournisseur:
    """Records what reaches it, then ends as told."""

    nom: str = "demo"
    is_idempotent: bool = True
    fin: BaseException | None = None
    recus: list[str] = field(default_factory=list)
    pendant: Callable[[], None] = lambda: None

    def send(self, message: Message) -> str:
        assert not connection.in_atomic_block, "a provider is called outside any transaction"
        self.recus.append(str(message.uuid))
        self.pendant()
        if self.fin:
            raise self.fin
        return f"ref-{len(self.recus)}"


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    disjoncteur.reset()
    yield
    disjoncteur.reset()


@pytest.fixture
def fournisseur(monkeypatch: pytest.MonkeyPatch) -> Fournisseur:
    double = Fournisseur()
    monkeypatch.setattr(prise, "choose_fournisseur", lambda _canal: double)
    return double


@pytest.fixture
def ovh(fournisseur: Fournisseur) -> Fournisseur:
    fournisseur.nom, fournisseur.is_idempotent = "ovh", False
    return fournisseur


@dataclass
class Registre:
    """The ledger of one town, and a clock that moves by hand."""

    ville: Collectivite
    at: datetime

    def clock(self) -> datetime:
        return self.at

    def queue(self, **message: Any) -> Envoi:
        given = {"clef": "1", "canal": "sms", "destinataire": "0639981234", "texte": "Bonjour", "by": AUTOMATE}
        with collectivite_active(self.ville.pk):
            return queue_message(**(given | {"at": self.at} | message))

    def send(self, row: Envoi) -> bool:
        return send_one(self.ville.pk, row.pk, clock=self.clock)

    def read(self, row: Envoi) -> Envoi:
        with collectivite_active(self.ville.pk):
            return Envoi.objects.get(pk=row.pk)

    def issues(self) -> list[str]:
        with collectivite_active(self.ville.pk):
            return list(Essai.objects.order_by("pk").values_list("issue", flat=True))

    def kill_during_call(self, row: Envoi, provider: Fournisseur) -> None:
        provider.fin = Tue()
        with pytest.raises(Tue):
            self.send(row)
        provider.fin = None
        connections.close_all()


@pytest.fixture
def registre(ville: Collectivite, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Registre:
    monkeypatch.setattr("messagerie.actions.nudge", lambda *_ids: None)
    return Registre(ville, at)


def test_a_message_leaves_once_and_says_so(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue()
    assert registre.send(row)
    assert not registre.send(row)
    sent = registre.read(row)
    assert (sent.etat, sent.fournisseur, sent.fournisseur_ref, sent.essais) == ("envoye", "demo", "ref-1", 1)
    assert (sent.sent_at, sent.bail_at) == (registre.at, None)
    assert fournisseur.recus == [str(row.uuid)]
    assert registre.issues() == ["envoye"]


def test_a_provider_is_refused_inside_a_transaction(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue()
    with collectivite_active(registre.ville.pk), pytest.raises(AppelDansTransaction):
        registre.send(row)
    assert fournisseur.recus == []


def test_a_message_waits_for_its_hour(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue(prevu_at=registre.at + timedelta(hours=1))
    assert not registre.send(row)
    registre.at += timedelta(hours=1)
    assert registre.send(row)


def test_a_reminder_never_leaves_after_its_appointment(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue(perime_at=registre.at + timedelta(hours=2), voie=Envoi.Voie.RAPPEL)
    registre.at += timedelta(hours=3)
    registre.send(row)
    assert fournisseur.recus == []
    assert registre.read(row).etat == "annule"
    assert registre.read(row).erreur.startswith("Trop tard")


# ── Races ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def race(registre: Registre, row: Envoi, workers: int = 8) -> None:
    """Let eight workers take the same row at the same instant."""
    start = threading.Barrier(workers)

    def work() -> None:
        try:
            with collectivite_active(registre.ville.pk):
                Envoi.objects.exists()  # connected before the gun
            start.wait()
            registre.send(row)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_eight_workers_send_it_once(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue()
    race(registre, row)
    assert fournisseur.recus == [str(row.uuid)]
    assert registre.read(row).essais == 1


def test_without_the_conditional_claim_the_same_race_sends_it_several_times(
    registre: Registre, fournisseur: Fournisseur, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: were the race not real, the test above would prove nothing."""
    seen = threading.Barrier(8)

    def naive(envoi_id: int, *, at: datetime) -> Envoi | None:
        found = Envoi.objects.filter(pk=envoi_id, etat="a_envoyer", prevu_at__lte=at).first()
        seen.wait(10)
        if found:
            Envoi.objects.filter(pk=envoi_id).update(etat="en_cours", essais=1, bail_at=at + prise.BAIL)
        return found

    monkeypatch.setattr(prise, "claim", naive)
    race(registre, registre.queue())
    assert len(fournisseur.recus) == 8


# ── Killed between the call and the mark ──────────────────────────────────────────────────────────────────────────


def test_a_killed_worker_keeps_the_row_until_its_lease_ends(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue()
    registre.kill_during_call(row, fournisseur)
    assert registre.read(row).etat == "en_cours"
    registre.at += timedelta(seconds=119)
    assert not registre.send(row)
    assert len(fournisseur.recus) == 1


def test_an_idempotent_provider_gets_the_same_key_again(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue()
    registre.kill_during_call(row, fournisseur)
    registre.at += timedelta(minutes=3)
    assert registre.send(row)
    assert fournisseur.recus == [str(row.uuid)] * 2
    sent = registre.read(row)
    assert (sent.etat, sent.essais, sent.is_doute) == ("envoye", 2, False)
    assert registre.issues() == ["interrompu", "envoye"]


def test_another_provider_is_never_asked_twice_in_silence(registre: Registre, ovh: Fournisseur) -> None:
    row = registre.queue()
    registre.kill_during_call(row, ovh)
    registre.at += timedelta(minutes=3)
    registre.send(row)
    sweep(clock=registre.clock, seconds=1)
    doubtful = registre.read(row)
    assert (doubtful.etat, doubtful.bail_at) == ("incertain", None)
    assert "peut-être parti" in doubtful.erreur
    assert len(ovh.recus) == 1


def test_a_person_may_send_the_uncertain_one_again(registre: Registre, ovh: Fournisseur, by: Acteur) -> None:
    row = registre.queue()
    registre.kill_during_call(row, ovh)
    registre.at += timedelta(minutes=3)
    registre.send(row)
    with collectivite_active(registre.ville.pk):
        retry_envoi(envoi=registre.read(row), by=by, at=registre.at)
    assert registre.send(row)
    assert registre.read(row).etat == "envoye"
    assert len(ovh.recus) == 2


def test_a_message_that_fells_every_worker_ends_before_a_person(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue()
    for _ in range(8):
        registre.kill_during_call(row, fournisseur)
        registre.at += timedelta(minutes=3)
    registre.send(row)
    assert registre.read(row).etat == "incertain"
    assert len(fournisseur.recus) == 8


def test_a_doubtful_message_does_not_change_provider(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue()
    registre.kill_during_call(row, fournisseur)
    fournisseur.nom = "ovh"
    registre.at += timedelta(minutes=3)
    registre.send(row)
    assert registre.read(row).etat == "incertain"
    assert len(fournisseur.recus) == 1


def test_a_receipt_settles_the_doubt(registre: Registre, ovh: Fournisseur) -> None:
    row = registre.queue()
    registre.kill_during_call(row, ovh)
    with collectivite_active(registre.ville.pk):
        assert settle_envoi(envoi=row, etat="remis", at=registre.at)
    registre.at += timedelta(minutes=3)
    assert not registre.send(row)
    assert registre.read(row).etat == "remis"


def test_a_worker_that_wakes_up_late_still_tells_the_truth(registre: Registre, ovh: Fournisseur) -> None:
    """Frozen during the call, declared uncertain meanwhile, then the provider answers it: the message did leave."""
    row = registre.queue()

    def someone_else_declares_doubt() -> None:
        ovh.pendant = lambda: None
        registre.at += timedelta(minutes=3)
        registre.send(row)
        assert registre.read(row).etat == "incertain"

    ovh.pendant = someone_else_declares_doubt
    registre.send(row)
    assert registre.read(row).etat == "envoye"
    assert len(ovh.recus) == 1


def test_a_worker_frozen_before_the_call_does_not_make_it(
    registre: Registre, ovh: Fournisseur, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = registre.queue()
    real = envoi.take

    def slow(*ids: int, at: datetime) -> prise.Prise | None:
        held = real(*ids, at=at)
        registre.at += timedelta(minutes=5)
        return held

    monkeypatch.setattr(envoi, "take", slow)
    assert not registre.send(row)
    assert ovh.recus == []


def test_a_receipt_quicker_than_the_mark_is_kept(registre: Registre, fournisseur: Fournisseur) -> None:
    row = registre.queue()

    def receipt() -> None:
        with collectivite_active(registre.ville.pk):
            settle_envoi(envoi=row, etat="remis", at=registre.at)

    fournisseur.pendant = receipt
    registre.send(row)
    sent = registre.read(row)
    assert (sent.etat, sent.fournisseur_ref) == ("remis", "ref-1")


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refusal_is_a_failure_at_once_told_above(
    registre: Registre, fournisseur: Fournisseur, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(suites, "_entries", {"demande": (1, lambda row, _at: told.append(row.etat))})
    fournisseur.fin = RefusDefinitif("L'opérateur ne connaît pas ce numéro.")
    row = registre.queue(objet_type="demande", objet_id=3)
    registre.send(row)
    failed = registre.read(row)
    assert (failed.etat, failed.erreur) == ("echec", "L'opérateur ne connaît pas ce numéro.")
    assert told == ["echec"]


def test_a_failure_is_tried_again_later_and_later_then_given_up(registre: Registre, fournisseur: Fournisseur) -> None:
    fournisseur.fin = PanneTemporaire("Le fournisseur ne répond pas.")
    row = registre.queue()
    waits = []
    while registre.read(row).etat == "a_envoyer":
        disjoncteur.reset()
        registre.send(row)
        after = registre.read(row)
        waits.append((after.prevu_at - registre.at).total_seconds() / 60)
        registre.at = max(registre.at, after.prevu_at)
    assert waits[:-1] == [1, 2, 4, 8, 16, 30, 30]
    assert registre.read(row).etat == "echec"
    assert registre.read(row).erreur == "Le fournisseur ne répond pas."
    assert len(fournisseur.recus) == 8
    assert compute_wait(30) == timedelta(minutes=30)


def test_an_unknown_end_is_tried_again_only_with_a_key(registre: Registre, fournisseur: Fournisseur) -> None:
    fournisseur.fin = SortInconnu("Sans réponse.")
    row = registre.queue()
    registre.send(row)
    assert (registre.read(row).etat, registre.read(row).is_doute) == ("a_envoyer", True)
    fournisseur.nom, fournisseur.is_idempotent = "ovh", False
    second = registre.queue(clef="2")
    disjoncteur.reset()
    registre.send(second)
    assert registre.read(second).etat == "incertain"


def test_a_bug_during_the_call_is_doubt_not_loss(registre: Registre, ovh: Fournisseur) -> None:
    ovh.fin = KeyError("ids")
    row = registre.queue()
    registre.send(row)
    assert registre.read(row).etat == "incertain"


def test_a_week_end_without_credit_loses_nothing(registre: Registre, ovh: Fournisseur) -> None:
    ovh.fin = CompteInutilisable("Le compte OVHcloud n'a plus de crédit.")
    row = registre.queue()
    end = registre.at + timedelta(hours=47)
    while registre.at < end:
        disjoncteur.reset()
        registre.send(row)
        registre.at += timedelta(hours=1)
    waiting = registre.read(row)
    assert (waiting.etat, waiting.essais) == ("a_envoyer", 0)
    ovh.fin = None
    disjoncteur.reset()
    registre.send(row)
    assert registre.read(row).etat == "envoye"


def test_two_days_without_an_account_is_a_failure_with_its_reason(registre: Registre, ovh: Fournisseur) -> None:
    ovh.fin = CompteInutilisable("Le compte OVHcloud n'a plus de crédit.")
    row = registre.queue()
    for _ in range(2):
        disjoncteur.reset()
        registre.send(row)
        registre.at += timedelta(days=2, minutes=1)
    disjoncteur.reset()
    registre.send(row)
    assert registre.read(row).etat == "echec"


# ── The sweeper ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sweeper_finds_what_no_nudge_announced_most_urgent_first(
    registre: Registre, fournisseur: Fournisseur, autre_ville: Collectivite
) -> None:
    campaign = registre.queue(clef="c", voie=Envoi.Voie.CAMPAGNE)
    reply = registre.queue(clef="r")
    elsewhere = Registre(autre_ville, registre.at).queue(clef="r", voie=Envoi.Voie.RAPPEL)
    code = registre.queue(clef="i", voie=Envoi.Voie.IMMEDIAT)
    assert sweep(clock=registre.clock, seconds=5) == 4
    assert fournisseur.recus == [str(row.uuid) for row in (code, reply, elsewhere, campaign)]


def test_a_row_that_breaks_does_not_hold_the_others(
    registre: Registre, fournisseur: Fournisseur, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = registre.queue(clef="mauvais", voie=Envoi.Voie.IMMEDIAT)
    good = registre.queue(clef="bon")
    real = prise.build_message

    def fragile(row: Envoi, town: Collectivite) -> Message:
        if row.pk == bad.pk:
            raise ValueError
        return real(row, town)

    monkeypatch.setattr(prise, "build_message", fragile)
    sweep(clock=registre.clock, seconds=2)
    assert fournisseur.recus == [str(good.uuid)]
    assert registre.read(bad).etat == "a_envoyer"


def test_a_hanging_provider_holds_neither_its_own_queue_nor_the_other_channel(
    registre: Registre, fournisseur: Fournisseur, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = Fournisseur(fin=SortInconnu("Sans réponse."))
    ways = {"sms": hung, "courriel": fournisseur}
    monkeypatch.setattr(prise, "choose_fournisseur", lambda canal: ways[canal])
    for number in range(200):
        registre.queue(clef=f"s{number}", voie=Envoi.Voie.IMMEDIAT)
    mail = registre.queue(clef="m", canal="courriel", destinataire="lea@example.org")
    sweep(clock=registre.clock, seconds=20)
    assert len(hung.recus) == 1, "199 calls that would each have lasted 12 s"
    assert fournisseur.recus == [str(mail.uuid)]
    with collectivite_active(registre.ville.pk):
        assert Envoi.objects.filter(canal="sms", essais=0, prevu_at=registre.at + disjoncteur.REPOS).count() == 199
    hung.fin = None
    registre.at += timedelta(seconds=31)
    sweep(clock=registre.clock, seconds=20)
    assert len(hung.recus) == 200


def test_a_town_at_rest_does_not_slow_another(
    registre: Registre, fournisseur: Fournisseur, autre_ville: Collectivite
) -> None:
    disjoncteur.trip(registre.ville.pk, "sms", at=registre.at)
    registre.queue()
    there = Registre(autre_ville, registre.at).queue()
    sweep(clock=registre.clock, seconds=5)
    assert fournisseur.recus == [str(there.uuid)]
