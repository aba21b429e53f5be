"""Replays the stories of demandes with the product's own actions, at the time they happened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from accueil.demo.courants import draw_courants
from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from accueil.demo.recits import Pas, Recit
from accueil.demo.recits_familles import FAMILLES
from accueil.demo.recits_ville import DANS_LA_VILLE
from accueil.demo.recits_voisins import AGGLO, VALMONT
from citoyens.models import PointContact, Usager
from collectivites.acteur import Acteur, acting_usager
from collectivites.models import Compteur
from demandes import actions
from demandes.contacts import list_modes, read_adresses
from demandes.cycle import Etat
from demandes.models import Demande

RECITS = {"aurelle": (*FAMILLES, *DANS_LA_VILLE), "valmont": VALMONT, "aurelle-agglo": AGGLO}
DEPARTS = {"aurelle": 820, "valmont": 60, "aurelle-agglo": 45}  # the year had a life before the demonstration
CANAL_DU_MODE = {"sur_place": "guichet"}
INCONNU = "une.question@exemple.fr"  # the one person nobody knows yet
SAISIE_COURRIER = timedelta(hours=5)  # a letter is typed in the afternoon


class Scene:
    """One demande while its story is replayed."""

    def __init__(self, ville: Ville, recit: Recit, usager: Usager | None, demande: Demande, horloge: Horloge) -> None:
        self.ville, self.recit, self.usager, self.demande, self.horloge = ville, recit, usager, demande, horloge
        self.last = demande.created_at

    def play(self) -> None:
        """Play the steps that are not in the future."""
        for rang, pas in enumerate(self.recit.pas):
            at = max(
                self.horloge.after(self.demande.received_at, pas.jour, pas.heure), self.last + timedelta(minutes=1)
            )
            if at > self.horloge.at:
                return
            self.last = at
            STEPS[pas.genre](self, pas, at, uuid5(NAMESPACE_URL, f"guichet:{self.demande.numero}:{rang}"))
            self.demande = Demande.objects.for_fiche().get(pk=self.demande.pk)

    def by(self, pas: Pas) -> Acteur:
        """The agent of a step; the front desk when the step names none."""
        return self.ville.acteur(pas.agent or self.ville.accueil[0])

    @property
    def facts(self) -> dict[str, object]:
        """The demande and the version every write of an agent needs."""
        return {"demande": self.demande, "version": self.demande.version}


def live(ville: Ville, usagers: dict[str, Usager], *, horloge: Horloge) -> int:
    """Open every demande of the town in order of reception and replay what followed; return how many."""
    _start_counters(ville, horloge)
    passants = [clef for clef in usagers if clef.startswith(f"{ville.demo.slug}-")]
    agents = {nom: ville.agent_of_service.get(type_.service_id or 0, "") for nom, type_ in ville.types.items()}
    recits = [*RECITS[ville.demo.slug], *draw_courants(ville.demo.slug, ville.demo.rues, passants, agents)]
    dated = sorted(
        ((_received(recit, horloge), rang, recit) for rang, recit in enumerate(recits)), key=lambda each: each[:2]
    )
    for received_at, _, recit in dated:
        usager = usagers.get(recit.usager)
        Scene(ville, recit, usager, _open(ville, recit, usager, received_at, horloge), horloge).play()
    return len(dated)


def _start_counters(ville: Ville, horloge: Horloge) -> None:
    for annee in {horloge.today.year, (horloge.today - timedelta(days=80)).year}:
        Compteur.objects.create(nature="demande", annee=annee, valeur=DEPARTS[ville.demo.slug])


def _received(recit: Recit, horloge: Horloge) -> datetime:
    return horloge.ago(recit.jours, recit.heure, ouvre=recit.canal != "courriel")


def _open(ville: Ville, recit: Recit, usager: Usager | None, received_at: datetime, horloge: Horloge) -> Demande:
    modes = list_modes(read_adresses(usager))
    is_mail = recit.canal == "courriel" and (usager is None or "courriel" in modes)
    canal = "telephone" if recit.canal == "courriel" and not is_mail else recit.canal
    wait = SAISIE_COURRIER if recit.canal == "courrier" else timedelta()
    by = _writer(usager) if is_mail else ville.acteur(ville.accueil[recit.jours % len(ville.accueil)])
    return actions.open_demande(
        objet=recit.objet,
        description=recit.texte,
        canal=canal,
        received_at=received_at,
        mode_reponse="courriel" if is_mail else modes[0],
        by=by,
        at=min(received_at + wait, horloge.at),
        usager=usager,
        type=ville.types.get(recit.type),
        adresse=_address(usager) if is_mail else "",
        message_id=f"{uuid5(NAMESPACE_URL, recit.objet + str(received_at))}@exemple.fr" if is_mail else "",
    )


def _writer(usager: Usager | None) -> Acteur:
    libelle = usager.nom_complet if usager else INCONNU
    return acting_usager(usager_id=usager.pk if usager else 0, libelle=libelle)


def _address(usager: Usager | None) -> str:
    known = [each.valeur for each in read_adresses(usager) if each.canal == PointContact.Nature.COURRIEL]
    return known[0] if known else INCONNU


def _take(scene: Scene, pas: Pas, at: datetime, _clef: UUID) -> None:
    agent, demande = scene.ville.agents[pas.agent], scene.demande
    fresh = actions.assign(**scene.facts, service=demande.service, agent=agent, by=scene.by(pas), at=at)  # type: ignore[arg-type]
    actions.move(demande=fresh, version=fresh.version, etat=Etat.EN_COURS, by=scene.by(pas), at=at)


def _note(scene: Scene, pas: Pas, at: datetime, clef: UUID) -> None:
    agent = scene.ville.agents[pas.agent]
    actions.add_note(demande=scene.demande, texte=pas.texte, by=scene.by(pas), at=at, agent=agent, clef=clef)


def _reply(scene: Scene, pas: Pas, at: datetime, clef: UUID) -> None:
    mode = pas.canal or scene.demande.mode_reponse
    agent = scene.ville.agents[pas.agent]
    canal = CANAL_DU_MODE.get(mode, mode)
    actions.reply(**scene.facts, canal=canal, texte=pas.texte, clef=clef, by=scene.by(pas), at=at, agent=agent)  # type: ignore[arg-type]


def _receive(scene: Scene, pas: Pas, at: datetime, clef: UUID) -> None:
    is_mail = pas.canal == "courriel" and scene.demande.canal == "courriel"
    actions.receive_message(
        demande=scene.demande,
        canal="courriel" if is_mail else "telephone",
        texte=pas.texte,
        by=_writer(scene.usager) if is_mail else scene.by(pas),
        at=at,
        usager=scene.usager,
        adresse=_address(scene.usager) if is_mail else "",
        message_id=f"{clef}@exemple.fr" if is_mail else "",
    )


def _wait(scene: Scene, pas: Pas, at: datetime, _clef: UUID) -> None:
    etat = Etat.EN_ATTENTE_USAGER if pas.valeur == "usager" else Etat.EN_ATTENTE_TIERS
    actions.move(**scene.facts, etat=etat, by=scene.by(pas), at=at)  # type: ignore[arg-type]


def _finish(scene: Scene, pas: Pas, at: datetime, _clef: UUID) -> None:
    actions.move(**scene.facts, etat=Etat.TRAITEE, by=scene.by(pas), at=at)  # type: ignore[arg-type]


def _close(scene: Scene, pas: Pas, at: datetime, _clef: UUID) -> None:
    actions.close(**scene.facts, issue=pas.valeur, by=scene.by(pas), at=at)  # type: ignore[arg-type]


STEPS: dict[str, Callable[[Scene, Pas, datetime, UUID], None]] = {
    "prend": _take,
    "note": _note,
    "repond": _reply,
    "relance": _receive,
    "attend": _wait,
    "traite": _finish,
    "clot": _close,
}
