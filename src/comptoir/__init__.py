"""Comptoir: one self-hosted counter for people who sell their own work."""
