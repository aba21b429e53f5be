"""The banner of a live page: silent while nothing moved, then an invitation; never a loss of what is typed."""

from datetime import datetime

from django.test import Client

from collectivites.acteur import acting_usager
from demandes.actions import receive_message
from demandes.models import Demande
from demandes.views.fraicheur import stamp
from journal.models import Consultation
from tests.demandes.ecrans.conftest import url


def test_the_page_carries_its_stamp_and_listens(poste: Client, demande: Demande) -> None:
    page = poste.get(url("fiche", demande.pk)).content.decode()
    assert f"vu={stamp(demande)}" in page
    assert "data-guichet-flux-jeton" in page


def test_nothing_is_said_while_nothing_moved(poste: Client, demande: Demande) -> None:
    demande.refresh_from_db()
    answer = poste.get(url("fraicheur", demande.pk), {"vu": stamp(demande)}).content.decode()
    assert "vient de changer" not in answer


def test_a_message_of_the_usager_is_announced(poste: Client, demande: Demande, maintenant: datetime) -> None:
    seen = stamp(demande)
    receive_message(
        demande=demande, canal="courriel", texte="Toujours éteint.",
        by=acting_usager(usager_id=demande.usager_id or 0),
        at=maintenant,
    )  # fmt: skip
    answer = poste.get(url("fraicheur", demande.pk), {"vu": seen}).content.decode()
    assert "Cette demande vient de changer" in answer


def test_asking_is_not_reading(poste: Client, demande: Demande) -> None:
    before = Consultation.objects.count()
    poste.get(url("fraicheur", demande.pk), {"vu": "0"})
    assert Consultation.objects.count() == before
