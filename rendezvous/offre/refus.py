"""What the rules of the offer refuse; the text is what the agent reads."""


class OffreRefusee(ValueError):
    """The offer can't be written as asked. The sentence says why and what to do."""


class RegleRefusee(OffreRefusee):
    """The repetition is not one of those we keep."""


class BlocsRefuses(OffreRefusee):
    """The hours of a day contradict themselves."""


class VersionPerimee(Exception):
    """Somebody wrote this range or this motif in between: nothing was written."""

    def __init__(self, quoi: str = "Cette plage") -> None:
        super().__init__(f"{quoi} a changé pendant que vous écriviez. Votre saisie est gardée\u00a0: relisez-la.")
