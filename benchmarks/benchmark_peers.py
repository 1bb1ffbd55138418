"""Who is measured: the same endpoint, on different grounds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["LEANER", "OURS", "PEERS", "RIVAL", "Peer"]

FOLDER = Path(__file__).with_name("peers")


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to write the endpoint.

    Attributes:
        name: its folder below `benchmarks/peers`.
        title: as tables and plots call it.
        shared: files beside the folders that belong into its package.
        only: of these distributions no more than the named files is packaged.
        identifies: whether it knows its caller; the floor does not, so it has no API keys.
    """

    name: str
    title: str
    shared: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    identifies: bool = True

    @property
    def folder(self) -> Path:
        """Where `handler.py` and `requirements.txt` are."""
        return FOLDER / self.name

    @property
    def sources(self) -> list[Path]:
        """The files that a developer of the service has written."""
        return [*sorted(self.folder.glob("*.py")), *(FOLDER / name for name in self.shared)]


OURS, RIVAL, LEANER = "pycommon", "powertools", "powertools_no_account"
"""Whom the targets compare: the rival does the same, the leaner one does without a payer."""

PEERS = {
    peer.name: peer
    for peer in (
        Peer("pycommon", "PyCommon"),
        Peer("powertools", "Powertools", shared=("by_hand.py", "powertools_endpoint.py")),
        Peer("powertools_no_account", "Powertools, no account", shared=("by_hand.py", "powertools_endpoint.py")),
        # As `chalice package` does: chalice/deploy/packager.py copies these two files.
        Peer("chalice", "Chalice", shared=("by_hand.py",), only=("chalice/__init__.py", "chalice/app.py")),
        Peer("floor", "boto3 alone", identifies=False),
    )
}
