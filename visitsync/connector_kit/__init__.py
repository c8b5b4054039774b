"""What all connectors share: the Connector protocol, the Manifest, errors named by what to do next, one polite client."""
