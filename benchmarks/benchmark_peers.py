"""Define the peers: the same endpoint on different libraries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["LEANER", "OURS", "PEERS", "RIVAL", "Peer"]

FOLDER = Path(__file__).with_name("peers")


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer: one way to write the endpoint.

    Attributes:
        name: the name of the peer, which is its folder below `benchmarks/peers`.
        title: the peer's name in tables and plots.
        shared: the files in `benchmarks/peers` that belong to the peer's package.
        only: files of distributions. If a distribution has one of these files, only these files are packaged.
        identifies: whether the endpoint identifies its caller. The floor does not identify callers, and has no API
            keys.
    """

    name: str
    title: str
    shared: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    identifies: bool = True

    @property
    def folder(self) -> Path:
        """The folder of the handler and of `requirements.txt`."""
        return FOLDER / self.name

    @property
    def sources(self) -> list[Path]:
        """The source files of the endpoint."""
        return [*sorted(self.folder.glob("*.py")), *(FOLDER / name for name in self.shared)]

    def name_in_package(self, source: Path) -> str:
        """Return the name of a source file in the package: the handler is always `handler.py` there."""
        return "handler.py" if source.name == f"{self.name}_handler.py" else source.name


OURS, RIVAL, LEANER = "pycommon", "powertools", "powertools_no_account"
"""The peers that the speed targets compare. The rival does the same work. The leaner peer does not look up a payer."""

PEERS = {
    peer.name: peer
    for peer in (
        Peer("pycommon", "PyCommon"),
        Peer("powertools", "Powertools", shared=("by_hand.py", "powertools_endpoint.py")),
        Peer("powertools_no_account", "Powertools, no account", shared=("by_hand.py", "powertools_endpoint.py")),
        # `chalice package` copies only these two files: see chalice/deploy/packager.py.
        Peer("chalice", "Chalice", shared=("by_hand.py",), only=("chalice/__init__.py", "chalice/app.py")),
        Peer("floor", "boto3 alone", identifies=False),
    )
}
