"""Routes of feeds and of calendars kept elsewhere, under `/c/<slug>/rendez-vous/`."""

from django.urls import URLPattern, path

from rendezvous.views.echanges import agendas

urlpatterns: list[URLPattern] = [
    path("mes-agendas/", agendas.agendas, name="agendas"),
    path("flux/", agendas.flux, name="flux"),
    path("flux/<int:pk>/revoquer/", agendas.flux_revoquer, name="flux_revoquer"),
    path("agendas/<int:pk>/relever/", agendas.agenda_relever, name="agenda_relever"),
    path("agendas/<int:pk>/service/", agendas.agenda_service, name="agenda_service"),
    path("agendas/<int:pk>/supprimer/", agendas.agenda_supprimer, name="agenda_supprimer"),
]
