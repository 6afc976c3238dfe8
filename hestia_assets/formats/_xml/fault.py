"""What is wrong with a document, and where."""

from hestia_assets.core.errors import UnreadableFileError

HINT = "Ask for the file again, or correct the place named above."
INVALID = "invalid token"
"""Part of what expat says of a sign that it does not know."""


class XmlFaultError(Exception):
    """The document breaks off or breaks a rule at a line and column, both from 1."""

    def __init__(self, line: int, column: int, reason: str, *, hint: str = HINT) -> None:
        super().__init__(reason)
        self.line, self.column, self.reason, self.hint = line, column, reason, hint

    def refusal(self) -> UnreadableFileError:
        """The same as the error that a person sees."""
        place = f"line {self.line:,}, column {self.column:,}"
        return UnreadableFileError(f"The file is no XML that can be read: {place}: {self.reason}.", hint=self.hint)
