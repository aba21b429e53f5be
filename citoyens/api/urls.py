"""Routes of the API on usagers, under `/api/v1/`."""

from django.urls import path

from citoyens.api import views

urlpatterns = [path("usagers/", views.usagers, name="usagers")]
