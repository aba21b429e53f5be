"""Ranges: what is refused, « cette occurrence / les suivantes / toutes », orphans, warnings, the lock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Fermeture, Lieu, Service
from journal.models import Evenement
from journal.phrases import tell
from rendezvous.models import (
    Guichet,
    Motif,
    Occupation,
    OccurrencePlage,
    PlageOuverture,
    RendezVous,
    Ressource,
    Seance,
)
from rendezvous.offre.actions import (
    OffreRefusee,
    PlageEnregistree,
    VersionPerimee,
    retire_plage,
    save_plage,
    skip_day,
    split_plage,
)
from rendezvous.offre.orphelins import Cause, find_causes, list_orphelins
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_rendezvous, make_ressource

LUNDI, MARDI = date(2026, 11, 23), date(2026, 11, 24)
Ouvrir = Callable[..., PlageEnregistree]


@pytest.fixture
def ouvrir(ressource: Ressource, lieu: Lieu, motif: Motif, by: Acteur, at: datetime) -> Ouvrir:
    """Open a range: nine to noon every Monday and Tuesday by default; `motifs=` and `zones=` too."""

    def fabrique(**asked: Any) -> PlageEnregistree:
        motifs, zones = asked.pop("motifs", [motif]), asked.pop("zones", [])
        fields = {"ressource": ressource, "lieu": lieu, "premier_on": LUNDI, "blocs": [[540, 720]],
                  "regle": "FREQ=WEEKLY;BYDAY=MO,TU"} | asked  # fmt: skip
        return save_plage(plage=PlageOuverture(**fields), motifs=motifs, zones=zones, version=None, by=by, at=at)

    return fabrique


@pytest.fixture
def prendre(motif: Motif, ressource: Ressource, lieu: Lieu) -> Callable[..., RendezVous]:
    def fabrique(jour: date, heure: int = 9, **fields: Any) -> RendezVous:
        debut = datetime(jour.year, jour.month, jour.day, heure - 1, tzinfo=UTC)  # winter in Paris
        return make_rendezvous(motif, ressource, lieu, debut, fin_at=debut + timedelta(minutes=20), **fields)

    return fabrique


def list_jours(plage: PlageOuverture, jusqu: date = date(2026, 12, 9)) -> list[date]:
    found = OccurrencePlage.objects.filter(plage=plage, jour__lte=jusqu).order_by("debut_at")
    return list(found.values_list("jour", flat=True))


@pytest.mark.parametrize(
    ("fields", "phrase"),
    [
        ({"regle": "FREQ=SECONDLY"}, "par jour, par semaine ou par mois"),
        ({"blocs": [[720, 540]]}, "finit avant de commencer"),
        ({"blocs": [[540, 720], [700, 800]]}, "se chevauchent"),
        ({"jusqu_on": LUNDI - timedelta(days=1)}, "Le dernier jour vient avant le premier"),
        ({"premier_on": date(2206, 11, 23)}, "vérifiez l'année"),
        ({"regle": "", "premier_on": date(2027, 3, 28), "blocs": [[150, 300]]}, "n'existe pas"),
        ({"regle": "FREQ=WEEKLY;BYDAY=WE", "jusqu_on": MARDI}, "ne tombe aucun jour entre le lundi 23"),
        ({"regle": "FREQ=DAILY;INTERVAL=7;BYDAY=SU"}, "ne tombe aucun jour à partir du lundi 23"),
        ({"motifs": []}, "au moins un motif"),
    ],
)
def test_bad_input_is_a_clear_sentence(ouvrir: Ouvrir, fields: dict[str, Any], phrase: str) -> None:
    with pytest.raises(OffreRefusee, match=phrase):
        ouvrir(**fields)
    assert not PlageOuverture.objects.exists()


def test_what_is_archived_is_refused_when_chosen_and_kept_where_it_was(
    ouvrir: Ouvrir, lieu: Lieu, motif: Motif, ressource: Ressource, by: Acteur, at: datetime
) -> None:
    plage = ouvrir().plage
    counter = Guichet.objects.create(lieu=make_lieu("Annexe"), libelle="Guichet 9")
    for fields, phrase in (
        ({"guichet": counter}, "n'est pas dans ce lieu"),
        ({"ressource": make_ressource(counter)}, "n'est pas dans ce lieu"),
        ({"motifs": [make_motif(motif.service, "Atelier", is_collectif=True, places=8)]}, "ouvrez des séances"),
    ):
        with pytest.raises(OffreRefusee, match=phrase):
            ouvrir(**fields)
    for row in (lieu, motif, ressource):
        row.is_active = False
        row.save()
        with pytest.raises(OffreRefusee, match=r"n'est plus ouvert|est archivé|ne prend plus"):
            ouvrir()
        save_plage(plage=plage, motifs=[motif], zones=[], version=plage.version, by=by, at=at)
        row.is_active = True
        row.save()


def test_a_range_opens_at_once_and_the_journal_says_it(ouvrir: Ouvrir) -> None:
    plage = ouvrir(jusqu_on=date(2026, 12, 1)).plage
    assert list_jours(plage) == [LUNDI, MARDI, date(2026, 11, 30), date(2026, 12, 1)]
    line = Evenement.objects.about("plage", plage.pk).get()
    assert (tell(line), line.details["version"]) == ("plage d'ouverture créée", 1)


def test_one_day_ends_that_day(ouvrir: Ouvrir) -> None:
    plage = ouvrir(regle="", premier_on=MARDI).plage
    assert (plage.jusqu_on, list_jours(plage)) == (MARDI, [MARDI])


def test_a_second_writer_is_told(ouvrir: Ouvrir, motif: Motif, by: Acteur, at: datetime) -> None:
    plage = ouvrir().plage
    mine = PlageOuverture.objects.get(pk=plage.pk)
    save_plage(plage=plage, motifs=[motif], zones=[], version=1, by=by, at=at)
    for write in (
        lambda: save_plage(plage=mine, motifs=[motif], zones=[], version=1, by=by, at=at),
        lambda: skip_day(plage=mine, jour=LUNDI, version=1, by=by, at=at),
        lambda: retire_plage(plage=mine, version=1, by=by, at=at),
    ):
        with pytest.raises(VersionPerimee, match="Cette plage a changé"):
            write()


def test_a_change_keeps_the_appointments_and_lists_those_that_nothing_holds(
    ouvrir: Ouvrir, prendre: Callable[..., RendezVous], motif: Motif, by: Acteur, at: datetime
) -> None:
    plage = ouvrir().plage
    early, late, away = prendre(LUNDI, 9), prendre(LUNDI, 11), prendre(date(2026, 11, 25), 9)
    plage.blocs = [[600, 720]]
    done = save_plage(plage=plage, motifs=[motif], zones=[], version=1, by=by, at=at)
    assert done.orphelins == [early]  # `away` was held by nothing before
    assert {rdv.pk for rdv in list_orphelins(RendezVous.objects.all(), at=at)} == {early.pk, away.pk}
    assert not list_orphelins(RendezVous.objects.filter(pk=late.pk), at=at)
    assert (early.etat, plage.version) == ("confirme", 2)


def test_fewer_places_seat_again_who_can_be_and_list_the_others(
    ouvrir: Ouvrir, prendre: Callable[..., RendezVous], motif: Motif, by: Acteur, at: datetime
) -> None:
    plage = ouvrir(capacite=3).plage
    one, two, three = (prendre(LUNDI, 9, place=place) for place in (1, 2, 3))
    alone, paid = prendre(LUNDI, 11, place=3), prendre(MARDI, 9, place=2)
    RendezVous.objects.filter(pk=paid.pk).update(etat="honore")  # what is over is left alone
    plage.capacite = 2
    done = save_plage(plage=plage, motifs=[motif], zones=[], version=1, by=by, at=at)
    assert done.orphelins == [three]
    elsewhere = prendre(LUNDI, 15)
    assert find_causes([three, elsewhere]) == {three.pk: Cause.CAPACITE, elsewhere.pk: Cause.PLAGE}
    assert Occupation.objects.get(rendezvous=alone).place == 1  # else search would offer the first place
    monday = RendezVous.objects.filter(pk__in=[one.pk, two.pk, three.pk, alone.pk])
    assert [rdv.pk for rdv in list_orphelins(monday, at=at)] == [three.pk]
    assert {Occupation.objects.get(rendezvous=each).place for each in (one, two)} == {1, 2}


def test_a_day_closed_since_leaves_its_appointments_over(
    ouvrir: Ouvrir, prendre: Callable[..., RendezVous], lieu: Lieu, at: datetime
) -> None:
    ouvrir()
    ouvrir(regle="", premier_on=date(2026, 12, 25), is_ferie_travaille=True)
    monday, tuesday, noel = prendre(LUNDI), prendre(MARDI), prendre(date(2026, 12, 25))
    everything = RendezVous.objects.all()
    assert not list_orphelins(everything, at=at)
    Fermeture.objects.create(lieu=lieu, debut_on=MARDI, fin_on=MARDI, motif="Inventaire")
    assert list_orphelins(everything, at=at) == [tuesday]
    Fermeture.objects.create(lieu=None, debut_on=LUNDI, fin_on=LUNDI)
    OccurrencePlage.objects.update(is_ferie_travaille=False)
    assert list_orphelins(everything, at=at) == [monday, tuesday, noel]
    assert set(find_causes([monday, tuesday, noel]).values()) == {Cause.FERMETURE}
    Lieu.objects.update(feries_ouverts=["Noël"])
    assert list_orphelins(everything, at=at) == [monday, tuesday]


def test_a_range_that_can_open_no_more_is_told(ouvrir: Ouvrir, lieu: Lieu) -> None:
    over = ouvrir(premier_on=date(2026, 9, 7), jusqu_on=date(2026, 10, 26)).avertissements
    assert over[0].startswith("Le dernier jour, lundi 26\u00a0octobre\u00a02026, est passé")
    assert "Noël" in ouvrir(regle="", premier_on=date(2026, 12, 25)).avertissements[0]
    assert not ouvrir(
        regle="", premier_on=date(2026, 12, 25), blocs=[[840, 900]], is_ferie_travaille=True
    ).avertissements
    Fermeture.objects.create(lieu=lieu, debut_on=date(2026, 12, 28), fin_on=date(2026, 12, 31), motif="Travaux")
    assert "est fermé (Travaux)" in ouvrir(regle="", premier_on=date(2026, 12, 30)).avertissements[0]


def test_a_session_keeps_all_the_places_of_who_leads_it(
    ouvrir: Ouvrir, prendre: Callable[..., RendezVous], motif: Motif, ressource: Ressource, lieu: Lieu, by: Acteur,
    at: datetime,
) -> None:  # fmt: skip
    plage = ouvrir(capacite=2).plage
    rdv = prendre(LUNDI, 9, place=2)
    times = {"debut_at": rdv.debut_at, "fin_at": rdv.fin_at}
    seance = Seance.objects.create(
        motif=motif, lieu=lieu, ressource=ressource, jour=LUNDI, places=5, created_at=at, **times
    )
    Occupation.objects.create(seance=seance, ressource=ressource, **times)
    plage.capacite = 1
    assert save_plage(plage=plage, motifs=[motif], zones=[], version=1, by=by, at=at).orphelins == [rdv]
    assert Occupation.objects.get(rendezvous=rdv).place == 2


def test_two_ranges_that_touch_hold_an_appointment_together(
    ouvrir: Ouvrir, prendre: Callable[..., RendezVous], motif: Motif, at: datetime
) -> None:
    ouvrir(blocs=[[480, 550]])
    ouvrir(blocs=[[550, 720]])
    held = prendre(LUNDI, 9)  # 9:00 to 9:20, over 9:10
    beyond = prendre(date(2026, 11, 25), 9, is_surbooking=True)  # a Wednesday, on purpose
    assert not list_orphelins(RendezVous.objects.filter(pk__in=[held.pk, beyond.pk]), at=at)
    other = make_motif(motif.service, "Passeport")
    RendezVous.objects.filter(pk=held.pk).update(motif=other)
    assert [rdv.pk for rdv in list_orphelins(RendezVous.objects.all(), at=at)] == [held.pk]


def test_this_occurrence(ouvrir: Ouvrir, prendre: Callable[..., RendezVous], by: Acteur, at: datetime) -> None:
    plage = ouvrir(jusqu_on=date(2026, 12, 1)).plage
    lost = prendre(LUNDI)
    done = skip_day(plage=plage, jour=LUNDI, version=1, by=by, at=at)
    assert (done.orphelins, done.plage.exceptions) == ([lost], [LUNDI])
    assert list_jours(plage) == [MARDI, date(2026, 11, 30), date(2026, 12, 1)]
    for jour, phrase in (
        (LUNDI, "n'ouvre pas"),
        (date(2026, 11, 16), "est passé"),
        (date(2026, 11, 25), "n'ouvre pas"),
    ):
        with pytest.raises(OffreRefusee, match=phrase):
            skip_day(plage=plage, jour=jour, version=2, by=by, at=at)


def test_the_following_ones_stay_in_step(
    ouvrir: Ouvrir, prendre: Callable[..., RendezVous], motif: Motif, by: Acteur, at: datetime
) -> None:
    plage = ouvrir(regle="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", exceptions=[date(2026, 12, 21)]).plage
    kept, lost = prendre(LUNDI, 9), prendre(date(2026, 12, 7), 9)
    done = split_plage(
        plage=plage, a_partir_on=date(2026, 12, 1), champs={"blocs": [[600, 720]], "premier_on": LUNDI},
        motifs=[motif], zones=[], version=1, by=by, at=at,
    )  # fmt: skip
    plage.refresh_from_db()
    assert (plage.jusqu_on, list_jours(plage)) == (date(2026, 11, 30), [LUNDI])
    assert done.plage.pk != plage.pk
    assert list_jours(done.plage, date(2027, 1, 5)) == [date(2026, 12, 7), date(2027, 1, 4)]
    assert done.orphelins == [lost]
    assert kept.pk not in {rdv.pk for rdv in list_orphelins(RendezVous.objects.all(), at=at)}
    assert not done.avertissements


def test_the_following_ones_from_the_first_day_are_the_whole_range(
    ouvrir: Ouvrir, motif: Motif, by: Acteur, at: datetime
) -> None:
    plage = ouvrir().plage
    done = split_plage(
        plage=plage, a_partir_on=LUNDI, champs={"capacite": 2}, motifs=[motif], zones=[], version=1, by=by, at=at
    )
    assert (done.plage.pk, done.plage.version, PlageOuverture.objects.count()) == (plage.pk, 2, 1)
    assert set(OccurrencePlage.objects.values_list("capacite", flat=True)) == {2}
    with pytest.raises(OffreRefusee, match="est passé"):
        split_plage(plage=plage, a_partir_on=date(2026, 11, 2), champs={}, motifs=[motif], zones=[], version=2,
                    by=by, at=at)  # fmt: skip


def test_a_range_moved_to_another_agent_leaves_its_appointments_where_they_are(
    ouvrir: Ouvrir, prendre: Callable[..., RendezVous], ville: Any, service: Service, motif: Motif, by: Acteur,
    at: datetime,
) -> None:  # fmt: skip
    plage = ouvrir().plage
    left = prendre(LUNDI)
    plage.ressource = make_ressource(make_agent(ville, "Yann Le Goff", service))
    done = save_plage(plage=plage, motifs=[motif], zones=[], version=1, by=by, at=at)
    assert done.orphelins == [left]
    assert set(OccurrencePlage.objects.values_list("ressource_id", flat=True)) == {plage.ressource_id}


def test_a_range_moved_to_a_lieu_where_tomorrow_has_begun_leaves_nothing_behind(
    ouvrir: Ouvrir, lieu: Lieu, motif: Motif, by: Acteur
) -> None:
    far = make_lieu("Mairie de Basse-Terre", fuseau="America/Guadeloupe")
    plage = ouvrir(lieu=far, blocs=[[1350, 1410]], regle="FREQ=DAILY").plage
    plage.lieu = lieu
    night = datetime(2026, 11, 24, 2, tzinfo=UTC)  # Monday evening there, Tuesday in Paris
    save_plage(plage=plage, motifs=[motif], zones=[], version=1, by=by, at=night)
    assert set(OccurrencePlage.objects.values_list("lieu_id", flat=True)) == {lieu.pk}


def test_a_retired_range_offers_nothing_more_and_keeps_its_past(
    ouvrir: Ouvrir, prendre: Callable[..., RendezVous], by: Acteur
) -> None:
    plage, lost = ouvrir().plage, prendre(MARDI)
    evening = datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert retire_plage(plage=plage, version=1, by=by, at=evening) == [lost]
    assert list_jours(plage) == [LUNDI]
    with pytest.raises(OffreRefusee, match="a été retirée"):
        skip_day(plage=plage, jour=MARDI, version=2, by=by, at=evening)


def test_overlaps_long_motifs_and_other_services_are_warnings(
    ouvrir: Ouvrir, ville: Any, ccas: Service, lieu: Lieu, service: Service
) -> None:
    counter = Guichet.objects.create(lieu=lieu, libelle="Guichet 1")
    assert ouvrir(libelle="Matin", regle="FREQ=WEEKLY;BYDAY=MO", guichet=counter).avertissements == []
    assert ouvrir(regle="FREQ=WEEKLY;BYDAY=WE").avertissements == []
    (overlap,) = ouvrir(regle="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", premier_on=date(2026, 11, 30)).avertissements
    assert (
        "Le lundi 30\u00a0novembre\u00a02026, cette plage en chevauche une autre\u00a0: «\u00a0Matin\u00a0»" in overlap
    )
    assert "9\u00a0h\u00a000\u00a0– 12\u00a0h\u00a000" in overlap
    other = make_ressource(make_agent(ville, "Yann Le Goff", service))
    (shared,) = ouvrir(ressource=other, guichet=counter, jusqu_on=LUNDI).avertissements
    assert "Matin" in shared
    long = make_motif(ccas, "Bilan", durees=(200, 240))
    told = ouvrir(regle="FREQ=WEEKLY;BYDAY=SA", motifs=[long]).avertissements
    assert [each.split("\u00a0")[1] for each in told] == ["Bilan", "Bilan"]
    assert "200\u00a0minutes, plus que le plus long bloc (180\u00a0minutes)" in told[0]
    assert told[1].startswith("Claire Moreau ne travaille pas dans le service")
