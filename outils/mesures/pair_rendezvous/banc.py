"""Measures django-appointment in its own environment; called by outils/mesures/creneaux.py, prints one line of JSON.

The same offer as ours: 20 staff, Monday to Friday 9–17, 30 minutes, half of it booked, 30 days. Its only listing is
one staff member on one day: a page for everybody takes 600 calls, of which `--echantillon` drawn by lot are made, in
process.
"""

import argparse
import json
import random
import time
from datetime import date, timedelta
from datetime import time as heure
from decimal import Decimal

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client

django.setup()

from appointment.models import Appointment, AppointmentRequest, Service, StaffMember, WorkingHours  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402

AGENTS, JOURS = 20, 30


def prepare(pris: float) -> None:
    """Create its tables and fill them, once."""
    call_command("makemigrations", "appointment", verbosity=0)
    call_command("migrate", verbosity=0)
    service = Service.objects.create(name="Carte d'identité", duration=timedelta(minutes=30), price=Decimal(0))
    rng, today = random.Random(2026), date.today()  # noqa: DTZ011 the local day
    for rank in range(AGENTS):
        staff = StaffMember.objects.create(user=User.objects.create(username=f"agent{rank}"), slot_duration=30)
        staff.services_offered.add(service)
        for weekday in range(1, 6):
            WorkingHours.objects.create(
                staff_member=staff, day_of_week=weekday, start_time=heure(9), end_time=heure(17)
            )  # fmt: skip
        booked = []
        for day in (today + timedelta(days=n) for n in range(JOURS)):
            starts = [heure(9 + n // 2, n % 2 * 30) for n in range(16) if day.weekday() < 5 and rng.random() < pris]
            booked += [
                AppointmentRequest(
                    date=day, start_time=each, end_time=heure(each.hour + each.minute // 30, (each.minute + 30) % 60),
                    service=service, staff_member=staff, id_request=f"{rank}-{day}-{each}",
                )
                for each in starts
            ]  # fmt: skip
        made = AppointmentRequest.objects.bulk_create(booked)
        Appointment.objects.bulk_create(
            Appointment(appointment_request=each, id_request=each.id_request, amount_to_pay=0) for each in made
        )  # fmt: skip


def measure(combien: int) -> dict[str, object]:
    """Make that many of the calls; return wall milliseconds, queries, CPU of this process."""
    client, queries = Client(headers={"x-requested-with": "XMLHttpRequest"}), [0]

    def count(execute, sql, params, many, context):
        queries[0] += 1
        return execute(sql, params, many, context)

    today = date.today()  # noqa: DTZ011 the local day
    staff = list(StaffMember.objects.order_by("pk").values_list("pk", flat=True))
    every = [(who, today + timedelta(days=n)) for who in staff for n in range(JOURS)]
    asked = random.Random(7).sample(every, min(combien, len(every)))
    walls, slots, cpu = [], 0, time.process_time()
    with connection.execute_wrapper(count):
        for who, day in [every[0], *asked]:  # the first one warms up
            start = time.perf_counter()
            answer = client.get(
                "/appointment/ajax/available_slots/", {"staff_member": who, "selected_date": day.isoformat()}
            )
            walls.append((time.perf_counter() - start) * 1e3)
            slots += len(answer.json()["available_slots"])
    return {
        "appels": len(walls) - 1, "tous": len(every), "ms": walls[1:], "requetes": queries[0] / len(walls),
        "creneaux": slots / len(walls), "cpu_ms": (time.process_time() - cpu) * 1e3 / len(walls),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--preparer", action="store_true")
    parser.add_argument("--echantillon", type=int, default=60)
    options = parser.parse_args()
    if options.preparer:
        prepare(0.5)
    print(json.dumps(measure(options.echantillon)))
