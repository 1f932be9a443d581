"""A client that costs next to nothing: requests prepared beforehand, kept-alive sockets, one epoll."""

import select
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Result:
    """What came of a run: answers a second, and the statuses that were not asked for."""

    count: int
    seconds: float
    latencies: list[float]
    unexpected: dict[int, int]

    @property
    def per_second(self) -> float:
        return self.count / self.seconds

    def latency_ms(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def request(method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """The bytes of one HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: keep-alive"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run(url: str, requests: Iterable[bytes], *, connections: int, expect: int = 200) -> Result:
    """Send all of them over this many connections, each as soon as its connection's last answer is there."""
    address = urlsplit(url)
    waiting = iter(requests)
    poll = select.epoll()
    sockets = {}
    started: dict[int, float] = {}
    partial: dict[int, bytes] = {}
    latencies, unexpected = [], {}
    begin = time.perf_counter()
    for first in islice(waiting, connections):
        peer = socket.create_connection((address.hostname, address.port))
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[peer.fileno()] = peer
        poll.register(peer.fileno(), select.EPOLLIN)
        started[peer.fileno()], partial[peer.fileno()] = time.perf_counter(), b""
        peer.sendall(first)
    open_requests = len(sockets)
    while open_requests:
        for number, _events in poll.poll():
            partial[number] += sockets[number].recv(1 << 20)
            status = _complete(partial[number])
            if not status:
                continue
            now = time.perf_counter()
            latencies.append(now - started[number])
            if status != expect:
                unexpected[status] = unexpected.get(status, 0) + 1
            partial[number] = b""
            following = next(waiting, None)
            if following is None:
                open_requests -= 1
                poll.unregister(number)
            else:
                started[number] = now
                sockets[number].sendall(following)
    seconds = time.perf_counter() - begin
    for peer in sockets.values():
        peer.close()
    return Result(len(latencies), seconds, latencies, unexpected)


def _complete(answer: bytes) -> int:
    """The status, once the whole answer is there; 0 before. Raises on a connection closed in between."""
    if not answer:
        raise ConnectionError("the server hung up")
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return 0
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        done = body.endswith(b"0\r\n\r\n")
    else:
        _before, _name, after = lower.partition(b"content-length:")
        done = len(body) >= int(after.partition(b"\r\n")[0] or 0)
    return int(head[9:12]) if done else 0
