"""The web server of the pages: Streamlit's own application plus routes that stream files to and from disk.

Start it with ``python -m streamlit_app.server``; address and port are Hestia's settings. Uploads do not pass
through Streamlit's memory, and neither do downloads.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import anyio.to_thread
import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from hestia_assets.core.errors import HestiaError, NotFoundError
from hestia_assets.core.results import Batch
from streamlit_app.downloads import account_csv, export_file, quarantine_lines
from streamlit_app.facade import hestia, uploads
from streamlit_app.uploads import (
    DAY_SECONDS,
    MEGABYTE,
    SliceDamagedError,
    SliceMismatchError,
    UnknownUploadError,
    UploadError,
    UploadFolder,
    UploadTooLargeError,
)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class ForeignOriginError(UploadError):
    """Another site tries to send a file in a visitor's name."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This request comes from another site.", hint="Open the Import page of Hestia itself.")


def explaining(handler: Handler) -> Handler:
    """Answer a HestiaError with its message and hint as JSON; bugs keep their traceback."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except HestiaError as error:
            body: dict[str, object] = {"code": error.code, "message": error.message, "hint": error.hint}
            if isinstance(error, SliceMismatchError):
                body["received"] = error.received
            return JSONResponse(body, status_code=_status(error))

    return answer


def _status(error: HestiaError) -> int:
    if isinstance(error, UploadError):
        return error.status
    return 404 if isinstance(error, NotFoundError) else 400


@explaining
async def put_slice(request: Request) -> Response:
    """Add one slice to an open upload: ``PUT /uploads/<token>?offset=…&size=…``.

    The slice is compared with the header ``X-Slice-SHA256`` where the sender gives one.
    """
    _refuse_strangers(request)
    token, folder = request.path_params["token"], uploads()
    offset, size = _number(request, "offset"), _number(request, "size")
    try:
        complete = folder.is_complete(token, size=size) or await _take(request, folder, token, offset=offset, size=size)
    except ClientDisconnect:  # the sender sends the slice again, or never comes back and the file is cleaned up
        return Response(status_code=204)
    return JSONResponse({"received": size if complete else folder.received(token), "complete": complete})


@explaining
async def open_another(request: Request) -> Response:
    """Open one more upload for a page that sends several files: ``POST /uploads/<token of the page>``."""
    _refuse_strangers(request)
    folder = uploads()
    if not folder.is_known(request.path_params["token"]):
        raise UnknownUploadError
    return JSONResponse({"token": await anyio.to_thread.run_sync(folder.open_token)})


@explaining
async def delete_upload(request: Request) -> Response:
    """Forget an upload that was cancelled."""
    _refuse_strangers(request)
    uploads().remove(request.path_params["token"])
    return Response(status_code=204)


@explaining
async def get_export(request: Request) -> Response:
    """A published file, from disk."""
    path = export_file(hestia(), request.path_params["name"])
    return FileResponse(path, filename=path.name, media_type="application/octet-stream")


@explaining
async def get_quarantine(request: Request) -> Response:
    """The quarantined rows of a batch as CSV, chunk by chunk."""
    batch = await _batch(request)
    headers = {"Content-Disposition": f'attachment; filename="{batch.dataset}-quarantine-{batch.id}.csv"'}
    lines = await anyio.to_thread.run_sync(quarantine_lines, hestia(), batch)
    return StreamingResponse(lines, media_type="text/csv", headers=headers)


@explaining
async def get_original(request: Request) -> Response:
    """The file of a batch, byte for byte."""
    batch = await _batch(request)
    path = await anyio.to_thread.run_sync(hestia().ingest.original, batch)
    return FileResponse(path, filename=batch.file_name, media_type="application/octet-stream")


@explaining
async def get_account(request: Request) -> Response:
    """The line account of a batch as CSV."""
    batch = await _batch(request)
    body = await anyio.to_thread.run_sync(account_csv, hestia(), batch)
    headers = {"Content-Disposition": f'attachment; filename="{batch.dataset}-account-{batch.id}.csv"'}
    return Response(body, media_type="text/csv", headers=headers)


async def _batch(request: Request) -> Batch:
    """The batch in the address, of this tenant. Raises NotFoundError."""
    batch = await anyio.to_thread.run_sync(hestia().batches.get, request.path_params["batch"])
    if batch.tenant != hestia().settings.tenant:
        raise NotFoundError("batch", batch.id)
    return batch


async def _take(request: Request, folder: UploadFolder, token: str, *, offset: int, size: int) -> bool:
    """Receive one slice beside the file, then let it join; tells whether the file is complete."""
    folder.accept(token, offset=offset, size=size)
    with folder.receiving(token) as piece:
        digest = await _to_disk(request, folder, piece, room=size - offset)
        if request.headers.get("x-slice-sha256", digest).lower() != digest:
            raise SliceDamagedError(offset)
        return await anyio.to_thread.run_sync(partial(folder.add, token, piece, offset=offset, size=size))


async def _to_disk(request: Request, folder: UploadFolder, piece: BinaryIO, *, room: int) -> str:
    """Write the body in blocks of about a megabyte, so that never more is in memory; returns its SHA-256."""
    waiting, digest = bytearray(), hashlib.sha256()

    def write() -> None:
        digest.update(waiting)
        piece.write(waiting)

    async for block in request.stream():
        room -= len(block)
        if room < 0:
            raise UploadTooLargeError(folder.max_bytes)
        waiting += block
        if len(waiting) >= MEGABYTE:
            await anyio.to_thread.run_sync(write)
            waiting.clear()
    await anyio.to_thread.run_sync(write)
    return digest.hexdigest()


def _refuse_strangers(request: Request) -> None:
    """Only our own pages may send: a browser says where a request comes from, and no script can forge it."""
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit(hestia().settings.ui_link).netloc}
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise ForeignOriginError
    if origin is not None and urlsplit(origin).netloc not in own:
        raise ForeignOriginError


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not text.isascii() or not text.isdigit():
        raise UploadError(f"The upload says no {name}.", hint="Reload the page and choose the file again.")
    return int(text)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Open the home before the first visitor, and put away what earlier visitors left behind.

    The pages are imported here, where Streamlit is ready for their components: pages that cannot be drawn must not
    look healthy, so the server does not start without them.
    """
    import_module("streamlit_app.app")
    await anyio.to_thread.run_sync(hestia)
    uploads().give_back_unused(older_than_seconds=0)
    uploads().clean(older_than_seconds=DAY_SECONDS)
    yield {}


def build_app() -> st.App:
    """The pages and our own routes as one ASGI application."""
    routes = [
        Route("/uploads/{token}", put_slice, methods=["PUT"]),
        Route("/uploads/{token}", open_another, methods=["POST"]),
        Route("/uploads/{token}", delete_upload, methods=["DELETE"]),
        Route("/downloads/exports/{name}", get_export, methods=["GET"]),
        Route("/downloads/quarantine/{batch}.csv", get_quarantine, methods=["GET"]),
        Route("/downloads/originals/{batch}", get_original, methods=["GET"]),
        Route("/downloads/accounts/{batch}.csv", get_account, methods=["GET"]),
    ]
    return st.App(Path(__file__).with_name("app.py"), routes=routes, lifespan=_lifespan)


def main() -> None:
    """Serve until stopped."""
    settings = hestia().settings
    build_app().run(config={"server.port": settings.ui_port, "server.address": settings.host})


if __name__ == "__main__":
    main()
