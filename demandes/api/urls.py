"""Routes of the API on demandes, under `/api/v1/`."""

from django.urls import path

from demandes.api import demarches, views

urlpatterns = [
    path("demandes/", views.demandes, name="demandes"),
    path("demandes/<slug:numero>/", views.demande, name="demande"),
    path("demarches/", demarches.demarches, name="demarches"),
    path("demarches/<int:pk>/formulaire/", demarches.formulaire, name="formulaire"),
    path("types-demandes/", views.types, name="types_demandes"),
]
