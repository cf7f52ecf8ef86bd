"""What the pages of the console read out of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Request

START = "/console"
"""Where somebody gets to who asked for no page."""

MOST_FIELDS = 300
LONGEST_PATH = 2000

Form = Mapping[str, str]

_LOCAL = re.compile(r"/console(?:[/?][\x21-\x5b\x5d-\x7e]*)?")
"""A path of ours in printable ASCII without a backslash: nothing that a browser could take for another site."""

_NOT_AFTER_LOGIN = re.compile(r"/console/(?:login|logout)\b|.*/\.\.?(?:[/?]|$)|.*//")


async def read_form(request: Request) -> Form:
    """The fields of a form, the last of each name; none where the body is no form."""
    if not request.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
        return {}
    text = (await request.body()).decode("ascii", errors="replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace"))
    except ValueError:
        return {}


def asked_for(request: Request) -> str:
    """The page of a request, to come back to."""
    path = quote(request.scope["path"])
    query = request.scope["query_string"].decode("latin-1")
    return local_path(f"{path}?{query}" if query else path)


def local_path(path: str) -> str:
    """The path if it is one of the console's pages, else ``START``: a login never leads to another site."""
    page = path.partition("?")[0]
    is_ours = len(path) <= LONGEST_PATH and _LOCAL.fullmatch(path) and not _NOT_AFTER_LOGIN.match(page)
    return path if is_ours else START


def is_from_here(request: Request) -> bool:
    """Whether one of our own pages sent it, as the browser says; false where it says nothing. For forms of people who
    are not logged in, and so have no token."""
    headers = request.headers
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    sender = headers.get("origin") or headers.get("referer") or ""
    try:
        # Without the port: a proxy may hand on the host's name alone.
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        return host is not None and urlsplit(sender).hostname == host
    except ValueError:
        return False


def wants_json(request: Request) -> bool:
    """Whether a script asks, which cannot show a page."""
    return "x-requested-with" in request.headers or "application/json" in request.headers.get("accept", "")


def address(request: Request) -> str:
    return request.client.host if request.client else ""
