"""The two assistants that come with the house: the demo's program, and the workflow for n8n."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from comptoir.bespoke.assistant import signing
from comptoir.bespoke.models import Order, Revision
from comptoir.demo import assistant as demo_assistant
from comptoir.demo.writing import written
from tests import found
from tests.bespoke.bespoke_driver import ANSWERS, SECRET, BespokeDriver

WORKFLOW = json.loads((Path(__file__).parents[3] / "docs/assistant-n8n.json").read_text("utf-8"))
ASKED = {
    "orderId": "0192f0c1-0000-7000-8000-000000000001",
    "revision": 2,
    "level": "intuitive",
    "service": "premium",
    "language": "fr",
    "clientName": "Béa",
    "expertName": "Élise",
    "expertPrompt": "Écris une lecture.",
    "expertInstructions": "Vouvoiement.",
    "intake": [{"name": "question", "question": "Votre question ?", "answer": "Partir ?"}],
    "previous": [{"revision": 1, "content": "Trop court", "reason": "Plus long."}],
    "callbackUrl": "http://shop.test/api/webhooks/assistant",
}


# ── The demo's program ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def demo(settings: Any) -> Iterator[str]:
    server = demo_assistant.serve(0, secret=SECRET, thinks_for=(0.0, 0.0))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    settings.ASSISTANT_URL, settings.ASSISTANT_SECRETS = f"{url}/webhook/comptoir", [SECRET]
    yield url
    server.shutdown()
    server.server_close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("L6", "L7")
def test_the_demos_assistant_writes_and_answers_over_http(
    bespoke: BespokeDriver, demo: str, paul: Any
) -> None:
    client = bespoke.person(paul)
    order_id = bespoke.paid_order(client)
    client.http.put(f"/api/payments/order/{order_id}/intake", json={"answers": ANSWERS}).raise_for_status()
    bespoke.process(order_id)
    bespoke.work()
    bespoke.shop.sandbox.wait_for(lambda: Order.objects.get().status == "awaiting_validation")
    content = Revision.objects.get().content
    assert content.startswith("# A reading for Paul Okafor")
    assert "Shall I move to Lyon?" in content


@pytest.mark.once
def test_the_demos_assistant_believes_the_house_alone(demo: str) -> None:
    body = json.dumps(ASKED).encode()
    for headers in ({}, signing.headers(body, secret="another"), signing.headers(b"{}", secret=SECRET)):
        assert httpx.post(f"{demo}/webhook/comptoir", content=body, headers=headers).status_code == 401
    assert httpx.get(f"{demo}/health").status_code == 200
    assert httpx.post(f"{demo}/", content=body).status_code == 404


@pytest.mark.once
def test_the_demos_assistant_takes_up_what_was_wrong_with_the_last_version() -> None:
    text = written(ASKED)
    assert text == written(ASKED), "the same question, the same text"
    assert "Plus long." in text
    assert written({**ASKED, "revision": 3}) != text


# ── The workflow for n8n ────────────────────────────────────────────────────────────────────────────────


def code_of(name: str) -> str:
    return next(node["parameters"]["jsCode"] for node in WORKFLOW["nodes"] if node["name"] == name)


def run(name: str, *, given: dict[str, Any], body: str = "", order: dict[str, Any] | None = None) -> Any:
    """What a code node answers, run as n8n runs it: `$input`, `$env`, `$(…)` and `this.helpers` are there."""
    script = f"""
      const $input = {{ first: () => ({json.dumps({"json": given})}) }};
      const $env = {json.dumps({"COMPTOIR_SECRET": SECRET, "LLM_MODEL": "a-model"})};
      const $ = () => ({{ first: () => ({json.dumps({"json": {"order": order}})}) }});
      const helpers = {{ getBinaryDataBuffer: async () => Buffer.from({json.dumps(body)}, 'utf8') }};
      (async function () {{ {code_of(name)} }}).call({{ helpers }})
        .then((items) => console.log(JSON.stringify(items[0].json)));
    """
    answer = subprocess.run([str(found.node()), "-e", script], capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)


@pytest.mark.once
def test_every_node_of_the_workflow_leads_somewhere_and_none_holds_a_secret() -> None:
    names = {node["name"] for node in WORKFLOW["nodes"]}
    reached = {
        target["node"]
        for outputs in WORKFLOW["connections"].values()
        for branch in outputs["main"]
        for target in branch
    }
    assert reached | {"Comptoir asks"} == names
    assert not any("credentials" in node for node in WORKFLOW["nodes"])


@pytest.mark.once
@pytest.mark.node
@pytest.mark.req("L6")
@pytest.mark.parametrize("what", ["ours", "altered", "stale", "unsigned"])
def test_the_workflow_believes_what_we_sign_and_nothing_else(what: str) -> None:
    body = json.dumps(ASKED, ensure_ascii=False)
    headers = {name.lower(): value for name, value in signing.headers(body.encode(), secret=SECRET).items()}
    if what == "altered":
        body = body.replace("Béa", "Eve")
    elif what == "stale":
        headers["x-comptoir-timestamp"] = str(int(headers["x-comptoir-timestamp"]) - 400)
    elif what == "unsigned":
        headers = {}
    checked = run("Is it signed by Comptoir?", given={"headers": headers}, body=body)
    assert checked["signed"] is (what == "ours")
    assert checked["order"] == (ASKED if what == "ours" else None)


@pytest.mark.once
@pytest.mark.node
@pytest.mark.req("L7")
def test_the_workflow_signs_its_answer_so_that_we_believe_it() -> None:
    answered = {"choices": [{"message": {"content": "# Lecture\n\nL’été vient."}}]}
    signed = run("Sign the answer", given=answered, order=ASKED)
    headers = {signing.TIMESTAMP: signed["timestamp"], signing.SIGNATURE: signed["signature"]}
    assert signing.is_signed(signed["body"].encode(), headers, secrets=[SECRET])
    assert json.loads(signed["body"]) == {
        "orderId": ASKED["orderId"],
        "revision": 2,
        "content": "# Lecture\n\nL’été vient.",
    }
    assert signed["url"] == ASKED["callbackUrl"]


@pytest.mark.once
@pytest.mark.node
def test_the_workflow_puts_everything_to_the_model() -> None:
    request = run("Put the question", given={}, order=ASKED)["request"]
    said = "\n".join(message["content"] for message in request["messages"])
    assert request["model"] == "a-model"
    for part in ("Écris une lecture.", "Vouvoiement.", "Partir ?", "Plus long.", "Trop court", "Béa"):
        assert part in said
