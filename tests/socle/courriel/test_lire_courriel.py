"""The command: one JSON line per file, a French sentence for the unreadable one."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.socle.courriel.messages import ENTETES, multipart, texte


def test_each_file_gives_one_json_line(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(multipart(texte("Déjà vu")))
    (tmp_path / "b.eml").write_bytes(b"")
    sortie = StringIO()
    call_command("lire_courriel", str(tmp_path / "a.eml"), str(tmp_path / "b.eml"), stdout=sortie)
    lignes = [json.loads(ligne) for ligne in sortie.getvalue().splitlines()]
    assert [ligne["texte"] for ligne in lignes] == ["Déjà vu", ""]


def test_an_unreadable_file_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(ENTETES + b"\r\nbonjour")
    sortie, erreurs = StringIO(), StringIO()
    with pytest.raises(SystemExit) as arret:
        call_command(
            "lire_courriel", str(tmp_path / "absent.eml"), str(tmp_path / "a.eml"), stdout=sortie, stderr=erreurs
        )
    assert arret.value.code == 1
    assert "illisible" in erreurs.getvalue()
    assert "absent.eml" in erreurs.getvalue()
    assert len(sortie.getvalue().splitlines()) == 1
