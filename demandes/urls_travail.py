"""Routes of shared work, under `/c/<slug>/demandes/`."""

from django.urls import path

from demandes.views import notifications

urlpatterns = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/pastille/", notifications.pastille, name="pastille"),
    path("notifications/lues/", notifications.notifications_lues, name="notifications_lues"),
    path("notifications/<int:pk>/lue/", notifications.notification_lue, name="notification_lue"),
]
