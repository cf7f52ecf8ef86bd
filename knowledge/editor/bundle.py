"""A release as one signed file, to be carried where no network leads.

A tar archive: ``manifest.json`` first (the release's id and the SHA-256 of every file), then ``signature`` (Ed25519
over the manifest's bytes), then the files. Nothing is unpacked before the signature is right, nothing kept whose
digest is not the manifest's.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from knowledge.editor.release import CONTENT, MODEL, REPORT, Release, ReleaseError, Releases

LARGEST = 512 * 2**20
"""Bytes of one file in a bundle."""

LARGEST_MANIFEST = 2**20

_NAME = re.compile(r"\d{8}-\d{6}[a-z]{0,8}")
_FILE = re.compile(r"(model\.tar\.gz|report\.json|outcomes\.json|content/.+\.yml)")


def make_keys() -> tuple[str, str]:
    """A new pair, the secret half first, as hexadecimal."""
    secret = Ed25519PrivateKey.generate()
    return secret.private_bytes_raw().hex(), secret.public_key().public_bytes_raw().hex()


def write_bundle(release: Release, path: Path, key: str) -> None:
    """Writes the file whole or not at all. ``key``: the secret half. Raises ``OSError``."""
    files = sorted(p for p in release.folder.rglob("*") if p.is_file())
    digests = {p.relative_to(release.folder).as_posix(): _digest(p) for p in files}
    manifest = json.dumps({"release": release.id, "files": digests}, ensure_ascii=False, sort_keys=True).encode()
    signature = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)).sign(manifest)
    beside = path.with_name(f".{path.name}.part")
    try:
        with tarfile.open(beside, "w") as archive:
            for name, held in (("manifest.json", manifest), ("signature", signature)):
                member = tarfile.TarInfo(name)
                member.size = len(held)
                archive.addfile(member, io.BytesIO(held))
            for file in files:
                archive.add(file, file.relative_to(release.folder).as_posix(), recursive=False)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_bundle(path: Path, releases: Releases, trusted: Sequence[str]) -> Release:
    """Puts the release of a file beside the others; it does not answer yet. ``trusted``: public halves.

    Raises ``ReleaseError`` for a file that is none, is broken, is signed by nobody known, or holds a release that is
    there already; ``OSError``. Then nothing is there that was not before.
    """
    if not trusted:
        raise ReleaseError("没有设置信任谁的签名。请把对方的公钥填进 YIBAO_TRUSTED_KEYS")
    try:
        with tarfile.open(path, "r:") as archive:
            members = iter(archive)
            name, digests = _manifest(archive, members, trusted)
            if name in {release.id for release in releases.all()}:
                raise ReleaseError(f"版本 {name} 已经有了，不用再导入")
            return _unpack(archive, members, name, digests, releases)
    except (tarfile.TarError, EOFError) as error:
        raise ReleaseError(f"{path.name} 不是完整的版本文件，请重新导出、重新拷贝") from error


def _manifest(
    archive: tarfile.TarFile, members: Iterator[tarfile.TarInfo], trusted: Sequence[str]
) -> tuple[str, dict[str, str]]:
    told = _small(archive, members, "manifest.json", LARGEST_MANIFEST)
    signature = _small(archive, members, "signature", 64)
    if not any(_is_signed(told, signature, key) for key in trusted):
        raise ReleaseError("签名不对：文件被改过，或不是信任的人签的。请找导出的人核对公钥")
    try:
        manifest = json.loads(told)
        name, files = str(manifest["release"]), dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError("版本文件的清单读不懂，请用同一个版本的程序导出") from error
    if not _NAME.fullmatch(name) or not all(_is_known(file) for file in files):
        raise ReleaseError("版本文件的清单里有不认识的文件名")
    lacking = [file for file in (MODEL, REPORT) if file not in files]
    if lacking or not any(file.startswith(f"{CONTENT}/") for file in files):
        raise ReleaseError(f"版本文件不完整，缺 {'、'.join(lacking) or CONTENT}")
    return name, files


def _unpack(
    archive: tarfile.TarFile,
    members: Iterator[tarfile.TarInfo],
    name: str,
    digests: dict[str, str],
    releases: Releases,
) -> Release:
    releases.prepare()
    draft = releases.draft(name)
    releases.drop(draft)
    try:
        left = dict(digests)
        for member in members:
            digest = left.pop(member.name, None)
            if digest is None or not member.isfile() or member.size > LARGEST:
                raise ReleaseError(f"版本文件里有清单上没有的内容：{member.name}")
            target = draft.folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            held = archive.extractfile(member)
            with target.open("wb") as file:
                shutil.copyfileobj(held, file)  # type: ignore[arg-type]  # a file always has one
            if _digest(target) != digest:
                raise ReleaseError(f"版本文件坏了：{member.name} 的内容不对，请重新拷贝")
        if left:
            raise ReleaseError(f"版本文件不完整，缺 {min(left)}")
        return releases.take(draft)
    finally:
        releases.drop(draft)


def _small(archive: tarfile.TarFile, members: Iterator[tarfile.TarInfo], name: str, most: int) -> bytes:
    """The next member, which must have this name and be no larger."""
    member = next(members, None)
    if member is None or member.name != name or not member.isfile() or member.size > most:
        raise ReleaseError("这不是版本文件")
    held = archive.extractfile(member)
    return held.read() if held is not None else b""


def _is_known(file: str) -> bool:
    """Whether a release holds files of this name, and it leads nowhere else."""
    path = PurePosixPath(file)
    return _FILE.fullmatch(file) is not None and path.as_posix() == file and ".." not in path.parts


def _is_signed(told: bytes, signature: bytes, key: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, told)
    except (InvalidSignature, ValueError):
        return False
    return True


def _digest(path: Path) -> str:
    told = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(2**20):
            told.update(piece)
    return told.hexdigest()
