"""``/console/account``: somebody's own password and second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import segno
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from bot.accounts import Account, Permission, WeakPasswordError, normal_password
from bot.audit import Action, Deed
from bot.login import Login, TooManyTriesError, WrongLoginError
from bot.second_factor import is_secret, make_secret, matching_step, provisioning_address
from bot.staff import Staff
from webhook.console.guard import Visitor
from webhook.console.login import minutes
from webhook.console.requests import Form, read_form
from webhook.console.sessions import Cookies, SessionGuard

PAGE = "/console/account"


def own_account_router(
    staff: Staff,
    login: Login,
    guard: SessionGuard,
    cookies: Cookies,
    templates: Jinja2Templates,
    clock: Callable[[], datetime],
) -> APIRouter:
    router = APIRouter(prefix=PAGE)
    somebody = guard.require(Permission.LOOK_UP)

    def page(request: Request, visitor: Visitor, status: int = 200, **context: object) -> Response:
        secret = str(context.pop("secret", "")) or make_secret()
        code = segno.make(provisioning_address(secret, visitor.account.name), error="m")
        context = {
            "visitor": visitor,
            "secret": secret,
            "qr_code": code.svg_data_uri(scale=5, light="white"),
            **context,
        }
        return templates.TemplateResponse(request, "own_account.html", context, status_code=status)

    def changed(account: Account, action: Action) -> Response:
        """Every other session of the account has ended; this browser gets a new one."""
        staff.audit.note(Deed(clock(), account.name, action, account.name))
        response = RedirectResponse(f"{PAGE}?done={action.value}", 303)
        cookies.set_session(response, login.start_anew(account))
        return response

    def refusal(request: Request, visitor: Visitor, error: Exception, secret: str = "") -> Response:
        if isinstance(error, TooManyTriesError):
            return page(request, visitor, 429, problem="tries", minutes=minutes(error), secret=secret)
        if isinstance(error, WeakPasswordError):
            return page(request, visitor, 400, problem="weak", reason=str(error), secret=secret)
        return page(request, visitor, 400, problem="wrong", secret=secret)

    @router.get("")
    def show(request: Request, done: str = "", visitor: Visitor = Depends(somebody)) -> Response:
        return page(request, visitor, done=done)

    @router.post("/password")
    def change_password(
        request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(somebody)
    ) -> Response:
        new = form.get("new", "")
        if normal_password(new) != normal_password(form.get("again", "")):
            return page(request, visitor, 400, problem="again")
        try:
            login.confirm(visitor.account, form.get("password", ""))
            account = staff.accounts.set_password(visitor.account.name, new)
        except (WrongLoginError, TooManyTriesError, WeakPasswordError) as error:
            return refusal(request, visitor, error)
        return changed(account, Action.PASSWORD_CHANGED)

    @router.post("/second-factor")
    def turn_on(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(somebody)) -> Response:
        """The secret comes back with the form: nothing is kept of one that nobody ever confirmed."""
        secret, code = form.get("secret", ""), form.get("code", "")
        if visitor.account.has_second_factor or not is_secret(secret):
            return page(request, visitor, 400, problem="stale")
        if matching_step(secret, code, clock()) is None:
            return page(request, visitor, 400, problem="code", secret=secret)
        try:
            login.confirm(visitor.account, form.get("password", ""))
        except (WrongLoginError, TooManyTriesError) as error:
            return refusal(request, visitor, error, secret)
        account = staff.accounts.set_second_factor(visitor.account.name, secret)
        staff.accounts.spend_code(account.name, code, clock())
        return changed(account, Action.SECOND_FACTOR_ON)

    @router.post("/second-factor-off")
    def turn_off(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(somebody)) -> Response:
        try:
            login.confirm(visitor.account, form.get("password", ""), form.get("code", ""))
        except (WrongLoginError, TooManyTriesError) as error:
            return refusal(request, visitor, error)
        return changed(staff.accounts.set_second_factor(visitor.account.name, None), Action.SECOND_FACTOR_OFF)

    return router
