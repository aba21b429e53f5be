"""The partitions of the readings are there before the month begins."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
import time_machine

from collectivites.models import Collectivite
from journal.actions import record_reading
from journal.models import Consultation
from journal.partitions import list_months
from journal.tasks import prepare_partitions


@pytest.mark.django_db
@time_machine.travel(datetime(2031, 11, 30, 23, 30, tzinfo=ZoneInfo("Europe/Paris")), tick=False)
def test_this_month_and_the_next_three_are_ready_and_twice_is_once() -> None:
    expected = [f"journal_consultation_{month}" for month in ("2031_11", "2031_12", "2032_01", "2032_02")]
    assert prepare_partitions() == expected
    assert prepare_partitions() == expected


@pytest.mark.django_db
def test_a_reading_goes_to_the_partition_of_its_month(ville: Collectivite) -> None:
    with time_machine.travel(datetime(2031, 5, 10, 12, tzinfo=ZoneInfo("Europe/Paris")), tick=False):
        prepare_partitions()
    at = datetime(2031, 6, 30, 23, 59, tzinfo=ZoneInfo("UTC"))
    for instant in (at, at + timedelta(minutes=2)):
        record_reading(vue=Consultation.Vue.PROFIL, agent_id=1, usager_id=1, at=instant)
    assert Consultation.objects.count() == 2


def test_months_pass_over_the_year() -> None:
    assert list_months(date(2026, 11, 21), 3) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]


@pytest.mark.django_db
def test_nobody_may_change_a_line(ville: Collectivite, superutilisateur: psycopg.Connection) -> None:
    for right in ("UPDATE", "DELETE", "TRUNCATE"):
        for table in ("journal_evenement", "journal_consultation"):
            asked = superutilisateur.execute("SELECT has_table_privilege('guichet_app', %s, %s)", [table, right])
            assert asked.fetchone() == (False,)
