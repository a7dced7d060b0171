"""Addresses of the notices. Nouns; changes are POST."""

from __future__ import annotations

from django.urls import path

from notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/reading/", views.reading, name="reading_all"),
    path("notices/<uuid:key>/", views.notice, name="notice"),
    path("notices/<uuid:key>/reading/", views.reading, name="reading"),
    path("mails/", views.mails, name="mails"),
    path("mails/<uuid:key>/", views.mail, name="mail"),
]
