"""Stripe as one service of the sandbox: its API, pages, controls, webhooks, and what it does as time passes."""

from starlette.routing import Route

from sandbox.stripe import (
    api,
    controls,
    events,
    pages_checkout,
    pages_element,
    pages_onboarding,
    pages_payment,
    scheduled_effects,
)
from sandbox.world import World


def routes(world: World) -> list[Route]:
    """Opens the service in this world, and returns its routes."""
    events.attend(world)
    world.scheduled.append(lambda: scheduled_effects.run_due(world))
    rooms = (pages_checkout, pages_payment, pages_element, pages_onboarding, controls, api)
    return [route for room in rooms for route in room.routes(world)]
