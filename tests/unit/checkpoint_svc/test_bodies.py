"""The exact bytes of an edited payload, cut from the body that brought it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sluicegate_checkpoint_svc.http.bodies import exact_member

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
spaces = st.text(" \t\r\n", max_size=3)
members = st.dictionaries(st.text().filter(lambda name: name != "editedPayload"), values, max_size=3)


@given(before=members, after=members, payload=values, space=spaces, ascii_only=st.booleans())
def test_the_bytes_are_those_of_the_body_wherever_the_member_stands(
    before: dict[str, object], after: dict[str, object], payload: object, space: str, ascii_only: bool
) -> None:
    text = json.dumps(payload, ensure_ascii=ascii_only, indent=len(space) or None)
    written = [*(f"{json.dumps(k)}{space}:{space}{json.dumps(v)}" for k, v in before.items())]
    written.append(f'"editedPayload"{space}:{space}{text}')
    written += [f"{json.dumps(k)}:{json.dumps(v)}" for k, v in after.items() if k not in before]
    body = space + "{" + space + f"{space},{space}".join(written) + space + "}" + space
    assert exact_member(body.encode("utf-8", "surrogatepass"), "editedPayload") == text.encode("utf-8", "surrogatepass")


def test_big_numbers_and_odd_spelling_stay() -> None:
    body = b'{"reason":"r","editedPayload": {"n": 1E+2, "big":90071992547409931234567890,"\\u0061":1.0} }'
    assert exact_member(body, "editedPayload") == b'{"n": 1E+2, "big":90071992547409931234567890,"\\u0061":1.0}'


def test_a_member_of_that_name_deeper_down_is_not_meant() -> None:
    assert exact_member(b'{"x":{"editedPayload":1},"editedPayload":2}', "editedPayload") == b"2"
