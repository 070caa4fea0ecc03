"""Who is calling, and under which name: client addresses behind trusted proxies, and the host that pages answer on."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from domain.policies import Address

Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"
"""The key of callers without an address, as over a Unix socket."""
LONGEST = 100
"""Characters of an address: what is cut off there is none."""
HOPS = 32
"""More forwarding proxies than any real path has; what is beyond is not looked at."""


def parsed(hop: str) -> Address | None:
    """An address as proxies write it: bare, with a port, or in brackets. IPv4 inside IPv6 is unwrapped."""
    return _address(hop.strip().strip('"')[:LONGEST])


@lru_cache(512)
def _address(text: str) -> Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def key(address: Address) -> str:
    """What counts as one client: an IPv4 address, or the /64 of an IPv6 address."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address) >> 64 << 64, 64)))


class Callers:
    """Believes `X-Forwarded-For` of trusted proxies, as far back as they vouch for it, and no other such header."""

    def __init__(self, trusted: Iterable[str | Network]) -> None:
        self._trusted: tuple[Network, ...] = tuple(ip_network(str(network)) for network in trusted)

    def shared(self, request: web.Request) -> bool:
        """True: whoever connects is a proxy that nobody told us of (or no address at all): all clients look alike."""
        peer = parsed(request.remote or "")
        return peer is None or not (peer.is_global or self._trusts(peer))

    def key(self, request: web.Request) -> str:
        address = self.address(request)
        return key(address) if address else UNKNOWN

    def address(self, request: web.Request) -> Address | None:
        """None: whoever connects has none, as over a Unix socket."""
        peer = parsed(request.remote or "")
        if peer is None or not self._trusts(peer):
            return peer
        return self._behind(peer, ",".join(request.headers.getall("X-Forwarded-For", ())))

    def _behind(self, peer: Address, forwarded: str) -> Address:
        """The rightmost hop that no trusted proxy stands for. A hop that is no address ends what can be believed."""
        nearest = peer
        for hop in reversed(forwarded.split(",")[-HOPS:]):
            address = parsed(hop)
            if address is None:
                return nearest
            nearest = address
            if not self._trusts(address):
                return nearest
        return nearest

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""One and the same machine: who tries Gatehouse out may spell it as they like."""


class Ours:
    """The public URL's host and origin, compared with what a request claims."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        host, port = (parts.hostname or "").lower(), parts.port
        name = f"[{host}]" if ":" in host else host
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        port = port or usual
        self.url = public_url.rstrip("/")
        names = LOOPBACK if parts.scheme == "http" and name in LOOPBACK else {name}
        self._hosts = {f"{each}:{port}" for each in names} | (set(names) if port == usual else set[str]())
        self._origins = {f"{parts.scheme}://{host}" for host in self._hosts}

    def host(self, request: web.Request) -> bool:
        """One Host header that is ours, and a plain path: a whole URL as the target could name another host."""
        named = request.headers.getall("Host", ())
        return len(named) == 1 and named[0].lower() in self._hosts and request.raw_path.startswith("/")

    def origin(self, origin: str) -> bool:
        return origin.lower() in self._origins
