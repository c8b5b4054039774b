"""The words of the house: frozen records without framework or I/O."""
