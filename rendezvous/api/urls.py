"""Routes of the API on appointments, under `/api/v1/`."""

from django.urls import path

from rendezvous.api import creneaux, rendezvous

urlpatterns = [
    path("motifs/", creneaux.motifs, name="motifs"),
    path("creneaux/", creneaux.creneaux, name="creneaux"),
    path("rendezvous/", rendezvous.prendre, name="rendezvous_prendre"),
    path("rendezvous/<slug:numero>/", rendezvous.rendezvous, name="rendezvous"),
    path("rendezvous/<slug:numero>/annuler/", rendezvous.annuler, name="rendezvous_annuler"),
    path("rendezvous/<slug:numero>/deplacer/", rendezvous.deplacer, name="rendezvous_deplacer"),
]
