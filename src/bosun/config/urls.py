"""The addresses: health, API, sign-in, and the pages."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
