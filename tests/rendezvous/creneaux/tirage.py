"""Worlds drawn by lot, and the slots that PostgreSQL finds in them: range_agg(open) − range_agg(taken)."""

import random
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import connection

from collectivites.feries import compute_feries
from collectivites.models import Fermeture, Service
from demandes.models import Absence
from rendezvous.heures import get_day, to_instant
from rendezvous.models import (
    Guichet,
    Indisponibilite,
    Motif,
    Occupation,
    OccurrenceIndisponible,
    RendezVous,
    Ressource,
    Seance,
)
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_ressource

FUSEAUX = ("Europe/Paris", "Indian/Reunion", "America/Miquelon", "Pacific/Tahiti", "Pacific/Noumea")


class Tirage:
    """One town of a few days: resources of 1 to 3 places, ranges that overlap, appointments that do not."""

    def __init__(self, graine: int, ville: object, service: Service, at: datetime) -> None:
        self.rng, self.service, self.at = random.Random(graine), service, at  # noqa: S311 a draw that repeats
        self.du = at.date()
        self.jours = [self.du + timedelta(days=n) for n in range(9)]
        self.lieux = [make_lieu(f"Lieu {n}", self.rng.choice(FUSEAUX)) for n in range(3)]
        self.motif = make_motif(
            service, durees=(self.rng.choice((15, 20, 30)), 45), battement_minutes=self.rng.choice((0, 5, 10)),
            delai_min_minutes=self.rng.choice((0, 90, 1500)), delai_max_jours=self.rng.choice((4, 30)),
        )  # fmt: skip
        self.autre = make_motif(service, "Autre motif", is_collectif=False)
        self.motifs = (self.motif, self.autre)
        agents = [make_ressource(make_agent(ville, f"Agent N{n}", service)) for n in range(4)]
        guichets = [make_ressource(Guichet.objects.create(lieu=self.lieux[0], libelle=f"G{n}")) for n in range(2)]
        self.ressources = agents + guichets
        self._open()
        self._take()
        self._close()

    def _draw_bloc(self) -> tuple[int, int]:
        start = self.rng.randrange(7 * 60, 16 * 60, 15)
        return start, min(1440, start + self.rng.randrange(60, 540, 15))

    def _open(self) -> None:
        for ressource in self.ressources:
            for _ in range(self.rng.randint(2, 4)):
                make_plage(
                    ressource, self.rng.choice(self.lieux), *self.motifs[: self.rng.randint(1, 2)],
                    jours=tuple(self.rng.sample(self.jours, 6)), blocs=(self._draw_bloc(),),
                    capacite=self.rng.choice((1, 1, 3)), is_ferie_travaille=self.rng.random() < 0.3,
                )  # fmt: skip

    def _draw_stretch(self) -> tuple[datetime, datetime]:
        jour = self.rng.choice(self.jours)
        start = to_instant(jour, self.rng.randrange(7 * 60, 19 * 60, 5), self.rng.choice(FUSEAUX))
        return start, start + timedelta(minutes=self.rng.randrange(5, 90, 5))

    def _take(self) -> None:
        """Appointments, options, surbookings, cancelled ones, sessions: what the constraint accepts."""
        held: dict[tuple[int, int], list[tuple[datetime, datetime]]] = {}
        rows = []
        for _ in range(140):
            ressource, place = self.rng.choice(self.ressources), self.rng.choice((1, 1, 2, 3))
            start, end = self._draw_stretch()
            taken = held.setdefault((ressource.pk, place), [])
            hits = any(first < end and start < last for first, last in taken)
            is_actif = self.rng.random() < 0.9
            if is_actif and not hits:
                taken.append((start, end))
            gap = self.rng.choice((None, None, None, -5, 5))
            expire_at = self.at + timedelta(minutes=gap) if gap else None
            cause = self._draw_cause(ressource, start, end)
            rows.append(Occupation(ressource=ressource, place=place, debut_at=start, fin_at=end, is_actif=is_actif,
                                   is_surbooking=hits, expire_at=expire_at, **cause))  # fmt: skip
        Occupation.objects.bulk_create(rows)

    def _draw_cause(self, ressource: Ressource, start: datetime, end: datetime) -> dict[str, object]:
        lieu = self.lieux[0]
        common = {"motif": self.autre, "lieu": lieu, "debut_at": start, "fin_at": end,
                  "jour": get_day(start, lieu.fuseau)}  # fmt: skip
        if self.rng.random() < 0.1:
            return {"seance": Seance.objects.create(ressource=ressource, places=5, created_at=self.at, **common)}
        return {"rendezvous": RendezVous.objects.create(
            numero=uuid4().hex[:20], uuid=uuid4(), service=self.service, domaine=self.service.domaine,
            etat="confirme", canal="guichet", created_at=self.at, **common)}  # fmt: skip

    def _close(self) -> None:
        rule = Indisponibilite.objects.create(debut_on=self.du, fin_on=self.du, created_at=self.at)
        every = [{}, *({"lieu": each} for each in self.lieux), *({"ressource": each} for each in self.ressources)]
        for who in every:
            start, end = self._draw_stretch()
            OccurrenceIndisponible.objects.create(indisponibilite=rule, debut_at=start, fin_at=end, **who)
        Fermeture.objects.create(lieu=self.lieux[1], debut_on=self.jours[2], fin_on=self.jours[3])
        Fermeture.objects.create(debut_on=self.jours[6], fin_on=self.jours[6])
        Absence.objects.create(
            agent=self.ressources[0].agent, debut_on=self.jours[0], fin_on=self.jours[4], created_at=self.at
        )


_SQL = """
WITH blocs AS (
  SELECT o.ressource_id, o.lieu_id, o.jour, place, tstzrange(o.debut_at, o.fin_at) AS periode
    FROM rendezvous_occurrenceplage o
    JOIN rendezvous_plagemotif pm ON pm.plage_id = o.plage_id AND pm.motif_id = %(motif)s
    JOIN rendezvous_ressource r ON r.id = o.ressource_id
    JOIN collectivites_lieu l ON l.id = o.lieu_id
   CROSS JOIN generate_series(1, o.capacite) place
   WHERE o.jour BETWEEN %(du)s AND %(au)s
     AND (%(agent)s OR o.jour <= (%(at)s AT TIME ZONE l.fuseau)::date + %(delai_max)s)
     AND (o.is_ferie_travaille OR NOT o.jour = ANY(%(feries)s::date[]))
     AND NOT EXISTS (SELECT 1 FROM collectivites_fermeture f
                      WHERE coalesce(f.lieu_id, l.id) = l.id AND o.jour BETWEEN f.debut_on AND f.fin_on)
     AND NOT EXISTS (SELECT 1 FROM demandes_absence a
                      WHERE a.agent_id = r.agent_id AND o.jour BETWEEN a.debut_on AND a.fin_on)
), ouvert AS (
  SELECT ressource_id, lieu_id, jour, place, range_agg(periode) AS periodes FROM blocs GROUP BY 1, 2, 3, 4
), libre AS (
  SELECT ressource_id, lieu_id, place, unnest(periodes - coalesce((
      SELECT range_agg(tstzrange(p.debut_at - make_interval(mins => %(battement)s), p.fin_at))
        FROM rendezvous_occupation p
       WHERE p.ressource_id = o.ressource_id AND p.is_actif AND (p.place = o.place OR p.seance_id IS NOT NULL)
         AND (p.expire_at IS NULL OR p.expire_at > %(at)s)), '{}') - coalesce((
      SELECT range_agg(tstzrange(i.debut_at, i.fin_at)) FROM rendezvous_occurrenceindisponible i
       WHERE coalesce(i.ressource_id, o.ressource_id) = o.ressource_id
         AND coalesce(i.lieu_id, o.lieu_id) = o.lieu_id), '{}')) AS periode
    FROM ouvert o
), grille AS (
  SELECT ressource_id, lieu_id, place, generate_series(
      CASE WHEN lower(periode) >= %(at)s THEN lower(periode)
           ELSE date_bin('5 min', %(at)s + interval '4:59.999999', 'epoch') END,
      upper(periode) - make_interval(mins => %(duree)s),
      make_interval(mins => %(duree)s + %(battement)s)) AS debut
    FROM libre
)
SELECT debut, lieu_id, ressource_id, min(place), count(*) FROM grille
 WHERE debut >= %(at)s AND (%(agent)s OR debut >= %(at)s + make_interval(mins => %(delai_min)s))
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def ask_postgresql(
    motif: Motif, *, du: date, au: date, at: datetime, personnes: int, pour_agent: bool
) -> list[tuple[datetime, int, int, int, int]]:
    """Return (start, lieu, resource, lowest place, free places) of each slot, from one statement."""
    feries = [day for year in (du.year, au.year) for day in compute_feries(year, "metropole")]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {
            "motif": motif.pk, "du": du, "au": au, "at": at, "agent": pour_agent, "feries": feries,
            "duree": motif.get_duree(personnes), "battement": motif.battement_minutes,
            "delai_min": motif.delai_min_minutes, "delai_max": motif.delai_max_jours,
        })  # fmt: skip
        return [tuple(row) for row in cursor.fetchall()]
