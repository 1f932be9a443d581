"""Stripe as one service of the sandbox: its API, pages, controls, webhooks, and what it does as time passes."""

from starlette.routing import Route

from sandbox.stripe import controls, scheduled_effects
from sandbox.stripe.api import routes as api
from sandbox.stripe.operations import OPERATIONS
from sandbox.stripe.pages import checkout, element, express_dashboard, onboarding, payment, three_d_secure
from sandbox.stripe.webhooks import deliveries
from sandbox.world import World


def routes(world: World) -> list[Route]:
    """Starts the service in this world, and returns its routes."""
    deliveries.register(world)
    world.scheduled.append(lambda: scheduled_effects.run_due(world))
    parts = (checkout, payment, three_d_secure, element, onboarding, express_dashboard, controls)
    return [*(route for part in parts for route in part.routes(world)), *api.routes(world, OPERATIONS)]
