"""Our own reader of RTSP cameras: it sees what is lost, and costs a third of libavformat."""
