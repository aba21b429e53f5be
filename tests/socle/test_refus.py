"""Requests refused before any view runs: a page in French, a problem for programs."""

import json

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.test import Client, RequestFactory

from config.api import requete_illisible


@pytest.mark.django_db
def test_six_megabytes_of_text_are_said_too_heavy(client: Client) -> None:
    answer = client.post("/connexion/", {"login": "a" * (6 * 2**20), "password": "x"})
    assert answer.status_code == 413
    assert "Cet envoi est trop lourd" in answer.content.decode()


@pytest.mark.django_db
def test_an_unreadable_request_is_a_400(client: Client) -> None:
    answer = client.post("/connexion/", b"n'importe quoi", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    assert "illisible" in answer.content.decode()


@pytest.mark.parametrize(("error", "status"), [(RequestDataTooBig(), 413), (SuspiciousOperation(), 400)])
def test_a_program_reads_a_problem(error: Exception, status: int) -> None:
    answer = requete_illisible(RequestFactory().post("/api/v1/demandes/"), error)
    assert (answer.status_code, json.loads(answer.content)["status"]) == (status, status)
