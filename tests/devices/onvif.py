"""What a device answers by ONVIF."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
import hashlib
import re

from .account import Account

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope'
    ' xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:ter="http://www.onvif.org/ver10/error">'
    "<SOAP-ENV:Body>{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
_REFUSED = (
    "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value><SOAP-ENV:Subcode>"
    "<SOAP-ENV:Value>ter:NotAuthorized</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code></SOAP-ENV:Fault>"
)
_UNKNOWN = _REFUSED.replace("NotAuthorized", "ActionNotSupported")
TOLERANCE = timedelta(seconds=30)
"""Less than any clock here is wrong by, and more than a busy machine takes for a question."""


class OnvifSide:
    """Answers questions. `behind` is how wrong the device's clock is; old logins are refused, as devices do."""

    def __init__(
        self,
        account: Account,
        maker: str,
        model: str,
        urls: Mapping[str, str],
        sizes: Sequence[tuple[str, str, int, int]],
        *,
        behind: timedelta = timedelta(0),
    ) -> None:
        """Have streams: `urls` by profile token, `sizes` as token, source, width and height."""
        self.account = account
        self._maker = maker
        self._model = model
        self._urls = urls
        self._sizes = sizes
        self._behind = behind
        self.shut = False

    def answer(self, question: str) -> tuple[int, str]:
        """Return status and body."""
        if "GetSystemDateAndTime" in question:
            return 200, _ENVELOPE.format(body=self._time())
        if "GetCapabilities" in question:
            body = (
                "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media>"
                "<tt:XAddr>http://10.99.99.99:9999/onvif/Media</tt:XAddr>"
                "</tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>"
            )
            return 200, _ENVELOPE.format(body=body)
        if not self._accepts(question):
            return 400, _ENVELOPE.format(body=_REFUSED)
        if "GetDeviceInformation" in question:
            body = (
                f"<tds:GetDeviceInformationResponse><tds:Manufacturer>{self._maker}</tds:Manufacturer>"
                f"<tds:Model>{self._model}</tds:Model></tds:GetDeviceInformationResponse>"
            )
            return 200, _ENVELOPE.format(body=body)
        if "GetProfiles" in question:
            return 200, _ENVELOPE.format(body=self._profiles())
        token = re.search(r"<ProfileToken>([^<]*)<", question)
        if "GetStreamUri" in question and token and token[1] in self._urls:
            uri = self._urls[token[1]].replace("&", "&amp;")
            body = f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{uri}</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>"
            return 200, _ENVELOPE.format(body=body)
        return 500, _ENVELOPE.format(body=_UNKNOWN)

    def _now(self) -> datetime:
        return datetime.now(UTC) - self._behind

    def _time(self) -> str:
        now = self._now()
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime>"
            f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
            f"<tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>{now.year}</tt:Year>"
            f"<tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date></tt:UTCDateTime>"
            "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _profiles(self) -> str:
        items = "".join(
            f'<trt:Profiles token="{token}"><tt:VideoSourceConfiguration><tt:SourceToken>{source}</tt:SourceToken>'
            "</tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration><tt:Encoding>H264</tt:Encoding>"
            f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
            "</tt:VideoEncoderConfiguration></trt:Profiles>"
            for token, source, width, height in self._sizes
        )
        return f"<trt:GetProfilesResponse>{items}</trt:GetProfilesResponse>"

    def _accepts(self, question: str) -> bool:
        """Check the login of a question (WS-Security UsernameToken); one without costs nothing."""
        if "<UsernameToken" not in question:
            return False
        said = {
            name: match[1]
            for name in ("Username", "Password", "Nonce", "Created")
            if (match := re.search(rf"<{name}(?: [^>]*)?>([^<]*)<", question))
        }
        made = datetime.fromisoformat(said["Created"])
        text = b64decode(said["Nonce"]) + said["Created"].encode() + self.account.password.encode()
        digest = b64encode(hashlib.sha1(text, usedforsecurity=False).digest()).decode()
        fresh = abs(made - self._now()) < TOLERANCE
        right = said["Username"] == self.account.user and said["Password"] == digest
        return self.account.judge(right=right and fresh and not self.shut)
