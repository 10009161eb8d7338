"""The address of the health page."""

from django.urls import path

from bosun.platform.health import views

urlpatterns = [path("health", views.health, name="health")]
