"""Draw the pictures of docs/architecture.md: `python docs/pictures/draw_pictures.py` writes each of them as SVG.

The pictures are narrow, so that they can be read on a phone. A text that does not fit into its box is an error.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
WIDTH = 480
MARGIN = 16
TITLE, NOTE = 15, 13  # font sizes
BOLD_WIDTH, PLAIN_WIDTH = 0.57, 0.53  # the width of a character, as a part of the font size
LINE = 19
HALF = 210  # the width of a box that has another beside it
LEFT, RIGHT = MARGIN + HALF // 2, WIDTH - MARGIN - HALF // 2  # the middles of both

BLUE, GREEN, SAND, GREY, WHITE = "#e3eefb", "#e2f3e6", "#fdf1dc", "#eef0f2", "#ffffff"
INK, SOFT, EDGE, RED = "#1b2733", "#465666", "#7f90a1", "#a3261b"


class Box(NamedTuple):
    """A box of a picture: a bold title, and lines below it."""

    title: str
    lines: tuple[str, ...] = ()
    fill: str = WHITE
    refusal: str = ""  # shown at the right: how a step refuses

    @property
    def height(self) -> int:
        """What the texts need, with a border."""
        return LINE * (len(self.lines) + bool(self.title)) + 15


class Picture:
    """An SVG that grows from the top down."""

    def __init__(self, description: str) -> None:
        self.description = description
        self.parts: list[str] = []
        self.bottom = MARGIN

    def box(self, box: Box, *, left: int = MARGIN, width: int = WIDTH - 2 * MARGIN, extra: str = "") -> None:
        """Draw `box` at the bottom of the picture, without moving the bottom."""
        top = self.bottom
        self.parts.append(
            f'<rect x="{left}" y="{top}" width="{width}" height="{box.height}" rx="7" fill="{box.fill}" '
            f'stroke="{EDGE}"{extra}/>'
        )
        room = width - 20 - (108 if box.refusal else 0)
        baseline = top + 22
        if box.title:
            self.text(box.title, left + 11, baseline, room, bold=True)
            baseline += LINE
        for line in box.lines:
            self.text(line, left + 11, baseline, room, colour=SOFT)
            baseline += LINE
        if box.refusal:
            middle = top + box.height / 2 + 4.5
            self.text(box.refusal, left + width - 11, middle, 108, colour=RED, anchor="end")

    def text(  # noqa: PLR0913 - the parts of a text
        self,
        text: str,
        x: float,
        y: float,
        room: float,
        *,
        bold: bool = False,
        colour: str = INK,
        anchor: str = "start",
    ) -> None:
        """Draw `text` on the baseline `y`.

        Raises:
            ValueError: the text is wider than `room`.
        """
        size = TITLE if bold else NOTE
        needed = len(text) * size * (BOLD_WIDTH if bold else PLAIN_WIDTH)
        if needed > room:
            raise ValueError(f"{text!r} needs {needed:.0f} of {room:.0f} pixels")
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>'
            f"{escape(text)}</text>"
        )

    def arrow(self, x: float, top: float, bottom: float, label: str = "", *, beside: float = 8) -> None:
        """Draw an arrow that points down, with its label at the right."""
        self.parts.append(
            f'<path d="M{x:g} {top:g} V{bottom - 2:g}" stroke="{SOFT}" stroke-width="1.6" fill="none" '
            'marker-end="url(#head)"/>'
        )
        if label:
            self.text(label, x + beside, (top + bottom) / 2 + 4, WIDTH - x - beside, colour=SOFT)

    def svg(self) -> str:
        """Return the whole picture."""
        height = self.bottom + MARGIN
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img" font-family="Helvetica, Arial, sans-serif">\n'
            f"<title>{escape(self.description)}</title>\n"
            f'<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="{SOFT}"/></marker></defs>\n'
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n' + "\n".join(self.parts) + "\n</svg>\n"
        )


def steps(picture: Picture, boxes: tuple[Box, ...]) -> None:
    """Draw `boxes` below each other, with arrows between them."""
    for number, box in enumerate(boxes):
        if number:
            picture.arrow(WIDTH / 2, picture.bottom, picture.bottom + 20)
            picture.bottom += 20
        picture.box(box)
        picture.bottom += box.height


def side_by_side(picture: Picture, left: Box, right: Box) -> None:
    """Draw two boxes of the same height beside each other."""
    lines = max(len(left.lines), len(right.lines))
    for box, middle in ((left, LEFT), (right, RIGHT)):
        filled = box._replace(lines=(*box.lines, *[""] * (lines - len(box.lines))))
        picture.box(filled, left=middle - HALF // 2, width=HALF)
    picture.bottom += LINE * (lines + 1) + 15


def overview() -> Picture:
    """Draw the two distributions, the services, and AWS."""
    picture = Picture(
        "The command line reads and deploys services; the library runs inside their functions; both use AWS"
    )
    picture.box(
        Box(
            "Services: one folder each, with serverless.yml",
            (
                "amplify-platform: tables, users, REST API, costs",
                "amplify-lambda: documents for retrieval",
                "amplify-agent-loop-lambda: router, workflows, MCP",
                "amplify-lambda-python-base: the sample to copy",
            ),
            SAND,
        )
    )
    picture.bottom += LINE * 5 + 15
    top = picture.bottom
    picture.arrow(LEFT, top, top + 42, "are read by")
    picture.arrow(RIGHT, top, top + 42, "import")
    picture.bottom += 42
    side_by_side(
        picture,
        Box(
            "On a workstation",
            (
                "amplify-pycommon-cli",
                "cli/src/pycommon_cli",
                "",
                "check: find mistakes",
                "iam: write policies",
                "env: show variables",
                "keys: manage API keys",
                "usage: show and recover",
                "interfaces: describe APIs",
                "local: run a local AWS",
            ),
            GREEN,
        ),
        Box(
            "In each function",
            (
                "amplify-pycommon",
                "src/pycommon",
                "",
                "decorators: declare",
                "authz: guard",
                "metrics: meter",
                "api: route operations",
                "interfaces: describe",
                "env: resolve variables",
                "dal: call AWS",
            ),
            BLUE,
        ),
    )
    middle = picture.bottom - 100
    picture.parts.append(
        f'<path d="M226 {middle} H252" stroke="{SOFT}" stroke-width="1.6" fill="none" marker-end="url(#head)"/>'
    )
    top = picture.bottom
    picture.arrow(LEFT, top, top + 42, "deploys, reads")
    picture.arrow(RIGHT, top, top + 42, "calls")
    picture.bottom += 42
    steps(
        picture,
        (
            Box(
                "AWS, or the local AWS (MiniStack, enforces IAM)",
                (
                    "Records: usage, costs, variables, accounts, API keys",
                    "Parameter Store, Cognito, API Gateway, SQS, S3",
                ),
                GREY,
            ),
        ),
    )
    return picture


def request() -> Picture:
    """Draw the way of a request through a guarded function."""
    picture = Picture("A request passes variables, token, identity, budget, body, schema and permission to the handler")
    steps(
        picture,
        (
            Box("HTTP request", ("REST API, HTTP API, function URL, load balancer",), GREY),
            Box("1 Variables", ("@required_env_vars: environment,", "then Parameter Store"), GREEN, "500"),
            Box("2 Event, 3 bearer token", ("@validated starts here",), BLUE, "400, 401"),
            Box("4 Identity", ("JWT: signature and claims;", "or API key: item in the table"), BLUE, "401, 403, 503"),
            Box("5 Account and budget", ("who pays, and what the payer may still spend",), BLUE, "429, 503"),
            Box("6 Body, 7 schema", ("JSON Schema of path and operation",), BLUE, "400, 403"),
            Box("8 Permission", ("the service's own checker",), BLUE, "403"),
            Box("9 Handler", ("handler(event, context, user, name, data)",), SAND, "any"),
            Box("10 Response", ("proxy response, CORS headers",), BLUE, "500"),
            Box(
                "11 Usage record",
                ("one item: payer, time, memory, cost;", "also for a refused request with a known payer"),
                BLUE,
                "never refuses",
            ),
            Box("HTTP response", (), GREY),
        ),
    )
    return picture


def event() -> Picture:
    """Draw the way of an event through a metered function, and on to the costs."""
    picture = Picture("An event is metered: source, handler, payers, usage record, roll-up into costs")
    steps(
        picture,
        (
            Box("Event", ("SQS, SNS, S3, stream, schedule, EventBridge, ...",), GREY),
            Box("Variables", ("@required_env_vars: the same as for a request",), GREEN),
            Box("Event source", ("@track_execution: recognise the shape of the event",), BLUE),
            Box("Handler", ("handler(event, context)", "may say who pays: bill_to(account=..., user=...)"), SAND),
            Box(
                "Payers",
                (
                    "1. whom the handler names with bill_to",
                    "2. account= and user= of the decorator",
                    "3. whom the event names",
                    "4. the system",
                ),
                BLUE,
            ),
            Box("Usage record", ("one item for each payer; the costs are split exactly",), BLUE),
        ),
    )
    top = picture.bottom
    picture.arrow(LEFT, top, top + 42, "written once")
    picture.arrow(RIGHT, top, top + 42, "not written")
    picture.bottom += 42
    side_by_side(
        picture,
        Box("Usage table", ("DynamoDB, TTL 90 days",), GREY),
        Box("Line in the log", ("pycommon usage recover",), GREY),
    )
    picture.arrow(LEFT, picture.bottom, picture.bottom + 42, "stream")
    picture.bottom += 42
    steps(
        picture,
        (
            Box("Roll-up in amplify-platform", ("adds each item once to the payer's costs",), SAND),
            Box("Costs table", ("step 5 of the next request compares it with the limit",), GREY),
        ),
    )
    return picture


def check() -> Picture:
    """Draw a run of `pycommon check`."""
    picture = Picture("pycommon check reads Python and serverless.yml into facts, and rules compare the facts")
    steps(
        picture,
        (Box("pycommon check PATH ...", ("finds each folder with a serverless.yml; no code runs",), GREEN),),
    )
    top = picture.bottom
    picture.arrow(LEFT, top, top + 26)
    picture.arrow(RIGHT, top, top + 26)
    picture.bottom += 26
    side_by_side(
        picture,
        Box("analysis/python", ("follows the code from", "each handler, with", "abstract values"), BLUE),
        Box("analysis/serverless", ("resolves variables,", "builds the roles that", "osls would deploy"), BLUE),
    )
    top = picture.bottom
    picture.arrow(LEFT, top, top + 26)
    picture.arrow(RIGHT, top, top + 26)
    picture.bottom += 26
    side_by_side(
        picture,
        Box("CodeFacts", ("declared variables,", "reads, AWS calls"), SAND),
        Box("ConfigurationFacts", ("functions, triggers,", "grants, resources"), SAND),
    )
    top = picture.bottom
    picture.arrow(LEFT, top, top + 26)
    picture.arrow(RIGHT, top, top + 26)
    picture.bottom += 26
    steps(
        picture,
        (
            Box(
                "check/rules",
                ("each rule compares facts: declared = granted = used", "iam/policy: what IAM must allow"),
                GREEN,
            ),
            Box("Findings", ("without those of noqa comments and the baseline",), SAND),
            Box("check/output, check/fixes", ("text, JSON, SARIF, GitHub; --fix edits the files",), GREEN),
        ),
    )
    return picture


LAYERS = (
    ("main", "starts the command"),
    ("commands", "each */*_commands.py"),
    ("check", "rules, fixes, reports"),
    ("iam", "least policies"),
    ("interfaces, keys, usage", "side by side"),
    ("env", "variables of a stage"),
    ("stage", "names of a stage"),
    ("local", "the local AWS"),
    ("analysis", "reads services"),
    ("base of the command line", "terminal, errors"),
    ("entry points", "__main__, testing, faces"),
    ("interfaces", "OpenAPI, tools, MCP"),
    ("api", "operations, router"),
    ("authz, decorators", "guard; declare"),
    ("metrics, critical_errors", "usage; reports"),
    ("env", "variables"),
    ("dal", "AWS clients, operations"),
    ("base of the library", "errors, log, environment"),
)
LIBRARY_BEGINS = 10


def layers() -> Picture:
    """Draw which layer may import which."""
    picture = Picture("Layers from the top down; a module imports from its own unit and from the layers below it")
    for number, (name, note) in enumerate(LAYERS):
        if number in (0, LIBRARY_BEGINS):
            picture.bottom += 12 if number else 0
            folder = "src/pycommon" if number else "cli/src/pycommon_cli"
            picture.text(folder, MARGIN, picture.bottom + 14, 300, bold=True)
            picture.bottom += 24
        fill = BLUE if number >= LIBRARY_BEGINS else GREEN
        picture.box(Box(name, (), fill), width=WIDTH - 2 * MARGIN - 26, extra=f' data-layer="{escape(name)}"')
        picture.text(note, WIDTH - MARGIN - 37, picture.bottom + 22, 190, colour=SOFT, anchor="end")
        picture.bottom += 34 + 5
    picture.arrow(WIDTH - MARGIN - 8, MARGIN + 24, picture.bottom - 5)
    return picture


PICTURES = {"overview": overview, "request": request, "event": event, "check": check, "layers": layers}


def main() -> None:
    """Write every picture."""
    for name, draw in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(draw().svg())


if __name__ == "__main__":
    main()
