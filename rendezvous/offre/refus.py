"""What the rules of the offer refuse; the text is what the agent reads."""

from rendezvous.versions import VersionPerimee

__all__ = ["VersionPerimee"]  # what the callers of the offer catch too


class OffreRefusee(ValueError):
    """The offer can't be written as asked. The sentence says why and what to do."""


class RegleRefusee(OffreRefusee):
    """The repetition is not one of those we keep."""


class BlocsRefuses(OffreRefusee):
    """The hours of a day contradict themselves."""
