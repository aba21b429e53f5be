"""Pages for usagers, without account: `/usager/<slug>/…`. Each view is `@public`; the middleware raises the wall."""

from django.urls import URLPattern

app_name = "usager"
urlpatterns: list[URLPattern] = []
