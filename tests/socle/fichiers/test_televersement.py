"""200 MB arrive: the sentence is clear, the text that was typed stays, memory does not move."""

import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from socle.fichiers.televersement import list_refused

MO = 2**20


class Flot:
    """A body made while it is read, never held whole."""

    def __init__(self, before: bytes, weight: int, after: bytes) -> None:
        self.blocks = self._make(before, weight, after)
        self.length = len(before) + weight + len(after)
        self.rest = b""

    def _make(self, before: bytes, weight: int, after: bytes) -> Iterator[bytes]:
        yield before
        for _ in range(weight // MO):
            yield b"\0" * MO
        yield after

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and (block := next(self.blocks, b"")):
            self.rest += block
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    readline = read


def part(name: str, more: str = "") -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()


def post(body: object, length: int) -> WSGIRequest:
    environ = {"CONTENT_LENGTH": length, "CONTENT_TYPE": MULTIPART_CONTENT, "wsgi.input": body}
    return RequestFactory().generic("POST", "/", **environ)


def send(weight: int, *, nom: str = "enorme.pdf") -> WSGIRequest:
    before = part("texte") + b"Bonjour Samira\r\n" + part("pieces", f'; filename="{nom}"')
    after = b"\r\n" + part("suite") + f"en_cours\r\n--{BOUNDARY}--\r\n".encode()
    flot = Flot(before, weight, after)
    return post(flot, flot.length)


def test_two_hundred_megabytes_leave_the_rest_of_the_form() -> None:
    request = send(200 * MO)
    tracemalloc.start()
    typed = dict(request.POST.items())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert typed == {"texte": "Bonjour Samira", "suite": "en_cours"}
    assert not request.FILES
    assert [(each.champ, each.nom) for each in list_refused(request)] == [("pieces", "enorme.pdf")]
    assert str(list_refused(request)[0].refus) == "Ce fichier est trop lourd\u00a0: 25\u00a0Mo au plus."
    assert peak < 8 * MO


def test_what_fits_is_kept_what_is_beyond_is_named(settings: object) -> None:
    settings.MESSAGE_MAX, settings.FICHIER_MAX, settings.FICHIERS_MAX = 50, 30, 3  # type: ignore[attr-defined]
    sizes = (25, 40, 20, 20)
    files = [BytesIO(b"x" * size) for size in sizes]
    for rank, each in enumerate(files):
        each.name = f"{rank}.txt"
    body = encode_multipart(BOUNDARY, {"pieces": files})
    request = post(BytesIO(body), len(body))
    assert [each.name for each in request.FILES.getlist("pieces")] == ["0.txt", "2.txt"]
    assert [str(each.refus)[:22] for each in list_refused(request)] == [
        "Ce fichier est trop lo",
        "Il y a trop de fichier",
    ]


def test_a_hundred_and_fifty_files_are_one_sentence() -> None:
    files = [BytesIO(b"x") for _ in range(150)]
    for rank, each in enumerate(files):
        each.name = f"{rank}.txt"
    body = encode_multipart(BOUNDARY, {"texte": "Bonjour", "pieces": files})
    request = post(BytesIO(body), len(body))
    assert (len(request.FILES.getlist("pieces")), request.POST["texte"]) == (20, "Bonjour")
    assert [str(each.refus) for each in list_refused(request)] == [
        "Il y a trop de fichiers\u00a0: 20 au plus par message."
    ]


@pytest.mark.parametrize(("is_authenticated", "kept"), [(True, 1), (False, 0)])
def test_a_batch_of_scans_is_heavier_for_agents_only(settings: object, is_authenticated: bool, kept: int) -> None:
    settings.FICHIER_MAX, settings.CHAMPS_LOURDS = 30, {"scans": 100}  # type: ignore[attr-defined]
    lot = BytesIO(b"x" * 80)
    lot.name = "lot.pdf"
    body = encode_multipart(BOUNDARY, {"scans": lot})
    request = post(BytesIO(body), len(body))
    request.user = SimpleNamespace(is_authenticated=is_authenticated)  # type: ignore[assignment]
    assert len(request.FILES.getlist("scans")) == kept


def test_all_together_are_too_heavy(settings: object) -> None:
    settings.MESSAGE_MAX = 30  # type: ignore[attr-defined]
    files = [BytesIO(b"x" * 20), BytesIO(b"y" * 20)]
    for rank, each in enumerate(files):
        each.name = f"{rank}.txt"
    body = encode_multipart(BOUNDARY, {"pieces": files})
    request = post(BytesIO(body), len(body))
    assert [each.name for each in request.FILES.getlist("pieces")] == ["0.txt"]
    assert "l'ensemble serait trop lourd" in str(list_refused(request)[0].refus)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_without_file_has_nothing_refused(method: str) -> None:
    assert list_refused(RequestFactory().generic(method, "/")) == []
