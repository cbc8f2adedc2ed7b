"""Files that no seal vouches for: of today, found later, or put there by somebody."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from ..ledger.chain import Record
from ..ledger.seal import SealedFile
from ..ledger.verify import Chain, Finding, Sealed, check_file_heads
from ..recorder.format.identity import Identity
from ..recorder.store import replay
from ..recorder.store.files import camera_folder
from .footage import key_of
from .proofs import midnight
from .reading import Reading

_DAY_US = 86_400_000_000


class Strangers:
    """Judges the unsealed files of one archive."""

    def __init__(self, reading: Reading, chain: Chain, sealed: Sealed, known: Collection[str] = ()) -> None:
        """Compare with ledger and seals; `known` are the paths that a living catalog has."""
        self._reading = reading
        self._chain = chain
        self._known = known
        self._sealed: Mapping[replay.Key, SealedFile] = {file.key: file for file in sealed.files.values()}
        self._deleted = {each.key for record in chain.records for each in replay.deleted_files(record)}
        self._adopted = {
            key for record in chain.records if record.kind == "adopt" for key in _adopted(record)
        }
        self._sealed_to = max(
            (midnight(record) + _DAY_US for record in chain.records if record.kind == "seal"), default=0
        )
        self._seen: dict[replay.Key, str] = {}

    def judge(self, path: str) -> Iterator[Finding]:
        """Yield what is to be said of an unsealed file. Raises OSError."""
        try:
            who = self._reading.identity(path)
        except FileNotFoundError:
            return
        if who is None or who.archive_id != self._reading.archive_id:
            yield Finding(code="file_foreign", text=f"{path} is not of this archive", path=path)
            return
        yield from self._about(path, who)
        yield from check_file_heads(self._chain, [(path, who.ledger_n, who.ledger_h)])
        last = self._chain.number
        if who.ledger_n > last:
            text = f"{path} was begun behind record {who.ledger_n}, and the ledger ends at {last}"
            yield _of(who, "ledger_cut", text, path)

    def _about(self, path: str, who: Identity) -> Iterator[Finding]:
        key = key_of(who)
        if not path.startswith(f"{camera_folder(who.camera)}/"):
            yield _of(who, "file_misplaced", f"{path} lies among another camera's files", path)
        elif key in self._sealed or key in self._seen:
            yield _of(who, "file_copied", f"{path} is a second file of the same recording", path)
        elif key in self._deleted:
            yield _of(who, "file_returned", f"{path} was deleted and is there again", path)
        elif who.utc_us < self._sealed_to and path not in self._known and key not in self._adopted:
            yield _of(who, "file_injected", f"{path} was not there when its day was sealed", path)
        elif who.utc_us < self._sealed_to:
            yield _of(who, "file_unsealed", f"{path} was found after its day was sealed", path)
        self._seen.setdefault(key, path)


def heads(reading: Reading, paths: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Yield the ledger heads that are written in files."""
    for path in paths:
        try:
            who = reading.identity(path)
        except OSError:
            continue  # missing or unreadable: the files' own check says so
        if who is not None:
            yield path, who.ledger_n, who.ledger_h


def _of(who: Identity, code: str, text: str, path: str) -> Finding:
    return Finding(code=code, text=text, path=path, camera=who.camera, t_us=who.utc_us)


def _adopted(record: Record) -> Iterator[replay.Key]:
    match record.data:
        case {"camera": str(camera), "stream": str(stream), "run": int(run), "seq": int(seq)}:
            yield camera, stream, run, seq
