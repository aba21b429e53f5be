"""`manage.py recevoir_courriel`: the contract of a mail server's pipe."""

import io
import json
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError

from collectivites.cloison import collectivite_active
from demandes.management.commands import recevoir_courriel
from demandes.models import Demande, Entree
from tests.demandes.reception.conftest import Ecrire, Ville


def lancer(*arguments: str, entree: bytes | None = None, monkeypatch: pytest.MonkeyPatch | None = None) -> list[dict]:
    sortie = io.StringIO()
    if entree is not None and monkeypatch is not None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(entree)))
    call_command("recevoir_courriel", "--collectivite", *arguments, stdout=sortie)
    return [json.loads(ligne) for ligne in sortie.getvalue().splitlines()]


def test_each_file_gives_one_line(aurelle: Ville, ecrire: Ecrire, tmp_path: Path) -> None:
    premier, second = tmp_path / "1.eml", tmp_path / "2.eml"
    premier.write_bytes(ecrire())
    second.write_bytes(ecrire(message_id="<2@exemple.fr>", entetes={"In-Reply-To": "<un@exemple.fr>"}))
    lignes = lancer("aurelle", str(premier), str(second), str(premier))
    assert [ligne["issue"] for ligne in lignes] == ["nouvelle", "rattachee", "doublon"]
    assert [ligne["repond"] for ligne in lignes] == [True, False, False]
    assert len({ligne["demande"] for ligne in lignes}) == 1
    with collectivite_active(aurelle.pk):
        demande = Demande.objects.get()
        assert lignes[0] == {
            "entree": Entree.objects.earliest("pk").pk, "issue": "nouvelle", "demande": demande.numero,
            "usager": demande.usager_id, "repond": True,
        }  # fmt: skip


def test_without_file_it_reads_its_input(aurelle: Ville, ecrire: Ecrire, monkeypatch: pytest.MonkeyPatch) -> None:
    (ligne,) = lancer("aurelle", entree=ecrire(), monkeypatch=monkeypatch)
    assert ligne["issue"] == "nouvelle"
    with collectivite_active(aurelle.pk):
        assert Entree.objects.get().boite_id == aurelle.boite_id


def test_a_named_mailbox_receives(aurelle: Ville, ecrire: Ecrire, tmp_path: Path) -> None:
    fichier = tmp_path / "1.eml"
    fichier.write_bytes(ecrire())
    lancer("aurelle", "--boite", "VOIRIE@aurelle.example", str(fichier))
    with collectivite_active(aurelle.pk):
        assert Entree.objects.get().boite_id == aurelle.voirie_id


def test_an_empty_message_is_set_aside(aurelle: Ville, monkeypatch: pytest.MonkeyPatch) -> None:
    (ligne,) = lancer("aurelle", entree=b"", monkeypatch=monkeypatch)
    assert (ligne["issue"], ligne["demande"], ligne["usager"], ligne["repond"]) == ("quarantaine", None, None, False)


@pytest.mark.parametrize("arguments", [("inconnue",), ("aurelle", "--boite", "contact@valmont.example")])
def test_an_unknown_town_or_mailbox_is_said_in_french(
    aurelle: Ville, valmont: Ville, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as fin:
        lancer(*arguments)
    assert fin.value.code == 2
    assert "«" in capsys.readouterr().err


def test_a_database_away_asks_the_mail_server_to_keep_the_message(
    aurelle: Ville, ecrire: Ecrire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def couper(**_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(recevoir_courriel, "receive_raw", couper)
    fichier = tmp_path / "1.eml"
    fichier.write_bytes(ecrire())
    with pytest.raises(SystemExit) as fin:
        lancer("aurelle", str(fichier))
    assert fin.value.code == 75


def test_a_full_disk_asks_the_mail_server_to_keep_the_message(
    aurelle: Ville, ecrire: Ecrire, tmp_path: Path, depot: Path
) -> None:
    depot.write_text("not a folder")
    fichier = tmp_path / "1.eml"
    fichier.write_bytes(ecrire())
    with pytest.raises(SystemExit) as fin:
        lancer("aurelle", str(fichier))
    assert fin.value.code == 75
