"""Talking to addresses that people gave us, without being talked into our own network.

The name is resolved when the message leaves, every address it stands for is judged, and the
connection goes to the very address that was judged: a name that changes in between leads
nowhere else. Redirects are refused, proxies of the environment are not used.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sanwei_flow.errors import N_, AppError

#: Seconds to connect, and to wait for each piece of the answer.
CONNECT, READ = 5, 10
#: Longer answers are not read.
MOST_ANSWER = 64 * 1024


class SendFailed(AppError):
    """It did not arrive, as far as we know; the sentence never carries an address or a key."""

    code = "send_failed"


@dataclass(frozen=True)
class Answer:
    """What the other side said: its status and up to 64 KB of its body."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Allowed:
    """Which addresses inside our network may be talked to all the same: networks and host names."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def read(cls, setting: str) -> "Allowed":
        """Read `10.1.0.0/16, oa.example.gov.cn`. Raises ValueError for a network that is none."""
        networks, hosts = [], set()
        for part in filter(None, (each.strip() for each in setting.split(","))):
            if "/" in part or part.replace(".", "").isdigit() or ":" in part:
                networks.append(ipaddress.ip_network(part))
            else:
                hosts.add(part.lower())
        return cls(tuple(networks), frozenset(hosts))

    def vouches(self, host: str) -> bool:
        """True if the operator listed this host, or the network of this address."""
        if host.lower() in self.hosts:
            return True
        try:
            return self._listed(host)
        except ValueError:
            return False

    def address(self, host: str, address: str) -> bool:
        """True if this address, for which `host` stands, may be talked to."""
        from apprise.utils.http import is_public_ip_address

        if host.lower() in self.hosts or is_public_ip_address(address):
            return True
        return self._listed(address)

    def _listed(self, address: str) -> bool:
        number = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
        return any(number in network for network in self.networks)


def check(url: str, allowed: Allowed) -> None:
    """Raise SendFailed unless every address behind this URL may be talked to.

    For the person who enters it; the same is judged again whenever something leaves.
    """
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        raise SendFailed(N_("找不到主机“{host}”"), host=host) from None
    if not all(allowed.address(host, str(entry[4][0])) for entry in found):
        raise _inside(host)


def post(url: str, *, body: bytes, headers: Mapping[str, str], allowed: Allowed) -> Answer:
    """Send JSON once. Raises SendFailed if there is no answer, or one that leads elsewhere."""
    import requests
    from apprise.utils.http import HTTPPolicy, HTTPPolicySession, read_bounded_response

    host = urlsplit(url).hostname or ""
    refused: list[str] = []
    policy = HTTPPolicy(address_filter=_noting(host, allowed, refused))
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "sanwei_flow"}
    given: dict[str, Any] = {"timeout": (CONNECT, READ), "allow_redirects": False, "stream": True}
    try:
        with HTTPPolicySession(policy) as session:
            answer = session.post(url, data=body, headers={**sent, **headers}, **given)
            text = read_bounded_response(answer, MOST_ANSWER) or b""
    except requests.Timeout:
        raise SendFailed(N_("“{host}”没有在规定时间内答复"), host=host) from None
    except (requests.RequestException, OSError):
        # The library's own words carry the whole address, and with it the key.
        raise (
            _inside(host) if refused else SendFailed(N_("无法连接“{host}”"), host=host)
        ) from None
    if 300 <= answer.status_code < 400:
        raise SendFailed(N_("“{host}”要求转到别的地址，已拒绝"), host=host)
    return Answer(answer.status_code, text)


def _noting(host: str, allowed: Allowed, refused: list[str]) -> Callable[[str], bool]:
    def judge(address: str) -> bool:
        fits = allowed.address(host, address)
        if not fits:
            refused.append(address)
        return fits

    return judge


def _inside(host: str) -> SendFailed:
    return SendFailed(N_("“{host}”指向内部网络，未列入允许的地址"), host=host)
