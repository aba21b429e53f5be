"""Routes of the agenda, of the day and of one appointment, under `/c/<slug>/rendez-vous/`."""

from django.urls import path

from rendezvous.views.agenda import agenda, deplacer, fiche, gestes, jour, statistiques

urlpatterns = [
    path("", agenda.agenda, name="agenda"),
    path("ici/", agenda.ici, name="ici"),
    path("jour/", jour.jour, name="jour"),
    path("jour/imprimer/", jour.imprimer, name="imprimer"),
    path("statistiques/", statistiques.statistiques, name="statistiques"),
    path("statistiques/export/", statistiques.exporter, name="statistiques_export"),
    path("alertes/", statistiques.alertes, name="alertes"),
    path("<int:pk>/", fiche.fiche, name="fiche"),
    path("<int:pk>/deplacer/", deplacer.deplacer, name="deplacer"),
    path("<int:pk>/annuler/", gestes.annuler, name="annuler"),
    path("<int:pk>/marquer/", gestes.marquer, name="marquer"),
    path("<int:pk>/note/", gestes.noter, name="noter"),
]
