"""A company's name without its legal form, so that two ways to write one company compare equal."""

from __future__ import annotations

import re

from bosun.lib.folding import fold

_FORMS = """
ltd | limited | inc | incorporated | llc | llp | lp | plc | corp | corporation | co | company | cie | pty | pte | pvt
gmbh | mbh | gmbh co kg | ag | kg | kgaa | ohg | ug | se
sa | sau | sl | slu | sll | slne | sas | sasu | sarl | eurl | snc | sca | spa | srl | sapa | scrl
sa de cv | sab de cv | s de rl de cv | srl de cv | sapi de cv | s de rl | ltda | limitada | eireli | epp | cia
bv | nv | cv | vof | as | asa | a s | ab | oy | oyj | aps | ehf | ans | ks
sp z oo | sp zoo | spzoo | sro | spol s ro | doo | dno | kft | zrt | nyrt | ooo | oao | zao | pao
ооо | оао | зао | пао | тов
sdn bhd | bhd | tbk | pt | jsc | ojsc | cjsc | fzco | fze | fzc | kk | gk | yk
holding | holdings | group | grupo | gruppe
"""
_ENDINGS = {tuple(form.split()) for line in _FORMS.strip().splitlines() for form in line.split("|")}
_LONGEST_ENDING = max(map(len, _ENDINGS))
_BEGINNINGS = {"the", "ooo", "oao", "zao", "pao", "ооо", "оао", "зао", "пао", "pt", "тов"}

_CJK_ENDING = re.compile(
    "(?:股份有限责任公司|股份有限公司|有限责任公司|有限责任|有限合伙|有限公司|股份公司|集团公司|总公司|公司|集团|控股|股份"
    "|股份有限公司|有限責任公司|集團|控股|株式会社|有限会社|合同会社|주식회사|유한회사)$"
)
_CJK_BEGINNING = re.compile("^(?:株式会社|有限会社|合同会社|주식회사|유한회사)")
_MARKS = re.compile(r"\((?:株|有|주|유)\)")
_APART = re.compile(r"[^\w]+|_+")
_JOINED = re.compile(r"['./’]")


def _words(folded: str) -> list[str]:
    """The words of a name, with single letters that follow each other made one word: "s. a." is "sa"."""
    words: list[str] = []
    single = False
    for word in _APART.sub(" ", _JOINED.sub("", folded)).split():
        letter = len(word) == 1 and word.isascii() and word.isalpha()
        if letter and single:
            words[-1] += word
        else:
            words.append(word)
        single = letter
    return words


def _without_latin_form(words: list[str]) -> list[str]:
    rest = words
    while len(rest) > 1:
        for length in range(min(_LONGEST_ENDING, len(rest) - 1), 0, -1):
            if tuple(rest[-length:]) in _ENDINGS:
                rest = rest[:-length]
                break
        else:
            break
    if len(rest) > 1 and rest[0] in _BEGINNINGS:
        rest = rest[1:]
    return rest


def _without_cjk_form(name: str) -> str:
    while True:
        shorter = _CJK_BEGINNING.sub("", _CJK_ENDING.sub("", name))
        if not shorter or shorter == name:
            return name
        name = shorter


def company_key(name: str) -> str:
    """The normal form of a company's name for finding duplicates; "" where the name has no letter or digit."""
    folded = _MARKS.sub("", fold(name)).replace("&", " ")
    words = [word for word in _without_latin_form(_words(folded)) if word != "and"] or _words(folded)
    joined = "".join(words)
    return joined if joined.isascii() else _without_cjk_form(joined)
