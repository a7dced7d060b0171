"""Rows for tests. Everybody's password is PASSWORD."""

from __future__ import annotations

import factory

from accounts.models import Company, Team, User
from accounts.services import make_company, make_user

PASSWORD = "a long enough phrase"


class CompanyFactory(factory.django.DjangoModelFactory[Company]):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Company {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return make_company(**kwargs)


class TeamFactory(factory.django.DjangoModelFactory[Team]):
    class Meta:
        model = Team

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Team {n}")


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"User {n}")
    email = factory.Sequence(lambda n: f"user{n}@example.org")
    password = PASSWORD
    timezone = "Europe/Brussels"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return make_user(**kwargs)


class OperatorFactory(UserFactory):
    company = None
    role = User.Role.OPERATOR
    timezone = "UTC"
