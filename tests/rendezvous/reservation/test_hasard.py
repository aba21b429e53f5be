"""Fifty random operations on one morning; after each of them, everything that must hold still holds."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from unittest.mock import patch

import pytest
from django.db.models import Sum

from collectivites.acteur import Acteur
from collectivites.models import Lieu
from rendezvous.creneaux.modele import Creneau
from rendezvous.creneaux.recherche import find_creneaux
from rendezvous.etats import OCCUPANTS, VIVANTS, Etat
from rendezvous.models import Motif, Occupation, Participation, RendezVous, Ressource, Seance
from rendezvous.reservation import actions
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse, VersionPerimee
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_agent, make_motif, make_plage, make_ressource
from tests.rendezvous.reservation.conftest import LUNDI, NEUF_HEURES, slot

PAS = 50
REFUS = (CreneauPris, RendezVousRefuse, VersionPerimee)


class Matinee:
    """A morning, a clock, a die. Each method is one thing that somebody may do; a refusal is an answer."""

    def __init__(self, graine: int, lieu: Lieu, motifs: list[Motif], ressources: list[Ressource], by: Acteur) -> None:
        self.hasard = Random(graine)  # noqa: S311 the same operations each time
        self.lieu, self.ressources, self.by = lieu, ressources, by
        self.motif, self.atelier = motifs
        self.now = NEUF_HEURES - timedelta(minutes=30)
        self.done: Counter[str] = Counter()
        self.people = 0

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.step()
            self.verify()

    def step(self) -> None:
        self.now += timedelta(seconds=self.hasard.randint(5, 200))
        geste: Callable[[], object] = self.hasard.choice([
            self.hold, self.hold, self.confirm, self.confirm, self.book, self.book, self.book, self.surbook, self.move,
            self.move, self.cancel, self.mark, self.mark, self.drop, self.sweep, self.open, self.join, self.join,
            self.move_seance, self.close,
        ])  # fmt: skip
        try:
            geste()
        except REFUS:
            self.done["refus"] += 1
        except LookupError:  # nobody to do it to
            return
        else:
            self.done[geste.__name__] += 1

    def wish(self, *, host: bool = False) -> Creneau:
        who = self.hasard.choice(self.ressources if host else [*self.ressources, None])
        return slot(self.motif, self.lieu, who, minutes=self.hasard.randrange(-10, 180, 5))

    def somebody(self) -> list[Participant]:
        self.people += 1
        return [Participant(nom=f"Personne {self.people}")]

    def pick(self, *etats: str) -> RendezVous:
        found = RendezVous.objects.filter(etat__in=etats).order_by("pk")
        return self.hasard.choice(list(found))

    def asked(self, motif: Motif, creneau: Creneau) -> dict[str, object]:
        personnes = self.hasard.randint(1, 2)
        return {"creneau": creneau, "motif": motif, "personnes": personnes, "clef": None, "canal": "guichet",
                "by": self.by, "at": self.now}  # fmt: skip

    def hold(self) -> None:
        creneau = self.wish()
        actions.hold_creneau(**self.asked(self.motif, creneau))

    def confirm(self) -> None:
        actions.confirm_option(
            rendezvous=self.pick(Etat.OPTION), participants=self.somebody(), by=self.by, at=self.now
        )

    def drop(self) -> None:
        actions.drop_option(rendezvous=self.pick(Etat.OPTION), at=self.now)

    def sweep(self) -> None:
        actions.sweep_options(at=self.now)

    def book(self) -> None:
        actions.book_rendezvous(**self.asked(self.motif, self.wish()), participants=self.somebody())

    def surbook(self) -> None:
        asked = self.asked(self.motif, self.wish(host=True))
        actions.book_rendezvous(**asked, participants=self.somebody(), is_surbooking=True)

    def move(self) -> None:
        rdv = self.pick(*VIVANTS)
        creneau = self.seat() if rdv.seance_id else self.wish()
        version = rdv.version - (self.hasard.random() < 0.1)
        is_over = not rdv.seance_id and bool(creneau.ressource_id) and self.hasard.random() < 0.2
        actions.move_rendezvous(
            rendezvous=rdv, version=version, creneau=creneau, is_surbooking=is_over, by=self.by, at=self.now
        )

    def cancel(self) -> None:
        rdv = self.pick(*VIVANTS, *OCCUPANTS - {Etat.OPTION})
        par = self.hasard.choice(["usager", "service"])
        actions.cancel_rendezvous(rendezvous=rdv, version=rdv.version, par=par, raison="", by=self.by, at=self.now)

    def mark(self) -> None:
        rdv = self.pick(*OCCUPANTS - {Etat.OPTION})
        etat = self.hasard.choice(sorted(OCCUPANTS - {Etat.OPTION}))
        actions.mark_rendezvous(rendezvous=rdv, version=rdv.version, etat=etat, by=self.by, at=self.now)

    def open(self) -> None:
        debut_at = NEUF_HEURES + timedelta(minutes=self.hasard.randrange(0, 240, 15))
        actions.open_seance(
            motif=self.atelier, lieu=self.lieu, ressource=self.hasard.choice(self.ressources), debut_at=debut_at,
            fin_at=debut_at + timedelta(minutes=30), places=4, by=self.by, at=self.now,
        )  # fmt: skip

    def seat(self) -> Creneau:
        seance = self.hasard.choice(list(Seance.objects.filter(is_annulee=False).order_by("pk")))
        return slot(self.atelier, self.lieu, seance_id=seance.pk)

    def join(self) -> None:
        asked = self.asked(self.atelier, self.seat())
        if self.hasard.random() < 0.4:
            actions.hold_creneau(**asked)
        else:
            actions.book_rendezvous(**asked, participants=self.somebody())

    def move_seance(self) -> None:
        seance = self.hasard.choice(list(Seance.objects.filter(is_annulee=False).order_by("pk")))
        debut_at = NEUF_HEURES + timedelta(minutes=self.hasard.randrange(0, 240, 15))
        actions.move_seance(
            seance=seance, version=seance.version, debut_at=debut_at, fin_at=debut_at + timedelta(minutes=30),
            by=self.by, at=self.now,
        )  # fmt: skip

    def close(self) -> None:
        seances = list(Seance.objects.filter(is_annulee=False).order_by("pk"))
        seance = self.hasard.choice(seances[2:])
        actions.cancel_seance(seance=seance, version=seance.version, raison="", by=self.by, at=self.now)

    def verify(self) -> None:
        """Everything that must hold, whatever happened."""
        taken = list(Occupation.objects.filter(is_actif=True).order_by("debut_at"))
        assert_apart([row for row in taken if not row.is_surbooking])
        verify_rows(self.motif)
        busy = [row for row in taken if row.expire_at is None or row.expire_at > self.now]
        for creneau in find_creneaux(motif=self.motif, du=LUNDI, au=LUNDI, at=self.now, pour_agent=True):
            assert not [row for row in busy if meets(row, creneau)], creneau


def assert_apart(rows: list[Occupation]) -> None:
    """No two of one place of one resource at one time."""
    last: dict[tuple[int, int], datetime] = {}
    for row in rows:
        key = (row.ressource_id, row.place)
        assert last.get(key, row.debut_at) <= row.debut_at
        last[key] = row.fin_at


def meets(row: Occupation, creneau: Creneau) -> bool:
    same = row.ressource_id == creneau.ressource_id and (row.seance_id is not None or row.place == creneau.place)
    return same and row.debut_at < creneau.fin_at and creneau.debut_at < row.fin_at


def verify_rows(motif: Motif) -> None:
    buffer, numbers = timedelta(minutes=motif.battement_minutes), []
    for rdv in RendezVous.objects.prefetch_related("occupations"):
        rows = [row for row in rdv.occupations.all() if row.is_actif]
        assert len(rows) == int(rdv.seance_id is None and rdv.etat in OCCUPANTS), rdv
        for row in rows:
            assert (row.debut_at, row.fin_at, row.expire_at) == (rdv.debut_at, rdv.fin_at + buffer, rdv.expire_at)
        numbers += [] if rdv.etat == Etat.OPTION else [rdv.numero]
    assert len(set(numbers)) == len(numbers)
    for seance in Seance.objects.all():
        seated = RendezVous.objects.filter(seance=seance, etat__in=OCCUPANTS).aggregate(n=Sum("personnes"))["n"]
        assert seance.inscrits == (seated or 0), seance
    for who in Participation.objects.select_related("rendezvous"):
        assert who.is_vivante == (who.rendezvous.etat in VIVANTS), who


@pytest.fixture
def matinee(ville, service, agent, lieu, by) -> Callable[[int], Matinee]:
    """Two agents, the second one with two places; appointments of 20 or 35 minutes and 5 between; sessions."""
    motif = make_motif(service, "Titre", durees=(20, 35), battement_minutes=5)
    atelier = make_motif(service, "Atelier", is_collectif=True, places=4)
    ressources = [make_ressource(each) for each in (agent, make_agent(ville, "Yann Le Goff", service))]
    for capacite, ressource in enumerate(ressources, 1):
        make_plage(ressource, lieu, motif, jours=(LUNDI,), capacite=capacite)

    def begin(graine: int) -> Matinee:
        matin = Matinee(graine, lieu, [motif, atelier], ressources, by)
        while Seance.objects.count() < 2:
            with suppress(CreneauPris):
                matin.open()
        return matin

    return begin


@pytest.mark.parametrize("graine", [2, 5])
def test_everything_holds_after_each_of_fifty_random_operations(matinee, graine) -> None:
    matin = matinee(graine)
    matin.live(PAS)
    assert len(matin.done) >= 9, matin.done  # many kinds went through, not refusals only


@pytest.mark.parametrize("garde", ["annulation.give_seats", "annulation.Occupation", "options.erase_options"])
def test_a_forgotten_write_would_be_seen(matinee, garde) -> None:
    """The negative control: one write left out, and the same operations find it."""
    with patch(f"rendezvous.reservation.{garde}"), pytest.raises(AssertionError):
        matinee(4).live(PAS)
