"""The addresses of files."""

from django.urls import path

from bosun.platform.files import views

urlpatterns = [
    path("files/<int:pk>", views.download, name="file"),
    path("files/<slug:entity>/<int:pk>/<slug:name>", views.of_field, name="file_of_field"),
]
