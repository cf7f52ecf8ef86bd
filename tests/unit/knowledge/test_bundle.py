"""A release in one signed file: what comes out is what went in, or nothing comes out."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from knowledge.editor.bundle import make_keys, read_bundle, write_bundle
from knowledge.editor.release import ReleaseError, Releases
from tests.full_disk import no_file_grows_beyond

NAME = "20260101-000000"
SECRET, PUBLIC = make_keys()
_, STRANGER = make_keys()

Members = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Road:
    """A file that was carried, and the place where it arrives."""

    file: Path
    here: Releases
    there: Releases
    arrived: Path

    def read(self, *trusted: str) -> str:
        return read_bundle(self.file, self.there, trusted or (PUBLIC,)).id

    def refused(self, told: str, *trusted: str) -> None:
        """Nothing may be left behind."""
        before = listing(self.arrived)
        with pytest.raises(ReleaseError, match=told):
            self.read(*trusted)
        assert listing(self.arrived) == before

    def members(self) -> Members:
        with tarfile.open(self.file) as archive:
            return [(m.name, held.read()) for m in archive if (held := archive.extractfile(m)) is not None]


def listing(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else b"/" for p in folder.rglob("*")}


def held(releases: Releases) -> dict[str, bytes]:
    return listing(releases.get(NAME).folder)


@pytest.fixture
def road(tmp_path: Path) -> Road:
    here, there = Releases(tmp_path / "here"), Releases(tmp_path / "there")
    draft = here.draft(NAME)
    for name, text in {"topics/app/one.yml": "甲: 1\n", "offices.yml": "offices: []\n", "备注-2.yml": "x\n"}.items():
        path = draft.content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    draft.model.write_bytes(bytes(range(256)) * 3)
    here.finish(draft, {"topics": 1, "by": "王编辑"}, {"day": "2026-01-01"})
    file = tmp_path / "a.yibao"
    write_bundle(here.get(NAME), file, SECRET)
    there.prepare()
    return Road(file, here, there, tmp_path / "there")


def pack(path: Path, members: Members) -> None:
    with tarfile.open(path, "w") as archive:
        for name, body in members:
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))


def signed(files: Mapping[str, bytes], release: str = NAME) -> Members:
    """What somebody who is trusted might send: the signature is right, whatever it stands under."""
    digests = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    manifest = json.dumps({"release": release, "files": digests}).encode()
    return under(manifest, *files.items())


def under(manifest: bytes, *files: tuple[str, bytes]) -> Members:
    signature = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET)).sign(manifest)
    return [("manifest.json", manifest), ("signature", signature), *files]


# What is carried.


def test_a_release_arrives_as_it_was_and_does_not_answer(road: Road) -> None:
    assert road.read() == NAME
    assert held(road.there) == held(road.here)
    assert [release.id for release in road.there.all()] == [NAME]
    assert road.there.live_name() is None
    road.there.promote(NAME, by="王编辑")
    assert road.there.live().report["by"] == "王编辑"


def test_one_of_several_trusted_keys_is_enough(road: Road) -> None:
    assert road.read("no key", STRANGER, PUBLIC) == NAME


def test_two_keys_are_never_the_same() -> None:
    assert len({SECRET, PUBLIC, STRANGER, *make_keys()}) == 5
    assert all(len(bytes.fromhex(key)) == 32 for key in make_keys())


def test_a_disk_full_while_writing_leaves_the_file_before(road: Road) -> None:
    before = road.file.read_bytes()
    with no_file_grows_beyond(3000), pytest.raises(OSError, match=r"too large|No space"):
        write_bundle(road.here.get(NAME), road.file, SECRET)
    assert road.file.read_bytes() == before
    assert [p.name for p in road.file.parent.iterdir() if p.is_file()] == [road.file.name]


def test_a_disk_full_while_reading_leaves_nothing(road: Road) -> None:
    with no_file_grows_beyond(100), pytest.raises(OSError, match=r"too large|No space"):
        road.read()
    assert listing(road.arrived) == {"releases": b"/"}
    assert road.read() == NAME


# What is refused.


def test_a_release_that_is_there_is_not_written_over(road: Road) -> None:
    road.read()
    road.refused("已经有了")


def test_nobody_is_trusted_unasked(road: Road) -> None:
    with pytest.raises(ReleaseError, match="YIBAO_TRUSTED_KEYS"):
        read_bundle(road.file, road.there, [])
    road.refused("签名不对", STRANGER)
    road.refused("签名不对", "", "zz", PUBLIC[:-2])


def flipped(body: bytes) -> bytes:
    return bytes([body[0] ^ 1]) + body[1:]


def changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    return lambda members: [(n, change(body) if n == name else body) for n, body in members]


def renamed(name: str, other: str) -> Callable[[Members], Members]:
    return lambda members: [(other if n == name else n, body) for n, body in members]


def without(name: str) -> Callable[[Members], Members]:
    return lambda members: [row for row in members if row[0] != name]


MANIFEST, SIGNATURE, MODEL, FACTS = "manifest.json", "signature", "model.tar.gz", "content/topics/app/one.yml"


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (changed(MANIFEST, lambda body: body.replace(b"20260101", b"20260102")), "签名不对"),
        (changed(MANIFEST, lambda body: body + b" "), "签名不对"),
        (changed(SIGNATURE, flipped), "签名不对"),
        (changed(SIGNATURE, lambda body: body[:-1]), "签名不对"),
        (changed(SIGNATURE, lambda _: b""), "签名不对"),
        (changed(SIGNATURE, lambda body: body + b"\0"), "不是版本文件"),
        (changed(MODEL, flipped), "model.tar.gz 的内容不对"),
        (changed(FACTS, lambda body: body.replace(b"1", b"2")), "one.yml 的内容不对"),
        (changed(FACTS, lambda body: body + b"\n"), "one.yml 的内容不对"),
        (changed("report.json", lambda _: b""), "report.json 的内容不对"),
        (renamed(FACTS, "content/topics/app/two.yml"), "清单上没有"),
        (renamed(FACTS, "../../outside.yml"), "清单上没有"),
        (renamed(MANIFEST, "manifest"), "不是版本文件"),
        (renamed(SIGNATURE, "signed"), "不是版本文件"),
        (without(FACTS), "缺 content/topics/app/one.yml"),
        (without(MODEL), "缺 model.tar.gz"),
        (without(SIGNATURE), "不是版本文件"),
        (without(MANIFEST), "不是版本文件"),
        (lambda members: [*members, ("content/more.yml", b"x")], "清单上没有"),
        (lambda members: [*members, members[-1]], "清单上没有"),
        (lambda members: [*members, members[0]], "清单上没有"),
        (lambda members: members[::-1], "不是版本文件"),
        (lambda _: [], "不是版本文件"),
    ],
    ids=range(23),
)
def test_a_file_that_was_changed_is_refused(road: Road, tamper: Callable[[Members], Members], told: str) -> None:
    pack(road.file, tamper(road.members()))
    road.refused(told)


def test_no_byte_can_be_changed_unnoticed(road: Road) -> None:
    """Headers, names, sizes, contents and what fills the blocks up: refused, or nothing of it matters."""
    whole, original = road.file.read_bytes(), held(road.here)
    refused = 0
    for place in range(0, len(whole), 13):
        road.file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
        refused += not arrives(road, original)
    assert refused > 150


def test_a_file_cut_short_anywhere_is_refused(road: Road) -> None:
    whole, original = road.file.read_bytes(), held(road.here)
    with tarfile.open(road.file) as archive:
        last = archive.getmembers()[-1]
    for size in (*range(0, last.offset_data + last.size, 61), last.offset_data + last.size - 1):
        road.file.write_bytes(whole[:size])
        assert not arrives(road, original), size


def arrives(road: Road, original: dict[str, bytes]) -> bool:
    """Whether it was taken; then it is what was sent, and else nothing is left."""
    try:
        road.read()
    except ReleaseError:
        assert listing(road.arrived) == {"releases": b"/"}
        return False
    assert held(road.there) == original
    road.there.get(NAME).folder.rename(road.arrived.with_name(f"taken-{len(list(road.file.parent.iterdir()))}"))
    return True


@pytest.mark.parametrize(
    "file",
    [
        "../outside.yml",
        "content/../../outside.yml",
        "content/..",
        "/tmp/outside.yml",
        "content//outside.yml",
        "content/./outside.yml",
        "content/a.yml/../../../x.yml",
        "content/run.sh",
        "content/",
        "live",
        "promotions.jsonl",
        "outcomes.json/x.yml",
        "model.tar.gz\n",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused_whoever_signed(road: Road, file: str) -> None:
    pack(road.file, signed({"report.json": b"{}", file: b"x"}))
    road.refused("不认识的文件名")


@pytest.mark.parametrize("name", ["..", "../../evil", ".draft-1", "live", "", f"{NAME}/x", f"{NAME}\n", f"/{NAME}"])
def test_a_release_of_another_name_is_refused_whoever_signed(road: Road, name: str) -> None:
    pack(road.file, signed({"report.json": b"{}"}, release=name))
    road.refused("不认识的文件名")


@pytest.mark.parametrize("manifest", [b"", b"{", b"[]", b"3", b"{}", b'{"release": "x", "files": 3}', b"\xff\xfe"])
def test_a_manifest_that_is_none_is_refused_whoever_signed(road: Road, manifest: bytes) -> None:
    pack(road.file, under(manifest))
    road.refused("清单读不懂")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_plain_files_are_unpacked(road: Road, kind: bytes) -> None:
    members = signed({"report.json": b"{}", "model.tar.gz": b"", "content/offices.yml": b""})
    pack(road.file, members[:2])
    link = tarfile.TarInfo("model.tar.gz")
    link.type, link.linkname = kind, "/etc/passwd"
    with tarfile.open(road.file, "a") as archive:
        archive.addfile(link)
    road.refused("清单上没有")


def test_a_release_that_lacks_what_every_release_holds_is_refused(road: Road) -> None:
    whole = {"report.json": b"{}", "model.tar.gz": b"", "content/offices.yml": b""}
    for part in whole:
        pack(road.file, signed({name: body for name, body in whole.items() if name != part}))
        road.refused(f"缺 {part.split('/')[0]}")
    pack(road.file, signed(whole))
    assert road.read() == NAME


@pytest.mark.parametrize("body", [b"", b"no tar", b"\0" * 1024, b"\x1f\x8b" + b"x" * 600, b"x" * 5000], ids=range(5))
def test_a_file_that_is_no_bundle_is_refused(road: Road, body: bytes) -> None:
    road.file.write_bytes(body)
    road.refused("版本文件")


def test_a_file_that_is_not_there_is_an_os_error(road: Road) -> None:
    road.file.unlink()
    with pytest.raises(FileNotFoundError):
        road.read()


def test_a_packed_archive_is_not_opened(road: Road, tmp_path: Path) -> None:
    """Whoever packs may make little out of much."""
    members = road.members()
    with tarfile.open(road.file, "w:gz") as archive:
        for name, body in members:
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    road.refused("不是完整的版本文件")
