"""A company's network: its GitLab and its registry speak TLS by the company's own CA, behind a proxy.

usage: company.py GITLAB    GITLAB: host:port of what answers as gitlab.example.com
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import sys

# In an address, the colon of the password has to be written as %3A.
LOGIN = b"Basic " + base64.b64encode(b"ann:top:secret")
PROXY, GITLAB, REGISTRY = 3128, 8443, 8444
HOSTS = {b"gitlab.example.com:443": GITLAB, b"registry.example.com:443": REGISTRY, b"other.example.com:443": REGISTRY}


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until there are no more."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, first: bytes) -> None:
    """Connect a client with a server, which gets `first` before the rest."""
    far_reader, far_writer = await asyncio.open_connection(host, port)
    far_writer.write(first)
    await asyncio.gather(pipe(reader, far_writer), pipe(far_reader, writer))


async def refuse(writer: asyncio.StreamWriter, status: str, header: str = "") -> None:
    """Answer a request with nothing but a status."""
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n{header}\r\n".encode())
    await writer.drain()
    writer.close()


async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let clients with the password through to the company's hosts, and to nothing else."""
    head = await reader.readuntil(b"\r\n\r\n")
    method, host, _ = head.split(b"\r\n")[0].split(b" ")
    if b"\r\nProxy-Authorization: " + LOGIN not in head:
        await refuse(writer, "407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="proxy"\r\n')
    elif method != b"CONNECT" or host not in HOSTS:
        await refuse(writer, "403 Forbidden")
    else:
        print("connected to", host.decode(), flush=True)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await join(reader, writer, "127.0.0.1", HOSTS[host], b"")


async def registry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let clients with the password through to the registry; a connection is asked once."""
    head = await reader.readuntil(b"\r\n\r\n")
    if b"\r\nAuthorization: " + LOGIN in head:
        await join(reader, writer, "127.0.0.1", 5000, head)
    else:
        await refuse(writer, "401 Unauthorized", 'WWW-Authenticate: Basic realm="registry"\r\n')


async def main() -> None:
    """Serve all three."""
    host, port = sys.argv[1].split(":")

    async def gitlab(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await join(reader, writer, host, int(port), b"")

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
    await asyncio.start_server(gitlab, port=GITLAB, ssl=context)
    await asyncio.start_server(registry, port=REGISTRY, ssl=context)
    await (await asyncio.start_server(proxy, port=PROXY)).serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
