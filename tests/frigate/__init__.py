"""Our side of Frigate, against a server that behaves as the real ones do."""

from tests import engine_package

engine_package.load()
