"""The assistant outside the house: asked by a signed webhook, answering by a signed callback."""
