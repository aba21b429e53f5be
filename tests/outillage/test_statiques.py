"""Static files are collected as in production: references resolve, modules import the hashed names of others."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    racine = tmp_path_factory.mktemp("statiques")
    stockages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "socle.statiques.StatiquesManifest"},
    }
    with override_settings(STATIC_ROOT=str(racine), STORAGES=stockages):
        call_command("collectstatic", interactive=False, verbosity=0)
        assert staticfiles_storage.url("js/guichet.js") != "/static/js/guichet.js"
    return racine


def test_our_modules_import_the_hashed_names_of_their_neighbours(racine: Path) -> None:
    haches = [f for f in (racine / "js").glob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", f.name)]
    importes = [nom for f in haches for nom in re.findall(r"""(?:from|import)\s*["']\./([^"']+)""", f.read_text())]
    assert importes
    assert [
        nom for nom in importes if not (racine / "js" / nom).exists() or not re.search(r"\.[0-9a-f]{12}\.js$", nom)
    ] == []


def test_every_file_is_also_kept_compressed(racine: Path) -> None:
    guichet = next((racine / "css").glob("guichet.*.css"))
    assert guichet.with_name(f"{guichet.name}.br").exists()
