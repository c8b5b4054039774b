"""Real-browser tests of the pages, and what they stand on."""

NO_BROWSER = "NO BROWSER: the tests of the pages did not run. `make browser` fetches chromium, or says why it cannot."
