#!/usr/bin/env python3
"""A TCP proxy that holds every octet back for a while, in both directions: a far relay on this machine.

  delay.py --listen 2526 --to 127.0.0.1:2525 --ms 10     # 10 ms each way: a round trip of 20 ms

Octets keep their order and are never held longer because others follow; bandwidth is not limited.
"""
import argparse
import asyncio


async def pump(reader, writer, seconds):
    """Passes on what comes, each piece `seconds` after it came; ends the other side when this one ends."""
    loop = asyncio.get_running_loop()
    pieces = asyncio.Queue()

    async def take():
        try:
            while piece := await reader.read(65536):
                pieces.put_nowait((loop.time() + seconds, piece))
        except ConnectionError:
            pass
        pieces.put_nowait((loop.time() + seconds, b""))

    taking = asyncio.create_task(take())
    try:
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except ConnectionError:
        pass
    finally:
        taking.cancel()


async def serve(near_reader, near_writer, host, port, seconds):
    try:
        far_reader, far_writer = await asyncio.open_connection(host, port)
    except OSError:
        near_writer.close()
        return
    await asyncio.gather(
        pump(near_reader, far_writer, seconds), pump(far_reader, near_writer, seconds))
    far_writer.close()
    near_writer.close()


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--to", required=True, help="HOST:PORT of the relay")
    parser.add_argument("--ms", type=float, default=10, help="delay of each direction in milliseconds (default: 10)")
    options = parser.parse_args()
    host, _, port = options.to.rpartition(":")
    server = await asyncio.start_server(
        lambda reader, writer: serve(reader, writer, host, int(port), options.ms / 1000),
        "127.0.0.1", options.listen)
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
