"""A demande that is not ours: handed over once, whenever the worker dies; the person told to whom (CRPA L114-2)."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from citoyens.actions import add_contact
from citoyens.contacts import Contact
from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Service
from demandes.concours.remise import deliver_transfert
from demandes.concours.transferts import Renvoi, TransfertImpossible, retry_transfert, transfer
from demandes.models import CourrierDepart, Demande, Entree, Message, Notification, PieceJointe, Transfert, TypeDemande
from journal.models import Evenement
from messagerie.models import Envoi, PieceEnvoi
from socle.depot import read_file, store_bytes
from tests.base_reelle import BaseDeTest
from tests.demandes.conftest import Ouvrir

RACINE = Path(__file__).resolve().parents[3]
COURRIEL = "courriel:samira@exemple.fr"


@pytest.fixture
def agglo(ville: Collectivite) -> Collectivite:
    return Collectivite.objects.create(
        slug="agglo", nom="Aurelle Agglo", nature="epci", adresse="12 quai du Port", telephone="0199003000"
    )


@pytest.fixture
def plan(demande: Demande, at: datetime) -> PieceJointe:
    kept = store_bytes(b"%PDF-1.4 plan", collectivite_id=demande.collectivite_id, at=at)
    return PieceJointe.objects.create(
        message=Message.objects.get(demande=demande, sens="entrant"), nom="plan.pdf", type_mime="application/pdf",
        octets=kept.octets, empreinte=kept.empreinte, fichier=kept.chemin, analyse="saine",
    )  # fmt: skip


def send(demande: Demande, by: Acteur, at: datetime, **changes: object) -> Transfert:
    given: dict[str, object] = {"motif": "L'éclairage est de l'agglomération.", "canal": COURRIEL}
    renvoi = Renvoi(**(given | changes))  # type: ignore[arg-type]
    return transfer(demande=demande, version=demande.version, renvoi=renvoi, clef=uuid4(), by=by, at=at)


@pytest.mark.django_db
def test_closed_here_opened_there_with_the_first_date(
    demande: Demande, agglo: Collectivite, plan: PieceJointe, by: Acteur, at: datetime, ville: Collectivite
) -> None:
    later = at + timedelta(days=4)
    transfert = send(demande, by, later, destination=agglo, pieces=[plan.pk])
    here = Demande.objects.get(pk=demande.pk)
    assert (here.etat, here.issue) == ("close", "transmise")
    for _ in range(2):
        deliver_transfert(collectivite_id=ville.pk, transfert_id=transfert.pk, at=later + timedelta(minutes=1))
    transfert.refresh_from_db()
    assert transfert.etat == "remis"
    with collectivite_active(agglo.pk):
        there = Demande.objects.get()
        assert (transfert.cible_id, transfert.cible_numero) == (there.pk, there.numero)
        assert there.externe == f"transfert:aurelle:{transfert.pk}"
        assert (there.received_at, there.competente_at) == (at, later + timedelta(minutes=1))  # CRPA L114-3
        assert (there.canal, there.objet, there.description) == ("transfert", demande.objet, demande.description)
        usager = Usager.objects.get()
        assert (usager.nom, usager.prenoms, usager.liens_contact.count()) == ("Ben Amar", "Samira", 2)
        piece = PieceJointe.objects.get()
        assert (piece.nom, piece.analyse, read_file(piece.fichier)) == ("plan.pdf", "saine", b"%PDF-1.4 plan")
        assert piece.fichier.startswith(f"{agglo.pk}/")
        entree = Entree.objects.get()
        assert entree.externe_id == there.externe
        assert plan.fichier.encode() not in read_file(entree.brut)  # where the other town keeps its files
        assert Envoi.objects.filter(objet_id=there.pk).count() == 1  # its own acknowledgement
        note = Message.objects.get(sens="interne").texte
        assert note.startswith("Transmise par Ville d'Aurelle (DEM-2026-0001)")
        assert Evenement.objects.filter(verbe="demande.transfert_recu").count() == 1


@pytest.mark.django_db
def test_the_usager_is_told_the_name_the_contact_and_the_date(
    demande: Demande, agglo: Collectivite, by: Acteur, at: datetime
) -> None:
    transfert = send(demande, by, at, destination=agglo)
    notice = " ".join(Envoi.objects.get(clef=f"transfert:{transfert.pk}:avis").corps_texte.split())
    for said in ("Aurelle Agglo", "12 quai du Port", "01 99 00 30 00", "jeudi 12 novembre 2026", "L114-2"):
        assert said in notice


@pytest.mark.django_db
def test_only_the_files_chosen_leave(
    demande: Demande, agglo: Collectivite, plan: PieceJointe, by: Acteur, at: datetime, ville: Collectivite
) -> None:
    transfert = send(demande, by, at, destination=agglo)
    deliver_transfert(collectivite_id=ville.pk, transfert_id=transfert.pk, at=at)
    with collectivite_active(agglo.pk):
        assert Demande.objects.count() == 1
        assert not PieceJointe.objects.exists()


@pytest.mark.django_db
def test_the_same_type_of_the_shared_catalogue_is_kept(
    ouvrir: Ouvrir, type_eclairage: TypeDemande, agglo: Collectivite, by: Acteur, at: datetime, ville: Collectivite
) -> None:
    TypeDemande.objects.filter(pk=type_eclairage.pk).update(code="eclairage")
    type_eclairage.refresh_from_db()
    transfert = send(ouvrir(type=type_eclairage), by, at, destination=agglo)
    with collectivite_active(agglo.pk):
        from demandes.models import Thematique  # noqa: PLC0415

        theirs = TypeDemande.objects.create(
            libelle="Points lumineux", code="eclairage", thematique=Thematique.objects.named("Voirie")
        )
    deliver_transfert(collectivite_id=ville.pk, transfert_id=transfert.pk, at=at)
    with collectivite_active(agglo.pk):
        assert Demande.objects.get().type_id == theirs.pk


@pytest.mark.django_db
def test_a_sealed_demande_stays_sealed_or_does_not_leave(
    ouvrir: Ouvrir, type_social: TypeDemande, agglo: Collectivite, by: Acteur, at: datetime, ville: Collectivite
) -> None:
    demande = ouvrir(type=type_social)
    with pytest.raises(TransfertImpossible, match="habilité"):
        send(demande, by, at, destination=agglo)
    assert Demande.objects.get(pk=demande.pk).is_open
    with collectivite_active(agglo.pk):
        Service.objects.create(nom="CIAS", domaine="social")
    transfert = send(demande, by, at, destination=agglo)
    deliver_transfert(collectivite_id=ville.pk, transfert_id=transfert.pk, at=at)
    with collectivite_active(agglo.pk):
        assert Demande.objects.get().domaine == "social"


@pytest.mark.django_db
def test_what_can_not_be_handed_over_is_told_to_the_agent_and_tried_again(
    demande: Demande, agglo: Collectivite, agent: Agent, by: Acteur, at: datetime, ville: Collectivite
) -> None:
    transfert = send(demande, by, at, destination=agglo)
    Collectivite.objects.filter(pk=agglo.pk).update(is_active=False)
    deliver_transfert(collectivite_id=ville.pk, transfert_id=transfert.pk, at=at)
    transfert.refresh_from_db()
    assert (transfert.etat, transfert.erreur) == ("echec", "Cette collectivité n'utilise plus Guichet.")
    assert Notification.objects.get(agent=agent, genre="alerte").demande_id == demande.pk
    Collectivite.objects.filter(pk=agglo.pk).update(is_active=True)
    retry_transfert(transfert=transfert)
    deliver_transfert(collectivite_id=ville.pk, transfert_id=transfert.pk, at=at)
    transfert.refresh_from_db()
    assert transfert.etat == "remis"


@pytest.mark.django_db
def test_outside_the_file_leaves_by_mail(
    demande: Demande, plan: PieceJointe, boite: object, by: Acteur, at: datetime
) -> None:
    transfert = send(
        demande, by, at, organisme="Préfecture", coordonnees="1 place d'Armes, contact@prefecture.exemple.fr",
        pieces=[plan.pk],
    )  # fmt: skip
    envoi = Envoi.objects.get(clef=f"transfert:{transfert.pk}")
    assert envoi.destinataire == "contact@prefecture.exemple.fr"
    assert "Samira Ben Amar, samira@exemple.fr" in envoi.corps_texte
    assert demande.description in envoi.corps_texte
    assert PieceEnvoi.objects.get(envoi=envoi).nom == "plan.pdf"
    assert transfert.etat == "remis"


@pytest.mark.django_db
def test_without_name_or_contact_nothing_leaves(demande: Demande, by: Acteur, at: datetime) -> None:
    with pytest.raises(TransfertImpossible, match="nom et les coordonnées"):
        send(demande, by, at, organisme="Préfecture")
    assert Demande.objects.get(pk=demande.pk).is_open


# ── A worker killed between the two towns ──

MORT = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from demandes.concours import remise
remise._settle = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[4] == "oubli":  # negative control: the name of the hand-over changes at each run
    import uuid
    nom = uuid.uuid4().hex
    remise.Paquet.externe = property(lambda self: f"transfert:{nom}")
remise.deliver_transfert(
    collectivite_id=int(sys.argv[1]), transfert_id=int(sys.argv[2]), at=datetime.fromisoformat(sys.argv[3])
)
"""


def die_there(base: BaseDeTest, depot: Path, transfert: Transfert, at: datetime, mode: str) -> None:
    """Run a worker that is killed right after it has opened the demande in the other town."""
    env = os.environ | {
        "DATABASE_URL": base.adresse_superutilisateur, "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DONNEES": str(depot),
    }  # fmt: skip
    args = [sys.executable, "-c", MORT, str(transfert.collectivite_id), str(transfert.pk), at.isoformat(), mode]
    done = subprocess.run(args, cwd=RACINE, env=env, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def partout(transactional_db: None, base_copiee: BaseDeTest) -> BaseDeTest:
    return base_copiee


@pytest.mark.lent
@pytest.mark.parametrize(("mode", "ouvertes"), [("", 1), ("oubli", 2)])
def test_killed_between_the_two_towns_one_demande_is_opened(
    partout: BaseDeTest, tmp_path: Path, at: datetime, mode: str, ouvertes: int
) -> None:
    here = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle", telephone="0199001200")
    there = Collectivite.objects.create(slug="agglo", nom="Aurelle Agglo", telephone="0199003000")
    agent = Agent.objects.create_user("claire@aurelle.example", prenom="Claire", nom="Moreau")
    with collectivite_active(here.pk):
        from demandes.actions import open_demande  # noqa: PLC0415

        by = Acteur(nature="agent", libelle="Claire", agent_id=agent.pk)
        demande = open_demande(objet="Bac cassé", description="Mon bac.", canal="guichet", mode_reponse="sur_place",
                               received_at=at, by=by, at=at)  # fmt: skip
        transfert = send(demande, by, at, destination=there, canal="guichet")
    die_there(partout, tmp_path, transfert, at, mode)
    with collectivite_active(here.pk):
        assert Transfert.objects.get().etat == "a_remettre"
    deliver_transfert(collectivite_id=here.pk, transfert_id=transfert.pk, at=at)
    with collectivite_active(here.pk):
        assert Transfert.objects.get().etat == "remis"
    with collectivite_active(there.pk):
        assert Demande.objects.count() == ouvertes


@pytest.mark.django_db
def test_without_mail_two_letters_wait_to_be_printed(
    demande: Demande, usager: Usager, by: Acteur, at: datetime
) -> None:
    add_contact(usager=usager, contact=Contact("adresse", "8 rue des Tanneurs, 44999 Aurelle"), by=by, at=at)
    send(demande, by, at, organisme="Préfecture", coordonnees="1 place d'Armes, 44000 Nantes", canal="courrier")
    file, notice = CourrierDepart.objects.order_by("-pk")
    assert (notice.destinataire, file.destinataire) == ("Samira Ben Amar", "Préfecture")
    assert "Préfecture\n1 place d'Armes, 44000 Nantes" in notice.corps
    assert demande.description in file.corps
    assert "[DEM-" not in notice.objet
