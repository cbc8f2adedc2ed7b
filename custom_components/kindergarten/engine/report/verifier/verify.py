#!/usr/bin/env python3
"""Check an inspection pack or an evidence export of a kindergarten's cameras.

    python3 verify.py PACK [--key FINGERPRINT] [--head N:HASH | 20 DIGITS] [--archive FOLDER] [--lang kk|ru|en]

PACK is the folder or the zip. Needs Python 3.8 or newer and nothing else; opens no connection.
Ends with 0 (green: unchanged, and key and head from outside fit), 2 (amber: unchanged, but whose
key?) or 1 (red). What is checked is written down in `main`; `verify.html` checks the same.
"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta, timezone
import hashlib
import json
import locale
import os
import sys
from typing import Any, BinaryIO, Dict, Iterator, List, Optional, Tuple
import unicodedata
import zipfile

Json = Dict[str, Any]
TEXTS: Dict[str, Dict[str, str]] = {}
# -- texts: begin (written by script/verifier from texts.json)
# fmt: off
TEXTS["en"] = {
    "title": "Check of a pack from the kindergarten's cameras",
    "intro": "Everything is checked on this device; nothing is sent anywhere.",
    "drop": "Drop the pack here: the folder or the .zip",
    "choose_zip": "Choose the .zip",
    "choose_folder": "Choose the folder",
    "outside": "What you know from outside (makes the answer stronger)",
    "outside_why": "Take both from where the kindergarten cannot change them: a notice on the door, an earlier pack, a message received on that day.",
    "key_label": "Fingerprint of the key (64 characters)",
    "head_label": "Head of the ledger: 20 digits, or number:hash",
    "again": "Check again",
    "working": "Checking …",
    "green": "GREEN: unchanged, and it fits what you know from outside",
    "amber": "AMBER: unchanged in itself, but whose key is it?",
    "red": "RED: changed, incomplete or not what it says",
    "amber_why": "The pack fits together. Whoever holds the key could have made all of it anew; only the fingerprint of the key and a head of the ledger, both from outside, rule that out.",
    "found": "Wrong",
    "open": "Open",
    "right": "Checked",
    "about": "Archive {archive}, period {from} – {to}, made {made}. Times are local, {zone}.",
    "paper": "Fingerprint printed on the report: {print}",
    "head_code": "Head of the ledger in this pack: record {n}, code {code}",
    "limits_title": "What this does not prove",
    "limit_source": "That the recorder measured rightly: figures, names of rooms and the clock are what the recorder said on that day.",
    "limit_lens": "That a lens was uncovered and pointed where it should: hashes do not see the picture.",
    "limit_owner": "Anything newer than the outside head: the holder of the key could have written it anew.",
    "limit_absent": "What was never recorded: a gap is visible, but what happened in it is not.",
    "limit_footage": "That the footage still lies on the disk: a pack holds its hashes, not the footage. The archive can be checked against them.",
    "limit_law": "That a law is met: only an authority can say that.",
    "limit_elsewhere": "How a Frigate server recorded and kept something before it was asked: of what comes from there, the hashes begin with the day on which it was handed out.",
    "no_manifest": "manifest.json is missing or cannot be read: this is not a whole pack.",
    "malformed": "The pack is not built as it should be ({detail}).",
    "missing": "Missing: {file}{place}",
    "changed": "Changed: {file}{place}",
    "added": "Not part of the pack: {file}",
    "place": " – {camera}, {time}",
    "place_day": " – day {time}",
    "seal_hour": "Camera {camera}, {time}: the list of recordings of this hour is not the one the pack was made with.",
    "seal_camera": "Camera {camera}, day {day}: the list of recordings is not the one that was sealed.",
    "seal_unknown": "Day {day}: this seal is not the one in the ledger.",
    "seal_missing": "Day {day}: the ledger has a seal, the pack does not.",
    "sig_missing": "The signature of the manifest is missing.",
    "sig_wrong": "The signature does not fit the manifest.",
    "key_wrong": "key.json is missing, or the key does not fit its fingerprint.",
    "key_rotation": "The key was changed without the signature of the key before it ({key}).",
    "ledger_line": "Ledger: the line after record {n} ({time}){cameras} is changed or cannot be read.",
    "ledger_link": "Ledger: record {n} ({time}) does not follow the one before it: something was changed, removed or put in.",
    "ledger_head": "The ledger does not end as the manifest says (record {n}).",
    "head_sig": "Ledger: the signature of the head in record {n} ({time}) is wrong.",
    "head_key": "Ledger: the head in record {n} ({time}) is signed by a key nobody vouches for.",
    "head_link": "Ledger: the head in record {n} ({time}) does not name the record before it.",
    "leaf": "Camera {camera}, {time}: the footage is not the one in the manifest ({file}).",
    "outside_key": "The key is not the one whose fingerprint you gave.",
    "outside_head": "The head you gave is not in this ledger. Either it was mistyped or is not from this period, or the ledger was rewritten.",
    "open_unsigned": "The manifest is not signed (made without the recorder's key). Signed heads reach to record {n}.",
    "open_key": "Fingerprint of the key: {key}. Compare it with one from outside.",
    "open_key_new": "Record {n} ({time}): a new key, not vouched for by the key before it, as after the loss of the recorder.",
    "open_head": "No head from outside was given: a ledger rewritten as a whole would not be noticed.",
    "open_head_range": "The head you gave (record {n}) is outside of this ledger's part (records {first} – {last}): it proves nothing about it.",
    "open_head_older": "The head you gave is of an earlier disk ({time}): that disk's ledger up to there is the one of that day. About the ledger of the disk in use it proves nothing.",
    "ok_files": "{count} files, {bytes} bytes: none missing, changed or added.",
    "ok_sig": "The manifest is signed by key {key}.",
    "ok_ledger": "Ledger: records {first} – {last} without a break, {from} – {to}.",
    "ok_seals": "{days} days sealed: {files} recordings, {bytes} bytes of footage, each with its hash.",
    "ok_older": "Earlier disk {archive}: records {first} – {last} without a break, {days} days sealed.",
    "ok_heads": "{count} signed heads, the last over record {n} ({time}).",
    "ok_leaves": "{count} pieces of footage fit their hashes.",
    "ok_outside_key": "The key is the one whose fingerprint you gave.",
    "ok_outside_head": "The head you gave is record {n} of {time}: the ledger up to there is the one of that day. What came later rests on the signature alone.",
    "archive_ok": "Archive: {count} recordings on the disk fit their hashes.",
    "archive_missing": "Archive: camera {camera}, {time}: missing on the disk ({file}).",
    "archive_changed": "Archive: camera {camera}, {time}: changed on the disk ({file}).",
    "more": "… and {count} more",
}
TEXTS["kk"] = {
    "title": "Балабақша камералары топтамасын тексеру",
    "intro": "Бәрі осы құрылғыда тексеріледі; ешқайда ештеңе жіберілмейді.",
    "drop": "Топтаманы осында сүйреп әкеліңіз: қалтаны немесе .zip файлын",
    "choose_zip": ".zip файлын таңдау",
    "choose_folder": "Қалтаны таңдау",
    "outside": "Сырттан белгілі мәліметтер (жауапты сенімдірек етеді)",
    "outside_why": "Екеуін де балабақша өзгерте алмайтын жерден алыңыз: есіктегі хабарландырудан, бұрынғы топтамадан, сол күні келген хабарламадан.",
    "key_label": "Кілттің саусақ ізі (64 таңба)",
    "head_label": "Журналдың басы: 20 цифр немесе нөмір:хеш",
    "again": "Қайта тексеру",
    "working": "Тексеріліп жатыр …",
    "green": "ЖАСЫЛ: өзгертілмеген және сырттан белгілі мәліметке сәйкес",
    "amber": "САРЫ: ішінде өзгеріс жоқ, бірақ кілт кімдікі?",
    "red": "ҚЫЗЫЛ: өзгертілген, толық емес немесе көрсетілгенге сай емес",
    "amber_why": "Топтаманың бөліктері бір-біріне сай. Бірақ кілт иесі бәрін қайта жасай алар еді; мұны тек сырттан алынған кілттің саусақ ізі мен журналдың басы жоққа шығарады.",
    "found": "Қате",
    "open": "Ашық қалды",
    "right": "Тексерілді",
    "about": "Архив {archive}, кезең {from} – {to}, жасалған уақыты {made}. Уақыт жергілікті, {zone}.",
    "paper": "Есепте басылған саусақ ізі: {print}",
    "head_code": "Осы топтамадағы журналдың басы: {n}-жазба, код {code}",
    "limits_title": "Бұл нені дәлелдемейді",
    "limit_source": "Тіркеуіштің дұрыс өлшегенін: сандар, бөлме атаулары мен сағат сол күні тіркеуіш хабарлаған күйінде берілген.",
    "limit_lens": "Объективтің жабылмағанын және камераның керек жаққа қарағанын: хештер кескінді көрмейді.",
    "limit_owner": "Сырттан алынған бастан кейінгі жазбаларды: кілт иесі оларды қайта жаза алар еді.",
    "limit_absent": "Ешқашан жазылмаған нәрсені: үзіліс көрінеді, бірақ сол кезде не болғаны көрінбейді.",
    "limit_footage": "Бейнежазбаның дискіде әлі де бар екенін: топтамада бейнежазба емес, оның хештері бар. Архивті солармен салыстыруға болады.",
    "limit_law": "Заңның орындалғанын: мұны тек уәкілетті орган айта алады.",
    "limit_elsewhere": "Frigate серверінің сұралғанға дейін қалай жазып, сақтағанын: одан алынғанның хештері берілген күннен басталады.",
    "no_manifest": "manifest.json жоқ немесе оқылмайды: бұл толық топтама емес.",
    "malformed": "Топтаманың құрылымы дұрыс емес ({detail}).",
    "missing": "Жоқ: {file}{place}",
    "changed": "Өзгертілген: {file}{place}",
    "added": "Топтамаға жатпайды: {file}",
    "place": " – {camera}, {time}",
    "place_day": " – {time} күні",
    "seal_hour": "{camera} камерасы, {time}: осы сағаттағы жазбалар тізімі топтама жасалған кездегідей емес.",
    "seal_camera": "{camera} камерасы, {day} күні: жазбалар тізімі мөрленген тізімге сай емес.",
    "seal_unknown": "{day} күні: бұл мөр журналдағы мөр емес.",
    "seal_missing": "{day} күні: журналда мөр бар, топтамада жоқ.",
    "sig_missing": "manifest.json қолтаңбасы жоқ.",
    "sig_wrong": "Қолтаңба manifest.json файлына сай емес.",
    "key_wrong": "key.json жоқ немесе кілт өзінің саусақ ізіне сай емес.",
    "key_rotation": "Кілт алдыңғы кілттің қолтаңбасынсыз ауыстырылған ({key}).",
    "ledger_line": "Журнал: {n}-жазбадан ({time}) кейінгі жол{cameras} өзгертілген немесе оқылмайды.",
    "ledger_link": "Журнал: {n}-жазба ({time}) алдыңғысын жалғастырмайды: бірдеңе өзгертілген, жойылған немесе қосылған.",
    "ledger_head": "Журналдың соңы manifest.json файлында көрсетілгендей емес ({n}-жазба).",
    "head_sig": "Журнал: {n}-жазбадағы ({time}) бастың қолтаңбасы қате.",
    "head_key": "Журнал: {n}-жазбадағы ({time}) басқа ешкім кепіл болмаған кілтпен қол қойылған.",
    "head_link": "Журнал: {n}-жазбадағы ({time}) бас алдыңғы жазбаны көрсетпейді.",
    "leaf": "{camera} камерасы, {time}: бейнежазба manifest.json файлындағыға сай емес ({file}).",
    "outside_key": "Бұл саусақ ізін сіз көрсеткен кілт емес.",
    "outside_head": "Сіз көрсеткен бас бұл журналда жоқ. Ол қате терілген немесе басқа кезеңнен, әйтпесе журнал қайта жазылған.",
    "open_unsigned": "manifest.json файлына қол қойылмаған (тіркеуіштің кілтінсіз жасалған). Қол қойылған бастар {n}-жазбаға дейін жетеді.",
    "open_key": "Кілттің саусақ ізі: {key}. Оны сырттан алынғанымен салыстырыңыз.",
    "open_key_new": "{n}-жазба ({time}): алдыңғы кілт кепіл болмаған жаңа кілт; тіркеуіш жоғалғаннан кейін осылай болады.",
    "open_head": "Сырттан алынған бас көрсетілмеген: тұтас қайта жазылған журнал байқалмас еді.",
    "open_head_range": "Сіз көрсеткен бас ({n}-жазба) журналдың осы бөлігінен тыс ({first} – {last}-жазбалар): ол бұл бөлік туралы ештеңе дәлелдемейді.",
    "open_head_older": "Сіз көрсеткен бас бұрынғы дискіден ({time}): ол дискінің журналы сол басқа дейін сол күнгідей. Қазіргі дискінің журналы туралы ол ештеңе дәлелдемейді.",
    "ok_files": "{count} файл, {bytes} байт: жоғалғаны, өзгертілгені, артығы жоқ.",
    "ok_sig": "manifest.json файлына {key} кілтімен қол қойылған.",
    "ok_ledger": "Журнал: {first} – {last}-жазбалар үзіліссіз, {from} – {to}.",
    "ok_seals": "{days} күн мөрленген: {files} жазба, {bytes} байт бейне, әрқайсысының өз хеші бар.",
    "ok_older": "Бұрынғы диск {archive}: {first} – {last}-жазбалар үзіліссіз, {days} күн мөрленген.",
    "ok_heads": "Қол қойылған {count} бас, соңғысы {n}-жазбаға ({time}).",
    "ok_leaves": "{count} бейне үзіндісі өз хешіне сай.",
    "ok_outside_key": "Бұл саусақ ізін сіз көрсеткен кілт.",
    "ok_outside_head": "Сіз көрсеткен бас – {time} кезіндегі {n}-жазба: оған дейін журнал сол күнгідей. Кейінгі жазбалар тек қолтаңбаға сүйенеді.",
    "archive_ok": "Архив: дискідегі {count} жазба өз хешіне сай.",
    "archive_missing": "Архив: {camera} камерасы, {time}: дискіде жоқ ({file}).",
    "archive_changed": "Архив: {camera} камерасы, {time}: дискіде өзгертілген ({file}).",
    "more": "… және тағы {count}",
}
TEXTS["ru"] = {
    "title": "Проверка пакета с камер детского сада",
    "intro": "Всё проверяется на этом устройстве; ничего никуда не отправляется.",
    "drop": "Перетащите сюда пакет: папку или файл .zip",
    "choose_zip": "Выбрать .zip",
    "choose_folder": "Выбрать папку",
    "outside": "Что вы знаете из внешнего источника (ответ станет весомее)",
    "outside_why": "Возьмите оба значения оттуда, где детский сад не может их изменить: с объявления на двери, из прежнего пакета, из сообщения, полученного в тот день.",
    "key_label": "Отпечаток ключа (64 знака)",
    "head_label": "Вершина журнала: 20 цифр или номер:хеш",
    "again": "Проверить ещё раз",
    "working": "Идёт проверка …",
    "green": "ЗЕЛЁНЫЙ: не изменено и совпадает с тем, что вы знаете из внешнего источника",
    "amber": "ЖЁЛТЫЙ: внутренне не изменено, но чей это ключ?",
    "red": "КРАСНЫЙ: изменено, неполно или не то, чем названо",
    "amber_why": "Части пакета согласуются между собой. Но владелец ключа мог бы создать всё заново; это исключают только отпечаток ключа и вершина журнала, полученные из внешнего источника.",
    "found": "Не в порядке",
    "open": "Остаётся открытым",
    "right": "Проверено",
    "about": "Архив {archive}, период {from} – {to}, создан {made}. Время местное, {zone}.",
    "paper": "Отпечаток, напечатанный в отчёте: {print}",
    "head_code": "Вершина журнала в этом пакете: запись {n}, код {code}",
    "limits_title": "Чего это не доказывает",
    "limit_source": "Что регистратор измерил верно: числа, названия помещений и часы такие, какими их сообщил регистратор в тот день.",
    "limit_lens": "Что объектив не был закрыт и камера смотрела куда нужно: хеши не видят изображения.",
    "limit_owner": "Всё, что новее внешней вершины: владелец ключа мог бы записать это заново.",
    "limit_absent": "Что происходило, когда запись не велась: пропуск виден, а события в нём – нет.",
    "limit_footage": "Что записи всё ещё лежат на диске: в пакете их хеши, а не сами записи. Архив можно сверить с ними.",
    "limit_law": "Что закон соблюдён: это может сказать только уполномоченный орган.",
    "limit_elsewhere": "Как сервер Frigate записывал и хранил до запроса: хеши того, что получено от него, начинаются со дня выдачи.",
    "no_manifest": "manifest.json отсутствует или не читается: это не целый пакет.",
    "malformed": "Пакет устроен не так, как должен ({detail}).",
    "missing": "Отсутствует: {file}{place}",
    "changed": "Изменён: {file}{place}",
    "added": "Не относится к пакету: {file}",
    "place": " – {camera}, {time}",
    "place_day": " – день {time}",
    "seal_hour": "Камера {camera}, {time}: список записей за этот час не тот, с которым создан пакет.",
    "seal_camera": "Камера {camera}, день {day}: список записей не тот, что был опечатан.",
    "seal_unknown": "День {day}: эта печать не та, что в журнале.",
    "seal_missing": "День {day}: в журнале печать есть, в пакете её нет.",
    "sig_missing": "Нет подписи под manifest.json.",
    "sig_wrong": "Подпись не подходит к manifest.json.",
    "key_wrong": "key.json отсутствует, или ключ не соответствует своему отпечатку.",
    "key_rotation": "Ключ сменён без подписи предыдущего ключа ({key}).",
    "ledger_line": "Журнал: строка после записи {n} ({time}){cameras} изменена или не читается.",
    "ledger_link": "Журнал: запись {n} ({time}) не продолжает предыдущую: что-то изменено, удалено или вставлено.",
    "ledger_head": "Журнал заканчивается не так, как указано в manifest.json (запись {n}).",
    "head_sig": "Журнал: неверная подпись вершины в записи {n} ({time}).",
    "head_key": "Журнал: вершина в записи {n} ({time}) подписана ключом, за который никто не ручается.",
    "head_link": "Журнал: вершина в записи {n} ({time}) указывает не на предыдущую запись.",
    "leaf": "Камера {camera}, {time}: запись не та, что указана в manifest.json ({file}).",
    "outside_key": "Это не тот ключ, отпечаток которого вы указали.",
    "outside_head": "Указанной вершины в этом журнале нет. Либо она введена с ошибкой или не из этого периода, либо журнал переписан.",
    "open_unsigned": "manifest.json не подписан (создан без ключа регистратора). Подписанные вершины доходят до записи {n}.",
    "open_key": "Отпечаток ключа: {key}. Сравните его с полученным из внешнего источника.",
    "open_key_new": "Запись {n} ({time}): новый ключ, за который предыдущий не поручился, – так бывает после утраты регистратора.",
    "open_head": "Внешняя вершина не указана: целиком переписанный журнал остался бы незамеченным.",
    "open_head_range": "Указанная вершина (запись {n}) вне этой части журнала (записи {first} – {last}): о ней она ничего не доказывает.",
    "open_head_older": "Указанная вершина – с прежнего диска ({time}): журнал того диска до неё – тот же, что в тот день. О журнале нынешнего диска она ничего не доказывает.",
    "ok_files": "Файлов: {count}, байт: {bytes}; нет ни пропавших, ни изменённых, ни лишних.",
    "ok_sig": "manifest.json подписан ключом {key}.",
    "ok_ledger": "Журнал: записи {first} – {last} без разрыва, {from} – {to}.",
    "ok_seals": "Опечатано дней: {days}; записей: {files}, байт видео: {bytes}, у каждой свой хеш.",
    "ok_older": "Прежний диск {archive}: записи {first} – {last} без разрыва, опечатано дней: {days}.",
    "ok_heads": "Подписанных вершин: {count}, последняя – над записью {n} ({time}).",
    "ok_leaves": "Фрагментов видео, совпавших со своими хешами: {count}.",
    "ok_outside_key": "Это тот ключ, отпечаток которого вы указали.",
    "ok_outside_head": "Указанная вершина – запись {n} от {time}: до неё журнал тот же, что был в тот день. Более поздние записи держатся только на подписи.",
    "archive_ok": "Архив: записей на диске, совпавших со своими хешами: {count}.",
    "archive_missing": "Архив: камера {camera}, {time}: нет на диске ({file}).",
    "archive_changed": "Архив: камера {camera}, {time}: изменено на диске ({file}).",
    "more": "… и ещё {count}",
}
# fmt: on
# -- texts: end
LIMITS = ("source", "lens", "owner", "absent", "footage", "law")
MORE_LIMITS = ("elsewhere",)
START = "0" * 64
HOUR_US = 3_600_000_000

# -- Ed25519, RFC 8032 section 5.1.7 ----------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    s, t = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, t - s, t + s, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _point(data: bytes) -> Optional[Point]:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature (64 bytes) of a key (32 bytes) fits a message."""
    if len(public) != 32 or len(signature) != 64 or BASE is None:
        return False
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    a, b = _times(scalar, BASE), _add(commitment, _times(int.from_bytes(digest, "little") % ORDER, key))
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


# -- the formats ------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """Return sorted, spaceless UTF-8 NFC JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return unicodedata.normalize("NFC", text).encode()


def sha(data: bytes) -> str:
    """Return SHA-256 as hex."""
    return hashlib.sha256(data).hexdigest()


def unhex(text: object) -> bytes:
    """Return the bytes of a hex text, none for anything else."""
    try:
        return bytes.fromhex(str(text).strip())
    except ValueError:
        return b""


def merkle(hashes: List[str]) -> str:
    """Return the root over the SHA-256 of files; an odd node moves up as it is."""
    nodes = [hashlib.sha256(b"\x00" + unhex(value)).digest() for value in hashes]
    while len(nodes) > 1:
        pairs = [nodes[i : i + 2] for i in range(0, len(nodes), 2)]
        nodes = [
            hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) > 1 else pair[0] for pair in pairs
        ]
    return nodes[0].hex() if nodes else START


def code(digest: str) -> str:
    """Return the 20 digits of a head that people compare."""
    return str(int(digest, 16) % 10**20).zfill(20)


def paper(manifest: Json) -> str:
    """Return the fingerprint that the report can carry: of all but the reports themselves."""
    files = {name: value for name, value in manifest["files"].items() if not name.startswith("report-")}
    return sha(b"kindergarten-pack-1\n" + canonical({**manifest, "files": files}))


class Pack:
    """The files of a folder or a zip, by their names in the manifest."""

    def __init__(self, path: str) -> None:
        """Open it. Raises OSError and zipfile.BadZipFile."""
        self._zip = None if os.path.isdir(path) else zipfile.ZipFile(path)
        self.doubles: List[str] = []
        self._places: Dict[str, str] = {}
        if self._zip:
            names = [info.filename for info in self._zip.infolist() if not info.is_dir()]
            tops = {name.partition("/")[0] for name in names}
            skip = len(tops.copy().pop()) + 1 if len(tops) == 1 and "manifest.json" not in names else 0
            self.doubles = sorted({name[skip:] for name in names if names.count(name) > 1})
            self._places = {name[skip:]: name for name in names}
            return
        for folder, _, names in os.walk(path):
            for name in names:
                place = os.path.join(folder, name)
                self._places[os.path.relpath(place, path).replace(os.sep, "/")] = place

    def names(self) -> List[str]:
        """Return the names, without what systems leave in folders by themselves."""
        junk = {".DS_Store", "Thumbs.db", "desktop.ini"}
        return sorted(name for name in self._places if name.rpartition("/")[2] not in junk)

    def open(self, name: str) -> BinaryIO:
        """Open a file of the pack. Raises KeyError and OSError."""
        place = self._places[name]
        return self._zip.open(place) if self._zip else open(place, "rb")  # type: ignore[return-value]

    def read(self, name: str) -> bytes:
        """Return a small file, empty when there is none."""
        if name not in self._places:
            return b""
        with self.open(name) as file:
            return file.read()

    def digest(self, name: str) -> Tuple[int, str]:
        """Return the length and SHA-256 of a file."""
        with self.open(name) as file:
            return digest(file)


class Part(Pack):
    """A folder of a pack that is built like one."""

    def __init__(self, pack: Pack, folder: str) -> None:
        """Take its files, by their names in there."""
        self._zip = pack._zip
        self.doubles = []
        self._places = {
            name[len(folder) :]: place for name, place in pack._places.items() if name.startswith(folder)
        }


def digest(file: BinaryIO) -> Tuple[int, str]:
    """Return the length and SHA-256 of what an open file holds."""
    total, size = hashlib.sha256(), 0
    while True:
        part = file.read(1 << 20)
        if not part:
            return size, total.hexdigest()
        total.update(part)
        size += len(part)


# -- the checks -------------------------------------------------------------------------------


class Check:
    """One check: `found` is [(level, code, values)], level bad, open or ok."""

    def __init__(self, pack: Pack, texts: Dict[str, str]) -> None:
        """Take a pack, and the language in which places are named."""
        self.pack = pack
        self.found: List[Tuple[str, str, Json]] = []
        self.manifest: Json = {}
        self.records: List[Json] = []
        self.earlier: List[Json] = []
        self.keys: Dict[str, bytes] = {}
        self.leaves = self.days = 0
        self._texts = texts

    def say(self, level: str, what: str, **values: object) -> None:
        """Note something."""
        self.found.append((level, what, values))

    @property
    def verdict(self) -> str:
        """Return green, amber or red."""
        levels = {level for level, _, _ in self.found}
        return "red" if "bad" in levels or not self.manifest else "amber" if "open" in levels else "green"

    def run(self, key: str, head: str) -> None:
        """Check everything; what is not built as it should be is red, never a crash."""
        try:
            self.manifest = json.loads(self.pack.read("manifest.json"))
            dict(self.manifest["files"])
        except (ValueError, TypeError, KeyError, OSError, RecursionError, zipfile.BadZipFile):
            self.manifest = {}
            self.say("bad", "no_manifest")
            return
        for step in (self.files, self.signature, self.ledger, self.heads, self.seals, self.older):
            self._safely(step)
        self._safely(lambda: self.outside(key, head))

    def _safely(self, step: Any) -> None:
        try:
            step()
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            IndexError,
            OSError,
            RecursionError,
            zipfile.BadZipFile,
        ) as error:
            self.say("bad", "malformed", detail="%s: %s" % (getattr(step, "__name__", "outside"), error))

    # -- names and times ----------------------------------------------------------------------

    def local(self, time_us: int) -> str:
        """Return a time as the kindergarten's clock showed it."""
        zone = timezone(timedelta(seconds=int(self.manifest.get("offset_s", 0))))
        return datetime.fromtimestamp(time_us // 1_000_000, zone).strftime("%Y-%m-%d %H:%M")

    def camera(self, uid: str) -> str:
        """Return a camera's name, or its id when the manifest does not know it."""
        names = {camera["uid"]: camera["label"] for camera in self.manifest.get("cameras", [])}
        return str(names.get(uid, uid))

    def place(self, name: str) -> str:
        """Return what a file is about: its day, or its camera and time."""
        if name.startswith("seals/"):
            return self._texts["place_day"].format(time=day_text(name[6:14]))
        for run in self.manifest.get("runs", []):
            if run["file"] == name:
                return self._texts["place"].format(
                    camera=self.camera(run["camera"]), time=self.local(run["t0"])
                )
        return ""

    # -- the parts ----------------------------------------------------------------------------

    def files(self) -> None:
        """Every file's length and hash; none missing, none too many."""
        wanted, there = self.manifest["files"], self.pack.names()
        bad, size = len(self.found), 0
        for name in sorted(wanted):
            if name not in there:
                self.say("bad", "missing", file=name, place=self.place(name))
                continue
            size += wanted[name]["bytes"]
            if "root" in wanted[name]:
                good = self._tree(name, wanted[name])
            else:
                good = self.pack.digest(name) == (wanted[name]["bytes"], wanted[name]["sha256"])
            if not good:
                self.say("bad", "changed", file=name, place=self.place(name))
        for name in there:
            if name not in wanted and name not in {"manifest.json", "manifest.sig"}:
                self.say("bad", "added", file=name)
        for name in self.pack.doubles:
            self.say("bad", "added", file=name)
        if len(self.found) == bad:
            self.say("ok", "ok_files", count=len(wanted), bytes=size)
            if self.leaves:
                self.say("ok", "ok_leaves", count=self.leaves)

    def _tree(self, name: str, wanted: Json) -> bool:
        """Tell whether footage is what its leaves say: they cover every byte, and their root is the file's."""
        run = next((run for run in self.manifest["runs"] if run["file"] == name), None)
        if run is None:
            return False
        leaves = [{"at": 0, **run["init"]}, *run["fragments"]]
        ends = [0, *(leaf["at"] + leaf["size"] for leaf in leaves)]
        good = [leaf["at"] for leaf in leaves] == ends[:-1] and ends[-1] == wanted["bytes"]
        good = good and merkle([leaf["sha256"] for leaf in leaves]) == wanted["root"]
        with self.pack.open(name) as file:
            bad = [number for number, leaf in enumerate(leaves) if not _fits(file, leaf)]
            file.seek(wanted["bytes"])
            good = good and not bad and not file.read(1)
        self.leaves += len(leaves)
        for hour in sorted({self._hour_of(run, max(0, at - 1), len(run["fragments"])) for at in bad}):
            self.say("bad", "leaf", camera=self.camera(run["camera"]), time=hour, file=name)
        return bool(good)

    def _hour_of(self, run: Json, index: int, count: int) -> str:
        time_us = run["t0"] + (run["t1"] - run["t0"]) * index // max(1, count)
        return self.local(time_us // HOUR_US * HOUR_US)

    def known_keys(self) -> None:
        """The keys fit their fingerprints, and each is vouched for by the one it names."""
        for entry in self.manifest.get("keys", []):
            public = unhex(entry["public"])
            if sha(public) != entry["fingerprint"] or len(public) != 32:
                self.say("bad", "key_rotation", key=entry["fingerprint"])
                continue
            if entry.get("by"):
                body = {"archive": self.manifest["archive"], "public": entry["public"]}
                message = b"kindergarten-key-1\n" + canonical(body)
                if not signed(self.keys.get(entry["by"], b""), message, unhex(entry["sig"])):
                    self.say("bad", "key_rotation", key=entry["fingerprint"])
                    continue
            self.keys[entry["fingerprint"]] = public

    def signature(self) -> None:
        """The manifest's signature, and that the keys before it vouch for its key."""
        self.known_keys()
        signer, signature = self.manifest.get("signer"), self.pack.read("manifest.sig")
        if not signer and not signature:
            self.say("open", "open_unsigned", n=self.manifest.get("signed_to") or 0)
            return
        key = json.loads(self.pack.read("key.json") or b"{}")
        public = unhex(key.get("public"))
        if sha(public) != key.get("fingerprint") or key["fingerprint"] != signer:
            self.say("bad", "key_wrong")
        elif not signature:
            self.say("bad", "sig_missing")
        else:
            digest_now = hashlib.sha256(self.pack.read("manifest.json")).digest()
            good = signed(
                public, b"kindergarten-manifest-1\n" + digest_now, unhex(signature.decode("ascii", "replace"))
            )
            self.say("ok" if good else "bad", "ok_sig" if good else "sig_wrong", key=signer)
            self.keys.setdefault(signer, public)

    def ledger(self) -> None:
        """The excerpt is a chain: each record's hash, number and link, up to the manifest's head."""
        lines = self.pack.read("ledger.jsonl").split(b"\n")
        bad, last = len(self.found), None  # type: Tuple[int, Optional[Json]]
        for line in lines[:-1] if lines[-1] == b"" else lines:
            record = read_record(line)
            if record is None:
                where = self._cameras_of(line)
                self.say("bad", "ledger_line", n=last["n"] if last else 0, time=self._at(last), cameras=where)
                last = None
                continue
            if self.records and last and (record["n"] != last["n"] + 1 or record["p"] != last["h"]):
                self.say("bad", "ledger_link", n=record["n"], time=self._at(record))
            if record["n"] == 1 and record["p"] != START:
                self.say("bad", "ledger_link", n=1, time=self._at(record))
            self.records.append(record)
            last = record
        head = self.manifest["head"]
        if not self.records or (self.records[-1]["n"], self.records[-1]["h"]) != (head["n"], head["h"]):
            self.say("bad", "ledger_head", n=head["n"])
        elif len(self.found) == bad:
            first, last = self.records[0], self.records[-1]
            span = {"from": self._at(first), "to": self._at(last)}
            self.say("ok", "ok_ledger", first=first["n"], last=last["n"], **span)

    def _at(self, record: Optional[Json]) -> str:
        return self.local(record["t"]) if record else "?"

    def _cameras_of(self, line: bytes) -> str:
        text = line.decode("utf-8", "replace")
        named = [camera["label"] for camera in self.manifest.get("cameras", []) if camera["uid"] in text]
        return " [%s]" % ", ".join(named) if named else ""

    def heads(self) -> None:
        """Every signed head in the excerpt names the record before it and is signed by a known key."""
        count, bad, covered, before = 0, len(self.found), None, None  # type: int, int, Optional[Json], Optional[Json]
        first = True
        for record in self.records:
            data = record["d"]
            if record["k"] == "key" and not data.get("by") and data.get("fingerprint") != self._first_key():
                self.say("open", "open_key_new", n=record["n"], time=self._at(record))
            if record["k"] == "head":
                count += 1
                self._head(record, before, first)
                covered = before or record
            before, first = record, False
        if count and covered and len(self.found) == bad:
            self.say("ok", "ok_heads", count=count, n=covered["n"], time=self._at(covered))

    def _first_key(self) -> str:
        keys = self.manifest.get("keys") or [{}]
        return str(keys[0].get("fingerprint"))

    def _head(self, record: Json, before: Optional[Json], first: bool) -> None:
        data = record["d"]
        names = {"n": record["n"], "time": self._at(record)}
        if data["n"] != record["n"] - 1 or data["h"] != record["p"] or (not first and before is None):
            self.say("bad", "head_link", **names)
        body = {"archive": self.manifest["archive"], "day": data["day"], "h": data["h"], "n": data["n"]}
        if data["key"] not in self.keys:
            self.say("bad", "head_key", **names)
        elif not signed(
            self.keys[data["key"]], b"kindergarten-head-1\n" + canonical(body), unhex(data["sig"])
        ):
            self.say("bad", "head_sig", **names)

    def seals(self) -> None:
        """Every seal is the one in the ledger, its hashes give its roots, and no day's is left out."""
        recorded = {record["d"]["sha256"]: record["d"] for record in self.records if record["k"] == "seal"}
        bad, files, size, days = len(self.found), 0, 0, set()
        for name in [name for name in self.pack.names() if name.startswith("seals/")]:
            data = self.pack.read(name)
            lines, day = seal_lines(data), day_text(name[6:14])
            seal = recorded.pop(sha(data), None)
            self._hours(name, lines)
            if seal is None:
                self.say("bad", "seal_unknown", day=day)
                continue
            days.add(day)
            for uid, entry in seal["cameras"].items():
                mine = [line for line in lines if line["camera"] == uid]
                total = sum(line["bytes"] for line in mine)
                if (merkle([line["sha256"] for line in mine]), len(mine), total) != (
                    entry["root"], entry["files"], entry["bytes"],
                ):  # fmt: skip
                    self.say("bad", "seal_camera", camera=self.camera(uid), day=day)
                files, size = files + len(mine), size + total
        for seal in recorded.values():
            name = "seals/%s%s.jsonl" % (
                seal["day"],
                "-%s" % seal["part"] if seal.get("part", 1) != 1 else "",
            )
            told = name in self.pack.names() or self.manifest.get("kind") != "pack"
            if self._whole_day_inside(seal) and not told:
                self.say("bad", "seal_missing", day=day_text(seal["day"]))
        self.days = len(days)
        if len(self.found) == bad and days:
            self.say("ok", "ok_seals", days=len(days), files=files, bytes=size)

    def older(self) -> None:
        """The ledgers of disks that were written before, each with its heads and seals."""
        for archive, told in sorted(self.manifest.get("older", {}).items()):
            part = Check(Part(self.pack, "older/%s/" % archive), self._texts)
            part.manifest = {**self.manifest, **told, "archive": archive}
            for step in (part.known_keys, part.ledger, part.heads, part.seals):
                part._safely(step)
            self.earlier += part.records
            wrong = [each for each in part.found if each[0] != "ok"]
            self.found += wrong
            if not any(level == "bad" for level, _, _ in wrong):
                numbers, days = [record["n"] for record in part.records], part.days
                self.say("ok", "ok_older", archive=archive, first=numbers[0], last=numbers[-1], days=days)

    def _hours(self, name: str, lines: List[Json]) -> None:
        wanted = self.manifest.get("hours", {}).get(name, {})
        found = hours(lines)
        for uid in sorted(set(wanted) | set(found)):
            mine, theirs = found.get(uid, {}), wanted.get(uid, {})
            for hour in sorted(set(mine) | set(theirs), key=int):
                if mine.get(hour) != theirs.get(hour) and wanted:
                    self.say(
                        "bad", "seal_hour", camera=self.camera(uid), time=self.local(int(hour) * HOUR_US)
                    )

    def _whole_day_inside(self, seal: Json) -> bool:
        midnight = datetime.strptime(seal["day"], "%Y%m%d").replace(tzinfo=timezone.utc).timestamp()
        start = (int(midnight) - seal["offset_s"]) * 1_000_000
        return bool(start >= self.manifest["from"] and start + 24 * HOUR_US <= self.manifest["to"])

    def outside(self, key: str, head: str) -> None:
        """What was given from outside, against the key and the ledger."""
        signer = self.manifest.get("signer") or self._last_signer()
        if key:
            good = clean(key).lower() in self._vouching(signer)
            self.say("ok" if good else "bad", "ok_outside_key" if good else "outside_key")
        elif signer:
            self.say("open", "open_key", key=signer)
        if not head:
            self.say("open", "open_head")
            return
        number, _, value = clean(head).rpartition(":")
        fits = [r for r in self.records if value.lower() == r["h"] or value == code(r["h"])]
        older = [r for r in self.earlier if value.lower() == r["h"] or value == code(r["h"])]
        first, last = (self.records[0]["n"], self.records[-1]["n"]) if self.records else (0, 0)
        if number and not number.isdigit():
            self.say("bad", "outside_head")
        elif match := _numbered(fits, number):
            self.say("ok", "ok_outside_head", n=match["n"], time=self._at(match))
        elif match := _numbered(older, number):
            self.say("open", "open_head_older", time=self._at(match))
        elif number and not first <= int(number) <= last:
            self.say("open", "open_head_range", n=int(number), first=first, last=last)
        else:
            self.say("bad", "outside_head")

    def _last_signer(self) -> str:
        """Return whose key signed the last head: what a pack made without the recorder's key rests on."""
        return str(next((r["d"].get("key") for r in reversed(self.records) if r["k"] == "head"), ""))

    def _vouching(self, signer: str) -> List[str]:
        """Return the signer's key and those before it, as far as each signed the next."""
        by = {entry["fingerprint"]: entry.get("by") for entry in self.manifest.get("keys", [])}
        chain: List[str] = []
        while signer and signer in self.keys and signer not in chain:
            chain.append(signer)
            signer = by.get(signer) or ""
        return chain

    def archive(self, folder: str) -> None:
        """The recordings on a disk against the seals of the pack."""
        good = 0
        for name in [name for name in self.pack.names() if name.startswith("seals/")]:
            for line in seal_lines(self.pack.read(name)):
                values = {
                    "camera": self.camera(line["camera"]),
                    "time": self.local(line["t0"]),
                    "file": line["path"],
                }
                try:
                    with open(os.path.join(folder, *line["path"].split("/")), "rb") as file:
                        fits = digest(file) == (line["bytes"], line["sha256"])
                except OSError:
                    self.say("bad", "archive_missing", **values)
                    continue
                good += fits
                if not fits:
                    self.say("bad", "archive_changed", **values)
        self.say("ok", "archive_ok", count=good)


def _fits(file: BinaryIO, leaf: Json) -> bool:
    file.seek(leaf["at"])
    return sha(file.read(leaf["size"])) == str(leaf["sha256"])


def _numbered(records: List[Json], number: str) -> Optional[Json]:
    """Return the first record, or the one of that number."""
    return next((record for record in records if not number or record["n"] == int(number)), None)


def limits(manifest: Json) -> List[str]:
    """Return what a pack of this kind does not prove."""
    told = manifest.get("limits")
    return [*LIMITS, *(name for name in MORE_LIMITS if isinstance(told, list) and name in told)]


def read_record(line: bytes) -> Optional[Json]:
    """Return a ledger line's record, None when its hash or its form is wrong."""
    try:
        record = json.loads(line)
        body = {name: value for name, value in record.items() if name != "h"}
        good = canonical(record) == line and sha(b"kindergarten-ledger-1\n" + canonical(body)) == record["h"]
        return record if good and isinstance(record["d"], dict) and isinstance(record["n"], int) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def seal_lines(data: bytes) -> List[Json]:
    """Return the lines of a seal that can be read."""
    lines = []
    for line in data.split(b"\n"):
        try:
            entry = json.loads(line)
            if (
                canonical(entry) == line
                and isinstance(entry["t0"], int)
                and len(unhex(entry["sha256"])) == 32
            ):
                lines.append(entry)
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
    return lines


def hours(lines: List[Json]) -> Dict[str, Dict[str, str]]:
    """Return per camera and UTC hour (number since 1970) 16 hex digits over its lines in a seal."""
    parts: Dict[str, Dict[str, List[bytes]]] = {}
    for line in lines:
        parts.setdefault(line["camera"], {}).setdefault(str(line["t0"] // HOUR_US), []).append(
            canonical(line)
        )
    return {
        uid: {hour: sha(b"\n".join(block))[:16] for hour, block in blocks.items()}
        for uid, blocks in parts.items()
    }


def day_text(day: str) -> str:
    """Return YYYYMMDD as YYYY-MM-DD."""
    return "%s-%s-%s" % (day[:4], day[4:6], day[6:8])


def clean(text: str) -> str:
    """Return what a person typed without the spaces that help to read it."""
    return "".join(text.split())


# -- the answer -------------------------------------------------------------------------------


def report(check: Check, texts: Dict[str, str]) -> Iterator[str]:
    """Yield the lines of the answer."""
    manifest = check.manifest
    yield texts[check.verdict]
    if check.verdict == "amber":
        yield texts["amber_why"]
    yield ""
    try:
        offset = int(manifest.get("offset_s", 0))
        zone = "UTC%s%02d:%02d" % ("-" if offset < 0 else "+", abs(offset) // 3600, abs(offset) // 60 % 60)
        times = {name: check.local(manifest[name]) for name in ("from", "to", "made")}
        yield texts["about"].format(archive=manifest["archive"], zone=zone, **times)
        yield texts["paper"].format(print=paper(manifest))
        digits = code(manifest["head"]["h"])
        grouped = " ".join(digits[at : at + 5] for at in range(0, 20, 5))
        yield texts["head_code"].format(n=manifest["head"]["n"], code=grouped)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        pass
    for level, title, sign in (("bad", "found", "✗"), ("open", "open", "?"), ("ok", "right", "✓")):
        lines = [texts[what].format(**values) for its, what, values in check.found if its == level]
        if lines:
            yield ""
            yield texts[title] + ":"
            yield from ("  %s %s" % (sign, line) for line in lines[:50])
            if len(lines) > 50:
                yield "    " + texts["more"].format(count=len(lines) - 50)
    yield ""
    yield texts["limits_title"] + ":"
    yield from ("  – " + texts["limit_" + name] for name in limits(manifest))


def main(arguments: Optional[List[str]] = None) -> int:
    """Check a pack and print the answer; returns 0 for green, 2 for amber, 1 for red."""
    parser = argparse.ArgumentParser(description="Checks a pack of a kindergarten's cameras.")
    parser.add_argument("pack", help="the folder or the zip")
    parser.add_argument("--key", default="", help="fingerprint of the key, from outside")
    parser.add_argument("--head", default="", help="head of the ledger from outside: N:HASH or 20 digits")
    parser.add_argument("--archive", default="", help="folder of the archive: its recordings are checked too")
    parser.add_argument("--lang", choices=sorted(TEXTS), default="")
    given = parser.parse_args(arguments)
    system = (locale.getlocale()[0] or "")[:2].lower()
    texts = TEXTS[given.lang or {"kk": "kk", "ka": "kk", "ru": "ru"}.get(system, "en")]
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        check = Check(Pack(given.pack), texts)
    except (OSError, zipfile.BadZipFile) as error:
        sys.stdout.write("%s\n%s\n" % (texts["red"], error))
        return 1
    check.run(given.key, given.head)
    if given.archive and check.manifest:
        check.archive(given.archive)
    sys.stdout.write("\n".join(report(check, texts)) + "\n")
    return {"green": 0, "amber": 2, "red": 1}[check.verdict]


if __name__ == "__main__":
    sys.exit(main())
