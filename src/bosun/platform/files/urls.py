"""The address of a file."""

from django.urls import path

from bosun.platform.files import views

urlpatterns = [path("files/<int:pk>", views.download, name="file")]
