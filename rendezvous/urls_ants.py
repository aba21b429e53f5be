"""What the national search of France Titres calls, over every town: `/ants/…`."""

from django.urls import path

from rendezvous.views import ants

app_name = "ants"
urlpatterns = [
    path("getManagedMeetingPoints", ants.points, name="points"),
    path("availableTimeSlots", ants.libres, name="libres"),
    path("searchApplicationIds", ants.predemandes, name="predemandes"),
]
