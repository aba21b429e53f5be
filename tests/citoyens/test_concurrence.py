"""Two agents at the same instant: one contact point, one preferred contact, no error, no wait for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import close_old_connections, connection

from citoyens.actions import Contact, add_contact, create_usager, prefer_contact, remove_contact
from citoyens.models import LienContact, PointContact, Usager
from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
BY = {"by": AUTOMATE, "at": AT}
MAIL = Contact("courriel", "famille@exemple.fr")


@pytest.fixture
def town() -> Collectivite:
    return Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")


def together(town: Collectivite, *gestures: Callable[[], object]) -> list[object]:
    """Run the gestures at once, each in its own connection and transaction."""
    ready = Barrier(len(gestures))

    def run(gesture: Callable[[], object]) -> object:
        close_old_connections()
        try:
            with collectivite_active(town.pk):
                ready.wait(10)
                return gesture()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(gestures)) as pool:
        return [each.result(30) for each in [pool.submit(run, gesture) for gesture in gestures]]


@pytest.mark.parametrize("tour", range(3))
def test_the_same_address_typed_twice_at_once_is_one_point(town: Collectivite, tour: int) -> None:
    create = lambda: create_usager(nature="personne", nom=f"Zorglub{tour}", contacts=[MAIL], **BY)  # noqa: E731
    together(town, create, create, create)
    with collectivite_active(town.pk):
        assert PointContact.objects.count() == 1
        assert LienContact.objects.count() == 3


def test_a_contact_given_while_its_last_owner_loses_it_survives(town: Collectivite) -> None:
    with collectivite_active(town.pk):
        samira, karim = (create_usager(nature="personne", nom=nom, **BY) for nom in ("Samira", "Karim"))
        lien = add_contact(usager=samira, contact=MAIL, **BY)
    together(town, lambda: remove_contact(lien=lien, **BY), lambda: add_contact(usager=karim, contact=MAIL, **BY))
    with collectivite_active(town.pk):
        assert LienContact.objects.get().usager_id == karim.pk
        assert PointContact.objects.count() == 1


def test_two_choices_of_the_preferred_contact_leave_one(town: Collectivite) -> None:
    with collectivite_active(town.pk):
        usager = create_usager(nature="personne", nom="Samira", **BY)
        liens = [add_contact(usager=usager, contact=c, **BY) for c in (MAIL, Contact("mobile", "0639981234"))]
    together(town, *[lambda lien=lien: prefer_contact(lien=lien, **BY) for lien in liens])
    with collectivite_active(town.pk):
        assert LienContact.objects.filter(is_prefere=True).count() == 1


def test_the_same_form_sent_twice_at_once_creates_one_usager(town: Collectivite) -> None:
    clef = uuid4()
    create = lambda: create_usager(nature="personne", nom="Samira", contacts=[MAIL], clef=clef, **BY)  # noqa: E731
    one, other = together(town, create, create)
    assert one == other
    with collectivite_active(town.pk):
        assert Usager.objects.count() == 1
