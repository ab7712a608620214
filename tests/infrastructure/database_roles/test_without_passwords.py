"""PostgreSQL knows the roles by the user of the system or by a certificate, as operators are told."""

import datetime as clock
import getpass
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import OperationalError

from ddplatform.infrastructure.database_roles.views import Roles, preparation
from tests.postgres import SUPERUSER

PAGE = (Path(__file__).resolve().parents[3] / "docs/operations.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.skipif(not SUPERUSER, reason="no programs of a PostgreSQL server")


@dataclass(frozen=True)
class Authority:
    """Signs certificates into its folder."""

    folder: Path
    key: ec.EllipticCurvePrivateKey

    def sign(self, name: str) -> Path:
        """A key and a certificate of this common name, `NAME.key` and `NAME.pem`."""
        key = self.key if name == "authority" else ec.generate_private_key(ec.SECP256R1())
        now = clock.datetime.now(clock.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named("authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - clock.timedelta(days=1))
            .not_valid_after(now + clock.timedelta(days=1))
            .add_extension(x509.BasicConstraints(name == "authority", None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path = self.folder / f"{name}.pem"
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        written = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.with_suffix(".key").write_bytes(written)
        path.with_suffix(".key").chmod(0o600)
        return path


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def rules() -> tuple[str, str, str]:
    """The lines of `pg_hba.conf` and of `pg_ident.conf` that the page for operators gives."""
    local = re.findall(r"`(local all [^`]+)`", PAGE)
    network = re.findall(r"`(hostssl all [^`]+)`", PAGE)
    users = re.findall(r"`(waymark (?:waymark|root) \w+)`", PAGE)
    assert len(local) == 1 and len(network) == 1 and len(users) == 4
    return local[0], network[0], "\n".join(users)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """The folder of a server under these rules: its socket, and the keys of its authority."""
    home = Path(mkdtemp(prefix="ddpeer."))
    home.chmod(0o755)
    authority = Authority(home, ec.generate_private_key(ec.SECP256R1()))
    for name in ("authority", "localhost", "waymark", "somebody"):
        authority.sign(name)
    data = home / "data"
    data.mkdir(mode=0o700)
    if os.getuid() == 0:
        for path in (data, home / "localhost.key", home):
            shutil.chown(path, "postgres")
    _run("initdb", "-D", str(data), "-U", "postgres", "--auth=peer")
    local, network, users = rules()
    user = "postgres" if os.getuid() == 0 else getpass.getuser()
    (data / "pg_hba.conf").write_text(f"{local}\nlocal all postgres peer map=test\n{network}\n")
    # Whoever runs the tests is to the server what root is to that of an operator.
    users = users.replace(" root ", f" {getpass.getuser()} ")
    (data / "pg_ident.conf").write_text(f"{users}\ntest {user} postgres\n")
    settings = f"-p {_free_port()} -c unix_socket_directories={home} -c listen_addresses=localhost"
    settings += f" -c fsync=off -c ssl=on -c ssl_cert_file={home}/localhost.pem -c ssl_key_file={home}/localhost.key"
    settings += f" -c ssl_ca_file={home}/authority.pem"
    _run("pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", settings, "start")
    try:
        _prepare(home)
        yield home
    finally:
        _run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(home)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def _run(program: str, *options: str, typed: str = "") -> None:
    """One program of the server, as the user of the server where the tests run as root."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    command = [str(found[-1]) if found else program, *options]
    if os.getuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(
        command, cwd="/", input=typed, check=True, text=True, stdout=subprocess.DEVNULL, timeout=60
    )


def _port(home: Path) -> int:
    (found,) = home.glob(".s.PGSQL.*.lock")
    return int(found.name.split(".")[3])


def _prepare(home: Path) -> None:
    """The three roles, as the operator's superuser makes them; none of them gets a password."""
    roles = Roles("waymark", "waymark_owner", "waymark", "waymark_backup")
    at = ("-X", "-q", "-h", str(home), "-p", str(_port(home)), "-v", "ON_ERROR_STOP=1")
    _run("psql", *at, "-c", "CREATE DATABASE waymark", "postgres")
    _run("psql", *at, "waymark", typed=";\n".join((*preparation(roles), "")))


def role_of(url: str) -> str:
    """Who the server says we are."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return str(connection.exec_driver_sql("SELECT current_user").scalar_one())


def test_user_of_the_system_gets_the_roles_that_the_page_gives_it_and_no_other(server: Path):
    def over_socket(role: str) -> str:
        port = _port(server)
        return role_of(f"postgresql+psycopg://{role}@:{port}/waymark?host={server}")

    assert over_socket("waymark_owner") == "waymark_owner"
    assert over_socket("waymark_backup") == "waymark_backup"
    with pytest.raises(OperationalError, match="Peer authentication failed"):
        over_socket("waymark")  # of web and worker: their user of the system alone
    with pytest.raises(OperationalError, match="Peer authentication failed"):
        over_socket("postgres")


def test_over_a_network_the_certificate_of_the_role_is_asked_for(server: Path):
    def over_network(certificate: str) -> str:
        proof = f"sslmode=verify-full&sslrootcert={server}/authority.pem"
        if certificate:
            own = server / certificate
            proof += f"&sslcert={own}.pem&sslkey={own}.key"
        return role_of(f"postgresql+psycopg://waymark@localhost:{_port(server)}/waymark?{proof}")

    assert over_network("waymark") == "waymark"
    with pytest.raises(OperationalError, match="certificate authentication failed"):
        over_network("somebody")
    with pytest.raises(OperationalError, match="certificate"):
        over_network("")
