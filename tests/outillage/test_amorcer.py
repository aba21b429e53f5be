"""The bootstrap runs on a bare Python, chooses one that works, and says in French what is missing."""

import ast
import sys
from pathlib import Path

import pytest

from outils import amorcer

SOURCE = Path(amorcer.__file__).read_text()


def test_it_leans_on_the_standard_library_only() -> None:
    importes = {
        nom.split(".")[0]
        for noeud in ast.walk(ast.parse(SOURCE))
        for nom in (
            [a.name for a in noeud.names] if isinstance(noeud, ast.Import) else [getattr(noeud, "module", "") or ""]
        )
        if isinstance(noeud, ast.Import | ast.ImportFrom)
    }
    assert importes - set(sys.stdlib_module_names) == set()


def test_an_old_python_can_read_it_and_say_what_is_missing() -> None:
    ast.parse(SOURCE, feature_version=(3, 7))


def test_an_interpreter_that_exists_but_does_not_run_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leurre = tmp_path / "python3.13"
    leurre.write_text("#!/bin/sh\nexit 127\n")
    leurre.chmod(0o755)
    monkeypatch.setenv("PYTHON", str(leurre))
    assert amorcer.choisir_python() == sys.executable


def test_without_any_python_the_sentence_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amorcer, "_fonctionne", lambda _python: False)
    with pytest.raises(amorcer.AmorcageImpossible, match=r"Il faut Python 3\.11"):
        amorcer.choisir_python()


def test_a_lock_that_changed_is_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements").mkdir()
    for groupe in amorcer.GROUPES:
        (tmp_path / "requirements" / f"{groupe}.txt").write_text(f"{groupe}==1\n")
    (tmp_path / ".venv").mkdir()
    installes: list[str] = []
    monkeypatch.setattr(amorcer, "RACINE", tmp_path)
    monkeypatch.setattr(amorcer, "ENV", tmp_path / ".venv")
    monkeypatch.setattr(amorcer, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(amorcer, "_installer", installes.append)
    for _fois in range(2):
        amorcer.amorcer("dev")
    amorcer.amorcer("demo")
    assert installes == ["dev"], "the wider group contains the narrower"
    (tmp_path / "requirements" / "demo.txt").write_text("demo==2\n")
    amorcer.amorcer("demo")
    assert installes == ["dev", "demo"]


def test_an_unknown_group_is_refused_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert amorcer.main(["tout"]) == 2
    assert "base|demo|dev|e2e" in capsys.readouterr().err
