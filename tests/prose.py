"""Collect every sentence of this project that a person reads: pages, docstrings, comments and messages.

    python -m tests.prose --report              # sentence length by area, and the twenty longest sentences
    python -m tests.prose --words               # words of the list in tests/banned_words.py, with their places
    python -m tests.prose --sample 30 --seed 7  # thirty sentences at random; the same seed draws the same sentences

`tests/test_style.py` fails on the words. The lengths are a report only.
"""

from __future__ import annotations

import argparse
import ast
import io
import random
import re
import sys
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from tests.banned_words import BANNED, EXCEPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
CODE_FOLDERS = ("src", "cli/src", "amplify-*", "demo", "benchmarks", "docs")
PAGES = ("*.md", "docs/**/*.md", "amplify-*/*.md", "cli/*.md")
SKIPPED = {"node_modules", ".serverless", ".pycommon", "__pycache__"}
LONGEST = 20
FEWEST_WORDS = 4  # a sample of fewer is a label, not a sentence

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]?\s+(?=[\"'(]?(?:[A-Z`@]|[\w-]+\.md\b|osls\b))")
_CODE = re.compile(r"``[^`]+``|`[^`\n]*`")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_HEADER = re.compile(r"(Args|Attributes|Returns|Yields|Raises|Note|Source):$")
_EXAMPLE = re.compile(r"Examples?:$|.*::$")
_ENTRY = re.compile(r"\*{0,2}[\w.`, *]+(?: \([^)]*\))?: +(?=\S)")
_DIRECTIVE = re.compile(r"\s*(?:noqa|type: ignore|pragma|pycommon: noqa)[^-]*(?:- |$)")


class Sentence(NamedTuple):
    """One sentence, with the file and the line of the paragraph that it is in."""

    path: str
    line: int
    text: str

    @property
    def words(self) -> int:
        """Count the words."""
        return len(self.text.split())

    @property
    def prose(self) -> str:
        """Return the text without code in backticks."""
        return _CODE.sub("`", self.text)


class _Paragraph(NamedTuple):
    line: int
    text: str


@cache
def sentences() -> tuple[Sentence, ...]:
    """Return every sentence of the project, in the order of files and lines."""
    found = []
    for file in sorted(_files()):
        text, path = file.read_text("utf-8"), file.relative_to(ROOT).as_posix()
        collect = {".py": _of_python, ".md": _of_markdown, ".yml": _of_yaml}[file.suffix]
        for paragraph in collect(text):
            parts = _SENTENCE_END.split(" ".join(paragraph.text.split()))
            found += [Sentence(path, paragraph.line, part) for part in parts if re.search(r"[A-Za-z]{2}", part)]
    return tuple(found)


def _files() -> Iterator[Path]:
    patterns = [f"{folder}/**/*{suffix}" for folder in CODE_FOLDERS for suffix in (".py", ".yml")]
    files = {file for pattern in (*PAGES, *patterns) for file in ROOT.glob(pattern)}
    return (each for each in files if not SKIPPED & set(each.relative_to(ROOT).parts))


def _of_markdown(text: str) -> Iterator[_Paragraph]:
    """Yield paragraphs, list items, table cells and headings, without fenced code."""
    text = re.sub(r"^ *```.*?^ *```$", lambda code: "\n" * code[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)
    yield from _paragraphs(1, (_LINK.sub(r"\1", line).replace("**", "") for line in text.splitlines()))


def _of_yaml(text: str) -> Iterator[_Paragraph]:
    """Yield the comments of a YAML file; lines of comments that follow each other are one paragraph."""
    lines = [re.match(r"\s*#+ ?(.*)", line) for line in text.splitlines()]
    yield from _paragraphs(1, (match[1] if match else "" for match in lines))


def _of_python(text: str) -> Iterator[_Paragraph]:
    nodes = list(ast.walk(ast.parse(text)))
    # A text that is a statement documents a module, a class, a function, or the name above it.
    docstrings = [node.value for node in nodes if isinstance(node, ast.Expr) and _is_text(node.value)]
    for constant in docstrings:
        yield from _of_docstring(constant.lineno, str(constant.value))
    yield from _messages(nodes, set(docstrings))
    yield from _comments(text)


def _is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _of_docstring(first: int, docstring: str) -> Iterator[_Paragraph]:
    """Yield the paragraphs of a docstring, each argument on its own, without examples and section headers."""
    kept: list[str] = []
    example_indent: int | None = None
    for line in docstring.expandtabs().splitlines():
        indent = len(line) - len(line.lstrip())
        if example_indent is not None and line.strip() and indent <= example_indent:
            example_indent = None
        hidden = example_indent is not None or bool(_HEADER.match(line.strip()))
        if _EXAMPLE.match(line.strip()):
            example_indent = indent
            hidden = line.strip().startswith("Example")
        entry = _ENTRY.match(line.strip()) if indent else None
        kept.append("" if hidden else f"- {line.strip()[entry.end() :]}" if entry else line)
    yield from _paragraphs(first, kept)


def _messages(nodes: list[ast.AST], docstrings: set[ast.Constant]) -> Iterator[_Paragraph]:
    """Yield the texts in the code that look like sentences; `{}` replaces the values of an f-string."""
    inside: set[ast.AST] = set()
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            inside.update(node.values)
            text = "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
        elif _is_text(node) and node not in docstrings and node not in inside:
            text = str(node.value)
        else:
            continue
        if "\n" not in text.strip() and len(re.findall(r"(?<!\S)[A-Za-z][a-z']*[,.;:?]?(?!\S)", text)) >= FEWEST_WORDS:
            yield _Paragraph(node.lineno, text)


def _comments(text: str) -> Iterator[_Paragraph]:
    own_line: list[str] = [""] * (text.count("\n") + 2)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comment = _DIRECTIVE.sub("", token.string.lstrip("#"), count=1).strip()
            if token.line.lstrip().startswith("#"):
                own_line[token.start[0] - 1] = comment
            elif comment:
                yield _Paragraph(token.start[0], comment)
    yield from _paragraphs(1, own_line)


def _paragraphs(first: int, lines: Iterable[str]) -> Iterator[_Paragraph]:
    """Join lines to paragraphs. A heading, a list item and a table cell are each a paragraph of its own."""
    start, joined = first, ""
    for number, line in enumerate([*lines, ""], first):
        stripped = line.strip()
        row, heading = stripped.startswith("|"), re.match(r"#+ ", stripped)
        starts_anew = re.match(r"(?:[-*]|\d+\.) ", stripped)
        if joined and (not stripped or row or heading or starts_anew):
            yield _Paragraph(start, joined)
            joined = ""
        if row:
            yield from (
                _Paragraph(number, cell.strip()) for cell in re.split(r"(?<!\\)\|", stripped) if cell.strip(" -:")
            )
        elif heading:
            yield _Paragraph(number, stripped[heading.end() :])
        elif stripped and not stripped.startswith(("<!--", ">>> ")):
            start = start if joined else number
            joined = f"{joined} {stripped[starts_anew.end() :] if starts_anew else stripped}"


def banned(found: Iterable[Sentence]) -> Iterator[str]:
    """Yield a line for each banned word in the sentences, with its place and what to write."""
    for sentence in found:
        for word in BANNED:
            if (word.name, sentence.path) not in EXCEPTIONS and ("*", sentence.path) not in EXCEPTIONS:
                for match in word.pattern.finditer(sentence.prose):
                    yield f"{sentence.path}:{sentence.line}: {match[0]!r}: write {word.instead}\n    {sentence.text}"


def _report(found: Iterable[Sentence]) -> Iterator[str]:
    areas: dict[str, list[int]] = {"all": [each.words for each in found]}
    for each in found:
        areas.setdefault(each.path.partition("/")[0], []).append(each.words)
    yield "area                            sentences  median  p90"
    for area, lengths in areas.items():
        ordered = sorted(lengths)
        middle, long = ordered[len(ordered) // 2], ordered[len(ordered) * 9 // 10]
        yield f"{area:32}{len(ordered):9}{middle:8}{long:5}"
    for each in sorted(found, key=lambda each: -each.words)[:LONGEST]:
        yield f"\n{each.path}:{each.line} ({each.words} words)\n    {each.text}"


def main() -> None:
    """Print what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m tests.prose", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--report", action="store_true", help="print sentence lengths")
    parser.add_argument("--words", action="store_true", help="print the places of banned words")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="print N sentences at random")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the sample")
    options = parser.parse_args()
    found = sentences()
    different = list({each.prose: each for each in found if each.words >= FEWEST_WORDS}.values())
    lines = [*(_report(different) if options.report else ()), *(banned(found) if options.words else ())]
    if options.sample:
        whole = [each for each in different if each.text.endswith((".", "!", "?"))]  # not a table cell or an attribute
        drawn = random.Random(options.seed).sample(whole, options.sample)  # noqa: S311 - a sample, not a secret
        lines += [f"{each.path}:{each.line}\n    {each.text}" for each in drawn]
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
