"""Who is logged in: the cookie, the token of forms, and the guard of every page."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.accounts import Permission
from bot.login import LoggedIn
from bot.sessions import Sessions
from webhook.console.guard import Visitor
from webhook.console.requests import asked_for, read_form

CHANGES_NOTHING = {"GET", "HEAD", "OPTIONS"}

KNOWN_BROWSER_DAYS = 180


class NotLoggedInError(Exception):
    """``next_page``: what was asked for."""

    def __init__(self, next_page: str) -> None:
        super().__init__("not logged in")
        self.next_page = next_page


class NotAllowedError(Exception):
    """Somebody who is logged in may not. ``reason``: ``permission``, ``token`` (of another session, or none)."""

    def __init__(self, visitor: Visitor, reason: str) -> None:
        super().__init__(reason)
        self.visitor = visitor
        self.reason = reason


@dataclass(frozen=True)
class Cookies:
    """The session's, and that by which a browser is known that somebody logged in with before.

    In production their names begin with ``__Host-``: the browser then takes them over HTTPS only, and from no other
    name of the domain. That needs the path ``/``; a path keeps no secrets from the pages beside it anyhow.
    """

    is_production: bool

    @property
    def session(self) -> str:
        return "__Host-yibao" if self.is_production else "yibao"

    @property
    def browser(self) -> str:
        return "__Host-yibao-browser" if self.is_production else "yibao-browser"

    @property
    def _path(self) -> str:
        return "/" if self.is_production else "/console"

    def set_session(self, response: Response, session: str) -> None:
        """Until the browser is closed; the server ends it before. Lax: a link in a chat leads to the entry, not to the
        login; nothing that GET asks for changes anything."""
        response.set_cookie(
            self.session, session, path=self._path, secure=self.is_production, httponly=True, samesite="lax"
        )

    def set_both(self, response: Response, logged_in: LoggedIn) -> None:
        self.set_session(response, logged_in.session)
        response.set_cookie(
            self.browser,
            logged_in.browser,
            max_age=KNOWN_BROWSER_DAYS * 86400,
            path=self._path,
            secure=self.is_production,
            httponly=True,
            samesite="strict",
        )

    def drop_session(self, response: Response) -> None:
        response.delete_cookie(self.session, path=self._path, secure=self.is_production, httponly=True, samesite="lax")


class SessionGuard:
    """Implements ``webhook.console.guard.Guard``. The exceptions that it raises are answered by the handlers that
    ``mount_accounts`` adds."""

    def __init__(self, sessions: Sessions, cookies: Cookies, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._cookies = cookies
        self._clock = clock

    def require(self, permission: Permission) -> Callable[[Request], Awaitable[Visitor]]:
        """As the port says. Raises NotLoggedInError, NotAllowedError, and AccountsError when nobody can be known."""

        async def visitor(request: Request) -> Visitor:
            found = await self.find(request)
            if found is None:
                raise NotLoggedInError(asked_for(request))
            if request.method not in CHANGES_NOTHING and not await _carries(request, found.token):
                raise NotAllowedError(found, "token")
            if not found.account.may(permission):
                raise NotAllowedError(found, "permission")
            return found

        return visitor

    async def find(self, request: Request) -> Visitor | None:
        """Who it is, whatever they may. Raises AccountsError."""
        session = self.session(request)
        if session is None:
            return None
        account = await run_in_threadpool(self._sessions.find, session, self._clock())
        return None if account is None else Visitor(account, token_of(session))

    def session(self, request: Request) -> str | None:
        """The id that the browser sent, whether or not it is one."""
        return request.cookies.get(self._cookies.session)


def token_of(session: str) -> str:
    """The token of the session's forms: nobody can find the id of the session by it."""
    return hmac.new(session.encode(errors="surrogatepass"), b"token of forms", hashlib.sha256).hexdigest()


async def _carries(request: Request, token: str) -> bool:
    given = request.headers.get("x-token")
    if given is None:
        given = (await read_form(request)).get("token", "")
    return hmac.compare_digest(given.encode(errors="surrogatepass"), token.encode())
