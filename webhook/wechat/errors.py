"""What can be wrong with a request to ``/wechat``.

    WeChatError             the door translates it, once, into a short answer
    ├── MalformedError      400  not the query, the XML or the message that WeChat sends
    ├── DecryptionError     400  none of the keys opens it, or it is addressed to another account
    ├── SignatureError      403  not signed with our token
    └── StaleError          403  signed too long ago, or in the future

The reason is a constant and never holds anything that came in.
"""

from __future__ import annotations


class WeChatError(Exception):
    status_code = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MalformedError(WeChatError):
    pass


class DecryptionError(WeChatError):
    pass


class SignatureError(WeChatError):
    status_code = 403


class StaleError(WeChatError):
    status_code = 403
