"""Names with the frequencies of real life: a few very common surnames, a long tail of rare ones."""

from itertools import accumulate
from random import Random

_COURANTS = """
Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David
Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefevre Faure Andre Mercier
Blanc Guerin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry
Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard
Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin
Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey
Leclerc Payet Rolland Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger Carpentier Sanchez Dupuis
Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer Klein Jacquet Adam Paris Poirier Marty Aubry Guyot
Carré Charles Renault Charpentier Ménard Maillard Baron Bertin Bailly Hervé Schneider Fernandez Collet Léger
Bouvier Julien Prévost Millet Perrot Daniel Benamar Diallo Traoré Nguyen Kaya Haddad Cissé Da_Silva Ferreira
Le_Goff Le_Gall De_La_Fuente Ben_Salah El_Amrani
""".split()
_DEBUTS = (
    "Bar Ber Bou Car Cha Cor Dau Del Des Du Fau Fer Gan Gau Gri Jou La Lan Lou Mal Mar Mon Nor Pel Per Pra Ray".split()
)
_MILIEUX = "ba cha de di fe gne la li ma ne ni pe ra ri sa te ti va vi".split()
_FINS = "n t r l on et in ard aud eau ier ert ain ac ec ez is ot as el ou".split()
_PRENOMS = """
Marie Jeanne Françoise Monique Catherine Nathalie Isabelle Sylvie Martine Christine Sophie Sandrine Céline
Stéphanie Aurélie Émilie Julie Laura Camille Manon Léa Chloé Emma Jade Louise Alice Inès Lina Fatima Samira Aïcha
Mariam Élodie Jean Pierre Michel André Philippe Alain Bernard Patrick Christian Daniel Laurent Thierry Stéphane
Christophe Frédéric Olivier Nicolas Sébastien Julien Guillaume Thomas Maxime Alexandre Antoine Hugo Lucas Gabriel
Louis Raphaël Adam Mohamed Karim Mehdi Ibrahim Moussa Jean-Pierre Jean-Luc Marie-Claude Anne-Sophie Yann Loïc
Gwenaël Théo Noé Léo
""".split()


class Noms:
    """Draws surnames by a Zipf law over `combien` names, and first names evenly."""

    def __init__(self, rng: Random, combien: int = 20_000) -> None:
        self._rng = rng
        self._noms = [nom.replace("_", " ") for nom in _COURANTS] + self._build(combien - len(_COURANTS))
        self._cumul = list(accumulate(1 / (rank + 20) for rank in range(len(self._noms))))

    def _build(self, combien: int) -> list[str]:
        parts = (_DEBUTS, _MILIEUX, _FINS)
        return ["".join(self._rng.choice(part) for part in parts) for _ in range(max(combien, 0))]

    def draw_noms(self, combien: int) -> list[str]:
        """Return `combien` surnames at once: much quicker than one by one."""
        return self._rng.choices(self._noms, cum_weights=self._cumul, k=combien)

    def draw_prenoms(self, combien: int) -> list[str]:
        """Return `combien` first names."""
        return self._rng.choices(_PRENOMS, k=combien)
