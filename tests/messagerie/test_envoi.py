"""A message leaves once, whoever dies and whenever; what we can't know is said, never guessed."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from messagerie import envoi, prise
from messagerie.actions import retry_envoi, settle_envoi
from messagerie.envoi import AppelDansTransaction, sweep
from messagerie.models import Envoi
from tests.messagerie.ouvrier import Fournisseur, Registre

pytestmark = pytest.mark.django_db(transaction=True)


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
