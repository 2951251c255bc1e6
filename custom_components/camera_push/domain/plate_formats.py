"""What plates look like, country by country: whether a text is a plate there at all.

A camera that misses a character of a plate, or reads one too many, mostly writes what is no plate of the
country; where it is one, it may be another car's. Where a country has older series that are still driven,
they are here too, and where sources differ, the wider format is: a plate is never taken for a misread one.

Sources: Wikipedia, *Vehicle registration plates of …* (the article of each country), and the patterns of
OpenALPR (`runtime_data/postprocess/*.patterns`). Texts are canonical: see `canonical_plate`.
"""

from collections.abc import Mapping
from functools import lru_cache
import re
from typing import Final

# Letters that the Latin and the Cyrillic or Greek alphabet share.
_BULGARIAN: Final = "[ABEKMHOPCTYX]"
_UKRAINIAN: Final = "[ABCEHIKMOPTX]"
# The Netherlands use neither vowels nor C, Q and Y, Spain neither vowels nor Q.
_DUTCH: Final = "[BDFGHJKLMNPRSTVWXZ]"
_SPANISH: Final = "[BCDFGHJKLMNPRSTVWXYZ]"
# Poland's districts have no Q; B, D, I, O and Z are kept out of series, where they look like digits.
_DISTRICT: Final = "[A-PR-Z]"
_SERIES: Final = "[ACE-HJ-NPR-Y]"
# Characters that look like I, O or U are not used in France and Italy.
_FRENCH: Final = "[A-HJ-NP-TV-Z]"
_ITALIAN: Final = "[A-HJ-NPR-TV-Z]"

# India's states and territories, with former codes.
_INDIAN: Final = (
    "(?:A[NPRS]|BR|C[GH]|D[DLN]|G[AJ]|H[PR]|J[HK]"
    "|K[AL]|L[AD]|M[HLNPZ]|NL|O[DR]|P[BY]|RJ|SK|T[GNRS]|U[AKP]|WB)"
)
_ROMANIAN: Final = (
    "(?:A[BGR]|B[CHNRTVZ]|C[JLSTV]|D[BJ]|G[JLR]|H[DR]|I[FLS]|M[HMS]|NT|OT|PH|S[BJMV]|T[LMR]|V[LNS])"
)

# By ISO 3166-1 alpha-2 code, formats as regular expressions in which `@` is a letter and `#` a digit.
_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "AL": ("@@###@@",),
    "AR": ("@@@###", "@@###@@", "@###@@@"),
    "AT": ("(?=.{4,8}$)@{1,2}[1-9]#{0,4}@{1,3}", "(?=.{4,7}$)@{2,7}[1-9]#{0,2}", "@{1,2}#{3,6}"),
    "AU": (
        *(
            "@@@###",
            "###@@@",
            "@@@##@",
            "@@##@@",
            "##@@##",
            "#@@@###",
            "#@@###",
            "S###@@@",
            "@##@@@",
            "@@###@",
        ),
        *("#@@#@@", "@###@@", "######", "######@@", "#@####", "@@####", "@@@@##", "#@@###@"),
    ),
    "BA": ("[AEJKMOT]##[AEJKMOT]###", "[AEJKMOT]######", "T[AT]######", "######[AEJKT]"),
    "BE": ("[1-9]@@@###", "@@@###", "###@@@"),
    "BG": (f"{_BULGARIAN}{{1,2}}####{_BULGARIAN}{{2}}",),
    "BR": ("@@@####", "@@@#@##"),
    "BY": ("####@@[0-8]", "@@####[0-8]", "E###@@[0-8]", "[0-8]@@@####"),
    "CA": (
        *(
            "@@@###",
            "@@@@###",
            "@@@####",
            "@##@@@",
            "###@@@",
            "@@###@",
            "@#####",
            "@##@#@",
            "@@@##@",
            "@@####",
        ),
        *("@@##@@", "######", "@###@@", "###@@#"),
    ),
    "CH": ("(?:AG|AI|AR|BE|BL|BS|FR|GE|GL|GR|JU|LU|NE|NW|OW|SG|SH|SO|SZ|TG|TI|UR|VD|VS|ZG|ZH)[1-9]#{0,5}U?",),
    "CL": ("@@####", "@@@@##"),
    "CY": ("@{2,3}###",),
    "CZ": ("#[ABCEHJKLMPSTUZ][0-9A-FH-NPR-VX-Z]####", "EL###@@", "EL##@@@", "@{2,3}####"),
    "DE": ("(?=.{3,8}$)@{2,5}[1-9]#{0,3}[EH]?", "@{1,3}[1-9]#{2,5}"),
    "DK": ("[A-HJ-PR-Z]{2}#####",),
    "EE": ("###@@@", "##@@@"),
    "ES": (f"####{_SPANISH}{{3}}", "@{1,2}####@{1,2}", "@{1,2}######"),
    "FI": ("@{2,3}[1-9]#{0,2}", "CD[1-9]#{0,4}"),
    "FR": (
        f"{_FRENCH}{{2}}###{_FRENCH}{{2}}",
        f"[1-9]#{{0,3}}{_FRENCH}{{1,3}}(?:##|2A|2B|97[1-6])",
    ),
    "GB": (
        "[A-HJ-PR-Y]{2}##[A-HJ-PR-Z]{3}",
        "[A-HJ-NPR-TV-Y][1-9]#{0,2}[A-HJ-PR-Z]{3}",
        "[A-HJ-PR-Y]{3}[1-9]#{0,2}[A-HJ-NPR-TV-Y]",
        "@{1,3}[1-9]#{0,3}",
        "[1-9]#{0,3}@{1,3}",
    ),
    "GR": ("[ABEZHIKMNOPTYX]{3}[1-9]###",),
    "HR": ("@@####?@{1,2}",),
    "HU": ("@@@###", "@@@@###"),
    "IE": (
        "##[12]?(?:C[ENW]|DL|K[EKY]|L[DHKMS]|M[HNO]|OY|RN|S[O]|T[NSY]|W[DHWX]|[CDGLTW])[1-9]#{0,5}",
        "@{2,3}[1-9]#{0,3}",
    ),
    "IL": ("#######", "########"),
    # Delhi has districts of one digit and a letter for the kind of vehicle before those of the series.
    "IN": (f"{_INDIAN}##@{{0,2}}####", "(?:DL|GJ|BR)[1-9]@{0,3}####", "DL##@{0,3}####", "##BH####@{1,2}"),
    "IS": ("@@@##", "@@###"),
    "IT": (f"{_ITALIAN}{{2}}###{_ITALIAN}{{2}}", "@@#####[0-9A-Z]", "@@#####", "@@#[0-9A-Z]####"),
    "LT": ("@@@###", "@@####"),
    "LU": ("@@####", "#####", "####"),
    "LV": ("@@[1-9]#{0,3}",),
    "MD": ("@@@###", "@{1,2}@@###"),
    "ME": ("@@@@###",),
    "MK": ("@@####?@@",),
    "MT": ("@@@###",),
    "MX": ("@@@####", "@@@###@", "@##@@@", "@###@@@", "@@####@"),
    "NL": tuple(
        side_code.replace("@", _DUTCH)
        for side_code in (
            *(
                "@@####",
                "####@@",
                "##@@##",
                "@@##@@",
                "@@@@##",
                "##@@@@",
                "##@@@#",
                "#@@@##",
                "@@###@",
                "@###@@",
            ),
            *("@@@##@", "@##@@@", "#@@###", "###@@#"),
        )
    ),
    "NO": ("[A-HJ-NPR-Z]{2}#####",),
    "NZ": ("@@@###", "@@####", "@@@##"),
    "PL": tuple(
        (_DISTRICT * letters) + series.replace("@", _SERIES)
        for letters, all_series in (
            (2, ("#####", "####@", "###@@", "#@###", "#@@##", "####@@")),
            (3, ("@###", "##@@", "#@##", "##@#", "#@@#", "@@##", "#####", "####@", "###@@", "@##@", "@#@@")),
        )
        for series in all_series
    ),
    "PT": ("@@####", "####@@", "##@@##", "@@##@@"),
    "RO": (
        f"{_ROMANIAN}##[A-PR-Z]{{3}}",
        "B###?[A-PR-Z]{3}",
    ),
    "RS": ("@@####?@@", "@@#####"),
    "RU": (f"{_BULGARIAN}###{_BULGARIAN}{{2}}###?",),
    "SE": ("[A-HJ-PR-UW-Z]{3}##[0-9A-HJ-NPR-UW-Z]",),
    "SI": ("@@[0-9A-Z]{4,5}",),
    "SK": ("@@###@@",),
    "TR": ("(?:0[1-9]|[1-7]#|8[01])(?:@#{4,5}|@@#{3,4}|@@@#{2,3})",),
    "UA": (f"{_UKRAINIAN}{{2}}####{_UKRAINIAN}{{2}}", "#####@@"),
    # Of the states; what a driver may have ordered ("vanity plates") can be any word.
    "US": (
        *(
            "@@@###",
            "@@@####",
            "###@@@",
            "#@@@###",
            "#@#####",
            "#####@#",
            "####@@@",
            "@@#####",
            "#####@@",
            "##@####",
        ),
        *(
            "#@####",
            "#@@###",
            "##@###",
            "##@@##",
            "@#####",
            "@######",
            "######",
            "#######",
            "@@####",
            "####@@",
        ),
        *(
            "#@@@@#",
            "#@@@##",
            "###@@#",
            "@@@@##",
            "@###@@",
            "@##@@@",
            "@@@##@",
            "@@###@",
            "@@@###@",
            "#@@####",
        ),
        *(
            "###@@",
            "#####",
            "@@##@@",
            "@@#@###",
            "###@###",
            "##@##@#",
            "##@#@##",
            "##@###@",
            "#@####@",
            "####@",
        ),
        *("@@###", "@###", "@@@@@#", "#####@", "##@@@"),
    ),
    "ZA": ("@@######", "@@##@@GP", "@@##@@@@", "@@@###(?:GP|EC|FS|L|MP|NC|NW|ZN)", "@{2,3}#{1,6}"),
}

# Cameras write ISO 3166-1 alpha-3 codes.
_ALPHA_3: Final = (
    "AL:ALB AR:ARG AT:AUT AU:AUS BA:BIH BE:BEL BG:BGR BR:BRA BY:BLR CA:CAN CH:CHE CL:CHL CY:CYP CZ:CZE"
    " DE:DEU DK:DNK EE:EST ES:ESP FI:FIN FR:FRA GB:GBR GR:GRC HR:HRV HU:HUN IE:IRL IL:ISR IN:IND IS:ISL"
    " IT:ITA LT:LTU LU:LUX LV:LVA MD:MDA ME:MNE MK:MKD MT:MLT MX:MEX NL:NLD NO:NOR NZ:NZL PL:POL PT:PRT"
    " RO:ROU RS:SRB RU:RUS SE:SWE SI:SVN SK:SVK TR:TUR UA:UKR US:USA ZA:ZAF"
)
_ALPHA_2: Final[Mapping[str, str]] = {pair[3:]: pair[:2] for pair in _ALPHA_3.split()}


def country_code(text: str | None) -> str | None:
    """Return a country with known formats by the code that a camera or Home Assistant writes."""
    code = (text or "").strip().upper()
    code = _ALPHA_2.get(code, code)
    return code if code in _FORMATS else None


@lru_cache(maxsize=256)
def _pattern(country: str) -> re.Pattern[str]:
    formats = "|".join(_FORMATS[country]).replace("@", "[A-Z]").replace("#", "[0-9]")
    return re.compile(f"(?:{formats})", re.ASCII)


@lru_cache(maxsize=32768)
def is_plate(plate: str, country: str) -> bool:
    """Tell whether a canonical text is a plate of a country."""
    return _pattern(country).fullmatch(plate) is not None


@lru_cache(maxsize=16384)
def countries_of(plate: str) -> frozenset[str]:
    """Return the countries that could have issued a plate."""
    return frozenset(country for country in _FORMATS if is_plate(plate, country))


def has_country(plate: str) -> bool:
    """Tell whether any country could have issued a plate."""
    return any(is_plate(plate, country) for country in _FORMATS)


def countries_around(plate: str, *places: str | None) -> frozenset[str]:
    """Return the countries whose formats tell a misread one of a known plate from another car's.

    `places` are where a camera stands and the country that it read, by any code. Those count that could have
    issued the plate; if it is a foreign one there, all that could have.
    """
    near = {code for place in places if (code := country_code(place)) is not None}
    return frozenset(code for code in near if is_plate(plate, code)) or countries_of(plate)
