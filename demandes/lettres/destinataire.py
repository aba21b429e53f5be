"""How a letter names its recipient and where it goes. Pure rules.

CRPA L111-3: letters are addressed under the family name, unless the person expressly asked for the name in use.
La Poste, NF Z 10-011: at most six lines, the last one in capitals without punctuation.
"""

import re

from citoyens.models import Usager
from demandes.contacts import Adresse

LIGNES_MAX = 6
_CODE_VILLE = re.compile(r",?\s+(?=\d{5}\s+\S)")
_CIVILITES = {Usager.Civilite.MADAME.value: "Madame", Usager.Civilite.MONSIEUR.value: "Monsieur"}


def name_destinataire(usager: Usager) -> str:
    """Return « Madame Samira Haddad », by the family name unless the other was asked for; an organisation."""
    if not usager.is_personne:
        return usager.nom
    first = usager.prenoms.split(",")[0].split(" ")[0]
    family = (usager.nom if usager.is_nom_usage_choisi else usager.nom_naissance) or usager.nom or usager.nom_naissance
    return " ".join(filter(None, [_CIVILITES.get(usager.civilite, ""), first, family]))


def greet(usager: Usager | None) -> str:
    """Return the words a letter begins with."""
    known = _CIVILITES.get(usager.civilite, "") if usager else ""
    return f"{known}," if known else "Madame, Monsieur,"


def find_adresse(adresses: list[Adresse]) -> str:
    """Return the postal address to write to, empty when none is known; one that returned letters is not used."""
    return next((each.valeur for each in adresses if each.canal == "courrier" and not each.echec), "")


def split_adresse(adresse: str) -> list[str]:
    """Return the lines of the block seen through the window: « 12 rue des Lilas » / « 44999 AURELLE »."""
    text = adresse.strip()
    parts = text.splitlines() if "\n" in text else re.split(r",\s*", _CODE_VILLE.sub("\n", text).replace("\n", ","))
    lines = [" ".join(part.split()) for part in parts if part.strip()]
    if not lines:
        return []
    lines[-1] = lines[-1].upper().replace(",", " ").strip()
    return (
        lines
        if len(lines) <= LIGNES_MAX
        else [*lines[: LIGNES_MAX - 2], " ".join(lines[LIGNES_MAX - 2 : -1]), lines[-1]]
    )
