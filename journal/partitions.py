"""The monthly partitions of the readings: made ahead, so that a reading never falls into the default one."""

from datetime import date

from django.db import connection

AVANCE = 3  # months ahead


def list_months(day: date, count: int) -> list[date]:
    """Return the first day of this month and of the next ones, `count` + 1 in all."""
    months = [day.year * 12 + day.month - 1 + ahead for ahead in range(count + 1)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def create_partitions(day: date) -> list[str]:
    """Create what is missing from this month to AVANCE months ahead; return the names of the tables."""
    with connection.cursor() as cursor:
        names = []
        for month in list_months(day, AVANCE):
            cursor.execute("SELECT journal_creer_partition(%s)", [month])
            names.append(cursor.fetchone()[0])
        return names
