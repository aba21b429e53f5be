"""A motif with free mornings, and usagers who have an appointment far away and would rather come sooner.

`at` is Thursday 19 November 2026 at 10:00; two places of twenty minutes are free on Tuesday 24, 9:00 and 9:20; the
appointments are on 10 December.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from citoyens.actions import Contact, create_usager
from collectivites.acteur import Acteur
from collectivites.models import Lieu
from rendezvous.attente.actions import ask_plus_tot
from rendezvous.models import DemandePlusTot, Motif, PlageOuverture, RendezVous, Ressource
from tests.rendezvous.conftest import PARIS
from tests.rendezvous.monde import make_participation, make_plage, make_rendezvous

LIBRE = date(2026, 11, 24)
Attente = Callable[..., DemandePlusTot]


@pytest.fixture(autouse=True)
def _depot(settings: LazySettings, tmp_path: Path) -> None:
    settings.DEPOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def plage(ressource: Ressource, lieu: Lieu, motif: Motif) -> PlageOuverture:
    return make_plage(ressource, lieu, motif, jours=(LIBRE,), blocs=((540, 580),))


@pytest.fixture
def far(motif: Motif, ressource: Ressource, lieu: Lieu, by: Acteur, at: datetime) -> Callable[..., RendezVous]:
    """Book somebody on 10 December: the n-th at 9 h + n × 20 minutes."""

    def book(rang: int, **fields: object) -> RendezVous:
        usager = create_usager(
            nature="personne", nom=f"Usager {rang}", contacts=[Contact("courriel", f"u{rang}@exemple.fr")],
            by=by, at=at,
        )  # fmt: skip
        start = datetime(2026, 12, 10, 9, tzinfo=PARIS) + timedelta(minutes=20 * rang)
        rdv = make_rendezvous(
            motif, ressource, lieu, start, fin_at=start + timedelta(minutes=20), usager=usager, at=at, **fields
        )
        make_participation(rdv, usager, courriel=f"u{rang}@exemple.fr")
        return rdv

    return book


@pytest.fixture
def attente(far: Callable[..., RendezVous], at: datetime) -> Attente:
    """The n-th usager waits, since n minutes after the first one."""

    def wait(rang: int) -> DemandePlusTot:
        return ask_plus_tot(rendezvous=far(rang), at=at + timedelta(minutes=rang))

    return wait


def slot(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=PARIS).astimezone(UTC)
