"""Counters and legal values of a collectivité."""

from django.db import models

from collectivites.cloison import ModeleCloisonne


class Compteur(ModeleCloisonne):
    """A yearly counter: numbers of demandes, chrono of letters. One row is locked for the length of a transaction."""

    nature = models.CharField("nature", max_length=20)
    annee = models.SmallIntegerField("année")
    valeur = models.IntegerField("dernière valeur", default=0)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite nature annee valeur".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "compteur"
        constraints = [models.UniqueConstraint("collectivite", "nature", "annee", name="compteur_unique")]

    def __str__(self) -> str:
        return f"{self.nature} {self.annee} : {self.valeur}"


class ReglageLegal(ModeleCloisonne):
    """A legal value changed by the collectivité; absent, the default of `reglages.py` and its basis apply."""

    clef = models.CharField("réglage", max_length=60)
    valeur = models.IntegerField("valeur")
    motif = models.CharField("motif du changement", max_length=200)
    changed_at = models.DateTimeField("changé le")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite clef valeur motif changed_at".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "réglage légal"
        constraints = [models.UniqueConstraint("collectivite", "clef", name="reglage_legal_unique")]

    def __str__(self) -> str:
        return f"{self.clef} = {self.valeur}"
