"""A network of the test's own, and servers in it that do what a script says."""

import contextlib
import ctypes
import os
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_LIFETIME_S = 300
_MIB = 1 << 20

# Arguments: a script of further set-up.  Lives until its standard input ends.
_HOLD = 'set -e; ip link set lo up; eval "$1"; echo ready; exec cat >/dev/null'


class Network:
    """A network namespace with loopback only, and a mount namespace with its hosts file."""

    def __init__(self, place: Path, addresses=(), hosts: str = "", resolver: str = "", setup=()):
        place.mkdir(parents=True, exist_ok=True)
        (place / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n" + hosts)
        (place / "resolv.conf").write_text(resolver)
        script = [f"ip addr add {address} dev lo{' nodad' if ':' in address else ''}" for address in addresses]
        script += [f"mount --bind '{place / name}' /etc/{name}" for name in ("hosts", "resolv.conf")]
        script += setup
        self._stack = contextlib.ExitStack()
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", _HOLD, "sh", "\n".join(script)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout.readline() == b"ready\n"

    @property
    def enter(self) -> list[str]:
        return ["nsenter", f"--target={self._holder.pid}", "--net", "--mount"]

    def socket(self, address: tuple, kind=socket.SOCK_STREAM) -> socket.socket:
        """A socket bound to (host, port) in this network; a thread may enter it, a process not."""
        made = []

        def make() -> None:
            self._enter()
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
            bound = socket.socket(family, kind)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            host, _, link = address[0].partition("%")
            bound.bind((host, address[1], 0, socket.if_nametoindex(link)) if link else address)
            made.append(bound)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        self._stack.callback(made[0].close)
        return made[0]

    def _enter(self) -> None:
        """Lead the calling thread into this network."""
        with open(f"/proc/{self._holder.pid}/ns/net", "rb") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def tunnel(self, port: int, target: tuple) -> "Tunnel":
        """A proxy that only knows CONNECT, and always leads to `target`."""
        listener = self.socket(("127.0.0.1", port))
        listener.listen(128)
        return Tunnel(listener, target, self._enter)

    def serve(self, script, host: str = "127.0.0.1", port: int = 80, tls: Path | None = None) -> "Server":
        listener = self.socket((host, port))
        listener.listen(128)
        return Server(listener, script, tls)

    def start(self, argv: list, **options) -> subprocess.Popen:
        """A program in this network, ended with it."""
        process = subprocess.Popen(self.enter + [str(word) for word in argv], **options)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def run(self, argv: list, timeout: float = 60) -> subprocess.CompletedProcess:
        return subprocess.run(self.enter + [str(word) for word in argv], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=timeout, check=False)

    def close(self) -> None:
        self._stack.close()
        self._holder.stdin.close()
        self._holder.stdout.close()
        self._holder.wait(timeout=10)


@dataclass
class Request:
    method: str
    path: str
    headers: dict  # names in lower case
    at: float = field(default_factory=time.monotonic)


@dataclass
class Reply:
    """What a server does with a request."""

    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=dict)
    repeat: int = 1  # how often the body is sent, to the end
    length: int | None = None  # Content-Length where it is not the truth; -1: none
    delay: float = 0  # before the headers
    pause: float = 0  # before the body
    chunk_pause: float = 0  # behind each MiB of the body
    cut: int | None = None  # close the connection after so many bytes of the body
    hang_up: bool = False  # close without an answer
    raw: bytes | None = None  # sent instead of all this; the connection is closed then

    def head(self) -> bytes:
        length = len(self.body) * self.repeat if self.length is None else self.length
        lines = [f"HTTP/1.1 {self.status} x", *(f"{name}: {value}" for name, value in self.headers.items())]
        if length >= 0 and self.status != 204:
            lines.append(f"Content-Length: {length}")
        return "\r\n".join(lines + ["", ""]).encode("latin-1")

    @property
    def ends_connection(self) -> bool:
        return self.cut is not None or self.length is not None


def in_turn(*replies: Reply):
    """A script that gives one reply after the other, the last for ever."""
    left = list(replies)

    def script(_request: Request) -> Reply:
        return left.pop(0) if len(left) > 1 else left[0]

    return script


class Server:
    """HTTP/1.1 with kept connections; script(request) says what happens."""

    def __init__(self, listener: socket.socket, script, tls: Path | None):
        self.requests: list[Request] = []
        self.connections = 0
        self._script = script if callable(script) else in_turn(script)
        self._listener = listener
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(tls)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection:
            connection.settimeout(_LIFETIME_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while self._answer(connection, stream):
                    pass

    def _answer(self, connection: socket.socket, stream) -> bool:
        line = stream.readline().decode("latin-1").split()
        if len(line) != 3:
            return False
        headers = {}
        while (text := stream.readline().decode("latin-1").strip()):
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        request = Request(line[0], line[1], headers)
        self.requests.append(request)
        reply = self._script(request)
        if reply.hang_up:
            return False
        time.sleep(reply.delay)
        if reply.raw is not None:
            connection.sendall(reply.raw)
            return False
        connection.sendall(reply.head())
        time.sleep(reply.pause)
        body = reply.body[: reply.cut]
        step = _MIB if reply.chunk_pause else max(len(body), 1)
        for start in list(range(0, len(body), step)) * reply.repeat:
            connection.sendall(body[start : start + step])
            time.sleep(reply.chunk_pause)
        return not reply.ends_connection


class Tunnel:
    """A proxy that answers CONNECT and passes bytes on, both ways."""

    def __init__(self, listener: socket.socket, target: tuple, enter):
        self.heads: list[bytes] = []
        self._listener = listener
        self._target = target
        self._enter = enter
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        self._enter()  # threads begin where the one that starts them is
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += connection.recv(1)
            self.heads.append(head)
            with socket.create_connection(self._target) as target:
                connection.sendall(b"HTTP/1.1 200 x\r\n\r\n")
                back = threading.Thread(target=_pass_on, args=(target, connection), daemon=True)
                back.start()
                _pass_on(connection, target)
                back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while (data := source.recv(65536)):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class TftpServer:
    """Sends one file in octet mode (RFC 1350); `lose` are the numbers of datagrams that get lost."""

    def __init__(self, listener: socket.socket, content: bytes, lose=()):
        self.names: list[bytes] = []
        self._listener = listener
        self._blocks = [content[at : at + 512] for at in range(0, len(content) + 1, 512)]
        self._lose = set(lose)
        self._sent = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                data, peer = self._listener.recvfrom(2048)
                self._take(data, peer)

    def _take(self, data: bytes, peer) -> None:
        kind, number = data[1], int.from_bytes(data[2:4], "big")
        if kind == 1:
            self.names.append(data[2:])
            if b"missing" in data:
                self._listener.sendto(b"\0\5\0\1no such file\0", peer)
                return
            number = 0
        if kind in (1, 4) and number < len(self._blocks):
            self._sent += 1
            if self._sent not in self._lose:
                self._listener.sendto(b"\0\3" + (number + 1).to_bytes(2, "big") + self._blocks[number], peer)


def make_authority(place: Path, names: str = "DNS:localhost,IP:127.0.0.1", valid=("-days", "2")) -> tuple[Path, Path]:
    """(certificate of a new authority, key and certificate of a server that it signed)."""
    place.mkdir(parents=True, exist_ok=True)
    make = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    quiet = {"check": True, "capture_output": True, "cwd": place}
    subprocess.run([*make, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test Authority", "-days", "2"], **quiet)
    (place / "ext").write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
    subprocess.run(["openssl", "req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout",
                    "server.key", "-out", "server.csr", "-subj", "/CN=server"], **quiet)
    subprocess.run(["openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                    "-CAcreateserial", "-out", "server.crt", "-extfile", "ext", *valid], **quiet)
    both = place / "server.pem"
    both.write_bytes((place / "server.key").read_bytes() + (place / "server.crt").read_bytes())
    return place / "ca.pem", both


def program(name: str) -> Path:
    """A program of the build that is not installed."""
    top = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("SLIPWAY_BUILD", top / "build/release")) / name
