"""Addresses that arrive in one mailbox, so that nobody is two people by a second spelling.

Sources:
    RFC 5233 for "user+detail". Google Account Help, "Dots don't matter in Gmail addresses" and
    "@googlemail.com". Proton support, "Addresses and aliases" (proton.me, protonmail.com, pm.me).
    Apple support, "If your email address ends in @mac.com or @me.com" (icloud.com).
"""

import unicodedata
from typing import Final

SAME_HOSTS: Final = {
    "googlemail.com": "gmail.com",
    "protonmail.com": "proton.me",
    "pm.me": "proton.me",
    "mac.com": "icloud.com",
    "me.com": "icloud.com",
}
"""Domain -> the domain under whose name the same mailboxes are reached."""


def mailbox_of(address: str) -> str:
    """The mailbox behind an address: without detail after "+", dots, letter case, domain alias.

    Dots are left out for every domain: two people whose addresses differ by a dot alone are rarer
    than one person with two spellings, and the other may be proposed with another address.
    """
    text = unicodedata.normalize("NFKC", address).strip().casefold()
    local, _, host = text.rpartition("@")
    host = host.rstrip(".")
    return f"{local.partition('+')[0].replace('.', '')}@{SAME_HOSTS.get(host, host)}"


def is_same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses arrive in one mailbox, as far as their spelling tells."""
    return mailbox_of(one) == mailbox_of(other)
