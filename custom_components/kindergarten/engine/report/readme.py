"""README.txt of a pack: three paragraphs in three languages."""

from datetime import UTC, datetime, timedelta

from .model import Report

_TEXT = """{name}, {first} – {last}

[қазақша] Бұл – бейнебақылауды тексеруге арналған топтама. report-kk.pdf есебін оқыңыз. Топтаманың өзгертілмегенін
тексеру үшін verify.html файлын браузерде ашып, осы қалтаны соған сүйреп әкеліңіз (интернет керек емес), немесе мына
пәрменді іске қосыңыз: python3 verify.py . Сенімдірек болуы үшін verify.html мен verify.py файлдарын жобаның өз бетінен,
кілттің саусақ ізін және журналдың басын топтамадан тыс жерден алыңыз.

[русский] Это пакет для проверки видеонаблюдения. Прочитайте отчёт report-ru.pdf. Чтобы проверить, что пакет не изменён,
откройте verify.html в браузере и перетащите в него эту папку (интернет не нужен) или выполните: python3 verify.py .
Надёжнее взять verify.html и verify.py со страницы проекта, а отпечаток ключа и вершину журнала – не из этого пакета.

[English] This is a pack for the inspection of video surveillance. Read the report, report-en.pdf. To check that the pack
is unchanged, open verify.html in a browser and drop this folder on it (no internet is needed), or run: python3 verify.py .
It is safer to take verify.html and verify.py from the project's own page, and the fingerprint of the key and the head of
the ledger from outside of this pack.
"""


def text(report: Report) -> str:
    """Return the text for a report's kindergarten and period."""
    zone = timedelta(seconds=report.site.offset_s)
    # The period ends before `to_us`: a day that only begins there is not in it.
    first, last = (
        (datetime.fromtimestamp(us / 1e6, UTC) + zone).date().isoformat()
        for us in (report.from_us, report.to_us - 1)
    )
    return _TEXT.format(name=report.site.name, first=first, last=last)
