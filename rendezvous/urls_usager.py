"""Pages for usagers, without account: `/usager/<slug>/rendez-vous/…`. Each view is `@public`."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "rdv"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("rendezvous.urls_public")),
    path("", include("rendezvous.urls_visite")),
    path("", include("rendezvous.urls_flux")),
]
