"""``/console/login`` and ``/console/logout``."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from bot.accounts import Permission
from bot.login import Attempt, Login, TooManyTriesError, WrongLoginError
from webhook.console.guard import Visitor
from webhook.console.requests import Form, address, is_from_here, local_path, read_form
from webhook.console.sessions import Cookies, SessionGuard

T = TypeVar("T")

AT_ONCE = 2
"""Passwords that are checked at once: each takes a processor and 64 MB."""

MOST_WAITING = 32
"""Logins that wait for that; then those on top are told to come back."""


class BusyError(Exception):
    pass


class LoginThreads:
    """Threads of their own: however many log in, or try to, all other pages go on."""

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="login")
        self._most = at_once + most_waiting
        self._under_way = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Raises BusyError, and what ``work`` raises."""
        if self._under_way >= self._most:
            raise BusyError
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1


def login_router(
    login: Login, guard: SessionGuard, cookies: Cookies, templates: Jinja2Templates, threads: LoginThreads
) -> APIRouter:
    router = APIRouter(prefix="/console")

    def page(request: Request, next_page: str, status: int = 200, **context: object) -> Response:
        context = {"visitor": None, "next_page": next_page, **context}
        return templates.TemplateResponse(request, "login.html", context, status_code=status)

    @router.get("/login")
    async def show(request: Request, next: str = "") -> Response:
        if await guard.find(request) is not None:
            return RedirectResponse(local_path(next), 303)
        return page(request, local_path(next))

    @router.post("/login")
    async def log_in(request: Request, form: Form = Depends(read_form)) -> Response:
        next_page, name = local_path(form.get("next", "")), form.get("name", "")
        if not is_from_here(request):
            return page(request, next_page, 403, problem="elsewhere")
        attempt = Attempt(
            name=name,
            password=form.get("password", ""),
            code=form.get("code", ""),
            address=address(request),
            browser=request.cookies.get(cookies.browser),
        )
        before = guard.session(request)
        try:
            logged_in = await threads.run(lambda: login.log_in(attempt, before))
        except WrongLoginError:
            return page(request, next_page, 401, problem="wrong", name=name)
        except TooManyTriesError as error:
            response = page(request, next_page, 429, problem="tries", minutes=minutes(error), name=name)
            response.headers["Retry-After"] = str(math.ceil(error.seconds))
            return response
        except BusyError:
            return page(request, next_page, 503, problem="busy", name=name)
        response = RedirectResponse(next_page, 303)
        cookies.set_both(response, logged_in)
        return response

    @router.post("/logout")
    def log_out(request: Request, visitor: Visitor = Depends(guard.require(Permission.LOOK_UP))) -> Response:
        login.log_out(guard.session(request) or "", visitor.account)
        response = RedirectResponse("/console/login", 303)
        cookies.drop_session(response)
        return response

    return router


def minutes(error: TooManyTriesError) -> int:
    """For people: rounded up."""
    return math.ceil(error.seconds / 60)
