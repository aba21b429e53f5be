"""Fills an empty prepared base with a town that receives a lot: 300 agents, 1,000,000 appointments in 18 months.

    DATABASE_URL=… python outils/mesures/creneaux_volume.py

Twenty agents receive for one motif, sixty others for identity cards in five lieux, the rest is past and present work.
Ranges are projected by our own code; appointments are laid by the database, its triggers off, and the exclusion
constraint is put back afterwards: it would refuse a load that books anybody twice.
"""

import os
import sys
from pathlib import Path

import django
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from collectivites.cloison import collectivite_active  # noqa: E402
from collectivites.models import Agent, Collectivite, Lieu, Rattachement, Service  # noqa: E402
from collectivites.permissions import Role  # noqa: E402
from rendezvous.models import Motif, PlageMotif, PlageOuverture, Ressource  # noqa: E402
from rendezvous.offre.projection import project_plage  # noqa: E402

SLUG = "mesure-rendezvous"
AGENTS, VINGT, ANTS, LIEUX, RENDEZVOUS = 300, 20, 60, 5, 1_000_000
OUVERTURE = [[9 * 60, 17 * 60]]  # as the peer: Monday to Friday, nine to five
REGLE = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"

# Half of what is to come is booked; the past is drawn until the count is reached, the future first.
_TIRER = """
CREATE TABLE volume_rdv AS
SELECT row_number() OVER () AS id, * FROM (
  SELECT r.id AS ressource, q.lieu, q.motif, d::date AS jour, heure AS debut, heure + q.pas AS fin
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1)::int AS rang FROM rendezvous_ressource
           WHERE collectivite_id = %(c)s) r
   CROSS JOIN LATERAL (SELECT * FROM (VALUES
           (true, %(m20)s::bigint, (%(lieux)s::bigint[])[1], interval '30 min'),
           (false, %(ants)s::bigint, (%(lieux)s::bigint[])[r.rang %% %(combien)s + 1], interval '20 min')
         ) v (est_vingt, motif, lieu, pas) WHERE est_vingt = (r.rang < %(vingt)s)) q
   CROSS JOIN generate_series(current_date - 730, current_date + 100, interval '1 day') d
   CROSS JOIN LATERAL generate_series((d::date + time '09:00') AT TIME ZONE 'Europe/Paris',
                                      (d::date + time '17:00') AT TIME ZONE 'Europe/Paris' - q.pas, q.pas) heure
   WHERE extract(isodow FROM d) < 6 AND random() < CASE WHEN d >= current_date THEN 0.5 ELSE 0.35 END
   ORDER BY d DESC LIMIT %(total)s) t
"""
_POSER = (
    """
    INSERT INTO rendezvous_rendezvous (id, numero, uuid, domaine, rang_parcours, etat, debut_at, fin_at, jour,
      personnes, canal, is_surbooking, adresse, telephone, visio_url, note, message, empreinte, created_at, raison,
      sequence, version, collectivite_id, lieu_id, motif_id, service_id)
    SELECT id, 'RDV-' || id, gen_random_uuid(), 'etat_civil', 0, 'confirme', debut, fin, jour, 1, 'guichet', false, '',
           '', '', '', '', '', debut - interval '9 days', '', 0, 1, %(c)s, lieu, motif, %(s)s
      FROM volume_rdv ORDER BY md5(id::text)
    """,
    """
    INSERT INTO rendezvous_occupation (place, debut_at, fin_at, is_actif, is_surbooking, collectivite_id,
      rendezvous_id, ressource_id)
    SELECT 1, debut, fin, true, false, %(c)s, id, ressource FROM volume_rdv ORDER BY md5(id::text)
    """,
    "DROP TABLE volume_rdv",
)
_CONTRAINTE = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'occupation_sans_double'"


def fill_offer() -> dict[str, object]:
    """Create the town, its agents, motifs and ranges; return what the load needs."""
    town = Collectivite.objects.create(slug=SLUG, nom="Ville mesurée")
    with collectivite_active(town.pk), transaction.atomic():
        service = Service.objects.create(nom="État civil", domaine="etat_civil")
        lieux = [Lieu.objects.create(nom=f"Mairie {n}") for n in range(LIEUX)]
        ouvert = {"reservable_par": Motif.Reservable.TOUS, "delai_max_jours": 100, "delai_min_minutes": 120}
        vingt = Motif.objects.create(service=service, libelle="Vingt agents", durees=[30], **ouvert)
        ants = Motif.objects.create(
            service=service, libelle="Carte d'identité", durees=[20, 40], categorie_ants="CNI", **ouvert
        )
        for rank, ressource in enumerate(_create_ressources(town)[: VINGT + ANTS]):
            lieu, motif = (lieux[0], vingt) if rank < VINGT else (lieux[rank % LIEUX], ants)
            plage = PlageOuverture.objects.create(
                ressource=ressource, lieu=lieu, premier_on=timezone.now().date(), regle=REGLE, blocs=OUVERTURE
            )
            PlageMotif.objects.create(plage=plage, motif=motif)
            project_plage(plage, du=plage.premier_on)
    return {"c": town.pk, "s": service.pk, "m20": vingt.pk, "ants": ants.pk, "lieux": [lieu.pk for lieu in lieux],
            "combien": LIEUX, "vingt": VINGT, "total": RENDEZVOUS}  # fmt: skip


def _create_ressources(town: Collectivite) -> list[Ressource]:
    """The agents of the town; nobody signs in as them."""
    agents = Agent.objects.bulk_create(
        Agent(email=f"agent{n}@{SLUG}.exemple.fr", prenom="Agent", nom=f"N {n}") for n in range(AGENTS)
    )
    Rattachement.objects.bulk_create(
        Rattachement(agent=agent, collectivite=town, roles=[Role.INSTRUCTEUR]) for agent in agents
    )
    return Ressource.objects.bulk_create(Ressource(agent=agent, nom=str(agent)) for agent in agents)


def fill_rendezvous(url: str, what: dict[str, object]) -> None:
    """Lay the appointments with triggers off, put the exclusion constraint back, refresh the statistics."""
    with psycopg.connect(url, autocommit=True) as base:
        definition = base.execute(_CONTRAINTE).fetchone()
        assert definition
        base.execute("SET session_replication_role = replica")
        base.execute("SET maintenance_work_mem = '512MB'")
        base.execute("SELECT setseed(0.42)")
        base.execute("ALTER TABLE rendezvous_occupation DROP CONSTRAINT occupation_sans_double")
        cursor = psycopg.ClientCursor(base)  # a table is created: no server-side parameters
        for statement in (_TIRER, *_POSER):
            cursor.execute(statement, what)
        base.execute("SELECT setval(pg_get_serial_sequence('rendezvous_rendezvous', 'id'), max(id)) "
                     "FROM rendezvous_rendezvous")  # fmt: skip
        base.execute(f"ALTER TABLE rendezvous_occupation ADD CONSTRAINT occupation_sans_double {definition[0]}")
        base.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    fill_rendezvous(os.environ["DATABASE_URL"], fill_offer())
