"""A Monday morning that can be booked, and what is asked of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from citoyens.models import Usager
from collectivites.acteur import Acteur, acting_usager
from collectivites.models import Lieu
from rendezvous.creneaux.modele import Creneau
from rendezvous.evenements import Evenement, ecouteurs
from rendezvous.models import Motif, PlageOuverture, RendezVous, Ressource
from rendezvous.reservation.actions import book_rendezvous
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_plage

LUNDI = date(2026, 11, 23)
NEUF_HEURES = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 9:00 in Paris


@pytest.fixture
def plage(ressource: Ressource, lieu: Lieu, motif: Motif) -> PlageOuverture:
    """Monday 9:00–12:00, one at a time."""
    return make_plage(ressource, lieu, motif, jours=(LUNDI,))


@pytest.fixture
def public() -> Acteur:
    return acting_usager(usager_id=0)


@pytest.fixture
def samira(usager: Usager) -> Participant:
    return Participant(usager_id=usager.pk)


@pytest.fixture
def entendus(monkeypatch: pytest.MonkeyPatch) -> list[Evenement]:
    """The facts told during the test, after the true listeners."""
    heard: list[Evenement] = []
    monkeypatch.setattr(ecouteurs, "_entries", dict(ecouteurs._entries))
    ecouteurs.add("test", heard.append, rang=1000)
    return heard


def slot(
    motif: Motif, lieu: Lieu, ressource: Ressource | None = None, *, minutes: int = 0, seance_id: int | None = None
) -> Creneau:
    """The slot that begins `minutes` after nine, as a page would ask for it."""
    debut_at = NEUF_HEURES + timedelta(minutes=minutes)
    return Creneau(
        debut_at=debut_at, fin_at=debut_at + timedelta(minutes=20), lieu_id=lieu.pk,
        ressource_id=ressource.pk if ressource else 0, place=1, motif_id=motif.pk, seance_id=seance_id,
    )  # fmt: skip


Reserve = Callable[..., RendezVous]


@pytest.fixture
def reserve(motif: Motif, lieu: Lieu, ressource: Ressource, samira: Participant, by: Acteur, at: datetime) -> Reserve:
    """Book for Samira at nine, unless told otherwise."""

    def run(**changes: object) -> RendezVous:
        minutes = changes.pop("minutes", 0)
        asked = {
            "creneau": slot(motif, lieu, ressource, minutes=minutes), "motif": motif, "personnes": 1,
            "participants": [samira], "clef": None, "canal": "guichet", "by": by, "at": at,
        }  # fmt: skip
        return book_rendezvous(**(asked | changes))

    return run
