"""Property: whatever two demandes hold and whatever arrives meanwhile, merging then undoing changes nothing else."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citoyens.models import Interaction
from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.actions import add_note, move, receive_message
from demandes.actions.fusion import merge_demandes, undo_merge
from demandes.models import (
    Abonnement,
    Avis,
    Brouillon,
    Demande,
    Fusion,
    Lien,
    Message,
    PartieDemande,
    PieceJointe,
    Suspension,
    Tache,
)
from demandes.travail.abonnes import follow
from demandes.travail.liens import tie
from demandes.travail.taches import add_tache
from tests.demandes.conftest import Ouvrir

TABLES = (Message, PieceJointe, PartieDemande, Tache, Abonnement, Brouillon, Avis, Lien, Suspension, Interaction)
GESTES = ("message", "note", "tache", "suivre", "suivre_autre", "brouillon", "lien", "attente", "non_lue", "sujet")
monde = st.lists(st.sampled_from(GESTES), max_size=6)


def picture() -> dict[str, Any]:
    """Every row that may move, and the demandes without what only counts writes."""
    rows = {model.__name__: {row["id"]: row for row in model.objects.order_by("pk").values()} for model in TABLES}
    ignored = {"version"}
    demandes = {row["id"]: {k: v for k, v in row.items() if k not in ignored} for row in Demande.objects.values()}
    return rows | {"Demande": demandes}


class Annuler(Exception):
    """Give the database back as it was, example after example."""


class Monde:
    """The gestures that fill a demande, by name."""

    def __init__(self, ouvrir: Ouvrir, agent: Agent, collegue: Agent, by: Acteur) -> None:
        self.ouvrir, self.agent, self.collegue, self.by = ouvrir, agent, collegue, by

    def do(self, geste: str, demande: Demande, at: datetime) -> None:
        getattr(self, geste)(demande, at)

    def message(self, demande: Demande, at: datetime) -> None:
        receive_message(demande=demande, canal="courriel", texte="Alors ?", by=self.by, at=at)

    def attente(self, demande: Demande, at: datetime) -> None:
        fresh = Demande.objects.get(pk=demande.pk)
        etat = "en_attente_usager" if fresh.etat != "en_attente_usager" else "en_cours"
        move(demande=fresh, version=fresh.version, etat=etat, by=self.by, at=at)

    def note(self, demande: Demande, at: datetime) -> None:
        add_note(demande=demande, texte="Vu.", by=self.by, at=at, agent=self.agent)

    def tache(self, demande: Demande, at: datetime) -> None:
        add_tache(demande=demande, libelle="Voir", agent=None, due_on=None, clef=uuid4(), by=self.by, at=at)

    def suivre(self, demande: Demande, at: datetime) -> None:
        follow(demande=demande, agent=self.agent, at=at)

    def suivre_autre(self, demande: Demande, at: datetime) -> None:
        follow(demande=demande, agent=self.collegue, at=at)

    def brouillon(self, demande: Demande, at: datetime) -> None:
        Brouillon.objects.get_or_create(demande=demande, agent=self.agent, defaults={"texte": "…", "updated_at": at})

    def lien(self, demande: Demande, at: datetime) -> None:
        tie(de=demande, vers=self.ouvrir(objet="Voisine"), genre="lie", by=self.by, at=at)

    def non_lue(self, demande: Demande, at: datetime) -> None:
        Demande.objects.filter(pk=demande.pk).update(is_unread=True)

    def sujet(self, demande: Demande, at: datetime) -> None:
        Demande.objects.filter(pk=demande.pk).update(sujet_id=42)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(premiers=monde, seconds=monde, pendant=st.lists(st.sampled_from(("message", "note", "tache")), max_size=3))
def test_merging_then_undoing_is_the_identity(
    ouvrir: Ouvrir, agent: Agent, collegue: Agent, by: Acteur, at: datetime,
    premiers: list[str], seconds: list[str], pendant: list[str],
) -> None:  # fmt: skip
    vie = Monde(ouvrir, agent, collegue, by)
    with suppress(Annuler), transaction.atomic():
        kept, gone = ouvrir(objet="Gardée"), ouvrir(objet="Absorbée")
        for rank, (demande, geste) in enumerate(
            [*((kept, each) for each in premiers), *((gone, each) for each in seconds)]
        ):
            vie.do(geste, demande, at + timedelta(minutes=rank))
        before = picture()
        fusion = _merge(kept.pk, gone.pk, by, at + timedelta(hours=1))
        assert not Message.objects.filter(demande=gone).exists()
        merged = picture()
        for geste in pendant:  # an e-mail to the merged one, a note and a task on the one kept
            vie.do(geste, gone if geste == "message" else kept, at + timedelta(hours=2))
        new = {name: rows.keys() - merged[name].keys() for name, rows in picture().items()}
        assert undo_merge(fusion=fusion, by=by, at=at + timedelta(hours=3)).restees == []
        after = picture()
        if pendant:  # what came meanwhile was lived by the demande kept: its own state and pauses are its own
            for rows in (before, after):
                rows["Demande"].pop(kept.pk)
                rows["Suspension"] = {
                    pk: row for pk, row in rows["Suspension"].items() if row["demande_id"] != kept.pk
                }
        for name, rows in before.items():
            assert {pk: row for pk, row in after[name].items() if pk not in new[name]} == rows, name
        came = [after["Message"][pk]["demande_id"] for pk in new["Message"]]
        assert came == [kept.pk] * sum(geste != "tache" for geste in pendant)  # nothing lost, nothing moved
        raise Annuler


def _merge(kept: int, gone: int, by: Acteur, at: datetime) -> Fusion:
    rows = Demande.objects.in_bulk([kept, gone])
    return merge_demandes(
        conservee=rows[kept], absorbee=rows[gone], version_conservee=rows[kept].version,
        version_absorbee=rows[gone].version, by=by, at=at,
    )  # fmt: skip
