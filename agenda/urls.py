"""Addresses of the agenda. Nouns; changes are POST."""

from __future__ import annotations

from django.urls import path

from agenda.views import activities, blocks, changes, feed, frame, month, page, search, sync, time, trash

urlpatterns = [
    path("", page.home, name="home"),
    path("agenda/", page.agenda, name="agenda"),
    path("agenda/rows/", feed.feed, name="agenda_rows"),
    path("agenda/to-plan/", frame.to_plan, name="to_plan"),
    path("agenda/more/", frame.more, name="more"),
    path("agenda/month/", month.month, name="agenda_month"),
    path("agenda/search/", search.search, name="search"),
    path("agenda/sync/", sync.sync_now, name="sync_now"),
    path("agenda/look/", sync.look, name="agenda_look"),
    path("agenda/sync-status/", sync.sync_status, name="sync_status"),
    path("agenda/trash/", trash.trash, name="trash"),
    path("agenda/trash/<uuid:key>/", trash.restoration, name="restoration"),
    path("agenda/new/<slug:kind>/", activities.new, name="new_activity"),
    path("agenda/activities/<uuid:key>/", activities.activity, name="activity"),
    path("agenda/activities/<uuid:key>/time/", time.time, name="activity_time"),
    path("agenda/activities/<uuid:key>/removal/", activities.removal, name="activity_removal"),
    path("agenda/activities/<uuid:key>/privacy/", activities.privacy, name="activity_privacy"),
    path("agenda/activities/<uuid:key>/completion/", activities.completion, name="activity_completion"),
    path("agenda/activities/<uuid:key>/departure/", activities.departure, name="activity_departure"),
    path("agenda/changes/<uuid:key>/undoing/", changes.undoing, name="change_undoing"),
    path("agenda/blocks/<uuid:key>/", blocks.block, name="block"),
    path("agenda/blocks/<uuid:key>/conversion/<slug:kind>/", blocks.conversion, name="block_conversion"),
    path("agenda/blocks/<uuid:key>/time/", time.block_time, name="block_time"),
    path("agenda/blocks/<uuid:key>/changes/", blocks.changes, name="block_changes"),
    path("agenda/blocks/<uuid:key>/removal/", blocks.removal, name="block_removal"),
]
