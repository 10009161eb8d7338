"""The address of feeds."""

from django.urls import path

from bosun.platform.feeds import views

urlpatterns = [
    path("feeds/<str:token>.ics", views.feed, name="feed"),
]
