"""Routes of rendezvous, under `/c/<slug>/rendez-vous/`."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "rendezvous"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("rendezvous.urls_agenda")),
    path("", include("rendezvous.urls_echanges")),
    path("", include("rendezvous.urls_offre")),
    path("", include("rendezvous.urls_prise")),
]
