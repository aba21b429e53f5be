"""Values a collectivité may change: default, what it rests on, when that was checked."""

from dataclasses import dataclass
from datetime import date

from collectivites.models import ReglageLegal


@dataclass(frozen=True)
class Reglage:
    """`defaut` is in `unite`; `base` names the text or says that it is our choice; `verifie_on` dates the reading."""

    clef: str
    libelle: str
    defaut: int
    unite: str
    base: str
    verifie_on: date


REOUVERTURE = Reglage(
    clef="demande.reouverture_jours",
    libelle="Délai pendant lequel un message de l'usager rouvre une demande close",
    defaut=30,
    unite="jours",
    base="Choix de conception : aucun texte ne le fixe",
    verifie_on=date(2026, 11, 21),
)
REGLAGES: tuple[Reglage, ...] = (REOUVERTURE,)


def read_reglage(reglage: Reglage) -> int:
    """Return the collectivité's own value, else the default."""
    own = ReglageLegal.objects.filter(clef=reglage.clef).values_list("valeur", flat=True).first()
    return reglage.defaut if own is None else own
