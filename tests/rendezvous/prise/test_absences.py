"""Somebody is away: what is listed, moved, entrusted, cancelled; each on its own, with its reason."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Lieu, Service
from messagerie.models import Envoi
from rendezvous.absences import actions
from rendezvous.absences.actions import create_lot
from rendezvous.models import Indisponibilite, LotRendezVous, Motif, RendezVous, Ressource
from rendezvous.offre.actions import save_indisponibilite
from rendezvous.reservation.actions import update_note
from rendezvous.views.prise import absences
from tests.rendezvous.monde import make_motif, make_plage
from tests.rendezvous.prise.conftest import Reserveur, text, url


def absent(ressource: Ressource, lundi: date, **more: str) -> dict[str, str]:
    return {"ressource": str(ressource.pk), "du": lundi.isoformat()} | more


def read_places(page: str) -> dict[str, str]:
    """The slot proposed for each appointment."""
    selects = re.findall(r'name="(place_\d+)".*?</select>', page)
    values = [re.search(rf'name="{name}".*?value="([^"]+)"', page, re.S) for name in selects]
    return {name: found[1] for name, found in zip(selects, values, strict=True) if found}


def test_the_list_holds_the_hours_asked_and_hides_what_is_sealed(
    client: Client, reserve: Reserveur, ressource: Ressource, lieu: Lieu, lundi: date, ccas: Service
) -> None:
    reserve(540), reserve(660)
    sealed = make_motif(ccas, "Aide sociale")
    make_plage(ressource, lieu, sealed, jours=(lundi,))
    reserve(600, motif=sealed)
    with CaptureQueriesContext(connection) as queries:
        page = text(client.get(url("absences"), absent(ressource, lundi)))
    assert page.count('name="rdv"') == 2
    assert "Aide sociale" not in page
    assert "1 rendez-vous réservé" in page
    assert len(queries) <= 24
    assert text(client.get(url("absences"), absent(ressource, lundi, de="10:30"))).count('name="rdv"') == 1
    wrong = client.get(url("absences"), absent(ressource, lundi, au="2020-01-01"))
    assert wrong.status_code == 422
    assert "avant le premier" in text(wrong)


def test_moved_to_the_nearest_each_with_its_message(
    client: Client, reserve: Reserveur, autre: Ressource, ressource: Ressource, lundi: date
) -> None:
    first, second = reserve(540), reserve(600)
    asked = absent(ressource, lundi) | {"geste": "deplacer", "rdv": [str(first.pk), str(second.pk)]}
    page = text(client.post(url("absences"), asked))
    places = read_places(page)
    assert len(places) == 2
    body = asked | places | {"faire": "appliquer", "clef": str(uuid4()), "prevenir": "on"}
    with CaptureQueriesContext(connection) as queries:
        report = client.post(url("absences"), body, follow=True)
    assert "Tout est fait" in text(report)
    sql = [each["sql"] for each in queries.captured_queries]
    moves = next(rank for rank, each in enumerate(sql) if each.startswith('UPDATE "rendezvous_rendezvous"'))
    before, after = ({each for each in part if "_lock(7701" in each} for part in (sql[:moves], sql[moves:]))
    assert {each.replace("try_", "") for each in after} <= before  # all locked first: two batches never cross
    assert len(before) >= 2
    moved = RendezVous.objects.order_by("debut_at")
    assert [rdv.debut_at for rdv in moved] == [first.debut_at, second.debut_at]  # the counter, at the same hours
    assert {each.ressource_id for rdv in moved for each in rdv.occupations.all()} == {autre.pk}
    assert Envoi.objects.filter(clef__contains=":modification:").exists()
    client.post(url("absences"), body)
    assert LotRendezVous.objects.count() == 1


def test_what_changed_meanwhile_is_left_and_said(
    client: Client, reserve: Reserveur, by: Acteur, ressource: Ressource, lundi: date
) -> None:
    first, second = reserve(540), reserve(600)
    asked = absent(ressource, lundi) | {"geste": "annuler", "rdv": [str(first.pk), str(second.pk)]}
    asked |= {f"v_{first.pk}": str(first.version), f"v_{second.pk}": str(second.version)}
    update_note(rendezvous=first, version=first.version, note="Vient avec son fils", by=by, at=timezone.now())
    body = asked | {"faire": "appliquer", "clef": str(uuid4()), "prevenir": "on"}
    refused = client.post(url("absences"), body)
    assert refused.status_code == 422
    assert "Écrivez la raison" in text(refused)
    report = text(client.post(url("absences"), body | {"raison": "Agent malade."}, follow=True))
    assert "1 fait, 1 laissé en place" in report
    assert "a changé entre-temps" in report
    states = set(RendezVous.objects.values_list("etat", flat=True))
    assert states == {"confirme", "annule_service"}
    assert "Agent malade." in Envoi.objects.get(clef__contains=":annulation:").corps_texte


def test_entrusted_at_the_same_hour_when_free(
    client: Client, reserve: Reserveur, autre: Ressource, ressource: Ressource, lundi: date
) -> None:
    rdv = reserve(540)
    body = absent(ressource, lundi) | {"geste": "confier", "rdv": [str(rdv.pk)], "faire": "appliquer",
                                       "clef": str(uuid4()), "ressource_vers": str(autre.pk)}  # fmt: skip
    report = text(client.post(url("absences"), body, follow=True))
    assert "confié, même heure" in report
    assert RendezVous.objects.get().occupations.get().ressource_id == autre.pk


def test_after_an_unavailability_its_appointments_are_listed(
    client: Client, reserve: Reserveur, ressource: Ressource, by: Acteur, lundi: date
) -> None:
    reserve(540)
    rule = Indisponibilite(ressource=ressource, debut_on=lundi, debut_minute=0, fin_minute=1440, libelle="Formation")
    save_indisponibilite(indisponibilite=rule, by=by, at=timezone.now())
    page = text(client.get(url("absences"), {"indisponibilite": rule.pk}))
    assert page.count('name="rdv"') == 1
    assert f"?indisponibilite={rule.pk}" in text(client.get(url("indisponibilite", rule.pk)))


def test_a_worker_goes_on_where_another_stopped(
    reserve: Reserveur, agent: Agent, by: Acteur, ville: Collectivite, monkeypatch: Any, motif: Motif
) -> None:
    rows = [reserve(540 + 20 * n) for n in range(3)]
    at = timezone.now()
    lot, _ = create_lot(
        geste="annuler", vises=[(rdv.pk, rdv.version, None) for rdv in rows], raison="Grève", is_prevenu=False,
        clef=uuid4(), agent=agent, by=by, at=at,
    )  # fmt: skip
    monkeypatch.setattr(actions, "PAR_LOT", 1)
    first = LotRendezVous.objects.select_related("agent").get()
    actions._do_batch(first, at=at)  # then killed: its lease runs out
    assert actions.count_left(LotRendezVous.objects.get()) == 2
    LotRendezVous.objects.update(bail_at=at)
    actions.run(collectivite_id=ville.pk, lot_id=lot.pk, clock=timezone.now)
    done = LotRendezVous.objects.get()
    assert (done.etat, len(done.faits), done.echecs) == ("fini", 3, [])
    assert not RendezVous.objects.live().exists()


def test_the_report_is_ones_own(client: Client, reserve: Reserveur, accueil: Agent, by: Acteur, agent: Agent) -> None:
    rdv = reserve(540)
    lot, _ = create_lot(
        geste="annuler", vises=[(rdv.pk, 1, None)], raison="x", is_prevenu=False, clef=uuid4(), agent=agent, by=by,
        at=timezone.now(),
    )  # fmt: skip
    assert client.get(url("absences_lot", lot.pk)).status_code == 200
    client.force_login(accueil)
    assert client.get(url("absences_lot", lot.pk)).status_code == 404


def test_many_are_given_to_a_worker_and_followed(
    client: Client, reserve: Reserveur, ressource: Ressource, lundi: date, monkeypatch: Any, ville: Collectivite,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    rdv, asked = reserve(540), []
    monkeypatch.setattr(absences, "EN_LIGNE", 0)
    monkeypatch.setattr(absences, "ask_worker", lambda *ids: asked.append(ids))
    body = absent(ressource, lundi) | {"geste": "annuler", "rdv": [str(rdv.pk)], "faire": "appliquer",
                                       "clef": str(uuid4()), "raison": "Agent malade."}  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url("absences"), body)
    lot = LotRendezVous.objects.get()
    assert asked == [("rendezvous.tasks.run_lot", ville.pk, lot.pk)]
    progress = text(client.get(answer["Location"], headers={"HX-Request": "true"}))
    assert "0 sur 1" in progress
    assert "every 2s" in progress
    actions.run(collectivite_id=ville.pk, lot_id=lot.pk, clock=timezone.now)
    assert "Tout est fait" in text(client.get(answer["Location"]))
