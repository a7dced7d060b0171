"""Addresses of the accounts."""

from __future__ import annotations

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("profile/", views.profile, name="profile"),
    path("profile/theme/", views.theme, name="theme"),
    path("profile/password/", views.password, name="password"),
    path("setup/<str:token>/", views.setup, name="setup"),
]
