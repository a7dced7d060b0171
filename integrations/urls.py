"""Addresses of the marketplace, the wizard and what waits for its owner. Nouns; changes are POST."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from integrations.marketplace import acts, attention, calendars, colleagues, explore, manage, reconnect, runs
from integrations.wizard import authorize, views

_setup = [
    path("", views.resume, name="wizard"),
    path("account/", views.account, name="wizard_account"),
    path("calendars/", views.calendars, name="wizard_calendars"),
    path("first-sync/", views.first_sync, name="wizard_first_sync"),
    path("progress/", views.progress, name="wizard_progress"),
    path("arrival/", views.arrival, name="wizard_arrival"),
    path("cancellation/", views.cancellation, name="wizard_cancellation"),
]
_connection = [
    path("sync/", acts.sync, name="connection_sync"),
    path("pause/", acts.pausing, name="connection_pause"),
    path("resumption/", acts.resumption, name="connection_resumption"),
    path("reconnection/", reconnect.reconnection, name="connection_reconnection"),
    path("revocation/", acts.revocation, name="connection_revocation"),
    path("removal/", acts.removal, name="connection_removal"),
    path("runs/", runs.runs, name="connection_runs"),
    path("calendars/", calendars.calendars, name="connection_calendars"),
]
_attention = [
    path("", attention.overview, name="attention"),
    path("held/<uuid:key>/", attention.held_plan, name="held_plan"),
    path("guests/<uuid:key>/", attention.sending, name="sending"),
    path("guests/<uuid:key>/dropping/", attention.dropping, name="dropping"),
    path("conflicts/<uuid:key>/restoration/", attention.restoration, name="conflict_restoration"),
    path("conflicts/<uuid:key>/dismissal/", attention.dismissal, name="conflict_dismissal"),
    path("quarantine/<uuid:key>/retry/", attention.retry, name="quarantine_retry"),
]
_pages: list[URLPattern | URLResolver] = [
    path("", explore.explore, name="marketplace"),
    path("entries/<slug:key>/", explore.entry, name="entry"),
    path("entries/<slug:key>/request/", authorize.ask, name="ask"),
    path("authorize/", authorize.authorize, name="authorize"),
    path("setup/<uuid:key>/", include(_setup)),
    path("manage/", manage.manage, name="connections"),
    path("colleagues/", colleagues.colleagues, name="colleagues"),
    path("connections/<uuid:key>/", include(_connection)),
    path("links/<uuid:key>/again/", attention.again, name="link_again"),
    path("attention/", include(_attention)),
]

urlpatterns = [path("integrations/", include(_pages))]
