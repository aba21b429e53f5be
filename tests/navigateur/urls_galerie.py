"""The routes of the product, and the gallery that only developers get."""

from django.urls import path

from collectivites.acces import public
from config.urls import urlpatterns as produit
from socle.vues import composants

urlpatterns = [*produit, path("composants/", public(composants), name="composants")]
