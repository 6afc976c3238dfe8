"""Files that a person fetches from an address to look at them: they join the uploads."""

from collections.abc import Callable

from hestia_assets.core.addresses import connector_for, shown
from hestia_assets.core.errors import FetchError
from streamlit_app.chosen import ChosenFile
from streamlit_app.facade import hestia, uploads
from streamlit_app.uploads import safe_file_name

MOST_FILES = 500


def fetch(url: str, *, pattern: str = "*", on_file: Callable[[int, str], object]) -> list[ChosenFile]:
    """Bring what an address has: one file, or all below a prefix, up to ``MOST_FILES``.

    Raises:
        SpecError: it is no address that files can be fetched from.
        FetchError: there is nothing.
        TransientError: nothing can be had now.
    """
    sources = hestia().sources
    connector = connector_for(sources.connectors, url)
    files: list[ChosenFile] = []
    for number, file in enumerate(connector.list(url, pattern, reach=sources.reach), start=1):
        if number > MOST_FILES:
            break
        on_file(number, file.name)
        with connector.open(file, reach=sources.reach) as download:
            assert download is not None, "no version was named"
            token = uploads().keep(download.source)
            name, origin = safe_file_name(download.file.name.rsplit("/", 1)[-1]), shown(file.url)
        files.append(ChosenFile(name, uploads().path(token).stat().st_size, token=token, origin=origin))
    if not files:
        raise FetchError(f"There is no file at {shown(url)}.", hint="Check the address and the pattern of names.")
    return files
