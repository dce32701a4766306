"""What may be done to machine clients' public keys (khoá công khai): add, list, end."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from records.actions.acting import Acting
from records.actions.agreements import find_client
from records.credentials import PublicKey
from records.errors import IllegalTransition, RecordNotFound
from records.ports import Store


def list_public_keys(store: Store, acting: Acting, client: str) -> Sequence[PublicKey]:
    """Public keys of a client the caller manages, oldest first."""
    with store.read() as work:
        return work.clients.credentials.keys_of(find_client(work, acting, client).id)


def add_public_key(store: Store, acting: Acting, client: str, pem: str, algorithm: str) -> PublicKey:
    """Register a public key; whoever calls has read the algorithm from it."""
    with store.write() as work:
        key = find_client(work, acting, client)
        public = PublicKey(str(uuid.uuid4()), key.id, algorithm, pem, acting.at)
        work.clients.credentials.add_key(public)
        work.audit.add(
            acting.entry("public_key.add", "key", key.id, unit=key.unit, after=public, public_key=public.id)
        )
        work.commit()
    return public


def end_public_key(store: Store, acting: Acting, public_key_id: str) -> PublicKey:
    """End a public key now."""
    with store.write() as work:
        public = work.clients.credentials.find_key(public_key_id)
        if public is None:
            raise RecordNotFound(public_key=public_key_id)
        key = find_client(work, acting, public.key_id)
        if public.ended_at is not None:
            raise IllegalTransition("Khoá này đã kết thúc.", public_key=public.id)
        ended = replace(public, ended_at=acting.at)
        work.clients.credentials.save_key(ended)
        work.audit.add(
            acting.entry(
                "public_key.end",
                "key",
                key.id,
                unit=key.unit,
                before=public,
                after=ended,
                public_key=public.id,
            )
        )
        work.commit()
    return ended
