"""An appointment to write about: Tuesday 24 November 2026 at 9:40 in Paris, booked the Thursday before."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from citoyens.models import Usager
from collectivites.models import Lieu
from rendezvous.models import Motif, Participation, RendezVous, Ressource
from tests.rendezvous.conftest import PARIS
from tests.rendezvous.monde import make_participation, make_rendezvous


@pytest.fixture(autouse=True)
def _public_address(settings: LazySettings, tmp_path: Path) -> None:
    settings.URL_PUBLIQUE = "https://guichet.exemple.fr"  # type: ignore[attr-defined]
    settings.DEPOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def debut_at() -> datetime:
    return datetime(2026, 11, 24, 9, 40, tzinfo=PARIS)


@pytest.fixture
def rdv(
    motif: Motif, ressource: Ressource, lieu: Lieu, usager: Usager, debut_at: datetime, at: datetime
) -> RendezVous:
    return make_rendezvous(
        motif, ressource, lieu, debut_at, fin_at=debut_at + timedelta(minutes=20), usager=usager, at=at
    )


@pytest.fixture
def participation(rdv: RendezVous, usager: Usager) -> Participation:
    return make_participation(rdv, usager, courriel="samira@exemple.fr", telephone="+33639981234")
