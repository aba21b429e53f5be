"""A Thursday at ten o'clock: the screens read a clock that stands still."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from citoyens.models import Usager
from collectivites.models import Agent, Lieu
from rendezvous.jetons import draw_sel, hash_jeton, write_jeton
from rendezvous.models import Motif, Participation, RendezVous, Ressource
from tests.rendezvous.monde import make_plage, make_rendezvous

Fixer = Callable[..., RendezVous]


@pytest.fixture
def horloge(monkeypatch: pytest.MonkeyPatch, at: datetime) -> datetime:
    """Everybody's clock says `at`."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    return at


@pytest.fixture
def poste(client: Client, horloge: datetime, agent: Agent) -> Client:
    """Claire's browser."""
    client.force_login(agent)
    return client


@pytest.fixture
def plage(ressource: Ressource, lieu: Lieu, motif: Motif, at: datetime) -> None:
    """Claire receives from 9 to 12 on this Thursday and the five days that follow."""
    days = tuple(at.date() + timedelta(days=gap) for gap in range(6))
    make_plage(ressource, lieu, motif, jours=days)


@pytest.fixture
def fixer(motif: Motif, ressource: Ressource, lieu: Lieu, usager: Usager, at: datetime) -> Fixer:
    """Lay an appointment some minutes from now, with its participant."""

    def lay(minutes: int, **fields: object) -> RendezVous:
        chosen = {"motif": motif, "ressource": ressource, "lieu": lieu, "usager": usager} | fields
        state = fields.get("etat", "")
        chosen |= {"cancelled_at": at} if str(state).startswith("annule") else {}
        chosen |= {"expire_at": at + timedelta(minutes=9)} if state == "option" and "expire_at" not in fields else {}
        start = at + timedelta(minutes=minutes)
        end = start + timedelta(minutes=20)
        rdv = make_rendezvous(debut_at=start, fin_at=end, at=at - timedelta(days=7), **chosen)  # type: ignore[arg-type]
        sel = draw_sel()
        Participation.objects.create(
            rendezvous=rdv, usager=rdv.usager, sel=sel, jeton_hash=hash_jeton(write_jeton(sel)), jeton_expire_at=end,
            courriel="samira@exemple.fr", telephone="+33639981234",
        )  # fmt: skip
        return rdv

    return lay
