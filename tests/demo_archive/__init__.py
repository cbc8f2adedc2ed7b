"""A synthetic but true archive: real files, right times, gaps with causes, seals. `script/demo-archive --help`."""

from tests import engine_package

engine_package.load()
