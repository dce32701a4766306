"""The invented PKI for the signing tests."""

from tests.pki.fixtures import bundle, pki, plain_pdf

__all__ = ["bundle", "pki", "plain_pdf"]
