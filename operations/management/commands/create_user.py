"""Make a user, and his company when it is new."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from accounts.services import make_company, make_user
from operations.command import Answer, OperatorCommand, Refusal, WrongUse, secret_from_stdin


class Command(OperatorCommand):
    """`create_user --company C --email E --password-stdin`."""

    help = "Make a user. His company is made by name if it is missing; an operator has none."

    def arguments(self, parser: ArgumentParser) -> None:
        """Describe the user."""
        parser.add_argument("--company", default="", help="the company's exact name; required but for an operator")
        parser.add_argument("--email", required=True, help="what the user signs in with")
        parser.add_argument("--password-stdin", action="store_true", required=True, help="read it from standard input")
        parser.add_argument("--name", default="", help="what colleagues see; default: the e-mail address")
        parser.add_argument("--admin", action="store_true", help="sees all calendars and manages the company")
        parser.add_argument("--operator", action="store_true", help="runs the server: the admin panel and no agenda")
        parser.add_argument("--timezone", default="UTC", type=_zone, help="an IANA name, such as Europe/Brussels")

    def perform(self, *, company: str, email: str, operator: bool, admin: bool, **its: Any) -> Answer:
        """Make the user."""
        if operator and (company or admin):
            raise WrongUse("An operator has no company and is no company's admin.")
        if not (operator or company.strip()):
            raise WrongUse("Say which company the user belongs to: --company NAME.")
        role = User.Role.OPERATOR if operator else User.Role.ADMIN if admin else User.Role.USER
        if User.objects.filter(email=email.strip().lower()).exists():
            raise Refusal(f"There is a user {email} already.")
        with transaction.atomic():
            user = make_user(
                company=None if operator else make_company(company.strip()),
                email=email,
                password=secret_from_stdin(),
                name=its["name"],
                role=role,
                timezone=its["timezone"],
            )
        document = {"user": user.email, "company": company or None, "role": user.role, "timezone": user.timezone}
        return Answer(document, f"{user.email} can sign in.")


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (LookupError, OSError, ValueError):  # unknown, a folder of zones, or no name at all
        raise ArgumentTypeError(f"{name!r} is not a time zone such as Europe/Brussels") from None
