"""How devices of the brands show themselves and where their streams are, as their owners report it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Make:
    """A make of device. `main` and `sub` are its streams' paths, `{n}` or `{nn}` in them the channel."""

    key: str
    maker: str
    model: str
    main: str
    sub: str | None
    rtsp_realm: str
    rtsp_server: str = ""
    http_server: str = ""
    http_realm: str = ""
    api: str = ""
    onvif: bool = True

    def path(self, channel: int, stream: str) -> str | None:
        """Return the path of a channel's main or sub stream."""
        pattern = self.main if stream == "main" else self.sub
        return pattern and pattern.format(n=channel, nn=f"{channel:02d}")


MAKES = {
    make.key: make
    for make in (
        Make(
            key="hikvision",
            maker="HIKVISION",
            model="DS-7608NI-K2",
            main="/Streaming/Channels/{n}01",
            sub="/Streaming/Channels/{n}02",
            rtsp_realm="IP Camera(C1234)",
            http_server="webserver",
            http_realm="IP Camera(C1234)",
            api="isapi",
        ),
        Make(
            key="hiwatch",
            maker="HiWatch",
            model="DS-H208Q",
            main="/Streaming/Channels/{n}01",
            sub="/Streaming/Channels/{n}02",
            rtsp_realm="Embedded Net DVR",
            http_server="DNVRS-Webs",
            http_realm="DVR",
            api="isapi-inputs",
        ),
        Make(
            key="hybrid",
            maker="HIKVISION",
            model="iDS-7208HQHI",
            main="/Streaming/Channels/{n}01",
            sub="/Streaming/Channels/{n}02",
            rtsp_realm="Embedded Net DVR",
            http_realm="DVR",
            api="isapi-hybrid",
        ),
        Make(
            key="dahua",
            maker="Dahua",
            model="NVR4208-8P-4KS2",
            main="/cam/realmonitor?channel={n}&subtype=0",
            sub="/cam/realmonitor?channel={n}&subtype=1",
            rtsp_realm="Login to 4H01D66PAJ2FA64",
            rtsp_server="Rtsp Server/3.0",
            http_realm="Login to 4H01D66PAJ2FA64",
            api="cgi",
        ),
        Make(
            key="uniview",
            maker="UNIVIEW",
            model="NVR301-08X",
            main="/unicast/c{n}/s0/live",
            sub="/unicast/c{n}/s1/live",
            rtsp_realm="48ea632fc01e",
            http_realm="NVRDVR",
            api="lapi",
        ),
        Make(
            key="uniview-camera",
            maker="UNIVIEW",
            model="IPC2124LB",
            main="/media/video1",
            sub="/media/video2",
            rtsp_realm="48ea632fc01f",
        ),
        Make(
            key="reolink",
            maker="Reolink",
            model="RLC-810A",
            main="/h264Preview_{nn}_main",
            sub="/h264Preview_{nn}_sub",
            rtsp_realm="BC Streaming Media",
            http_server="nginx",
        ),
        Make(
            key="tapo",
            maker="TP-Link",
            model="C200",
            main="/stream1",
            sub="/stream2",
            rtsp_realm="TP-LINK IP-Camera",
        ),
        Make(
            key="ezviz",
            maker="EZVIZ",
            model="C6N",
            main="/h264_stream",
            sub=None,
            rtsp_realm="IP Camera(F9876)",
            onvif=False,
        ),
        Make(
            key="ezviz-recorder",
            maker="EZVIZ",
            model="CS-X5S-8W",
            main="/Streaming/Channels/{n}01",
            sub="/Streaming/Channels/{n}02",
            rtsp_realm="Embedded Net NVR",
            http_realm="DVR",
            api="isapi",
            onvif=False,
        ),
        Make(
            key="ezviz-like-hikvision",
            maker="EZVIZ",
            model="CS-C3W",
            main="/Streaming/Channels/{n}01",
            sub="/Streaming/Channels/{n}02",
            rtsp_realm="IP Camera(F9876)",
            onvif=False,
        ),
        Make(
            key="stranger",
            maker="Nobody Ltd",
            model="X1",
            main="/odd/{n}/big?x=1",
            sub="/odd/{n}/small?x=1",
            rtsp_realm="server",
        ),
    )
}
