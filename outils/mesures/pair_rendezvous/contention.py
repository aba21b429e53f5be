"""Sixteen at once on one slot of django-appointment, in its own environment; called by outils/mesures/reservations.py.

Logged-in citizens, its two POSTs, sixteen threads in process. Prints how many of the sixteen were stored each time.
"""

import argparse
import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

from pair_rendezvous.banc import prepare  # sets Django up

from appointment.models import Appointment, Service, StaffMember  # isort: skip
from django.contrib.auth.models import User  # isort: skip
from django.db import connection  # isort: skip
from django.test import Client  # isort: skip

CLIENTS = 16


def connect(rank: int) -> Client:
    """A citizen who is logged in."""
    client = Client()
    client.force_login(User.objects.create(username=f"usager{rank}", email=f"usager{rank}@exemple.fr"))
    return client


def book(client: Client, day: date, hour: int) -> None:
    """Its two POSTs. Raises when its own forms refuse, which they don't."""
    slot = {"date": day.isoformat(), "start_time": f"{hour:02}:00", "end_time": f"{hour:02}:30"}
    who = {"service": Service.objects.get().pk, "staff_member": StaffMember.objects.order_by("pk")[0].pk}
    answer = client.post("/appointment/request-submit/", slot | who)
    if answer.status_code != 302:
        raise RuntimeError(f"request-submit : {answer.status_code}")
    # its library of numbers knows nothing of the French numbers reserved for fiction
    person = {"name": "Usager Essai", "email": "usager@exemple.fr", "phone_0": "US", "phone_1": "2025550123",
              "address": "3 rue des Tilleuls", "additional_info": "", "payment_type": "full"}  # fmt: skip
    answer = client.post(answer.url, person)
    if answer.status_code != 302:
        raise RuntimeError(f"client-info : {answer.status_code}")


def count(day: date, hour: int) -> int:
    return Appointment.objects.filter(
        appointment_request__date=day, appointment_request__start_time=f"{hour:02}:00"
    ).count()


def main() -> None:
    analyse = argparse.ArgumentParser()
    analyse.add_argument("--tours", type=int, default=20)
    choix = analyse.parse_args()
    logging.disable(logging.INFO)  # it writes a line a request
    prepare(0.0)
    clients = [connect(rank) for rank in range(CLIENTS)]
    barrier, stored, spent = Barrier(CLIENTS), Counter[int](), 0.0
    day = date.today() + timedelta(days=7)  # noqa: DTZ011 the local day
    with ThreadPoolExecutor(CLIENTS) as pool:

        def run(client: Client, when: date, hour: int) -> None:
            barrier.wait(timeout=60)
            book(client, when, hour)

        for tour in range(choix.tours):
            when, hour = day + timedelta(days=tour // 8), 9 + tour % 8
            start = time.perf_counter()
            list(pool.map(run, clients, [when] * CLIENTS, [hour] * CLIENTS))
            spent += time.perf_counter() - start
            stored[count(when, hour)] += 1
        list(pool.map(lambda _: connection.close(), range(CLIENTS)))
    total = sum(many * times for many, times in stored.items())
    print(f"django-appointment, {CLIENTS} sur un créneau, {choix.tours} fois (dans le processus)")
    print(f"  enregistrés / tour  {dict(stored)}")
    print(f"  écritures           {total / spent:.1f}/s, dont {total - choix.tours} doubles réservations")


if __name__ == "__main__":
    main()
