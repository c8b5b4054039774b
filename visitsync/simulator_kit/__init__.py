"""What the pretend vendors share: a clinic that books and changes things, a small web server, faults, scenarios."""
