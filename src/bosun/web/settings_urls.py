"""The addresses of the settings and of one's own pages."""

from django.urls import path

from bosun.web import (
    brand,
    settings_company,
    settings_departments,
    settings_fields,
    settings_jobs,
    settings_lists,
    settings_me,
    settings_objects,
    settings_options,
    settings_pages,
    settings_people,
    settings_pipelines,
    settings_rights,
    settings_roles,
    settings_system,
)

urlpatterns = [
    path("brand.css", brand.sheet, name="brand"),
    path("me", settings_me.me, name="me"),
    path("me/devices", settings_me.devices, name="me_devices"),
    path("me/devices/end", settings_me.end_sessions, name="me_end_sessions"),
    path("me/devices/<id:pk>/end", settings_me.end_session, name="me_end_session"),
    path("me/tokens", settings_me.tokens, name="me_tokens"),
    path("me/tokens/new", settings_me.new_token, name="me_new_token"),
    path("me/tokens/<id:pk>/revoke", settings_me.revoke_token, name="me_revoke_token"),
    path("me/jobs", settings_jobs.mine, name="me_jobs"),
    path("jobs/<id:pk>/cancel", settings_jobs.cancel, name="job_cancel"),
    path("jobs/<id:pk>/retry", settings_jobs.retry, name="job_retry"),
    path("me/rights", settings_rights.my_rights, name="me_rights"),
    path("settings", settings_pages.index, name="settings"),
    path("settings/company", settings_company.company, name="settings_company"),
    path("settings/people", settings_people.people, name="settings_people"),
    path("settings/people/new", settings_people.new, name="settings_new_person"),
    path("settings/people/<id:pk>", settings_people.person, name="settings_person"),
    path("settings/people/<id:pk>/password", settings_people.password, name="settings_password"),
    path("settings/people/<id:pk>/active", settings_people.active, name="settings_active"),
    path("settings/people/<id:pk>/rights", settings_rights.rights, name="settings_rights"),
    path("settings/departments", settings_departments.departments, name="settings_departments"),
    path("settings/departments/new", settings_departments.new, name="settings_new_department"),
    path("settings/departments/<id:pk>", settings_departments.department, name="settings_department"),
    path("settings/departments/<id:pk>/remove", settings_departments.remove, name="settings_remove_department"),
    path("settings/roles", settings_roles.roles, name="settings_roles"),
    path("settings/roles/new", settings_roles.new, name="settings_new_role"),
    path("settings/roles/<id:pk>", settings_roles.role, name="settings_role"),
    path("settings/roles/<id:pk>/remove", settings_roles.remove, name="settings_remove_role"),
    path("settings/options", settings_options.first, name="settings_options"),
    path("settings/options/<entity:name>", settings_options.options, name="settings_option_list"),
    path("settings/fields", settings_fields.first, name="settings_fields"),
    path("settings/fields/<id:pk>", settings_fields.edit, name="settings_field"),
    path("settings/fields/<id:pk>/retire", settings_fields.retire, name="settings_retire_field"),
    path("settings/fields/<id:pk>/restore", settings_fields.restore, name="settings_restore_field"),
    path("settings/fields/<id:pk>/remove", settings_fields.remove, name="settings_remove_field"),
    path("settings/fields/<entity:name>", settings_fields.of_entity, name="settings_entity_fields"),
    path("settings/fields/<entity:name>/new", settings_fields.new, name="settings_new_field"),
    path("settings/fields/<entity:name>/preview", settings_fields.preview, name="settings_preview_field"),
    path("settings/objects", settings_objects.all_objects, name="settings_objects"),
    path("settings/objects/new", settings_objects.new, name="settings_new_object"),
    path("settings/objects/<id:pk>", settings_objects.edit, name="settings_object"),
    path("settings/objects/<id:pk>/remove", settings_objects.remove, name="settings_remove_object"),
    path("settings/objects/<id:pk>/restore", settings_objects.restore, name="settings_restore_object"),
    path("settings/pipelines", settings_pipelines.first, name="settings_pipelines"),
    path("settings/pipelines/new", settings_pipelines.new, name="settings_new_pipeline"),
    path("settings/pipelines/<id:pk>", settings_pipelines.pipeline, name="settings_pipeline"),
    path("settings/pipelines/<id:pk>/edit", settings_pipelines.edit, name="settings_edit_pipeline"),
    path("settings/pipelines/<id:pk>/remove", settings_pipelines.drop, name="settings_drop_pipeline"),
    path(
        "settings/pipelines/<id:pk>/stages/<id:stage>/remove", settings_pipelines.drop_stage, name="settings_drop_stage"
    ),
    path("settings/jobs", settings_jobs.everybodys, name="settings_jobs"),
    path("settings/system", settings_system.system, name="settings_system"),
    path("settings/system/<id:pk>/retry", settings_system.retry, name="settings_retry"),
    *(
        route
        for name in settings_lists.LISTS
        for route in (
            path(f"settings/{name}", settings_lists.plain, {"name": name}, name=f"settings_{name}"),
            path(f"settings/{name}/new", settings_lists.new, {"name": name}, name=f"settings_new_{name}"),
            path(f"settings/{name}/<id:pk>", settings_lists.edit, {"name": name}, name=f"settings_edit_{name}"),
            path(
                f"settings/{name}/<id:pk>/remove", settings_lists.remove, {"name": name}, name=f"settings_remove_{name}"
            ),
        )
    ),
    path("settings/<slug:name>", settings_pages.offered, name="settings_offered"),
]
