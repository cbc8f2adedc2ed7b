"""How asking a Frigate server fails."""

from ..errors import EngineError


class FrigateError(EngineError):
    """A Frigate server that did not answer as it should.

    Codes: unreachable, timeout, tls, fingerprint, auth, forbidden, not_found, failed, too_large,
    not_frigate, bad_answer, too_old, bad_request, busy.
    """
