"""Finding a demande: numbers typed any way, words of the conversation, sealed domains, the other town, months."""

from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import add_note, open_demande, receive_message
from demandes.models import Demande, Message, TypeDemande
from demandes.recherche import Curseur, find_by_numero, read_mots, read_numero, search_demandes
from tests.demandes.conftest import Ouvrir, acces_of, join

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("saisie", "lu"),
    [
        ("DEM-2026-0871", (2026, 871)),
        ("dem-2026-871", (2026, 871)),
        ("2026-871", (2026, 871)),
        ("2026/0871", (2026, 871)),
        (" 2026 871 ", (2026, 871)),
        ("dem 871", (None, 871)),
        ("DEM871", (None, 871)),
        ("demande n° 871", None),
        ("n° 871", (None, 871)),
        ("871", None),
        ("06 39 98 12 34", None),
        ("lampadaire 2026", None),
        ("", None),
    ],
)
def test_numbers_are_read_however_they_are_typed(saisie: str, lu: tuple[int | None, int] | None) -> None:
    assert read_numero(saisie) == lu


def test_a_number_leads_straight_to_its_demande(demande: Demande, acces: Acces) -> None:
    assert find_by_numero("2026-1", acces, annee=2026) == demande
    assert find_by_numero("dem 1", acces, annee=2026) == demande
    assert find_by_numero("dem 1", acces, annee=2025) is None
    assert find_by_numero("lampadaire", acces, annee=2026) is None


@pytest.mark.parametrize(
    "saisie", ["lampadaire", "LAMPADAIRES", "lampad", "éteint", "eteint tanneurs", "rue des tanneurs", "semaine"]
)
def test_words_are_found_whatever_their_case_accent_number_or_end(demande: Demande, acces: Acces, saisie: str) -> None:
    assert search_demandes(saisie, acces) == [demande]


@pytest.mark.parametrize("saisie", ["trottoir", "lampadaire trottoir", "le la", "", "   ", "''", "& | !", "a:*"])
def test_other_words_find_nothing_and_break_nothing(demande: Demande, acces: Acces, saisie: str) -> None:
    assert search_demandes(saisie, acces) == []


def test_only_the_last_word_may_be_unfinished(demande: Demande, acces: Acces) -> None:
    assert search_demandes("tanneurs lampad", acces) == [demande]
    assert search_demandes("lampad tanneurs", acces) == []
    assert search_demandes("lampad ", acces) == []  # a space ends the word


def test_the_conversation_is_searched(demande: Demande, acces: Acces, agent: Agent, by: Acteur, at: datetime) -> None:
    receive_message(demande=demande, canal="courriel", texte="Mes enfants rentrent dans le noir.", by=by, at=at)
    add_note(demande=demande, texte="Ballast commandé", by=by, at=at, agent=agent)
    assert search_demandes("enfants", acces) == [demande]
    assert search_demandes("ballast", acces) == [demande]


def test_what_is_erased_is_found_no_more(demande: Demande, acces: Acces) -> None:
    Message.objects.filter(demande=demande).update(texte="")
    Demande.objects.filter(pk=demande.pk).update(objet="Effacée", description="")
    assert search_demandes("lampadaire", acces) == []
    assert search_demandes("effacee", acces) == [demande]


def test_a_sealed_domain_is_found_by_its_own_agents_only(
    ouvrir: Ouvrir, acces: Acces, ville: Collectivite, ccas: Service, type_social: TypeDemande
) -> None:
    sealed = ouvrir(objet="Aide pour la facture d'eau", type=type_social)
    assistante = join(ville, "ines@aurelle.example", "Inès Social", ccas, roles=(Role.INSTRUCTEUR,))
    assert search_demandes("facture", acces) == []
    assert find_by_numero("dem 1", acces, annee=2026) is None
    assert search_demandes("facture", acces_of(assistante, ville)) == [sealed]


def test_sealing_a_demande_hides_it_at_once(demande: Demande, acces: Acces) -> None:
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    assert search_demandes("lampadaire", acces) == []


def test_the_other_town_is_never_found(demande: Demande, acces: Acces, by: Acteur, at: datetime) -> None:
    other = Collectivite.objects.create(slug="valmont", nom="Valmont")
    with collectivite_active(other.pk):
        open_demande(objet="Lampadaire de Valmont", description="", canal="guichet", mode_reponse="sur_place",
                     received_at=at, by=by, at=at)  # fmt: skip
    assert search_demandes("lampadaire", acces) == [demande]


def test_the_function_refuses_words_forged_for_another_town(demande: Demande, acces: Acces) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM demandes_chercher(ARRAY[%s], true, ARRAY['general'], now() + '9 years', 0, 10)",
            ["1:24323:x' | '9"],
        )
        assert cursor.fetchone() == (0,)


def test_the_newest_come_first_across_months_and_pages(ouvrir: Ouvrir, acces: Acces, at: datetime) -> None:
    made = [ouvrir(received_at=at - timedelta(days=20 * n)) for n in range(6)]
    first = search_demandes("lampadaire", acces, limite=4)
    assert first == made[:4]
    rest = search_demandes("lampadaire", acces, limite=4, avant=Curseur(first[-1].received_at, first[-1].pk))
    assert rest == made[4:]


def test_a_word_said_long_ago_is_found(ouvrir: Ouvrir, acces: Acces, at: datetime) -> None:
    old = ouvrir(objet="Kiosque à musique", received_at=at - timedelta(days=3000))
    ouvrir()
    assert search_demandes("kiosque", acces) == [old]


def test_stop_words_are_dropped_and_eight_words_are_enough() -> None:
    assert read_mots("la rue de l'église") == ["rue", "eglise"]
    assert len(read_mots("mot " * 50)) == 8


def test_a_huge_message_is_kept(demande: Demande, by: Acteur, acces: Acces, at: datetime) -> None:
    words = " ".join(f"mot{n}" for n in range(60_000))
    message = receive_message(demande=demande, canal="courriel", texte=words, by=by, at=at)
    assert len(message.texte) == len(words)
    assert search_demandes("mot12", acces) == [demande]


def test_the_owner_rebuilds_everything_and_the_application_may_not(
    demande: Demande, acces: Acces, superutilisateur: psycopg.Connection
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT demandes_reconstruire_recherche()")
    rights = superutilisateur.execute(
        "SELECT has_function_privilege('guichet_app', 'demandes_reconstruire_recherche()', 'execute')"
    ).fetchone()
    assert rights == (False,)


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_finds_what_the_triggers_found(superutilisateur: psycopg.Connection, at: datetime) -> None:
    ville = Collectivite.objects.create(slug="aurelle", nom="Aurelle")
    by = Acteur(nature="automate", libelle="essai")
    with collectivite_active(ville.pk):
        demande = open_demande(objet="Lampadaire", description="éteint", canal="guichet", mode_reponse="sur_place",
                               received_at=at, by=by, at=at, clef=uuid4())  # fmt: skip
        receive_message(demande=demande, canal="telephone", texte="toujours dans le noir", by=by, at=at)
    words = "SELECT mots::text FROM demandes_recherchedemande"
    before = superutilisateur.execute(words).fetchall()
    superutilisateur.execute("SET ROLE guichet_proprietaire")
    assert superutilisateur.execute("SELECT demandes_reconstruire_recherche()").fetchone() == (1,)
    superutilisateur.execute("RESET ROLE")
    assert superutilisateur.execute(words).fetchall() == before


def test_the_place_and_the_answers_of_the_form_are_found(ouvrir: Ouvrir, acces: Acces) -> None:
    demande = ouvrir(objet="Dossier")
    Demande.objects.filter(pk=demande.pk).update(lieu="12 rue des Glycines", reponses={"plaque": "AB-123-CD", "n": 4})
    assert [each.pk for each in search_demandes("glycines", acces)] == [demande.pk]
    assert [each.pk for each in search_demandes("ab-123-cd", acces)] == [demande.pk]
    assert search_demandes("plaque", acces) == []
