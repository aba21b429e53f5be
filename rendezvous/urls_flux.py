"""The secret feeds, under `/usager/<slug>/rendez-vous/`."""

from django.urls import URLPattern, path

from rendezvous.views.echanges.flux import flux

urlpatterns: list[URLPattern] = [path("flux/<str:jeton>.ics", flux, name="flux")]
