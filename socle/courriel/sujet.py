"""Reply and forward prefixes of French and foreign clients."""

import re

_REPONSE = re.compile(
    r"^\s*(?:\[[^\]]{0,60}\]\s*)?(?:re|ré|rép|réf|aw|sv|antw|odp)\s?(?:\[\d{1,3}\])?\s?:", re.IGNORECASE
)
_TRANSFERT = re.compile(
    r"^\s*(?:\[[^\]]{0,60}\]\s*)?(?:tr|fwd?|wg|rv|enc|transf(?:ert|éré)?|i)\s?(?:\[\d{1,3}\])?\s?:", re.IGNORECASE
)


def is_reply(objet: str) -> bool:
    """Tell whether a subject begins with a reply prefix (« Re: », « RÉ : », « AW: »)."""
    return bool(_REPONSE.match(objet[:200]))


def is_forward(objet: str) -> bool:
    """Tell whether a subject begins with a forward prefix (« TR: », « Fwd: »)."""
    return bool(_TRANSFERT.match(objet[:200]))
