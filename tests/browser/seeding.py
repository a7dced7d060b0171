"""Fill a house with people and their plans, in a process of its own: `python -m tests.browser.seeding` reads JSON.

The document lists teams: {"company": …, "people": [{"email", "name", "role"}], "plans": [fields of an activity]};
the first of the people has the plans. Times are naive, in his zone. What is planned "with" anything is with all.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from typing import Any

import django


def seed(company: str, people: list[dict[str, Any]], plans: list[dict[str, str]], zone: str, password: str) -> None:
    """Make the users of a company, and the plans of the first."""
    from accounts.services import make_company, make_user

    house = make_company(company)
    everybody = [make_user(company=house, password=password, timezone=zone, **person) for person in people]
    for plan in plans:
        _plan(everybody[0], plan, {"attendees": everybody} if "with" in plan else {})


def _plan(owner: Any, plan: dict[str, str], more: dict[str, Any]) -> None:
    from agenda.services import activities
    from agenda.services.contacts import find_or_make

    fields: dict[str, Any] = {name: datetime.fromisoformat(plan[name]) for name in ("start", "end") if name in plan}
    fields |= more
    if "due" in plan:
        fields["due"] = date.fromisoformat(plan["due"])
    if "customer" in plan:
        fields["customer"] = find_or_make(owner, plan["customer"])
    if "title" in plan:
        fields["title"] = plan["title"]
    activities.create(owner, plan["kind"], **fields)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for team in json.load(sys.stdin):
        seed(**team)
