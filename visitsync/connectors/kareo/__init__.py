"""Kareo (Tebra): SOAP 2.1, polled."""
