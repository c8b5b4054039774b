"""HL7 version 2 as scheduling systems push it: reading, answering, and what a message changes of what is known."""
