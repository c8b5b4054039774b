"""The process that others push to: it listens, recognises its peers, keeps what they send and acknowledges it."""
