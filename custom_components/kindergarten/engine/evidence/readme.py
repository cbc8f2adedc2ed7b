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
