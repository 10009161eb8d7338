"""The addresses of the import wizard."""

from django.urls import path

from bosun.web import import_check, import_runs, imports

urlpatterns = [
    path("imports", import_runs.past, name="imports"),
    path("imports/new", imports.begin_anywhere, name="import_new"),
    path("imports/<id:pk>", import_runs.show, name="import"),
    path("imports/<id:pk>/columns", imports.columns, name="import_columns"),
    path("imports/<id:pk>/reading", imports.reading, name="import_reading"),
    path("imports/<id:pk>/map.json", imports.map_file, name="import_map"),
    path("imports/<id:pk>/check", import_check.check, name="import_check"),
    path("imports/<id:pk>/answer", import_check.answer, name="import_answer"),
    path("imports/<id:pk>/preview", import_check.preview, name="import_preview"),
    path("imports/<id:pk>/progress", import_runs.progress, name="import_progress"),
    path("imports/<id:pk>/cancel", import_runs.cancel, name="import_cancel"),
    path("imports/<id:pk>/errors", import_runs.errors, name="import_errors"),
    path("imports/<id:pk>/undo", import_runs.undo, name="import_undo"),
    path("<entity:key>/import", imports.begin, name="import_begin"),
    path("<entity:key>/import/template", imports.template, name="import_template"),
]
