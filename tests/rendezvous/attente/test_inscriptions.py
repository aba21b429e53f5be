"""Waiting without an appointment: the address proven, who is told, what ends the wait and forgets the address."""

import re
from collections.abc import Callable
from copy import copy
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from collectivites.models import Collectivite, Lieu, Service
from journal.models import Evenement
from messagerie.models import Envoi
from messagerie.suites import retenues
from rendezvous.attente import inscriptions, places_libres
from rendezvous.attente.balayage import offer_ville
from rendezvous.attente.inscriptions import (
    Souhait,
    ask_inscription,
    prove_inscription,
    send_code,
    stop_inscription,
)
from rendezvous.en_ligne.choix import Choix
from rendezvous.en_ligne.codes import CodeFaux, CodePerime, TropEssais
from rendezvous.messages.attente import OBJET
from rendezvous.models import InscriptionAttente, Motif, Ressource, Seance
from rendezvous.tasks import sweep_plus_tot
from tests.rendezvous.attente.conftest import LIBRE, Attente, slot
from tests.rendezvous.monde import make_lieu, make_motif, make_participation, make_plage, make_rendezvous

Inscrire = Callable[..., InscriptionAttente]
Fin = InscriptionAttente.Fin
pytestmark = pytest.mark.usefixtures("plage")


@pytest.fixture
def inscrire(motif: Motif, at: datetime) -> Inscrire:
    """The n-th asks n minutes after the first one, and types the code."""
    cache.clear()

    def wait(
        rang: int, jusqu_on: date = date(2026, 12, 31), *, of: Motif = motif, **choix: object
    ) -> InscriptionAttente:
        souhait = Souhait(Choix(of.pk, **choix), "courriel", f"w{rang}@exemple.fr", jusqu_on)  # type: ignore[arg-type]
        row = ask_inscription(motif=of, souhait=souhait, at=at + timedelta(minutes=rang))
        prove_inscription(inscription=row, typed=read_code(), at=at + timedelta(minutes=rang))
        row.refresh_from_db()
        return row

    return wait


@pytest.fixture
def sweep(ville: Collectivite, at: datetime) -> Callable[..., int]:
    def run(later: timedelta = timedelta(hours=1), *, is_balayage: bool = True) -> int:
        return offer_ville(collectivite_id=ville.pk, at=at + later, is_balayage=is_balayage)

    return run


def read_code() -> str:
    sent = Envoi.objects.filter(objet_type=OBJET, clef__contains=":code:").order_by("-pk")[0]
    found = re.search(r"\b(\d{3})\s(\d{3})\b", sent.corps_texte)
    assert found
    return found[1] + found[2]


def list_told() -> list[str]:
    rows = Envoi.objects.filter(clef__contains=":place:").order_by("pk")
    return list(rows.values_list("destinataire", flat=True))


# ── Proving ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_counts_before_the_code(motif: Motif, sweep: Callable[..., int], at: datetime) -> None:
    cache.clear()
    souhait = Souhait(Choix(motif.pk), "sms", "+33639981234", date(2026, 12, 31))
    row = ask_inscription(motif=motif, souhait=souhait, at=at)
    first = read_code()
    assert sweep(timedelta(minutes=5)) == 0
    with pytest.raises(CodeFaux, match="4 essais"):
        prove_inscription(inscription=row, typed="000000" if first != "000000" else "111111", at=at)
    send_code(inscription=row, at=at + timedelta(minutes=1))
    if first != read_code():
        with pytest.raises(CodeFaux):  # the former one is dead
            prove_inscription(inscription=row, typed=first, at=at)
    with pytest.raises(CodePerime):
        prove_inscription(inscription=row, typed=read_code(), at=at + timedelta(minutes=12))
    InscriptionAttente.objects.update(essais=5)
    with pytest.raises(TropEssais):
        prove_inscription(inscription=row, typed=read_code(), at=at)
    sweep(timedelta(hours=2))
    assert not InscriptionAttente.objects.exists()  # never proven: forgotten, address and all


def test_asked_again_it_is_one_wait_that_keeps_its_rank(inscrire: Inscrire, sweep: Callable[..., int]) -> None:
    first = inscrire(1)
    assert sweep() == 1
    again = inscrire(1, date(2026, 11, 30))
    first.refresh_from_db()
    assert (first.fin, first.destinataire) == (Fin.REMPLACEE, "")
    assert (again.depuis_at, again.envois, again.jusqu_on) == (first.depuis_at, 1, date(2026, 11, 30))
    assert sweep(timedelta(hours=2)) == 0  # one message a day, asked again or not


def test_the_same_code_sent_twice_at_once_starts_one_wait(motif: Motif, at: datetime) -> None:
    """Both have read the row before the code was accepted: the second must not take the place of itself."""
    cache.clear()
    souhait = Souhait(Choix(motif.pk), "courriel", "w1@exemple.fr", date(2026, 12, 31))
    row = ask_inscription(motif=motif, souhait=souhait, at=at)
    start = inscriptions._start

    def start_twice(read: InscriptionAttente, *, at: datetime) -> None:
        start(copy(read), at=at)
        start(read, at=at)

    with patch.object(inscriptions, "_start", start_twice):
        prove_inscription(inscription=row, typed=read_code(), at=at)
    row.refresh_from_db()
    assert (row.ended_at, row.prouve_at, row.destinataire) == (None, at, "w1@exemple.fr")
    assert Evenement.objects.filter(verbe="attente.commencee").count() == 1


def test_postgresql_keeps_one_wait_for_an_address_and_no_address_after_it(inscrire: Inscrire) -> None:
    row = inscrire(1)
    row.pk, row.jeton_hash, row._state.adding = None, "autre", True
    with pytest.raises(IntegrityError, match="attente_une_par_contact"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="attente_adresse_le_temps"), transaction.atomic():
        InscriptionAttente.objects.update(ended_at=row.created_at)


# ── Telling ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_longest_wait_first_before_who_has_an_appointment(
    inscrire: Inscrire, attente: Attente, sweep: Callable[..., int]
) -> None:
    attente(0)
    for rang in (3, 1, 2):
        inscrire(rang)
    assert sweep() == 2
    assert list_told() == ["w1@exemple.fr", "w2@exemple.fr"]
    assert not Envoi.objects.filter(clef__contains="plus_tot").exists()
    assert sweep(timedelta(hours=3)) == 0  # both places are kept for who was told
    assert sweep(timedelta(days=1, hours=2)) == 2
    assert list_told()[2:] == ["w3@exemple.fr", "w1@exemple.fr"]


def test_a_crowd_that_nothing_can_serve_hides_nobody_nor_what_was_told(
    inscrire: Inscrire, sweep: Callable[..., int], monkeypatch: pytest.MonkeyPatch, service: Service, motif: Motif
) -> None:
    monkeypatch.setattr(places_libres, "LIMITE", 1)
    sans_offre = make_motif(service, "Passeport")
    for rang in (1, 2):
        inscrire(rang, of=sans_offre)
    for rang in (3, 4):
        inscrire(rang)
    assert sweep() == 1
    inscrire(5)
    assert sweep(timedelta(hours=2)) == 1
    assert list_told() == ["w3@exemple.fr", "w4@exemple.fr"]
    assert (
        sweep(timedelta(hours=3)) == 0
    )  # w5 is never told, yet what was told to the others is seen, beyond the limit


def test_what_is_written(inscrire: Inscrire, sweep: Callable[..., int]) -> None:
    row = inscrire(1)
    sweep()
    told = Envoi.objects.get(clef__contains=":place:")
    body = told.corps_texte.replace("\u00a0", " ")
    assert "Une place s'est libérée le mardi 24 novembre à 9 h, Hôtel de ville." in body
    assert "Carte d'identité" in body
    assert "/rendez-vous/attente/" in body
    assert told.entetes["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (told.voie, told.perime_at) == (Envoi.Voie.RAPPEL, slot(9, 0))
    judge = retenues.get(OBJET)
    assert judge is not None
    assert judge(told, row.created_at) is None
    stop_inscription(inscription=row, at=row.created_at)
    assert judge(told, row.created_at) == "Cette personne n'attend plus de créneau."


def test_a_sealed_or_sensitive_motif_is_never_named(
    ccas: Service, inscrire: Inscrire, ressource: Ressource, sweep: Callable[..., int], motif: Motif
) -> None:
    lieu = make_lieu("CCAS", adresse="3 rue du Port", ville="Aurelle")
    aide = Motif.objects.create(
        service=ccas, libelle="Aide sociale", durees=[20], reservable_par="tous", delai_min_minutes=0
    )
    make_plage(ressource, lieu, aide, jours=(LIBRE,), blocs=((840, 860),))
    inscrire(1, of=aide)
    Motif.objects.filter(pk=motif.pk).update(is_sensible=True)
    motif.refresh_from_db()
    inscrire(2, of=motif)
    assert sweep() == 2
    for said in Envoi.objects.filter(objet_type=OBJET).values_list("objet", "corps_texte", "corps_html"):
        assert not re.search(r"CCAS|sociale|identité|Hôtel de ville", " ".join(said))
    assert "3 rue du Port" in Envoi.objects.get(destinataire="w1@exemple.fr", clef__contains=":place:").corps_texte


def test_three_messages_then_the_address_is_forgotten(inscrire: Inscrire, sweep: Callable[..., int]) -> None:
    row = inscrire(1)
    assert [sweep(timedelta(days=day)) for day in range(5)] == [1, 1, 1, 0, 0]
    row.refresh_from_db()
    assert (row.fin, row.destinataire, row.envois) == (Fin.MESSAGES, "", 3)


@pytest.mark.parametrize(
    ("hour", "is_balayage", "told"), [(8, True, 0), (9, True, 1), (18, True, 0), (18, False, 1), (22, False, 0)]
)
def test_hours_of_the_lieu(
    inscrire: Inscrire, sweep: Callable[..., int], hour: int, is_balayage: bool, told: int
) -> None:
    inscrire(1)
    assert sweep(timedelta(hours=hour + 14), is_balayage=is_balayage) == told


def test_only_what_is_wanted(inscrire: Inscrire, sweep: Callable[..., int], motif: Motif) -> None:
    inscrire(1, date(2026, 11, 23))  # the free slots are on the 24th
    inscrire(2, lieu_id=make_lieu("Annexe").pk)
    Motif.objects.filter(pk=motif.pk).update(durees=[20, 40])
    motif.refresh_from_db()
    inscrire(3, personnes=2)
    assert sweep() == 1
    assert list_told() == ["w3@exemple.fr"]
    assert sweep(timedelta(days=5)) == 0
    assert InscriptionAttente.objects.get(jusqu_on=date(2026, 11, 23)).fin == Fin.LIMITE


def test_a_session_tells_no_more_persons_than_seats(
    service: Service, lieu: Lieu, ressource: Ressource, inscrire: Inscrire, sweep: Callable[..., int]
) -> None:
    atelier = Motif.objects.create(
        service=service, libelle="Atelier", durees=[60], reservable_par="tous", delai_min_minutes=0,
        is_collectif=True, places=3,
    )  # fmt: skip
    Seance.objects.create(
        motif=atelier, lieu=lieu, ressource=ressource, jour=LIBRE, debut_at=slot(14, 0), fin_at=slot(15, 0), places=3,
        created_at=slot(9, 0),
    )  # fmt: skip
    inscrire(1, of=atelier, personnes=2)
    inscrire(2, of=atelier, personnes=2)
    inscrire(3, of=atelier)
    assert sweep() == 2
    assert list_told() == ["w1@exemple.fr", "w3@exemple.fr"]


# ── Ending ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_appointment_booked_any_way_ends_the_wait(
    inscrire: Inscrire, sweep: Callable[..., int], motif: Motif, ressource: Ressource, lieu: Lieu, at: datetime,
    usager: object,
) -> None:  # fmt: skip
    row = inscrire(1)
    rdv = make_rendezvous(
        motif,
        ressource,
        lieu,
        slot(9, 0),
        fin_at=slot(9, 20),
        usager=usager,
        at=at + timedelta(minutes=30),  # type: ignore[arg-type]
    )
    make_participation(rdv, usager, courriel="W1@exemple.fr")  # type: ignore[arg-type]
    assert sweep() == 0
    row.refresh_from_db()
    assert (row.fin, row.destinataire) == (Fin.PRIS, "")


def test_a_motif_no_longer_booked_online_tells_nobody(
    inscrire: Inscrire, sweep: Callable[..., int], motif: Motif
) -> None:
    inscrire(1)
    Motif.objects.filter(pk=motif.pk).update(reservable_par=Motif.Reservable.AGENTS)
    assert sweep() == 0


def test_the_regular_sweep_finds_the_towns_where_somebody_waits(inscrire: Inscrire, ville: Collectivite) -> None:
    with patch("rendezvous.tasks.offer_plus_tot_ville.apply_async") as asked:
        sweep_plus_tot()
        assert not asked.called
        row = inscrire(1)
        sweep_plus_tot()
        assert [call.args[0] for call in asked.call_args_list] == [(ville.pk,)]
        stop_inscription(inscription=row, at=row.created_at)
        sweep_plus_tot()
        assert asked.call_count == 1
