"""Puts accounts on the console: login, one's own account, people, audit, and the guard of all other pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from bot.accounts import AccountsError
from bot.login import Login
from bot.staff import Staff
from knowledge.regions import Regions
from webhook.console.audit_pages import audit_router
from webhook.console.login import LoginThreads, login_router
from webhook.console.own_account import own_account_router
from webhook.console.pages import ConsoleHeaders, load_templates
from webhook.console.people import people_router
from webhook.console.requests import wants_json
from webhook.console.sessions import Cookies, NotAllowedError, NotLoggedInError, SessionGuard


def mount_accounts(
    app: FastAPI,
    staff: Staff,
    regions: Regions,
    *,
    key: str,
    is_production: bool,
    clock: Callable[[], float] = time.time,
    templates: Jinja2Templates | None = None,
) -> SessionGuard:
    """Adds ``/console/login``, ``/logout``, ``/account``, ``/people``, ``/audit``; the headers of all pages under
    ``/console``; and the answers to who is not logged in or may not. Gives the guard for the other pages::

        database = console_database(settings.database_url, settings.var)   # bot.adapters.sql_staff
        guard = mount_accounts(app, connect_staff(database), knowledge.regions, key=settings.sender_key,
                               is_production=settings.is_production)

        @router.get("/console/entry/{id}")
        def entry(visitor: Visitor = Depends(guard.require(Permission.LOOK_UP))) -> Response: ...

    Connects to nothing yet; ``database.close`` at shutdown. ``key``: a secret of the installation, the same in all
    replicas. Before the application starts only: it adds a middleware. ``templates``: those that have ``frame.html``
    where they are not the ones beside this.
    """

    def now() -> datetime:
        return datetime.fromtimestamp(clock(), timezone.utc)

    templates = templates or load_templates(regions)
    cookies = Cookies(is_production)
    guard = SessionGuard(staff.sessions, cookies, now)
    login = Login(staff, key=key, clock=now)
    app.add_middleware(ConsoleHeaders)
    app.include_router(login_router(login, guard, cookies, templates, LoginThreads()))
    app.include_router(own_account_router(staff, login, guard, cookies, templates, now))
    app.include_router(people_router(staff, guard, regions, templates, now))
    app.include_router(audit_router(staff, guard, templates, now))
    _add_refusals(app, templates)
    return guard


def _add_refusals(app: FastAPI, templates: Jinja2Templates) -> None:
    def refuse(request: Request, status: int, error: str, **context: object) -> Response:
        """``error``: for scripts; the page has the words for people."""
        if wants_json(request):
            return JSONResponse({"status": "error", "error": error}, status)
        context = {"visitor": None, "error": error, **context}
        return templates.TemplateResponse(request, "refused.html", context, status_code=status)

    @app.exception_handler(NotLoggedInError)
    async def to_login(request: Request, error: NotLoggedInError) -> Response:
        if wants_json(request):
            return refuse(request, 401, "login")
        # What was sent is lost with the session: only a page can be asked for again.
        query = "?" + urlencode({"next": error.next_page}) if request.method == "GET" else ""
        return RedirectResponse(f"/console/login{query}", 303)

    @app.exception_handler(NotAllowedError)
    async def forbid(request: Request, error: NotAllowedError) -> Response:
        return refuse(request, 403, error.reason, visitor=error.visitor)

    @app.exception_handler(AccountsError)
    async def unusable(request: Request, _error: AccountsError) -> Response:
        return refuse(request, 503, "database")
