"""The invented PKI, also on SoftHSM2 tokens."""

from tests.pki.fixtures import bundle, pki, plain_pdf, token_pki

__all__ = ["bundle", "pki", "plain_pdf", "token_pki"]
