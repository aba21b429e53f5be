"""The Celery application. Tasks live in each app's `tasks.py`; the rhythm of the sweepers is here, in one table."""

import os

from celery import Celery, signals
from celery.schedules import crontab
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("guichet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ("config.battement",)
app.autodiscover_tasks()
# Around each task, Celery's Django fixup closes the connection and the whole psycopg pool with it: a new backend for
# each task cost more than the task (mails read a second: 8 with it, 29 without). We give connections back ourselves.
app.conf["CELERY_DB_REUSE_MAX"] = 2**31


@signals.task_postrun.connect
def give_connections_back(**_: object) -> None:
    """Return each connection to its pool, which drops the broken ones: PostgreSQL may restart between two tasks."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


SECONDS = 1.0
MINUTES = 60.0
HOURS = 3600.0

app.conf.beat_schedule = {
    "messagerie.balayer": {
        "task": "messagerie.tasks.sweep_envois",
        "schedule": 5 * SECONDS,
        "options": {"expires": 5},
    },
    "messagerie.balayer_webhooks": {
        "task": "messagerie.webhooks.tasks.sweep_livraisons",
        "schedule": 15 * SECONDS,
        "options": {"expires": 15},
    },
    "messagerie.purger_webhooks": {"task": "messagerie.webhooks.tasks.purge_livraisons", "schedule": 12 * HOURS},
    "demandes.balayer_entrees": {
        "task": "demandes.tasks.sweep_entrees",
        "schedule": 10 * SECONDS,
        "options": {"expires": 10},
    },
    "demandes.balayer_rappels": {
        "task": "demandes.tasks.sweep_rappels",
        "schedule": 15 * SECONDS,
        "options": {"expires": 15},
    },
    "rendezvous.liberer_options": {
        "task": "rendezvous.tasks.sweep_options",
        "schedule": 30 * SECONDS,
        "options": {"expires": 30},
    },
    "demandes.recalculer": {
        "task": "demandes.tasks.recompute_towns",
        "schedule": crontab(hour=2, minute=30),  # hours, closures and settings of the day before
        "options": {"expires": 3600},
    },
    "demandes.regles_de_temps": {
        "task": "demandes.automates.tasks.sweep_regles_de_temps",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "demandes.regles_d_evenement": {
        "task": "demandes.automates.tasks.sweep_evenements",
        "schedule": 15 * SECONDS,
        "options": {"expires": 15},
    },
    "demandes.actions_groupees": {
        "task": "demandes.automates.tasks.sweep_groupees",
        "schedule": 10 * SECONDS,
        "options": {"expires": 10},
    },
    "demandes.balayer_lots": {
        "task": "demandes.tasks.sweep_lots",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "demandes.balayer_documents": {
        "task": "demandes.lettres.tasks.sweep_documents",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "demandes.balayer_preuves": {
        "task": "demandes.preuves.tasks.sweep_preuves",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "demandes.relever_boites": {
        "task": "demandes.tasks.fetch_boites",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "demandes.relever_sms": {
        "task": "demandes.tasks.fetch_sms",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "demandes.analyser_pieces": {
        "task": "demandes.tasks.sweep_pieces",
        "schedule": 5 * MINUTES,
        "options": {"expires": 300},
    },
    "demandes.remettre_transferts": {
        "task": "demandes.tasks.sweep_transferts",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "demandes.suivre_concours": {
        "task": "demandes.tasks.sweep_concours",
        "schedule": 5 * MINUTES,
        "options": {"expires": 300},
    },
    "rendezvous.prolonger_offres": {
        "task": "rendezvous.tasks.extend_offres",
        "schedule": crontab(hour=4, minute=20),  # never between 2:00 and 2:59: skipped or lived twice
        "options": {"expires": 3600},
    },
    "rendezvous.lots": {
        "task": "rendezvous.tasks.sweep_lots",
        "schedule": 30 * SECONDS,
        "options": {"expires": 30},
    },
    "rendezvous.preparer_rappels": {
        "task": "rendezvous.tasks.sweep_rappels",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "rendezvous.proposer_plus_tot": {
        "task": "rendezvous.tasks.sweep_plus_tot",
        "schedule": 10 * MINUTES,
        "options": {"expires": 600},
    },
    "rendezvous.relever_offres": {
        "task": "rendezvous.tasks.take_releves",
        "schedule": crontab(hour=4, minute=50),  # once the ranges are extended
        "options": {"expires": 3600},
    },
    "rendezvous.relever_agendas": {
        "task": "rendezvous.echanges.tasks.sweep_agendas",
        "schedule": 1 * MINUTES,  # each calendar is read every quarter of an hour
        "options": {"expires": 60},
    },
    "rendezvous.france_titres": {
        "task": "rendezvous.tasks.sweep_ants",
        "schedule": 1 * MINUTES,
        "options": {"expires": 60},
    },
    "config.battement": {
        "task": "config.battement.beat",
        "schedule": 15 * SECONDS,
        "options": {"expires": 15},
    },
    "journal.preparer_partitions": {"task": "journal.tasks.prepare_partitions", "schedule": 12 * HOURS},
    "socle.balayer_brouillons": {"task": "socle.tasks.sweep_brouillons", "schedule": 12 * HOURS},
}
app.conf.task_routes = {
    "messagerie.tasks.*": {"queue": "envois"},
    "demandes.tasks.*": {"queue": "entrees"},
    "rendezvous.tasks.*": {"queue": "courant"},
}
app.conf.task_default_queue = "courant"
