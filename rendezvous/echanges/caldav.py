"""The one question we ask a CalDAV server: the events of a stretch of time (RFC 4791 § 7.8, calendar-query).

A library would bring accounts, discovery and writing; we need one REPORT over our own guarded HTTP (ADR 19).
"""

import base64
from datetime import UTC, datetime

_QUESTION = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{du}" end="{au}"/>
</C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>"""


def write_question(du: datetime, au: datetime) -> bytes:
    """Return the body of the REPORT: every event that touches the stretch, repetitions included."""
    return _QUESTION.format(
        du=f"{du.astimezone(UTC):%Y%m%dT%H%M%SZ}", au=f"{au.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    ).encode()


ENTETES = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1"}


def write_identite(identifiants: dict[str, str]) -> dict[str, str]:
    """Return the header of Basic authentication (RFC 7617), none without a name."""
    if not identifiants.get("utilisateur"):
        return {}
    pair = f"{identifiants['utilisateur']}:{identifiants.get('mot_de_passe', '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
