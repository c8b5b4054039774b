"""A site of a few pages under a strict content security policy: one without fault, the others each with one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1f; --link: #0b57d0 }
@media (prefers-color-scheme: dark) { :root { --paper: #121214; --ink: #eceaf0; --link: #a8c7fa } }
body { margin: 0; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
a { color: var(--link) }
a, button, input { font: inherit; min-height: 1.75rem; display: inline-block }
a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible { outline: 3px solid var(--link) }
.pale { color: #bbb }
.endless { width: 600px }
.ringless:focus-visible { outline: none }
.shadow-ring:focus-visible { outline: none; box-shadow: 0 0 0 3px var(--link) }
.lid { position: fixed; inset: 0; background: var(--paper) }
.small-box { height: 1.6rem; overflow: hidden; width: 12rem }
.fixed-size { font-size: 14px }
.white { background: #fff; color: #111 }
.for-the-mouse { cursor: pointer }
"""

GOOD = """
<label for="name">Name</label> <input id="name" autocomplete="off">
<fieldset><legend>Show</legend>
  <label><input type="radio" name="show" value="all" checked> All</label>
  <label><input type="radio" name="show" value="mine"> Mine</label>
</fieldset>
<button type="button">Check again</button>
<details><summary>More</summary><p><a href="/good">Only when open</a></p></details>
<p><a href="/good">Today</a></p>
"""

BODIES = {
    "/good": GOOD,
    "/pale": '<p class="pale">Nearly white on white.</p>',
    "/console-error": '<script src="/complain.js"></script>',
    "/exception": '<script src="/throw.js"></script>',
    "/dialog": '<script src="/ask.js"></script>',
    "/inline-script": "<script>document.title = 'x'</script>",
    "/inline-style": '<p style="color: red">Red.</p>',
    "/foreign-request": '<p>A picture: <img alt="" src="http://pictures.example/p.png"></p>',
    "/missing-picture": '<p>A picture: <img alt="" src="/nowhere.png"></p>',
    "/too-wide": '<div class="endless">As wide as it likes.</div>',
    "/cut-off": '<div class="small-box">One line is seen. <br>The second is not.</div>',
    "/fixed-size": '<p class="fixed-size">Small for everybody.</p>',
    "/always-white": '<script src="/whiten.js"></script>',
    "/ringless": '<button type="button" class="ringless">Save</button>',
    "/shadow-ring": '<button type="button" class="shadow-ring">Save</button>',
    "/covered": '<button type="button">Save</button><div class="lid">Wait</div>',
    "/for-the-mouse": '<div class="for-the-mouse">Save</div>',
    "/trap": '<input aria-label="Name" id="trap"><button type="button">Save</button><script src="/trap.js"></script>',
    "/two-scripts": '<script src="/nothing.js"></script><script src="/nothing.js?again"></script>',
    "/heavy": f'<p>Much</p><script type="text/plain">{"x" * 120_000}</script>',
}
SCRIPTS = {
    "/complain.js": "console.error('nothing is well')",
    "/throw.js": "throw new Error('out of the window')",
    "/ask.js": "confirm('Are you sure?')",
    "/trap.js": "document.querySelector('#trap').onkeydown = (press) => press.key === 'Tab' && press.preventDefault()",
    "/whiten.js": "document.body.classList.add('white')",
    "/nothing.js": "",
}


def page_of(path: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><title>{path[1:]}</title><meta name="viewport"
        content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>
        <body><main><h1>A small page</h1>{body}</main></body></html>"""


FILES = {
    **{path: ("text/html", page_of(path, body)) for path, body in BODIES.items()},
    **{path: ("text/javascript", script) for path, script in SCRIPTS.items()},
    "/style.css": ("text/css", STYLE),
}


class SmallSite:
    def __init__(self, port: int) -> None:
        self._port = port

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port}{path}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        kind, text = FILES.get(path, ("text/plain", "There is nothing here."))
        content = text.encode()
        self.send_response(200 if path in FILES else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


@contextmanager
def serving() -> Iterator[SmallSite]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield SmallSite(server.server_port)
        server.shutdown()
        thread.join()
