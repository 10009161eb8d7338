"""The addresses: health, API, sign-in, and the pages."""

from django.urls import include, path

from bosun.api import inbound, smsreports

urlpatterns = [
    path("", include("bosun.platform.health.urls")),
    path("api/v1/", include("bosun.api.urls")),
    path("hooks/in/<str:token>", inbound.receive),
    path("hooks/sms/<str:secret>", smsreports.receive),
    path("", include("bosun.platform.files.urls")),
    path("", include("bosun.platform.feeds.urls")),
    path("account/", include("bosun.web.account_urls")),
    path("", include("bosun.modules.notepad.pages")),
    path("", include("bosun.web.urls")),
]

handler400 = "bosun.web.errors.unreadable"
handler403 = "bosun.web.errors.forbidden"
handler404 = "bosun.web.errors.not_found"
handler500 = "bosun.web.errors.failed"
