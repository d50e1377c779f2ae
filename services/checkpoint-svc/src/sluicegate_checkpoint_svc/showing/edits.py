"""Lets a person change a payload: its files as text, or the whole as JSON; and shows what they changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sluicegate_checkpoint_svc.showing import files
from sluicegate_checkpoint_svc.showing.exact import Value, compact, parse, scalar_text
from sluicegate_checkpoint_svc.showing.files import FileChange, What
from sluicegate_checkpoint_svc.showing.lines import compare, split
from sluicegate_checkpoint_svc.showing.parts import find


@dataclass(frozen=True, slots=True)
class EditableFile:
    """A file's content, as a form shows it."""

    number: int
    path: str
    text: str
    """With `\\n` alone at the ends of lines: that is all that forms keep."""
    editable: bool
    """Whether the ends of lines can be put back: those of mixed kinds can't."""


def editable(changes: Sequence[FileChange]) -> list[EditableFile]:
    """The files to edit."""
    return [
        EditableFile(change.number, change.path, _plain(change.content), _keeps(change.content)) for change in changes
    ]


def with_contents(payload: str, at: str, contents: Mapping[int, str]) -> str:
    """The payload's text with these contents in place of its files', by number; untouched ones stay byte for byte."""
    value = parse(payload)
    part = find(value, at)
    items = part.value if part is not None and isinstance(part.value, list) else []
    for number, text in contents.items():
        item = items[number] if 0 <= number < len(items) else None
        content = item.get("content") if isinstance(item, dict) else None
        if isinstance(item, dict) and isinstance(content, str) and _keeps(content) and text != _plain(content):
            item["content"] = text.replace("\n", "\r\n") if "\r\n" in content else text
    return compact(value)


def same(payload: str, edited: str) -> bool:
    """Whether an edit says the same, however it is laid out."""
    return compact(parse(payload)) == compact(parse(edited))


def changes_between(payload: str, edited: str, at: str | None) -> list[FileChange]:
    """What an edit changes: by file, where that is all; else in the payload as a whole. `at`: of a `files` view."""
    by_file = None if at is None else _by_file(parse(payload), parse(edited), at)
    if by_file is not None:
        return by_file
    return [_change(0, "payload", "\n".join(readable(parse(payload))), "\n".join(readable(parse(edited))))]


def readable(value: Value, indent: str = "", name: str = "") -> list[str]:
    """A value laid out for reading and comparing: a line a member, text of several lines as a marked block."""
    match value:
        case dict() if value:
            inner = indent + "  " if name else indent
            lines = [f"{indent}{name}"] if name else []
            for key, member in value.items():
                lines += readable(member, inner, f"{scalar_text(key)}:")
            return lines
        case list() if value:
            inner = indent + "  " if name else indent
            lines = [f"{indent}{name}"] if name else []
            for item in value:
                lines += readable(item, inner, "-")
            return lines
        case str() if "\n" in value:
            return [f"{indent}{name}", *(f"{indent}  │ {line}" for line in value.split("\n"))]
        case dict() | list():
            return [f"{indent}{name} {'{}' if isinstance(value, dict) else '[]'}"]
        case _:
            return [f"{indent}{name} {scalar_text(value)}"]


def _by_file(asked: Value, edited: Value, at: str) -> list[FileChange] | None:
    before, after = find(asked, at), find(edited, at)
    if before is None or after is None:
        return None
    old, new = files.read(before), files.read(after)
    if old is None or new is None or len(old) != len(new):
        return None
    for number in range(len(old)):
        for item in (find(asked, f"{at}/{number}"), find(edited, f"{at}/{number}")):
            if item is not None and isinstance(item.value, dict):
                item.value["content"] = None
    if compact(asked) != compact(edited):
        return None
    pairs = zip(old, new, strict=True)
    return [_change(a.number, a.path, a.content, b.content) for a, b in pairs if a.content != b.content]


def _change(number: int, path: str, old: str, new: str) -> FileChange:
    stretches = tuple(compare(split(old), split(new)))
    return FileChange(
        number=number,
        path=path,
        content=new,
        what=What.CHANGED,
        present=old,
        present_digest=None,
        present_bytes=None,
        others=(),
        stretches=stretches,
        added=sum(stretch.d - stretch.c for stretch in stretches if not stretch.same),
        removed=sum(stretch.b - stretch.a for stretch in stretches if not stretch.same),
    )


def _plain(content: str) -> str:
    return content.replace("\r\n", "\n")


def _keeps(content: str) -> bool:
    plain = _plain(content)
    return "\r" not in plain and ("\r\n" not in content or content == plain.replace("\n", "\r\n"))
