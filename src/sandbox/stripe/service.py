"""Stripe as one service of the sandbox: its API, its pages, its knobs, its webhooks and its share of passing time."""

from starlette.routing import Route

from sandbox.stripe import (
    api,
    events,
    knobs,
    pages_checkout,
    pages_element,
    pages_onboarding,
    pages_payment,
    passing,
)
from sandbox.world import World


def routes(world: World) -> list[Route]:
    """Opens the service in this world, and answers where it is reached."""
    events.attend(world)
    world.due.append(lambda: passing.bring_about(world))
    rooms = (pages_checkout, pages_payment, pages_element, pages_onboarding, knobs, api)
    return [route for room in rooms for route in room.routes(world)]
