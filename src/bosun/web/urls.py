"""The addresses of the pages. Everything under an entity's key serves every entity."""

from django.urls import include, path, register_converter

from bosun.web import (
    away,
    bins,
    board,
    bulk,
    calendarfile,
    charts,
    day,
    dayframe,
    exports,
    files,
    find,
    following,
    forecast,
    forms,
    inline,
    invitations,
    lasting,
    listdialogs,
    lists,
    notices,
    offered,
    prefs,
    preview,
    recordpage,
    remind,
    subscribing,
    subscriptions,
    told,
    verbs,
    views,
)


class EntityKey:
    """The key of an entity in an address."""

    regex = "[a-z][a-z0-9_]{0,59}"

    def to_python(self, value: str) -> str:
        """The key as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The same."""
        return value


class RecordId(EntityKey):
    """The id of a record: 64 bits at most."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        """The number; ValueError makes it an address that does not exist."""
        number = int(value)
        if not 0 < number < 2**63:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:  # type: ignore[override]
        """The number as text."""
        return str(value)


register_converter(EntityKey, "entity")
register_converter(RecordId, "id")

urlpatterns = [
    path("", day.home, name="home"),
    path("day", day.my_day, name="day"),
    path("day/opened", dayframe.opened, name="day_opened"),
    path("day/open", dayframe.open_today, name="day_open"),
    path("day/ask", dayframe.ask, name="day_ask"),
    path("day/leave", dayframe.leave, name="day_leave"),
    path("day/left", dayframe.left, name="day_left"),
    path("day/open/<entity:key>/<id:pk>/<slug:what>", dayframe.do, name="day_do"),
    path("search", find.search_page, name="search"),
    path("palette", find.palette, name="palette"),
    path("pick", find.pick_any, name="pick_any"),
    path("undo", verbs.undo, name="undo"),
    path("bin", bins.bin_page, name="bin"),
    path("bin/<id:pk>/restore", bins.restore, name="restore"),
    path("exports", exports.exports_page, name="exports"),
    path("exports/<id:pk>", exports.download, name="download"),
    path("notices", notices.notices_page, name="notices"),
    path("notices/seen", notices.seen, name="notices_seen"),
    path("notices/<id:pk>/close", notices.close, name="notice_close"),
    path("notices/<id:pk>/done", notices.done, name="notice_done"),
    path("notices/<id:pk>/snooze", notices.snooze, name="notice_snooze"),
    path("told/<id:pk>", told.opened, name="told"),
    path("done/<str:token>", told.done, name="told_done"),
    path("remind", remind.quickly, name="remind_quickly"),
    path("remind/until", lasting.builder, name="remind_until"),
    path("reminders/calendar-file", calendarfile.upload, name="calendar_file"),
    path("remind/people", find.remindable, name="remind_people"),
    path("remind/typed", remind.typed, name="remind_typed"),
    path("remind/<entity:key>/<id:pk>", remind.dialog, name="remind"),
    path("pages/<slug:name>", offered.offered, name="offered"),
    path("me/away", away.mine, name="me_away"),
    path("away/<id:pk>", away.hand_over, name="hand_over"),
    path("away/<id:pk>/back", away.back, name="away_back"),
    path("invite/<entity:key>/<id:pk>", invitations.invite, name="invite"),
    path("invitations/<id:pk>/withdraw", invitations.withdraw, name="invitation_withdraw"),
    path("invitations/<str:token>", invitations.answer, name="invitation"),
    path("subscriptions/<id:pk>/latest", subscriptions.latest, name="subscription_latest"),
    path("subscriptions/<id:pk>/now", subscriptions.now, name="subscription_now"),
    path("subscriptions/<id:pk>/cancel", subscriptions.cancel, name="subscription_cancel"),
    path("issues/<id:pk>", subscriptions.issue, name="issue"),
    path("issues/<id:pk>/file", subscriptions.file, name="issue_file"),
    path("unsubscribe/<str:token>", subscriptions.unsubscribe, name="unsubscribe"),
    path("notices/<id:pk>/wrong", preview.wrong, name="notice_wrong"),
    path("preview", preview.preview, name="preview"),
    path("preferences", prefs.preferences, name="preferences"),
    path("language", prefs.set_language, name="set_language"),
    path("", include("bosun.web.settings_urls")),
    path("", include("bosun.web.import_urls")),
    path("<entity:key>", lists.list_page, name="list"),
    path("<entity:key>/rows", lists.rows, name="rows"),
    path("<entity:key>/counts", lists.counts, name="counts"),
    path("<entity:key>/totals", lists.totals, name="totals"),
    path("<entity:key>/chart", charts.chart, name="chart"),
    path("<entity:key>/forecast", forecast.forecast, name="forecast"),
    path("<entity:key>/board", board.board, name="board"),
    path("<entity:key>/board/cards", board.more, name="board_cards"),
    path("<entity:key>/board/sums", board.sums, name="board_sums"),
    path("<entity:key>/<id:pk>/move", board.move, name="move"),
    path("<entity:key>/filter", listdialogs.filter_dialog, name="filter"),
    path("<entity:key>/sort", listdialogs.sort_dialog, name="sort"),
    path("<entity:key>/columns", listdialogs.columns_dialog, name="columns"),
    path("<entity:key>/view/save", views.save, name="view_save"),
    path("<entity:key>/view/update", views.update, name="view_update"),
    path("<entity:key>/view/rename", views.rename, name="view_rename"),
    path("<entity:key>/view/share", views.share, name="view_share"),
    path("<entity:key>/view/remove", views.remove, name="view_remove"),
    path("<entity:key>/view/star", views.star, name="view_star"),
    path("<entity:key>/subscribe", subscribing.subscribe, name="subscribe"),
    path("<entity:key>/pick", find.pick, name="pick"),
    path("<entity:key>/words", find.words, name="words"),
    path("<entity:key>/new", forms.new, name="new"),
    path("<entity:key>/duplicates", forms.duplicates, name="duplicates"),
    path("<entity:key>/bulk/edit", bulk.edit, name="bulk_edit"),
    path("<entity:key>/bulk/tag", bulk.tag, name="bulk_tag"),
    path("<entity:key>/bulk/verb", bulk.verb, name="bulk_verb"),
    path("<entity:key>/bulk/remove", bulk.remove_many, name="bulk_remove"),
    path("<entity:key>/export", exports.export, name="export"),
    path("<entity:key>/<id:pk>", recordpage.record_page, name="record"),
    path("<entity:key>/<id:pk>/panel", recordpage.panel, name="panel"),
    path("<entity:key>/<id:pk>/timeline", recordpage.older, name="older"),
    path("<entity:key>/<id:pk>/history", recordpage.history_page, name="history"),
    path("<entity:key>/<id:pk>/pages/<slug:panel>", recordpage.extra_page, name="extra_page"),
    path("<entity:key>/<id:pk>/composer", recordpage.composer, name="composer"),
    path("<entity:key>/<id:pk>/cell", inline.cell, name="cell"),
    path("<entity:key>/<id:pk>/edit", forms.edit, name="edit"),
    path("<entity:key>/<id:pk>/files", files.upload, name="upload"),
    path("<entity:key>/<id:pk>/files/<id:file>/remove", files.remove, name="remove_file"),
    path("<entity:key>/<id:pk>/follow", following.follow, name="follow"),
    path("<entity:key>/<id:pk>/remove", verbs.remove_one, name="remove"),
    path("<entity:key>/<id:pk>/verbs/<entity:name>", verbs.verb, name="verb"),
]
