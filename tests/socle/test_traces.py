"""Technical logs say where it broke, never what was typed."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from collectivites.models import Collectivite
from socle.traces import FormatJson


def write(error_of: object) -> dict[str, str]:
    """Format the error being handled as the process would."""
    record = logging.LogRecord("guichet", logging.ERROR, __file__, 1, "erreur", None, sys.exc_info())
    line: dict[str, str] = json.loads(FormatJson().format(record))
    return line


def test_an_error_is_told_by_its_place_and_its_type() -> None:
    try:
        try:
            int("lea.dupont@exemple.fr")
        except ValueError as cause:
            raise LookupError("personne au 06 39 98 12 34") from cause
    except LookupError as error:
        told = write(error)["exception"]
    assert "test_traces.py" in told
    assert told.index("builtins.ValueError") < told.index("builtins.LookupError")
    assert "exemple.fr" not in told.replace('int("lea.dupont@exemple.fr")', "")
    assert "06 39" not in told.replace('LookupError("personne au 06 39 98 12 34")', "")


@pytest.mark.django_db
def test_a_refusal_of_postgresql_keeps_its_code_and_loses_its_values() -> None:
    adresse = "lea" + ".dupont@" + "exemple.fr"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE essai (courriel text CONSTRAINT essai_unique UNIQUE)")
            cursor.executemany("INSERT INTO essai VALUES (%s)", [[adresse], [adresse]])
    except IntegrityError as error:
        told = write(error)["exception"]
    assert adresse not in told
    assert "23505 essai essai_unique" in told


def test_a_failed_task_is_named_without_the_text_of_its_error() -> None:
    """Celery's own record: the error is in the message, in `data` and in `exc_info`."""
    task = {"name": "demandes.tasks.process_entree", "exc": "ValueError('lea@exemple.fr')", "args": "[1, 2]"}
    record = logging.LogRecord("celery.app.trace", logging.ERROR, __file__, 1, "%(name)s raised %(exc)s", task, None)
    record.data = task
    line = FormatJson().format(record)
    assert "demandes.tasks.process_entree" in line
    assert "exemple.fr" not in line


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/entrees/aurelle/SECRET/", "/entrees/aurelle/cti/SECRET/", "/c/aurelle/SECRET/"])
def test_a_refused_request_is_named_by_its_route_never_by_its_path(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The token of a connector is in the path; Django writes the path of each 4xx."""
    Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
    Client().post(path, b"{}", content_type="application/json")
    lines = [FormatJson().format(record) for record in caplog.records if record.name.startswith("django.")]
    assert lines
    assert not any("SECRET" in line for line in lines)


def test_a_form_refused_for_its_token_keeps_the_secret_of_its_link(
    ville_publique: Collectivite, caplog: pytest.LogCaptureFixture
) -> None:
    Client(enforce_csrf_checks=True).post("/usager/aurelle/avis/SECRET/", {"texte": "Oui"})
    (line,) = [FormatJson().format(record) for record in caplog.records if record.name == "django.security.csrf"]
    assert "usager:avis" in line
    assert "SECRET" not in line


@pytest.fixture
def ville_publique(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
