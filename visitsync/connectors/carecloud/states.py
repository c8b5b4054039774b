"""The names of the states, which CareCloud spells out where addresses are written with two letters."""

_NAMES = """AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky
|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana
|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota
|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas
|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
|AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico|VI Virgin Islands|VI U.S. Virgin Islands
|AA Armed Forces Americas|AE Armed Forces Europe|AP Armed Forces Pacific"""

_PAIRS = (each.strip().partition(" ") for each in _NAMES.split("|"))
_LETTERS = {name.casefold(): letters for letters, _, name in _PAIRS}


def two_letters(state: str) -> str:
    """The two letters of a state that is spelled out; anything else as it is."""
    return _LETTERS.get(" ".join(state.split()).casefold(), state)
