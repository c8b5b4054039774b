"""What all connectors share: the Connector protocol, the Manifest, errors, one polite client."""
