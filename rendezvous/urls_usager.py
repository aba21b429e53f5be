"""Pages for usagers, without account: `/usager/<slug>/rendez-vous/…`. Each view is `@public`."""

from django.urls import URLPattern, URLResolver

app_name = "rdv"
urlpatterns: list[URLPattern | URLResolver] = []
