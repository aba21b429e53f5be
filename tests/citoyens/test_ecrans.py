"""The screens: what they show, to whom, at what cost; what they refuse loses nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from citoyens import actions
from citoyens.models import Interaction, LienContact, NoteUsager, Usager
from citoyens.panneaux import EtatVivant, etats_vivants
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Rattachement, Service, ServiceRattachement
from collectivites.permissions import Role
from journal.models import Consultation
from tests.citoyens.pages import text, url

Creer = Callable[..., Usager]
OURS = ("SAVEPOINT", "RELEASE", "SET LOCAL", "ROLLBACK")


def live(usager: Usager, by: Acteur, at: datetime, **champs: object) -> Interaction:
    options = {"genre": "demande", "sens": "entrant", "canal": "courriel", "domaine": "cadre_de_vie",
               "titre": "Lampadaire éteint", "objet_type": "temoin", "objet_id": 7}  # fmt: skip
    return actions.record_interaction(usager_id=usager.pk, by=by, at=at, **(options | champs))


# --- the 360° page -------------------------------------------------------------------------------------------------


def test_the_page_says_who_it_is_and_how_to_reach_them(client: Client, samira: Usager) -> None:
    page = text(client.get(url("fiche", samira.pk)))
    for shown in ("Samira Ben Amar", "née Kaci", "14/03/1987", "06\u00a039\u00a098\u00a012\u00a034",
                  "8 rue des Tanneurs", "famille@exemple.fr", "partagé avec", "Karim Ben Amar",
                  "Identité déclarée"):  # fmt: skip
        assert shown in page
    assert page.count("<h1") == 1


def test_the_page_costs_at_most_thirteen_queries(
    client: Client, samira: Usager, by: Acteur, django_assert_max_num_queries: Callable[..., object]
) -> None:
    now = timezone.now()
    for hour in range(30):
        live(samira, by, now - timedelta(hours=hour), objet_type="demande")
    note(samira, by, now)
    with django_assert_max_num_queries(100) as captured:
        client.get(url("fiche", samira.pk))
    asked = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(OURS)]  # type: ignore[attr-defined]
    assert any("demandes_demande" in sql and " IN (7)" in sql for sql in asked), "live states are on the page"
    assert len(asked) <= 13, "\n".join(asked)  # one for each panel of the floors above


def test_each_reading_is_written_once_for_a_page_view(client: Client, samira: Usager) -> None:
    page = url("fiche", samira.pk)
    client.head(page)
    assert not Consultation.objects.exists()
    assert client.get(page, headers={"Sec-Purpose": "prefetch"}).status_code == 204
    assert not Consultation.objects.exists()
    client.get(page)
    client.get(page + "?fil=demande", headers={"HX-Request": "true"})
    assert [(c.usager_id, c.vue) for c in Consultation.objects.all()] == [(samira.pk, "profil")]
    client.get(page)
    assert Consultation.objects.count() == 2


def test_a_fragment_asked_without_its_page_is_a_reading_too(client: Client, samira: Usager) -> None:
    response = client.get(url("fiche", samira.pk), headers={"HX-Request": "true"})
    assert "<html" not in text(response)
    assert Consultation.objects.count() == 1


def test_the_timeline_groups_days_and_filters_by_kind(client: Client, samira: Usager, by: Acteur) -> None:
    now = timezone.now()
    live(samira, by, now)
    live(samira, by, now - timedelta(days=400), genre="message", titre="SMS de confirmation", canal="sms")
    page = text(client.get(url("fiche", samira.pk)))
    assert "Aujourd'hui" in page
    assert "Lampadaire éteint" in page
    assert "SMS de confirmation" in page
    filtered = text(client.get(url("fiche", samira.pk) + "?fil=message"))
    assert "SMS de confirmation" in filtered
    assert "Lampadaire éteint" not in filtered
    assert text(client.get(url("fiche", samira.pk) + "?fil=nimporte")).count("Lampadaire éteint") == 1


def test_older_rows_come_page_by_page_without_a_gap_nor_a_double(client: Client, samira: Usager, by: Acteur) -> None:
    start = timezone.now()
    for n in range(45):
        live(samira, by, start - timedelta(minutes=n // 3), titre=f"ligne-{n:02d}-")
    seen, following = [], url("fiche", samira.pk)
    while following:
        page = client.get(following, headers={"HX-Request": "true"})
        seen += [n for n in range(45) if f"ligne-{n:02d}-" in text(page)]
        older = re.search(r'href="([^"]*avant=[^"]*)"', text(page))
        following = older[1].replace("&amp;", "&") if older else ""
    assert sorted(seen) == list(range(45))
    assert len(seen) == 45


@pytest.mark.parametrize("avant", ["x", "1-", "-1", "9" * 30 + "-1", "1-" + "9" * 30, "99999999999999999-1", "١-١"])
def test_a_place_that_makes_no_sense_shows_the_start(avant: str, client: Client, samira: Usager, by: Acteur) -> None:
    live(samira, by, timezone.now())
    assert client.get(url("fiche", samira.pk), {"avant": avant}).status_code == 200


@pytest.fixture
def etat_temoin() -> Iterator[None]:
    """The live state of an upper floor, as its registry would give it."""
    etats_vivants.add(
        "temoin", lambda _acces, ids, _at: dict.fromkeys(ids, EtatVivant("en retard de 2 j", "retard", "/c/x/"))
    )
    yield
    etats_vivants._entries.pop("temoin")


@pytest.mark.usefixtures("etat_temoin")
def test_the_live_state_comes_from_the_floor_above(client: Client, samira: Usager, by: Acteur) -> None:
    live(samira, by, timezone.now())
    page = text(client.get(url("fiche", samira.pk)))
    assert "en retard de 2 j" in page
    assert 'href="/c/x/"' in page


@pytest.mark.usefixtures("etat_temoin")
def test_a_sealed_row_shows_that_it_exists_and_nothing_of_its_content(
    client: Client, samira: Usager, by: Acteur, rattachement: Rattachement
) -> None:
    secret = {"domaine": "social", "titre": "Aide alimentaire urgente", "resume": "surendettement"}
    live(samira, by, timezone.now(), **secret)
    live(samira, by, timezone.now(), **(secret | {"genre": "message", "titre": "Rappel du CCAS"}))
    page = text(client.get(url("fiche", samira.pk)))
    assert "Une demande · Action sociale (CCAS) · en retard de 2 j" in page
    assert "cloisonné" in page
    for hidden in ("Aide alimentaire", "surendettement", "Rappel du CCAS", 'href="/c/x/"', "Claire Moreau</p>"):
        assert hidden not in page
    ccas = Service.objects.create(nom="CCAS", domaine="social")
    ServiceRattachement.objects.create(rattachement=rattachement, service=ccas)
    page = text(client.get(url("fiche", samira.pk)))
    assert "Aide alimentaire urgente" in page
    assert "Rappel du CCAS" in page


def test_the_usager_of_another_town_does_not_exist(
    client: Client, autre_ville: Collectivite, by: Acteur, at: datetime
) -> None:
    with collectivite_active(autre_ville.pk):
        stranger = actions.create_usager(nature="personne", nom="Etranger", by=by, at=at)
    for name in ("fiche", "modifier"):
        assert client.get(url(name, stranger.pk)).status_code == 404
    assert client.post(url("ajouter_contact", stranger.pk), {}).status_code == 404
    assert client.get(url("fiche", 10**25)).status_code == 404


@pytest.mark.parametrize("name", ["liste", "nouveau", "fiche", "modifier"])
def test_an_administrator_does_not_read_the_lives_of_usagers(
    name: str, client: Client, samira: Usager, rattachement: Rattachement
) -> None:
    Rattachement.objects.filter(pk=rattachement.pk).update(roles=[Role.ADMINISTRATEUR])
    args = [samira.pk] if name in {"fiche", "modifier"} else []
    assert client.get(url(name, *args)).status_code == 403
    assert not Consultation.objects.exists()


# --- contacts, notes, verification ---------------------------------------------------------------------------------


def test_a_contact_is_added_preferred_and_removed(client: Client, samira: Usager) -> None:
    added = client.post(
        url("ajouter_contact", samira.pk), {"nature": "fixe", "valeur": "02 61 91 00 12", "libelle": "travail"}
    )
    assert added.status_code == 302
    lien = LienContact.objects.get(usager=samira, point__normalisee="+33261910012")
    client.post(url("preferer_contact", samira.pk, lien.pk))
    assert "préféré" in text(client.get(url("fiche", samira.pk)))
    client.post(url("retirer_contact", samira.pk, lien.pk))
    assert not LienContact.objects.filter(pk=lien.pk).exists()


def test_a_contact_refused_comes_back_filled(client: Client, samira: Usager) -> None:
    response = client.post(url("ajouter_contact", samira.pk), {"nature": "courriel", "valeur": "samira chez exemple"})
    assert response.status_code == 422
    page = text(response)
    assert "samira chez exemple" in page
    assert "n'est pas une adresse électronique" in page
    assert '<details class="repli" open>' in page


def test_the_contact_of_somebody_else_cannot_be_removed_through_this_page(client: Client, samira: Usager) -> None:
    karim = LienContact.objects.exclude(usager=samira).get()
    assert client.post(url("retirer_contact", samira.pk, karim.pk)).status_code == 404


def test_the_forms_of_the_column_come_back_to_the_desk_and_nowhere_else(client: Client, samira: Usager) -> None:
    typed = {"nature": "fixe", "valeur": "02 61 91 00 12"}
    desk = f"/c/aurelle/?usager={samira.pk}"
    assert client.post(url("ajouter_contact", samira.pk), typed | {"suite": desk}).url == desk  # type: ignore[attr-defined]
    for outside in ("https://ailleurs.example/", "//ailleurs.example", "/c/valmont/", "javascript:alert(1)"):
        answer = client.post(url("ajouter_contact", samira.pk), typed | {"suite": outside})
        assert answer.url == url("fiche", samira.pk)  # type: ignore[attr-defined]


def note(usager: Usager, by: Acteur, at: datetime, **champs: object) -> NoteUsager:
    options = {"texte": "Malentendante : parler de face.", "visibilite": "collectivite", "domaine": "general",
               "is_alerte": True, "expire_on": timezone.localdate(at) + timedelta(days=30)}  # fmt: skip
    return actions.add_note(usager=usager, by=by, at=at, **(options | champs))


def test_a_note_is_written_for_a_time_and_ended(client: Client, samira: Usager) -> None:
    typed = {"texte": "Préférer le SMS.", "visibilite": "collectivite", "domaine": "general", "duree": "90",
             "is_alerte": "on", "clef": str(uuid4())}  # fmt: skip
    for _ in range(2):  # a double click
        assert client.post(url("ajouter_note", samira.pk), typed).status_code == 302
    written = NoteUsager.objects.get()
    assert written.expire_on == timezone.localdate() + timedelta(days=90)
    assert "À savoir." in text(client.get(url("fiche", samira.pk)))
    client.post(url("terminer_note", samira.pk, written.pk))
    assert "À savoir." not in text(client.get(url("fiche", samira.pk)))


@pytest.mark.parametrize("champs", [{"duree": "4000"}, {"texte": ""}, {"domaine": "social"}, {"clef": "x"}])
def test_a_note_refused_comes_back_filled(champs: dict[str, str], client: Client, samira: Usager) -> None:
    typed = {"texte": "Préférer le SMS.", "visibilite": "collectivite", "domaine": "general", "duree": "90",
             "clef": str(uuid4())}  # fmt: skip
    response = client.post(url("ajouter_note", samira.pk), typed | champs)
    assert response.status_code == 422
    assert champs.get("texte", "Préférer le SMS.") in text(response)
    assert not NoteUsager.objects.exists()


def test_private_and_sealed_notes_are_read_by_theirs_only(
    client: Client, samira: Usager, by: Acteur, ville: Collectivite
) -> None:
    other = Acteur(nature="agent", libelle="Yann", agent_id=by.agent_id + 1)  # type: ignore[operator]
    now = timezone.now()
    note(samira, other, now, texte="note privée de Yann", visibilite="auteur")
    sealed = note(samira, other, now, texte="note du CCAS", domaine="social")
    note(samira, by, now, texte="note privée de Claire", visibilite="auteur")
    page = text(client.get(url("fiche", samira.pk)))
    assert "note privée de Claire" in page
    assert "note privée de Yann" not in page
    assert "note du CCAS" not in page
    assert client.post(url("terminer_note", samira.pk, sealed.pk)).status_code == 404


def test_an_identity_is_verified_for_what_was_on_the_screen(client: Client, samira: Usager) -> None:
    assert client.post(url("verifier", samira.pk), {"version": "9"}).status_code == 409
    assert client.post(url("verifier", samira.pk), {"version": "1"}).status_code == 302
    assert "Identité vérifiée au guichet" in text(client.get(url("fiche", samira.pk)))


def test_the_record_that_may_be_the_same_person_is_shown_beside(client: Client, samira: Usager, creer: Creer) -> None:
    twin = creer("Benamar", "Samira", naissance_on=date(1987, 3, 14))
    fragment = text(client.get(url("voisins", samira.pk), headers={"HX-Request": "true"}))
    assert url("fiche", twin.pk) in fragment
    assert "Karim" not in fragment
    assert url("fiche", samira.pk) not in fragment


def test_a_supervisor_sees_who_read_the_profile_from_the_profile(
    client: Client, samira: Usager, rattachement: Rattachement
) -> None:
    asked = f"/c/aurelle/journal/?quoi=lectures&amp;usager={samira.pk}"
    assert asked not in text(client.get(url("fiche", samira.pk)))
    Rattachement.objects.filter(pk=rattachement.pk).update(roles=[Role.SUPERVISEUR])
    assert asked in text(client.get(url("fiche", samira.pk)))
