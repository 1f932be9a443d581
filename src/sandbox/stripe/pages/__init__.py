"""The pages that Stripe hosts: Checkout, 3-D Secure, the payment element, onboarding and the Express dashboard."""
