"""What files really are: taken by content, never by name; refused in French."""

import io
import time
from collections.abc import Callable

import pytest

from socle.fichiers.inspection import Inspection, inspect_file
from socle.fichiers.refus import (
    ArchiveExcessive,
    ArchiveSuspecte,
    FichierAbime,
    FichierProtege,
    FichierRefuse,
    FichierTropLourd,
    FichierVide,
    MacrosRefusees,
    PageRefusee,
    ProgrammeRefuse,
    TypeNonAccepte,
)
from tests.socle.fichiers import documents as doc


def name(value: object) -> str:
    """An identifier that does not hold the content: a ZIP carries the time."""
    return "" if value is None or isinstance(value, bytes) else getattr(value, "__name__", str(value))


def inspect(content: bytes, nom: str = "piece") -> Inspection:
    return inspect_file(io.BytesIO(content), nom=nom)


@pytest.mark.parametrize(
    ("content", "nom", "mime", "final"),
    [
        (doc.PDF, "facture.pdf", "application/pdf", "facture.pdf"),
        (b"\r\n " + doc.PDF, "facture", "application/pdf", "facture.pdf"),
        (doc.photo("JPEG"), "PHOTO.JPEG", "image/jpeg", "PHOTO.JPEG"),
        (doc.photo("PNG"), "photo.jpg", "image/png", "photo.png"),
        (doc.photo("GIF"), "a.gif", "image/gif", "a.gif"),
        (doc.photo("WEBP"), "a.webp", "image/webp", "a.webp"),
        (doc.photo("TIFF"), "scan.tif", "image/tiff", "scan.tif"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_1.HEIC", "image/heic", "IMG_1.HEIC"),
        *[(doc.ooxml(kind), f"a.{kind}", None, f"a.{kind}") for kind in doc.OOXML],
        *[(doc.odf(kind), f"a.{kind}", None, f"a.{kind}") for kind in doc.ODF],
        (doc.ooxml("docx"), "lettre.zip", None, "lettre.docx"),
        (doc.ole("Root Entry", "WordDocument"), "lettre.doc", "application/msword", "lettre.doc"),
        (doc.ole("Root Entry", "Workbook"), "budget.xls", "application/vnd.ms-excel", "budget.xls"),
        (b"{\\rtf1\\ansi Bonjour}", "lettre.rtf", "application/rtf", "lettre.rtf"),
        ("Bonjour, l'été".encode("cp1252"), "mot.txt", "text/plain", "mot.txt"),
        ("\ufeffa;b\n".encode("utf-16-le"), "table.csv", "text/csv", "table.csv"),
        (b"From: lea@exemple.fr\r\n\r\nBonjour", "message.eml", "message/rfc822", "message.eml"),
        (b"du texte", "sans-extension", "text/plain", "sans-extension.txt"),
        (
            doc.pack({"plan.pdf": doc.PDF, "photos/a.jpg": doc.photo()}),
            "dossier.zip",
            "application/zip",
            "dossier.zip",
        ),
        (doc.pack({"a.zip": doc.pack({"b.docx": doc.ooxml("docx")})}), "a.zip", "application/zip", "a.zip"),
    ],
    ids=name,
)
def test_what_is_taken(content: bytes, nom: str, mime: str | None, final: str) -> None:
    found = inspect(content, nom)
    assert (found.nom, found.octets) == (final, len(content))
    assert mime is None or found.mime == mime
    assert found.type.extensions[0] in final.lower() or found.mime == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "nom", "refus"),
    [
        (b"", "vide.pdf", FichierVide),
        (doc.EXE, "facture.pdf", ProgrammeRefuse),
        (b"\x7fELF\x02\x01", "a.jpg", ProgrammeRefuse),
        (b"#!/bin/sh\nrm -rf ~", "shell.txt", ProgrammeRefuse),
        (b"<?php system('id');", "php.txt", ProgrammeRefuse),
        (b"@echo off\r\ndel *", "a.txt", ProgrammeRefuse),
        (doc.PDF, "facture.pdf.exe", ProgrammeRefuse),
        (b"MsgBox 1", "a.vbs", ProgrammeRefuse),
        (b"  <!DOCTYPE html><script>alert(1)</script>", "facture.pdf", PageRefusee),
        ("\ufeff<html>".encode("utf-16-le"), "a.txt", PageRefusee),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "logo.png", PageRefusee),
        (b"bonjour", "page.html", PageRefusee),
        (doc.macro_docx(), "lettre.docx", MacrosRefusees),
        (doc.ooxml("xlsx", **{"xl/macrosheets/sheet1.xml": b"<x/>"}), "a.xlsx", MacrosRefusees),
        (doc.ooxml("docx"), "lettre.docm", MacrosRefusees),
        (doc.odf("odt", **{"Basic/Standard/Module1.xml": b"<x/>"}), "a.odt", MacrosRefusees),
        (doc.ole("WordDocument", "_VBA_PROJECT"), "a.doc", MacrosRefusees),
        (b"{\\rtf1{\\object\\objemb{\\*\\objdata 0105}}}", "a.rtf", MacrosRefusees),
        (doc.ole("EncryptedPackage"), "a.docx", FichierProtege),
        (doc.odf("odt", b"<manifest:encryption-data/>"), "a.odt", FichierProtege),
        (doc.encrypted_zip(), "a.zip", FichierProtege),
        (doc.ole("Autre"), "paquet.msi.doc", TypeNonAccepte),
        (b"Rar!\x1a\x07\x01\0", "a.rar", TypeNonAccepte),
        (b"\0\0\0\x18ftypmp42", "film.mp4", TypeNonAccepte),
        (doc.pack({"AndroidManifest.xml": b"\3\0\10\0"}), "a.zip", TypeNonAccepte),
        (doc.pack({"facture.pdf": doc.EXE}), "a.zip", ArchiveSuspecte),
        (doc.pack({"a.zip": doc.pack({"note.js": b"1"})}), "poupees.zip", ArchiveSuspecte),
        (doc.pack({"a.zip": doc.macro_docx()}), "a.zip", MacrosRefusees),
        (doc.ooxml("docx")[:-30], "a.docx", FichierAbime),
    ],
    ids=name,
)
def test_what_is_refused(content: bytes, nom: str, refus: type[FichierRefuse]) -> None:
    with pytest.raises(refus) as caught:
        inspect(content, nom)
    assert str(caught.value).endswith((".", "»."))


@pytest.mark.parametrize("bomb", [doc.flat_bomb, doc.nested_bomb, doc.overlapped_bomb, doc.crowded_zip])
def test_bombs(bomb: Callable[[], bytes]) -> None:
    content = bomb()
    started = time.process_time()
    with pytest.raises(ArchiveExcessive, match="un par un"):
        inspect(content, "bombe.zip")
    assert time.process_time() - started < 8  # refused without being unfolded


def test_a_bomb_in_the_clothes_of_a_document() -> None:
    with pytest.raises(ArchiveExcessive):
        inspect(doc.ooxml("xlsx", **{"xl/worksheets/sheet1.xml": b" " * (60 * 2**20)}), "budget.xlsx")


def test_too_heavy_by_one_byte(settings: object) -> None:
    settings.FICHIER_MAX = 10  # type: ignore[attr-defined]
    assert inspect(b"dix octets").octets == 10
    with pytest.raises(FichierTropLourd, match="trop lourd"):
        inspect(b"onze octets")


def test_the_stream_is_left_at_its_beginning() -> None:
    flux = io.BytesIO(doc.ooxml("docx"))
    inspect_file(flux, nom="a.docx")
    assert flux.tell() == 0
