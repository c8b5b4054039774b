"""Why a wish of an admin cannot be carried out: each error's sentence is for people and says what there is."""


class ChooseFromTheList(LookupError):
    """The EMR's list has no such value to approve; the message says what it has."""


class NotApproved(LookupError):
    """What is to be withdrawn is not approved."""


class ApproveItFirst(LookupError):
    """A spelling can only stand for an approved text; the message says which there are."""


class MarkStandsElsewhere(ValueError):
    """This EMR has no such kind of mark; the message says which it has."""


class EntryNotListed(LookupError):
    """The EMR lists nothing of that name; the message says what it lists."""


class ChooseOneById(LookupError):
    """Several entries have this name; the message has their ids."""


class PatientsNotRead(LookupError):
    """These patients have not been read from the EMR."""


class NameAtLeastTwo(ValueError):
    """A household is two patients or more."""


class NoHousehold(LookupError):
    """None of these patients belongs to a household."""


class NotReceivedYet(LookupError):
    """No such appointment has been received."""


class NoTestVisit(LookupError):
    """The appointment was not declared a test."""


class NoSuchMeaning(LookupError):
    """The status was not given a meaning."""


class SettingUnknown(ValueError):
    """The EMR has no such setting, or not with this value; the message lists what there is."""


class AddressUnusable(ValueError):
    """This is not an e-mail address that anybody could sign in with."""


class NameUnusable(ValueError):
    """Nobody could tell the practice by this name."""


class FinishConnectingFirst(ValueError):
    """The connection is not complete yet: sign in, mend what is missing, then try again."""


class NothingToTakeBack(ValueError):
    """The change changed nothing, or is older than the record of what changes touched."""


class TakenBackAlready(ValueError):
    """Somebody has taken this change back."""


class ChangedSince(ValueError):
    """Something newer has touched the same thing; the message says who and when."""
