"""The text that lies in every export, for whoever opens the folder."""

README = """\
ENGLISH
This folder holds recordings of a kindergarten's cameras, exactly as they were recorded (MP4, any player
opens them). manifest.json says which camera and time each file shows, where the recording had holes and
why, and the SHA-256 of every file (of recordings: of every stretch, a minute or 4 MB at most). To check that
nothing was changed, open verify.html in a browser, or run
    python3 verify.py .
Files named "-reencoded" were cut to the exact second by encoding them anew; they are for watching. The
evidence is the file of the same name without it.

РУССКИЙ
В этой папке записи камер детского сада в том виде, в каком они были записаны (MP4, открываются любым
проигрывателем). В manifest.json указано, какую камеру и какое время показывает каждый файл, где в записи
пропуски и почему, и SHA-256 каждого файла (для записей — каждого отрезка, не длиннее минуты или 4 МБ). Чтобы
проверить, что ничего не изменено, откройте verify.html в браузере или выполните
    python3 verify.py .
Файлы с пометкой «-reencoded» обрезаны до секунды перекодированием; они только для просмотра.
Доказательство — файл с тем же именем без пометки.

ҚАЗАҚША
Бұл қалтада балабақша камераларының жазбалары жазылған күйінде сақталған (MP4, кез келген ойнатқыш ашады).
manifest.json файлында әр файлдың қай камера мен уақытты көрсететіні, жазбаның қай жері және неге үзілгені,
әр файлдың SHA-256 мәні (жазбалар үшін — ұзындығы бір минуттан немесе 4 МБ-тан аспайтын әр үзіндінің мәні)
жазылған. Ештеңе өзгермегенін тексеру үшін verify.html файлын браузерде ашыңыз немесе
    python3 verify.py .
«-reencoded» деп белгіленген файлдар секундына дейін қайта кодтау арқылы қиылған; олар тек қарау үшін.
Дәлел — белгісі жоқ аттас файл.
"""

README_ELSEWHERE = """
ENGLISH
Files named "-elsewhere" were recorded and kept by a Frigate server, not by this program: the server made each file
from its own recordings when it was asked to, without encoding anything anew, and we fetched it at once. Their hashes
prove that a file is the one that the server gave out on that day. They do not prove that nothing was changed on the
server before. That there was footage then, and where there was none, was written down in the ledger (ledger.jsonl,
"elsewhere") while it was recorded, from the server's list of its files. The edges of these files are exact to some
seconds. There is no seal for them.

РУССКИЙ
Файлы с пометкой «-elsewhere» записал и хранил сервер Frigate, а не эта программа: по запросу сервер собрал каждый
файл из своих записей, ничего не перекодируя, и мы сразу его получили. Их хеши доказывают, что файл тот самый, который
сервер выдал в тот день. Они не доказывают, что до этого на сервере ничего не изменили. О том, что запись была и где её
не было, в журнал (ledger.jsonl, «elsewhere») записывалось ещё во время записи, по списку файлов сервера. Границы этих
файлов верны с точностью до нескольких секунд. Печатей на них нет.

ҚАЗАҚША
«-elsewhere» деп белгіленген файлдарды осы бағдарлама емес, Frigate сервері жазып, сақтаған: сұралған кезде сервер әр
файлды өз жазбаларынан қайта кодтамай құрастырды, біз оны бірден алдық. Олардың хештері файлдың сервер сол күні берген
файл екенін дәлелдейді. Оған дейін серверде ештеңе өзгертілмегенін дәлелдемейді. Жазбаның болғаны және қай жерде
болмағаны журналға (ledger.jsonl, «elsewhere») жазу кезінде, сервердің файлдар тізімі бойынша енгізілді. Бұл файлдардың
шеттері бірнеше секундқа дейін дәл. Оларға мөр басылмаған.
"""
