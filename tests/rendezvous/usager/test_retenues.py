"""What one network address may hold without proving anything: a tiny office stays open to the others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone

from collectivites.models import ReglageLegal
from demandes.debit import find_visiteur
from rendezvous.en_ligne import retenues
from rendezvous.en_ligne.choix import Choix, Prise
from rendezvous.en_ligne.retenues import TropRetenu, allow_retenue
from rendezvous.models import Occupation, RendezVous
from rendezvous.reservation.actions import sweep_options
from tests.rendezvous.usager.conftest import QUI, Bureau, Visiteur, list_valeurs, read_text

Hold = Callable[[int], Any]


@pytest.fixture
def hold(visiteur: Visiteur, bureau: Bureau) -> Hold:
    """Tick the n-th slot of a fresh page: another booking each time, from the same address."""
    return lambda rang: visiteur.choose(visiteur.open_creneaux(bureau.motif), rang)


def set_reglage(clef: str, valeur: int) -> None:
    ReglageLegal.objects.create(clef=f"rendezvous.{clef}", valeur=valeur, motif="Essai", changed_at=timezone.now())


def test_a_share_of_the_day_then_the_others_still_find_a_slot(hold: Hold, visiteur: Visiteur, bureau: Bureau) -> None:
    """Nine slots, 30 %: three are held from one address, the next is refused and what was ticked stays ticked."""
    assert [hold(0).status_code for _ in range(3)] == [200, 200, 200]
    page = visiteur.open_creneaux(bureau.motif)
    fourth = list_valeurs(page)[0]
    refused = visiteur.choose(page)
    assert (refused.status_code, "une bonne part de ce jour" in read_text(refused)) == (429, True)
    assert f'value="{fourth}" checked' in read_text(refused)
    assert RendezVous.objects.filter(etat="option").count() == 3
    visiteur.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert hold(0).status_code == 200


def test_at_most_so_many_at_once(hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retenues, "EN_ROUTE", 0)  # the sweep below comes within the second
    set_reglage("retenues_part_jour", 100)
    set_reglage("retenues_par_adresse", 3)
    assert [hold(0).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert "Plusieurs créneaux sont déjà retenus" in read_text(hold(0))
    RendezVous.objects.update(expire_at=timezone.now() - timedelta(seconds=1))
    Occupation.objects.update(expire_at=timezone.now() - timedelta(seconds=1))
    assert sweep_options(at=timezone.now()) == 3
    assert hold(0).status_code == 200  # what was let go no longer counts


def test_what_is_confirmed_no_longer_counts_and_another_hour_replaces(
    hold: Hold, visiteur: Visiteur, bureau: Bureau
) -> None:
    set_reglage("retenues_par_adresse", 1)
    page = visiteur.open_creneaux(bureau.motif)
    for rang in (0, 3, 5):  # the same booking changes its mind
        last = visiteur.choose(page, rang)
        assert last.status_code == 200
    assert hold(0).status_code == 429
    visiteur.confirm(visiteur.post(last.request["PATH_INFO"], QUI))
    assert hold(0).status_code == 200


def test_from_the_second_on_it_is_let_go_sooner_until_a_code_is_asked(
    hold: Hold, visiteur: Visiteur, bureau: Bureau
) -> None:
    first, second = hold(0), hold(4)
    left = [
        round((until - since) / timedelta(minutes=1))
        for until, since in RendezVous.objects.order_by("pk").values_list("expire_at", "created_at")
        if until
    ]
    assert left == [10, 5]
    visiteur.post(second.request["PATH_INFO"], QUI)
    until = RendezVous.objects.order_by("pk").values_list("expire_at", flat=True)[1]
    assert until
    assert until > timezone.now() + timedelta(minutes=9)
    assert first.status_code == 200


def test_the_form_keeps_what_was_typed_when_a_slot_let_go_may_not_be_held_again(
    hold: Hold, visiteur: Visiteur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retenues, "EN_ROUTE", 0)
    set_reglage("retenues_par_adresse", 1)
    first = hold(0)
    RendezVous.objects.update(expire_at=timezone.now() - timedelta(seconds=1))
    Occupation.objects.update(expire_at=timezone.now() - timedelta(seconds=1))
    sweep_options(at=timezone.now())
    hold(2)
    page = visiteur.post(first.request["PATH_INFO"], QUI)
    assert (page.status_code, 'value="samira@exemple.fr"' in read_text(page)) == (409, True)
    assert "Plusieurs créneaux sont déjà retenus" in read_text(page)


def test_two_requests_at_once_see_each_other(bureau: Bureau) -> None:
    """The second comes before the option of the first is written."""
    set_reglage("retenues_par_adresse", 1)
    now = timezone.now()
    first, second = (Prise(Choix(bureau.motif.pk), now, bureau.lieu.pk, uuid4()) for _ in range(2))
    assert allow_retenue("qui", first, motif=bureau.motif, at=now) is None
    with pytest.raises(TropRetenu):
        allow_retenue("qui", second, motif=bureau.motif, at=now)
    assert allow_retenue("qui", first, motif=bureau.motif, at=now) is None  # the refused one is taken back
    assert allow_retenue("autre", second, motif=bureau.motif, at=now) is None


def test_refusals_do_not_wash_a_visitor_clean(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key noted takes the place of an older one: what a refused request pushed out comes back."""
    monkeypatch.setattr(retenues, "CASES", 2)
    set_reglage("retenues_par_adresse", 1)
    now = timezone.now()
    first, *others = (Prise(Choix(bureau.motif.pk), now, bureau.lieu.pk, uuid4()) for _ in range(5))
    allow_retenue("qui", first, motif=bureau.motif, at=now)
    for each in others:
        with pytest.raises(TropRetenu):
            allow_retenue("qui", each, motif=bureau.motif, at=now)


def test_redis_away_nobody_is_refused(hold: Hold, settings: LazySettings) -> None:
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert [hold(rang).status_code for rang in range(4)] == [200] * 4
    cache.delete_many(["un", "deux"])
    assert cache.set_many({"un": 1}) == ["un"]


def test_no_address_is_kept_in_clear(hold: Hold, visiteur: Visiteur, bureau: Bureau) -> None:
    visiteur.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    hold(0)
    names = [key.decode() for key in cache._cache.get_client(write=True).scan_iter("*retenues*")]  # type: ignore[attr-defined]
    assert names
    assert not [name for name in names if "203.0.113.9" in name]
    who = find_visiteur(RequestFactory().get("/", REMOTE_ADDR="203.0.113.9"))
    assert any(who in name for name in names)
    assert 0 < cache._cache.get_client(write=True).ttl(names[0]) <= 5400  # type: ignore[attr-defined]


def test_a_line_of_ipv6_is_one_visitor() -> None:
    def read(address: str) -> str:
        return find_visiteur(RequestFactory().get("/", REMOTE_ADDR=address))

    assert read("2001:db8:1:2::1") == read("2001:db8:1:2:ffff::9") != read("2001:db8:1:3::1")
    assert read("::ffff:203.0.113.9") == read("203.0.113.9")
