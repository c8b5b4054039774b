"""A seventh EMR: what `make new-emr` writes passes everything as it stands."""
