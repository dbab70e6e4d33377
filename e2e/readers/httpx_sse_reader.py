"""Reads a feed with Python's httpx-sse, and says its events on standard error.

    KEY=… python httpx_sse_reader.py ADDRESS
"""

import os
import sys

import httpx
from httpx_sse import connect_sse

headers = {"Authorization": f"Bearer {os.environ['KEY']}"}
after = os.environ.get("AFTER")
if after:
    headers["Last-Event-ID"] = after
with httpx.Client(timeout=None, trust_env=False) as client:
    with connect_sse(client, "GET", sys.argv[1], headers=headers) as source:
        for event in source.iter_sse():
            # 0.4.3 makes an event of a block of nothing but `retry:`; by the standard it is none.
            if not event.data:
                continue
            text = f"id: {event.id}\nevent: {event.event}\ndata: {event.data}\n"
            print(text, file=sys.stderr, flush=True)
