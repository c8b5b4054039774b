"""A pretend scheduling system that sends HL7 version 2: SIU and ADT messages of what a clinic does, over real MLLP."""
