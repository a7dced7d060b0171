"""The cast: Alice owns, Bob is a colleague, Carol is an admin, Mallory is of another company, Otto runs the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.migrations import _audit_guard
from accounts.models import Company, User
from tests.factories import CompanyFactory, OperatorFactory, UserFactory


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Let tests with transactions empty all tables: the guard of the audit trail comes back where it is tested."""
    with django_db_blocker.unblock():
        _audit_guard.remove(None, connection.schema_editor())
    yield


@pytest.fixture
def company(db) -> Company:
    return CompanyFactory.create(name="Blue Harbour")


@pytest.fixture
def alice(company) -> User:
    return UserFactory.create(company=company, name="Alice Anders", email="alice@example.org")


@pytest.fixture
def bob(company) -> User:
    return UserFactory.create(company=company, name="Bob Baert", email="bob@example.org")


@pytest.fixture
def carol(company) -> User:
    return UserFactory.create(company=company, name="Carol Claes", email="carol@example.org", role=User.Role.ADMIN)


@pytest.fixture
def mallory(db) -> User:
    return UserFactory.create(
        company=CompanyFactory.create(name="Red Cliff"), name="Mallory Maes", email="mallory@example.org"
    )


@pytest.fixture
def otto(db) -> User:
    return OperatorFactory.create(name="Otto Operator", email="otto@example.org")
