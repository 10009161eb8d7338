"""The addresses: health, API, sign-in, and the pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("bosun.platform.health.urls")),
    path("api/v1/", include("bosun.api.urls")),
    path("account/", include("allauth.urls")),
]
