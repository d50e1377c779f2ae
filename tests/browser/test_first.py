def test_first(console, visit):
    path = console.waiting(console.sample("code-generation-review"))
    ana = visit("Ana")
    ana.page.goto("/admin/agent-checkpoints")
    ana.page.screenshot(path="/tmp/shot-inbox.png")
    ana.page.goto(path)
    ana.page.screenshot(path="/tmp/shot-review.png", full_page=True)
    from tests.browser.axe import violations
    assert violations(ana.page) == []
