"""Which service a path belongs to."""

from pathlib import Path

import pytest

from sluicegate_dev.errors import NotAClone
from sluicegate_dev.routes import Route, read_routes, routes_of, service_for

ROUTES = read_routes(Path(__file__).parents[3] / "deploy" / "routes.toml")


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/api/agent-jobs", "api"),
        ("/api/agent-jobs/1/checkpoints", "api"),
        ("/api/admin/agent-worker", "api"),
        ("/api/metrics", "api"),
        ("/openapi/api.json", "api"),
        ("/api/admin/agent-checkpoints", "checkpoint-svc"),
        ("/api/admin/agent-checkpoints/1/acknowledge", "checkpoint-svc"),
        ("/openapi/checkpoint-svc.json", "checkpoint-svc"),
        ("/", "checkpoint-svc"),
        ("/admin", "checkpoint-svc"),
        ("/admin/agent-jobs/1", "api"),
        ("/apis", None),
        ("/healthz", None),
        ("/metrics", None),
    ],
)
def test_a_path_goes_to_the_service_that_has_its_longest_prefix(path: str, service: str | None) -> None:
    assert service_for(path, ROUTES) == service


def test_a_prefix_ends_where_a_segment_ends() -> None:
    assert service_for("/api/admin/agent-checkpoints-of-others", ROUTES) == "api"


def test_the_order_in_the_file_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "routes.toml"
    file.write_text('[[route]]\nprefix="/a"\nservice="one"\n[[route]]\nprefix="/a/b"\nservice="two"\n')
    assert read_routes(file) == (Route("/a/b", "two"), Route("/a", "one"))


def test_a_folder_without_routes_is_no_clone(tmp_path: Path) -> None:
    with pytest.raises(NotAClone, match=r"no deploy/routes\.toml"):
        routes_of(tmp_path)
