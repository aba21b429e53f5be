"""Doors for programs, under `/entrees/<ville>/`: the middleware opens the wall of the town, nobody is signed in."""

from django.urls import path

from demandes.views import cti, entrees

urlpatterns = [
    path("sms/", entrees.sms_passerelle, name="sms_passerelle"),
    path("cti/<str:jeton>/", cti.cti, name="cti"),
    path("<str:jeton>/", entrees.entree, name="entree"),
]
