"""A small gateway for tests: hears webhooks, checks their signature, answers as it is told."""
import hashlib
import hmac
import http.server
import json
import threading
import time

SECRET = 'the-secret-of-this-test-is-long-enough'


def sign(body, at_ms=None, secret=SECRET):
    """The header of docs/PROTOCOL.md, reckoned without any of the engine's code."""
    at_ms = int(time.time() * 1000) if at_ms is None else at_ms
    digest = hmac.new(secret.encode(), f'{at_ms}.'.encode() + body, hashlib.sha256).hexdigest()
    return f't={at_ms},v1={digest}'


class Gateway:
    """Listens on a free port. `script`: a status for each request to come, 'slow' for none within the
    time of a test; when it is used up, `usual`."""

    def __init__(self, usual=202, script=()):
        self.usual = usual
        self.script = list(script)
        self.heard = []
        self.lock = threading.Lock()
        self.over = threading.Event()
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                gateway.take(self, body)

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f'http://127.0.0.1:{self.server.server_port}/orders'

    def take(self, handler, body):
        at_ms = int(handler.headers['Kuaifan-Signature'].split(',')[0][2:])
        with self.lock:
            answer = self.script.pop(0) if self.script else self.usual
            self.heard.append({
                'path': handler.path, 'key': handler.headers['Idempotency-Key'],
                'type': handler.headers['Content-Type'], 'json': json.loads(body),
                'at': time.monotonic(),
                'signed': handler.headers['Kuaifan-Signature'] == sign(body, at_ms)
                and abs(at_ms - time.time() * 1000) < 60_000})
        if answer == 'slow':
            self.over.wait(60)
            return
        try:
            handler.send_response(answer)
            handler.send_header('Content-Length', '0')
            handler.end_headers()
        except OSError:
            pass  # the engine has given up waiting, or was killed

    def of(self, unit):
        with self.lock:
            return [one for one in self.heard if one['json']['unit']['code'] == unit]

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
