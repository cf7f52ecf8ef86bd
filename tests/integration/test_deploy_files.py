"""``deploy/``: each file is checked by its own tool, and agrees with the program."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.adapters.redis_state import PAUSE
from tests.conftest import missing
from tests.integration.replicas import DEPLOY, nginx_command, nginx_folder, write_certificate
from tests.programs import PROJECT
from webhook.app import DRAIN
from webhook.command_line.worker import LEAVING
from webhook.settings import DEVELOPMENT_SECRETS, SETTING_NAMES
from webhook.wechat.door import HOLD

Require = Callable[[str], str]

MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))

STOPPING = LEAVING + HOLD + DRAIN
"""Seconds that a stop may take: not ready, the answers that are waited for, those that nobody waits for any more."""

EXPOSURE = 20
"""Tenths of what systemd calls "OK"; a unit without any hardening has 96."""


def read(path: str) -> str:
    return (DEPLOY / path).read_text(encoding="utf-8")


def checked(command: list[str], folder: Path = PROJECT) -> str:
    """What the tool said; it must be content."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def checks(cache_folder: Path) -> Path:
    """Where the tools of ``deploy/checks`` are: an environment of their own, made once for each lock file, because one
    of them needs a newer jsonschema than Rasa allows."""
    lock = DEPLOY / "checks" / "requirements.lock"
    folder = cache_folder / f"checks-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    done = folder / "done"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        python = str(folder / "bin" / "python")
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", str(lock)]
        for command in ([sys.executable, "-m", "venv", str(folder)], pip):
            if subprocess.run(command, capture_output=True, timeout=300, check=False).returncode != 0:
                missing("pip cannot install deploy/checks/requirements.lock")
        done.touch()
    return folder / "bin"


# nginx


def test_nginx_takes_its_files(require: Require, tmp_path: Path) -> None:
    folder = nginx_folder(tmp_path / "nginx", 18443, [18001, 18002])
    assert "successful" in checked([*nginx_command(require("nginx"), folder), "-t"])


def test_nginx_takes_the_files_as_compose_puts_them_together(require: Require, tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    shutil.copytree(DEPLOY / "nginx", folder)
    shutil.copy(DEPLOY / "compose" / "replicas.conf", folder)
    write_certificate(folder)
    assert "successful" in checked([*nginx_command(require("nginx"), folder), "-t"])


# Docker


def test_hadolint_takes_the_dockerfile(checks: Path) -> None:
    assert checked([str(checks / "hadolint"), str(DEPLOY / "Dockerfile")]) == ""


def test_the_image_gets_what_the_program_needs_and_nothing_else() -> None:
    ignored = read("Dockerfile.dockerignore").splitlines()
    taken = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert [name for name in taken if not (PROJECT / name).exists()] == []
    packages = {name.partition(".")[0] for name in re.findall(r'^  "([a-z_.]+)",$', pyproject_packages(), re.MULTILINE)}
    assert packages
    assert packages <= taken
    assert not taken & {".env", "var", "tests", "deploy", "docs", ".git", ".venv"}


def pyproject_packages() -> str:
    return (PROJECT / "pyproject.toml").read_text(encoding="utf-8").split("packages = [")[1].split("]")[0]


@pytest.fixture
def compose(require: Require, tmp_path: Path) -> dict[str, Any]:
    """What docker-compose makes of the file with the settings of ``.env.example``."""
    for name in ("compose", "nginx"):
        shutil.copytree(DEPLOY / name, tmp_path / "deploy" / name)
    folder = tmp_path / "deploy" / "compose"
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    (folder / ".env").write_text(f"{example}\nPOSTGRES_PASSWORD=abc\n", encoding="utf-8")
    understood = checked([require("docker-compose"), "-f", "compose.yml", "config"], folder)
    services: dict[str, Any] = yaml.safe_load(understood)["services"]
    return services


def test_compose_starts_two_replicas_on_one_redis_and_one_database(compose: dict[str, Any]) -> None:
    assert set(compose) == {"replica-1", "replica-2", "proxy", "redis", "postgres"}
    for name in ("replica-1", "replica-2"):
        replica, settings = compose[name], compose[name]["environment"]
        assert (settings["YIBAO_PROFILE"], settings["REDIS_URL"]) == ("production", "redis://redis:6379/0")
        assert settings["DATABASE_URL"] == "postgresql://yibao:abc@postgres:5432/yibao"
        assert seconds(replica["stop_grace_period"]) > STOPPING
        assert replica["read_only"] is True
        assert "ports" not in replica
        (network,) = replica["networks"].items()
        assert f"server {network[1]['ipv4_address']}:{settings['YIBAO_PORT']} " in read("compose/replicas.conf")
    assert [name for name in compose if "ports" in compose[name]] == ["proxy"]


def test_compose_asks_for_its_password(require: Require, tmp_path: Path) -> None:
    shutil.copytree(DEPLOY / "compose", tmp_path / "compose")
    shutil.copy(PROJECT / ".env.example", tmp_path / "compose" / ".env")
    command = [require("docker-compose"), "-f", "compose.yml", "config"]
    done = subprocess.run(command, cwd=tmp_path / "compose", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "POSTGRES_PASSWORD" in done.stderr


# Kubernetes


def kubernetes(kind: str) -> dict[str, Any]:
    (found,) = (document for path in MANIFESTS for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
                if document["kind"] == kind)  # fmt: skip
    manifest: dict[str, Any] = found
    return manifest


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_kubernetes_takes_the_manifest(checks: Path, path: Path) -> None:
    assert "passed" in checked([str(checks / "kubernetes-validate"), "--strict", str(path)])


def test_a_pod_is_taken_away_without_losing_a_message() -> None:
    deployment = kubernetes("Deployment")["spec"]
    pod = deployment["template"]["spec"]
    (container,) = pod["containers"]
    assert deployment["replicas"] == 2
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert kubernetes("PodDisruptionBudget")["spec"]["minAvailable"] == 1
    probes = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert probes == {"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}
    readiness = container["readinessProbe"]
    before = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > before + STOPPING
    assert before > readiness["periodSeconds"] * readiness["failureThreshold"]
    assert readiness["timeoutSeconds"] > PAUSE, "the check of a hanging Redis is waited for"


def test_a_pod_may_do_little() -> None:
    pod = kubernetes("Deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    may = container["securityContext"]
    assert (may["readOnlyRootFilesystem"], may["allowPrivilegeEscalation"]) == (True, False)
    assert may["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"] == "1Gi"


def test_the_parts_of_kubernetes_find_each_other() -> None:
    deployment, service, ingress = kubernetes("Deployment"), kubernetes("Service"), kubernetes("Ingress")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        service["spec"]["selector"],
        kubernetes("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert service["spec"]["ports"][0]["targetPort"] in {port["name"] for port in container["ports"]}
    (rule,) = ingress["spec"]["rules"]
    assert [(path["path"], path["pathType"]) for path in rule["http"]["paths"]] == [
        ("/wechat", "Exact"),
        ("/guide", "Prefix"),
    ]
    settings = kubernetes("ConfigMap")["data"]
    assert settings["YIBAO_PORT"] == str(container["ports"][0]["containerPort"])
    assert {"secretRef": {"name": "yibao"}} in container["envFrom"]


# systemd


@pytest.fixture
def unit(tmp_path: Path) -> str:
    """An instance of the unit, with a program that is there."""
    path = tmp_path / "yibao@8001.service"
    text = read("systemd/yibao@.service")
    assert "\nExecStart=/opt/yibao/.venv/bin/yibao serve\n" in text
    path.write_text(text.replace("/opt/yibao/.venv/bin/yibao", "/bin/true"), encoding="utf-8")
    return str(path)


def test_systemd_takes_the_unit(require: Require, unit: str) -> None:
    assert checked([require("systemd-analyze"), "verify", "--man=no", unit]) == ""


def test_the_unit_is_hardened(require: Require, unit: str) -> None:
    checked([require("systemd-analyze"), "security", "--offline=true", f"--threshold={EXPOSURE}", unit])


def test_systemd_waits_for_a_graceful_stop() -> None:
    unit = dict(re.findall(r"^(\w+)=(.*)$", read("systemd/yibao@.service"), re.MULTILINE))
    assert int(unit["TimeoutStopSec"]) > STOPPING
    assert unit["KillMode"] == "mixed"
    assert unit["Restart"] == "always"


# all of them


def files() -> Iterator[Path]:
    return (path for path in DEPLOY.rglob("*") if path.is_file() and path.parent.name != "checks")


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_every_setting_exists_and_no_secret_is_told(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:YIBAO|WECHAT|REDIS|DATABASE)_[A-Z_]*[A-Z]\b", text))
    assert named - {*SETTING_NAMES} == set()
    assert not [name for name in DEVELOPMENT_SECRETS if re.search(rf"{name}\s*[:=]", text)]
    assert not [value for value in DEVELOPMENT_SECRETS.values() if value in text]


def seconds(duration: str) -> int:
    """Of docker-compose: ``1m30s``."""
    parts = {unit: int(number) for number, unit in re.findall(r"(\d+)([ms])", duration)}
    return 60 * parts.get("m", 0) + parts.get("s", 0)
