"""The steps after consent: the account, its calendars, the first sync. Each leads to where its set-up stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.address import client_address
from agenda.views.member import member
from integrations.advice import Advice
from integrations.credentials import CredentialsForm
from integrations.entry import Entry
from integrations.models import Connection
from integrations.receivers import ring_soon
from integrations.selectors import progress as progresses
from integrations.selectors.progress import Progress
from integrations.selectors.setups import SetUp
from integrations.services import connect
from integrations.services.connect import ConnectRefused
from integrations.services.new_calendar import make_calendar
from integrations.services.setup import cancel, try_account
from integrations.wizard.advice import advice
from integrations.wizard.forms import ChoiceForm
from integrations.wizard.member import Elsewhere, goes_on, own_setup
from integrations.wizard.steps import Step, marks


def _step(view: Callable[[HttpRequest, SetUp], HttpResponse]) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Give a view the viewer's own set-up, by the key in its address."""

    @wraps(view)
    def with_setup(request: HttpRequest, key: UUID) -> HttpResponse:
        try:
            return view(request, own_setup(request, key))
        except Elsewhere as elsewhere:
            return elsewhere.answer

    return with_setup


@require_safe
@_step
def resume(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Go on where the set-up stands."""
    return goes_on(setup)


@sensitive_post_parameters("password", "server")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
@_step
def account(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Ask for the account and try it; what is stored then replaces what was stored before."""
    if setup.finished:
        return goes_on(setup)
    form = setup.entry.form(request.POST or None, initial=_known(setup))
    if request.method != "POST" or not form.is_valid():
        return _account_page(request, setup, form)
    try:
        _connect(request, setup, form)
    except ConnectRefused as refusal:
        return _account_page(request, setup, form, advice(setup.entry, refusal, form.confirmed_hosts))
    return redirect("wizard_calendars", setup.grant.pk)


def _known(setup: SetUp) -> dict[str, str]:
    """Return what was tried before, except what is secret."""
    before = setup.connection
    return {name: getattr(before, name).reveal() for name in setup.entry.form.remembered} if before else {}


@sensitive_variables("form", "tried")
def _connect(request: HttpRequest, setup: SetUp, form: CredentialsForm) -> None:
    tried = try_account(
        setup.grant.user,
        setup.entry,
        form.typed_server,
        form.credentials,
        address=client_address(request),
        confirmed=form.confirmed_hosts,
    )
    connect.store(setup.grant, tried, now=timezone.now())


@sensitive_variables("form")
def _account_page(
    request: HttpRequest, setup: SetUp, form: CredentialsForm, refused: Advice | None = None
) -> HttpResponse:
    current = Step.TEST if refused else Step.ACCOUNT
    context = {"setup": setup, "entry": setup.entry, "form": form, "refused": refused}
    doubtful = getattr(form, "doubtful", False)
    steps = marks(setup.entry, current)
    return render(request, "integrations/wizard/account.html", {**context, "doubtful": doubtful, "marks": steps})


@require_http_methods(["GET", "HEAD", "POST"])
@_step
def calendars(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Ask which calendars to use, and start."""
    if setup.connection is None or setup.finished:
        return goes_on(setup)
    form = ChoiceForm(request.POST or None, connection=setup.connection)
    if request.method == "POST" and form.is_valid() and _started(setup.connection, form):
        return redirect("wizard_first_sync", setup.grant.pk)
    context = {"setup": setup, "entry": setup.entry, "form": form, "marks": marks(setup.entry, Step.CHOOSE)}
    return render(
        request,
        "integrations/wizard/calendars.html",
        {**context, "account": setup.connection.username.reveal()},
    )


def _started(connection: Connection, form: ChoiceForm) -> bool:
    """Write the choice down and let the sync begin; show in the form what was refused."""
    try:
        target = make_calendar(connection, settings.PRODUCT_NAME) if form.wants_new else form.target
        with transaction.atomic():
            connect.choose(
                connection,
                push_to=target,
                imports=form.imported,
                push_tasks=form.cleaned_data["push_tasks"],
                push_calls=form.cleaned_data["push_calls"],
            )
            connect.start(connection, now=timezone.now())
            ring_soon([connection.pk])
    except ConnectRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@_step
def first_sync(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Show how far the first sync has come; it goes on whether anybody looks or not. POST: try again now."""
    if setup.connection is None or not setup.finished:
        return goes_on(setup)
    if request.method == "POST":
        ring_soon([setup.connection.pk])
        return goes_on(setup)
    found = progresses.of(setup.connection, timezone.now())
    context = {
        "setup": setup,
        "entry": setup.entry,
        "progress": found,
        "summary": _summary(setup.entry, found),
        "words": _words(setup.entry, found),
    }
    return render(request, "integrations/wizard/first_sync.html", {**context, "marks": marks(setup.entry, None)})


@require_safe
@_step
def progress(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Tell the page how far the first sync has come."""
    if setup.connection is None or not setup.finished:
        return JsonResponse({"state": "trouble", "words": ""})
    found = progresses.of(setup.connection, timezone.now())
    return JsonResponse(
        {"state": found.state, "seen": found.seen, "done": found.done, "words": _words(setup.entry, found)},
    )


def _words(entry: Entry, found: Progress) -> str:
    """Return what is going on."""
    if found.state == "waiting":
        return _("Reaching your calendar…")
    return f"{_summary(entry, found)}…" if found.done else _("Reading your calendar…")


def _summary(entry: Entry, found: Progress) -> str:
    """Return in words what has been done so far."""
    came = ngettext("%(n)d event came in", "%(n)d events came in", found.came_in) % {"n": found.came_in}
    if not entry.pushes:
        return came
    went = ngettext("%(n)d went out", "%(n)d went out", found.went_out) % {"n": found.went_out}
    return _("%(came)s, %(went)s") % {"came": came, "went": went}


@require_safe
@_step
def arrival(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Go to the agenda, with word of what the first sync did."""
    if setup.connection is None or not setup.finished:
        return goes_on(setup)
    found = progresses.of(setup.connection, timezone.now())
    if found.state == "done":
        messages.success(
            request,
            _("%(entry)s is connected: %(summary)s.")
            % {"entry": setup.entry.name, "summary": _summary(setup.entry, found)},
        )
    return redirect(reverse("agenda"))


@require_POST
@_step
def cancellation(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Erase what was stored of an unfinished set-up, password and consent included."""
    if not cancel(setup.grant, member(request), address=client_address(request)):
        return goes_on(setup)
    messages.info(request, _("Cancelled. What you had entered is erased."))
    return redirect(f"{reverse('marketplace')}#{setup.entry.key}")
