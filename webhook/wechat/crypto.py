"""The cipher of safe mode (安全模式): the boundary around wechatpy's."""

from __future__ import annotations

import base64
import binascii
import secrets
import struct
from collections.abc import Callable, Sequence

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from webhook.wechat.errors import DecryptionError


def _prefix() -> str:
    return secrets.token_hex(8)


class Cipher:
    """One EncodingAESKey of one account. ``prefix`` gives the 16 random characters that every message begins with."""

    def __init__(self, encoding_aes_key: str, app_id: str, prefix: Callable[[], str] = _prefix) -> None:
        self._app_id = app_id
        self._crypto = PrpCrypto(base64.b64decode(encoding_aes_key + "="))
        # wechatpy draws the prefix from `random`, which can be predicted.
        self._crypto.get_random_string = prefix

    def encrypt(self, text: str) -> str:
        """Base64, as it stands in the ``Encrypt`` element."""
        encrypted: bytes = self._crypto.encrypt(text, self._app_id)
        return encrypted.decode("ascii")

    def decrypt(self, encrypted: str) -> str:
        """Raises DecryptionError: not base64, not whole blocks, junk inside, another account's id."""
        try:
            text: str = self._crypto.decrypt(encrypted, self._app_id)
        except (ValueError, IndexError, struct.error, binascii.Error, InvalidAppIdException):
            # UnicodeDecodeError is a ValueError.
            raise DecryptionError("cannot be decrypted") from None
        return text


def decrypt(ciphers: Sequence[Cipher], encrypted: str) -> tuple[str, Cipher]:
    """Tries the current key, then the previous one. Gives the text and the cipher that worked: it encrypts the reply.

    Raises DecryptionError when none works.
    """
    for cipher in ciphers:
        try:
            return cipher.decrypt(encrypted), cipher
        except DecryptionError:
            continue
    raise DecryptionError("cannot be decrypted with any key")
