"""The products' own middleware, at the place that the settings give it."""

from comptoir.kernel.registry import GetResponse, modules


def product_middleware(get_response: GetResponse) -> GetResponse:
    """Wraps `get_response` in the middleware of every listed product, the first listed outermost."""
    for module in reversed(modules()):
        for middleware in reversed(module.middleware):
            get_response = middleware(get_response)
    return get_response
