"""The world around Gatehouse, on loopback: a channel, a relay, a proxy, a database server, and people who use it."""
