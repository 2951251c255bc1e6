"""The columns of a vehicle list as CSV, and what they are called in the languages of Camera Push."""

import re
from typing import Final
import unicodedata

# As an export names them: in every language the same, so that it can be imported anywhere.
COLUMNS: Final = ("plate", "name", "note", "valid_from", "valid_until", "hours", "once")

# Other headings, and what the fields are called in the translations.
_HEADINGS: Final = {
    "plate": "license plate, licence plate, registration, kennzeichen, nummernschild, plaque,"
    " immatriculation, plaque d'immatriculation, matrícula, placa, patente, 车牌, 车牌号, 车牌号码",
    "name": "nombre, nom, nome, 名称, 姓名, 名字",
    "note": "notes, comment, notiz, bemerkung, kommentar, nota, notas, comentario, commentaire, remarque,"
    " observação, comentário, 备注",
    "valid_from": "from, gültig ab, gültig von, ab, von, válido desde, desde, valable dès, valable du, dès,"
    " válido de, válido a partir de, 有效期起, 生效日期, 有效期自",
    "valid_until": "until, to, valid to, gültig bis, bis, válido hasta, hasta, valable jusqu'à,"
    " valable jusqu'au, jusqu'à, jusqu'au, válido até, até, 有效期止, 失效日期, 有效期至",
    "hours": "weekly hours, wöchentliche zeiten, zeiten, uhrzeiten, horario semanal, horario, horarios,"
    " horaires hebdomadaires, horaires, horários semanais, horários, horário, 每周时段, 时段",
    "once": "einmal, einmalig, una vez, une fois, uma vez, 一次, 一次性",
}
_YES: Final = "1, true, yes, x, once, ja, wahr, einmal, sí, verdadero, oui, vrai, sim, verdadeiro, 是"


def _plain(text: str) -> str:
    """Return a text without accents, in lower case, with one space for what separates words."""
    letters = unicodedata.normalize("NFKD", text.strip().casefold().replace("’", "'"))  # noqa: RUF001  # As typed.
    return re.sub(r"[\s_-]+", " ", "".join(it for it in letters if not unicodedata.combining(it)))


def _words(text: str) -> list[str]:
    return [_plain(word) for word in text.split(",")]


_COLUMN_OF: Final = {
    heading: column for column in COLUMNS for heading in (_plain(column), *_words(_HEADINGS[column]))
}
_YES_WORDS: Final = frozenset(_words(_YES))


def column_of(heading: str) -> str:
    """Return the column that a heading names, as itself where there is no such column."""
    return _COLUMN_OF.get(_plain(heading), heading.strip())


def is_yes(cell: str) -> bool:
    """Tell whether a cell says yes."""
    return _plain(cell) in _YES_WORDS
