"""What a provider refuses is told or tried again; what waits is found by the sweeper, and nothing holds the rest."""

from datetime import timedelta

import pytest

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from messagerie import disjoncteur, prise
from messagerie.envoi import compute_wait, sweep
from messagerie.fournisseurs.base import CompteInutilisable, Message, PanneTemporaire, RefusDefinitif, SortInconnu
from messagerie.models import Envoi
from messagerie.suites import suites
from tests.messagerie.ouvrier import Fournisseur, Registre

pytestmark = pytest.mark.django_db(transaction=True)


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
