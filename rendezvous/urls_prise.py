"""Booking by agents, absences, visits, under `/c/<slug>/rendez-vous/`."""

from django.urls import URLPattern, path

from rendezvous.views.prise import prendre

urlpatterns: list[URLPattern] = [
    path("prendre/", prendre.prendre, name="prendre"),
    path("<int:pk>/pris/", prendre.pris, name="pris"),
]
