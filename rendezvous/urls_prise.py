"""Booking by agents, absences, visits, under `/c/<slug>/rendez-vous/`."""

from django.urls import URLPattern, path

from rendezvous.views.prise import absences, parcours, prendre

urlpatterns: list[URLPattern] = [
    path("prendre/", prendre.prendre, name="prendre"),
    path("<int:pk>/pris/", prendre.pris, name="pris"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:pk>/", absences.lot, name="absences_lot"),
    path("parcours/", parcours.parcours, name="parcours"),
    path("parcours/<int:pk>/", parcours.fiche, name="parcours_fiche"),
    path("parcours/<int:pk>/annuler/", parcours.annuler, name="parcours_annuler"),
]
