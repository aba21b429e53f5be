"""The timeline of a person: sealed appointments leave no trace for the other services."""

from datetime import datetime

from citoyens.actions import record_interaction
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur


def test_sealed_appointments_are_not_even_counted(usager: Usager, by: Acteur, at: datetime) -> None:
    for domaine in ("etat_civil", "social"):
        record_interaction(
            usager_id=usager.pk, genre="rendezvous", sens="interne", canal="guichet", domaine=domaine,
            titre="Rendez-vous pris", objet_type="rendezvous", objet_id=1, by=by, at=at,
        )  # fmt: skip
    rows = Interaction.objects.of(usager.pk).filter(genre="rendezvous")
    assert [row.domaine for row in rows.shown_to(frozenset({"etat_civil"}))] == ["etat_civil"]
    assert rows.shown_to(frozenset({"etat_civil", "social"})).count() == 2
