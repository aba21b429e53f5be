"""Writing that an agent read a profile: once a page view, whatever the browser asks around it."""

from datetime import datetime, timedelta

from collectivites.acces import RequeteAgent
from journal.actions import record_reading
from journal.models import Consultation

MEME_VUE = timedelta(minutes=30)  # a fragment asked later than this is another reading


def is_prefetch(request: RequeteAgent) -> bool:
    """True when the browser asks ahead of the agent: answer nothing, so that the true reading comes back to us."""
    purposes = (request.headers.get("Sec-Purpose", ""), request.headers.get("Purpose", ""))
    return any(word in purpose for purpose in purposes for word in ("prefetch", "preview"))


def record_view(request: RequeteAgent, *, usager_id: int, at: datetime, motif: str = "") -> None:
    """Write the reading of a profile. HEAD shows nothing; a fragment of a page just read counts with it."""
    if request.method == "HEAD" or (is_fragment(request) and _has_just_read(request, usager_id, at)):
        return
    record_reading(
        vue=Consultation.Vue.PROFIL, agent_id=request.acces.agent.pk, usager_id=usager_id, at=at, motif=motif
    )


def is_fragment(request: RequeteAgent) -> bool:
    """True when htmx refreshes a part of a page."""
    return bool(request.htmx)


def _has_just_read(request: RequeteAgent, usager_id: int, at: datetime) -> bool:
    """A fragment alone, without its page, is a reading too: the header can be forged."""
    mine = Consultation.objects.filter(agent_id=request.acces.agent.pk, usager_id=usager_id)
    return mine.filter(vue=Consultation.Vue.PROFIL, at__gt=at - MEME_VUE, at__lte=at).exists()
