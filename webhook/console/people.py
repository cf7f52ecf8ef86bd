"""``/console/people``: the accounts of all, for who manages them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from bot.accounts import (
    ROLE_NAMES,
    Account,
    AccountError,
    AccountsError,
    Permission,
    Role,
    UnknownAccountError,
    find_scope,
    make_password,
)
from bot.audit import Action, Deed
from bot.staff import Staff
from knowledge.regions import Regions
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form

PAGE = "/console/people"


def people_router(
    staff: Staff, guard: Guard, regions: Regions, templates: Jinja2Templates, clock: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix=PAGE)
    manager = guard.require(Permission.MANAGE)

    def all_people(request: Request, visitor: Visitor, status: int = 200, **context: object) -> Response:
        context = {"visitor": visitor, "people": staff.accounts.all(), "form": {}, **context}
        return templates.TemplateResponse(request, "people.html", context, status_code=status)

    def one_person(request: Request, visitor: Visitor, name: str, status: int = 200, **context: object) -> Response:
        person = staff.accounts.find(name)
        if person is None:
            return all_people(request, visitor, 404, problem="unknown", missing=name)
        context = {"visitor": visitor, "person": person, **context}
        return templates.TemplateResponse(request, "person.html", context, status_code=status)

    def note(visitor: Visitor, action: Action, account: Account, detail: str = "") -> None:
        staff.audit.note(Deed(clock(), visitor.account.name, action, account.name, detail))

    def scope(form: Form) -> list[str]:
        """The regions of a form. Raises BadScopeError."""
        names = [name for name in re.split(r"[\s,，、;；]+", form.get("regions", "")) if name]
        return find_scope(regions, names)

    def told(account: Account) -> str:
        names = "、".join(row.name if (row := regions.get(code)) else code for code in account.regions)
        return ROLE_NAMES[account.role] + (f"（{names}）" if names else "")

    @router.get("")
    def show_all(request: Request, visitor: Visitor = Depends(manager)) -> Response:
        return all_people(request, visitor)

    @router.post("")
    def add(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(manager)) -> Response:
        """The password is shown once, in this answer, and kept nowhere."""
        role = _role(form)
        if role is None:
            return all_people(request, visitor, 400, problem="role", form=form)
        password = make_password(form.get("name", ""))
        try:
            account = staff.accounts.add(form.get("name", ""), role, password, scope(form))
        except AccountsError:
            raise
        except AccountError as error:
            return all_people(request, visitor, 400, problem="refused", reason=str(error), form=form)
        note(visitor, Action.ACCOUNT_ADDED, account, told(account))
        return one_person(request, visitor, account.name, 201, password=password, done="added")

    @router.get("/{name}")
    def show(request: Request, name: str, done: str = "", visitor: Visitor = Depends(manager)) -> Response:
        return one_person(request, visitor, name, done=done)

    @router.post("/{name}/{verb}")
    def change(
        request: Request,
        name: str,
        verb: str,
        form: Form = Depends(read_form),
        visitor: Visitor = Depends(manager),
    ) -> Response:
        """Nobody changes their own account here: the last who manages accounts would lock themselves out."""
        person = staff.accounts.find(name)
        if person is None:
            return all_people(request, visitor, 404, problem="unknown", missing=name)
        if person.name == visitor.account.name:
            return one_person(request, visitor, name, 400, problem="self")
        try:
            return apply(request, visitor, person, verb, form)
        except UnknownAccountError:
            return all_people(request, visitor, 404, problem="unknown", missing=name)
        except AccountsError:
            raise
        except AccountError as error:
            return one_person(request, visitor, name, 400, problem="refused", reason=str(error))

    def apply(request: Request, visitor: Visitor, person: Account, verb: str, form: Form) -> Response:
        """Raises AccountError."""
        accounts, name = staff.accounts, person.name
        if verb == "disable":
            note(visitor, Action.ACCOUNT_DISABLED, accounts.set_active(name, False))
        elif verb == "enable":
            note(visitor, Action.ACCOUNT_ENABLED, accounts.set_active(name, True))
        elif verb == "second-factor-off":
            note(visitor, Action.SECOND_FACTOR_OFF, accounts.set_second_factor(name, None))
        elif verb == "password":
            password = make_password(name)
            note(visitor, Action.PASSWORD_CHANGED, accounts.set_password(name, password))
            return one_person(request, visitor, name, password=password, done="password")
        elif verb == "role" and (role := _role(form)) is not None:
            changed = accounts.set_role(name, role, scope(form))
            note(visitor, Action.ROLE_CHANGED, changed, f"{told(person)} → {told(changed)}")
        else:
            return one_person(request, visitor, name, 400, problem="role")
        return RedirectResponse(f"{PAGE}/{quote(name, safe='')}?done={verb}", 303)

    return router


def _role(form: Form) -> Role | None:
    try:
        return Role(form.get("role", ""))
    except ValueError:
        return None
