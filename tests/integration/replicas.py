"""What runs beside each other in production, as real processes: replicas, Debian's Redis, nginx with our own file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from pathlib import Path

import httpx
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from knowledge.editor.release import Release
from tests.programs import PROJECT, YIBAO, environ, free_port

DEPLOY = PROJECT / "deploy"

PATIENCE = 60.0
"""Seconds for a replica to load on a busy machine."""

WECHAT_WAITS = 5.0

LOOPBACK = IPv4Address("127.0.0.1")


def wait_until(is_so: Callable[[], bool], seconds: float = 10.0) -> float:
    """Seconds that it took."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - begun


class Process:
    """A program that runs until it is ended; what it says goes into files."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.out, self.err = folder / f"{name}.out", folder / f"{name}.err"
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, command: list[str], **settings: str) -> None:
        with self.out.open("ab") as out, self.err.open("ab") as err:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environ(settings), stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )

    def said(self) -> str:
        return self.out.read_text(encoding="utf-8") + self.err.read_text(encoding="utf-8")

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def terminate(self) -> float:
        """As systemd and Kubernetes stop it; seconds until it is gone."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        return time.monotonic() - begun

    def end(self) -> None:
        """Whatever a test did, it does not stay."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


class RedisServer(Process):
    """Keeps what it is told over a restart, on one port."""

    def __init__(self, executable: str, folder: Path) -> None:
        super().__init__(folder, "redis")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            executable, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder),
            "--save", "", "--appendonly", "yes", "--appendfsync", "always",
        ]  # fmt: skip

    def start(self) -> None:
        self.launch(self._command)
        wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=1).ping())
        except redis.RedisError:
            return False


class Replica(Process):
    """``yibao serve`` with a folder, and a port that it keeps over restarts, of its own."""

    def __init__(self, folder: Path, release: Release, redis_url: str) -> None:
        folder.mkdir()
        super().__init__(folder, "serve")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=WECHAT_WAITS)
        (folder / "releases").symlink_to(release.folder.parent)
        self._settings = {"YIBAO_VAR": str(folder), "YIBAO_PORT": str(self.port), "REDIS_URL": redis_url}

    def start(self) -> None:
        self.launch([YIBAO, "serve"], **self._settings)

    def ready(self) -> dict[str, object] | None:
        """What ``/readyz`` says with 200; None otherwise."""
        try:
            response = httpx.get(f"{self.url}/readyz", timeout=WECHAT_WAITS)
        except httpx.TransportError:
            return None
        return dict(response.json()) if response.status_code == 200 else None

    def wait_until_ready(self) -> None:
        assert self.process is not None
        process = self.process
        wait_until(lambda: self.ready() is not None or process.poll() is not None, PATIENCE)
        assert process.poll() is None, self.said()


class Proxy(Process):
    """nginx with ``deploy/nginx`` as it is, but for the addresses in ``replicas.conf`` and the port."""

    def __init__(self, executable: str, folder: Path, replicas: list[Replica]) -> None:
        super().__init__(folder, "nginx")
        self.port = free_port()
        self.configuration = nginx_folder(folder / "nginx", self.port, [replica.port for replica in replicas])
        self._command = nginx_command(executable, self.configuration)
        trusted = httpx.create_ssl_context(verify=str(self.configuration / "certificate.pem"))
        self.http = httpx.Client(base_url=f"https://127.0.0.1:{self.port}", timeout=WECHAT_WAITS, verify=trusted)

    def start(self) -> None:
        self.launch(self._command)
        wait_until(self._answers)

    def end(self) -> None:
        """Killed at once it would leave its workers behind."""
        if self.process is not None:
            self.terminate()
        self.http.close()

    def _answers(self) -> bool:
        try:
            return self.http.get("/").status_code == 404
        except httpx.TransportError:
            return False


def nginx_command(executable: str, configuration: Path) -> list[str]:
    own = f"daemon off; pid {configuration}/nginx.pid;"
    return [executable, "-p", str(configuration), "-c", str(configuration / "nginx.conf"), "-g", own]


def nginx_folder(folder: Path, port: int, replicas: list[int]) -> Path:
    """A copy of ``deploy/nginx`` for this machine, with a certificate."""
    shutil.copytree(DEPLOY / "nginx", folder)
    listen, servers = folder / "listen.conf", folder / "replicas.conf"
    listen.write_text(listen.read_text(encoding="utf-8").replace("443 ssl", f"127.0.0.1:{port} ssl"), encoding="utf-8")
    text = servers.read_text(encoding="utf-8")
    for given, ours in zip((8001, 8002), replicas, strict=True):
        assert f"127.0.0.1:{given} " in text
        text = text.replace(f"127.0.0.1:{given} ", f"127.0.0.1:{ours} ")
    servers.write_text(text, encoding="utf-8")
    write_certificate(folder)
    return folder


def write_certificate(folder: Path) -> None:
    """``certificate.pem`` and ``certificate.key``, for this machine and an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    descriptor = os.open(folder / "certificate.key", os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
