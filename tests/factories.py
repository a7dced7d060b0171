"""Rows for tests: `UserFactory.create(company=...)`. Everybody's password is PASSWORD."""

from __future__ import annotations

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.models import Company, Team, User
from accounts.services import make_company, make_user

PASSWORD = "a long enough phrase"


class CompanyFactory(DjangoModelFactory[Company]):
    class Meta:
        model = Company

    name = Sequence(lambda n: f"Company {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return make_company(**kwargs)


class TeamFactory(DjangoModelFactory[Team]):
    class Meta:
        model = Team

    company = SubFactory(CompanyFactory)
    name = Sequence(lambda n: f"Team {n}")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    company = SubFactory(CompanyFactory)
    name = Sequence(lambda n: f"User {n}")
    email = Sequence(lambda n: f"user{n}@example.org")
    password = PASSWORD
    timezone = "Europe/Brussels"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return make_user(**kwargs)


class OperatorFactory(UserFactory):
    company = None  # type: ignore[assignment]
    role = User.Role.OPERATOR
    timezone = "UTC"
