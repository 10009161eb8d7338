"""The addresses: health, API, sign-in, and the pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("bosun.platform.health.urls")),
    path("api/v1/", include("bosun.api.urls")),
    path("", include("bosun.platform.files.urls")),
    path("account/", include("bosun.web.account_urls")),
    path("", include("bosun.web.urls")),
]

handler400 = "bosun.web.errors.unreadable"
handler403 = "bosun.web.errors.forbidden"
handler404 = "bosun.web.errors.not_found"
handler500 = "bosun.web.errors.failed"
