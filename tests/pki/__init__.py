"""Invented certificates made at test time: good, expired, revoked, of another chain."""
