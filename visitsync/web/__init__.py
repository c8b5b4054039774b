"""What answers over HTTP: health, readiness and the EMRs' webhooks; pages for people come here later."""
