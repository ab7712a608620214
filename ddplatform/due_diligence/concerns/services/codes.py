"""The code by which a complainant comes back: 20 digits, of which 8 find and 12 prove.

The code is made of the one-time value of the form that was sent, with a key of the installation:
the same form sent twice gives the same code and one concern, and no code is kept anywhere. Wrong
codes are counted for each concern, never for each sender: who they are is not known here.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from uuid import UUID

from ddplatform.accounts.limits.services import DAY_S, Limit, hold_window
from ddplatform.accounts.organisations.models import RateCount
from ddplatform.due_diligence.concerns.models import Concern
from ddplatform.due_diligence.concerns.queries import find_by_locator, get_concern
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.passwords import hash_password, verify_password
from ddplatform.infrastructure.errors import Invalid, TooMany
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.languages import gettext

DIGITS, FINDING, GROUP = 20, 8, 4
NONCE_BYTES: Final = 16
TRIES: Final = 5
WAIT: Final = timedelta(minutes=15)
"""After five wrong codes; it doubles with each further five of the same day."""
_WRONG = Limit("code of a concern", 0, DAY_S)


class WrongCode(Invalid):
    """The code opens nothing; the try was counted, and that is kept."""


@dataclass(frozen=True)
class Code:
    """A code; `locator` finds the concern, `proof` shows that one may read it."""

    digits: str

    @property
    def locator(self) -> str:
        return self.digits[:FINDING]

    @property
    def proof(self) -> str:
        return self.digits[FINDING:]

    @property
    def in_groups(self) -> str:
        """Five groups of four, as they are shown."""
        return " ".join(self.digits[at : at + GROUP] for at in range(0, DIGITS, GROUP))


def new_nonce() -> str:
    """The one-time value of a form."""
    return secrets.token_hex(NONCE_BYTES)


def usable_nonce(sent: str) -> str:
    """The value that a form brought back, or a new one where it is none of ours in form."""
    is_ours = len(sent) == 2 * NONCE_BYTES and all(sign in "0123456789abcdef" for sign in sent)
    return sent if is_ours else new_nonce()


def code_for(nonce: str, turn: int) -> Code:
    """The code of a form; `turn` counts where the first digits were taken already."""
    number = int.from_bytes(derived(nonce, f"code {turn}"))
    return Code(f"{number % 10**DIGITS:0{DIGITS}d}")


def message_id(nonce: str) -> UUID:
    """The key of the message that a form sends: the same form sends it once."""
    return UUID(bytes=derived(nonce, "message")[:16], version=4)


def derived(nonce: str, use: str) -> bytes:
    """32 bytes that only this installation can make of a form's one-time value."""
    text = f"concern|{current_organisation()}|{use}|{nonce}"
    return hmac.new(adapters().secret_key.encode(), text.encode(), hashlib.sha256).digest()


def hash_proof(code: Code) -> str:
    """What is kept of the part that proves."""
    return hash_password(code.proof)


def proves(code: Code, concern: Concern | None) -> bool:
    """Whether a code opens a concern; it takes the same time where there is none."""
    kept = concern.proof_hash if concern is not None else None
    return verify_password(code.proof, kept)


def read_code(typed: str) -> Code:
    """The code in what somebody typed, in any digits and with any signs between.

    Raises:
        Invalid: there are not 20 digits.
    """
    digits = "".join(str(unicodedata.digit(sign)) for sign in typed if sign.isdigit())
    if len(digits) != DIGITS:
        raise Invalid(fields={"code": gettext("The code has 20 digits. Look at it again.")})
    return Code(digits)


def open_with(code: Code, *, at: datetime) -> Concern:
    """The concern that a code opens, held for a change.

    Raises:
        WrongCode: it opens nothing. Keep the changes: the try was counted.
        TooMany: too many wrong codes were tried at this concern.
    """
    tries = hold_window(_WRONG, f"{current_organisation()} {code.locator}", at=at)
    _require_patience(tries, at)
    found = find_by_locator(code.locator)
    if not proves(code, found) or found is None or found.key_wrapped is None:
        tries.count += 1
        tries.last_at = at
        raise WrongCode(
            fields={
                "code": gettext(
                    "No concern opens with this code. Check each group. Without the code nobody "
                    "can open your concern, but you can send a new one."
                )
            }
        )
    tries.count, tries.last_at = 0, None
    return get_concern(found.id, for_change=True)


def _require_patience(tries: RateCount, at: datetime) -> None:
    times, over = divmod(tries.count, TRIES)
    if not times or over or tries.last_at is None:
        return
    until = tries.last_at + WAIT * 2 ** (times - 1)
    if at < until:
        raise TooMany(ceil((until - at).total_seconds()))
