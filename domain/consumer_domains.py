"""Domains whose mailboxes the providers themselves run: only there is an address the account's own."""

GMAIL = frozenset({"gmail.com", "googlemail.com"})

_OUTLOOK = """
com at be cl co.id co.il co.th com.ar com.au com.br com.gr com.tr com.vn cz de dk es fr hu ie in it jp kr lv my ph pt
sa sg sk
"""
_HOTMAIL = """
com be ca ch cl co.id co.il co.in co.jp co.kr co.nz co.th co.uk co.za com.ar com.au com.br com.hk com.mx com.tr com.tw
com.vn cz de dk es fi fr gr hu it lt lv my nl no ph rs se sg sk
"""
_LIVE = """
com at be ca cl cn co.in co.kr co.uk co.za com.ar com.au com.mx com.my com.ph com.pt com.sg de dk fi fr hk ie in it jp
nl no ru se
"""
MICROSOFT = frozenset(
    f"{name}.{ending}"
    for name, endings in (("outlook", _OUTLOOK), ("hotmail", _HOTMAIL), ("live", _LIVE))
    for ending in endings.split()
) | {"msn.com", "windowslive.com", "passport.com"}
"""Named one by one: names such as live.example-country may be anybody's."""
