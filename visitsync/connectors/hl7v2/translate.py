"""What messages of any sender mean: the shared reading of HL7 v2 with the ready profiles. Pure."""

from visitsync.connector_kit.hl7v2.receiver import Hl7Receiver
from visitsync.connector_kit.hl7v2.translator import Hl7Translator
from visitsync.connectors.hl7v2.profiles import PROFILES, STANDARD

TRANSLATOR = Hl7Translator(PROFILES, PROFILES[STANDARD])
RECEIVER = Hl7Receiver(PROFILES, PROFILES[STANDARD])
