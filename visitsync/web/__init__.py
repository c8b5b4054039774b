"""What answers over HTTP: the pages for people, the EMRs' webhooks, health and readiness."""
