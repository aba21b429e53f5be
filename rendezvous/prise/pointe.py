"""A time pointed at in the agenda: is it free for this motif, and with whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rendezvous.agenda.blocs import write_local
from rendezvous.creneaux.modele import Creneau, RechercheRefusee
from rendezvous.creneaux.recherche import find_places
from rendezvous.prise.choix import Choix
from rendezvous.prise.libres import Couple, write_valeur


@dataclass(frozen=True)
class Pointe:
    """`debut`: wall clock, of the lieu when it is known. `valeur`: of the button that books; empty when not free."""

    debut: datetime
    nom: str = ""
    valeur: str = ""
    raison: str = ""
    couple: Couple | None = None

    @property
    def initial(self) -> dict[str, Any]:
        """First values of the form of a surbooking."""
        said = {"jour": self.debut.date(), "heure": self.debut.time()}
        return said | ({"qui": self.couple.clef} if self.couple else {})


def find_pointe(choix: Choix) -> Pointe | None:
    """Return the time of the address, None when it holds none. Five queries at most when a motif is chosen."""
    if choix.debut is None:
        return None
    seen = write_local(choix.debut, choix.acces.collectivite.fuseau)
    if choix.motif is None or choix.motif.is_collectif:
        return Pointe(seen)
    wanted = choix.ressource_id
    couples = [each for each in choix.couples if not wanted or each.ressource.pk == wanted]
    if not couples or (choix.asked_ressource and not wanted):
        return Pointe(seen, raison="Cette personne ne reçoit pas ce motif.")
    return _judge(choix, couples)


def _judge(choix: Choix, couples: list[Couple]) -> Pointe:
    assert choix.debut is not None  # noqa: S101 the caller has just looked
    assert choix.motif is not None  # noqa: S101 the caller has just looked
    motif, debut = choix.motif, choix.debut
    for lieu_id in dict.fromkeys(each.lieu.pk for each in couples):
        couple = next(each for each in couples if each.lieu.pk == lieu_id)
        try:
            free = find_places(
                motif=motif, lieu_id=lieu_id, debut_at=debut, at=choix.at, personnes=choix.personnes, pour_agent=True,
                ressources=[choix.ressource_id] if choix.ressource_id else None,
            )  # fmt: skip
        except RechercheRefusee as refusal:
            return Pointe(write_local(debut, couple.lieu.fuseau), raison=str(refusal), couple=couple)
        if free:
            length = timedelta(minutes=motif.get_duree(choix.personnes))
            slot = Creneau(debut, debut + length, lieu_id, 0, 1, motif.pk)
            name = couple.ressource.nom if choix.ressource_id else couple.lieu.nom
            local = write_local(debut, couple.lieu.fuseau)
            return Pointe(local, name, write_valeur(slot, choix.ressource_id or 0), couple=couple)
    couple = couples[0]
    late = "Cette heure est passée." if debut <= choix.at else "Cette heure n'est pas libre pour ce motif."
    return Pointe(write_local(debut, couple.lieu.fuseau), couple.ressource.nom, raison=late, couple=couple)
