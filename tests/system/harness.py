"""Starts the real engine on a free port with a data directory of its own, and speaks its public
protocol: HTTP here, WebSocket in wsclient.py. Only the standard library."""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse
import uuid

SANITIZER = re.compile(r'AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:'
                       r'|UndefinedBehaviorSanitizer|Assertion .* failed')
START_S = 60.0
STOP_S = 60.0
WAIT_S = 20.0


class Failure(AssertionError):
    """A claim that does not hold."""


class Skipped(Exception):
    """The case needs something that this machine does not have."""


def check(claim, text):
    if not claim:
        raise Failure(text)


def equal(what, got, want):
    if got != want:
        raise Failure(f'{what}: got {got!r}, want {want!r}')


def wait_until(what, probe, seconds=WAIT_S):
    """Ask again until the answer is true; its value is handed on."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f'{what}: not within {seconds:g} s')
        time.sleep(0.02)


def fresh_key():
    return str(uuid.uuid4())


class Answer:
    """Of one HTTP request."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body
        try:
            self.json = json.loads(body) if body else None
        except ValueError:
            self.json = None

    @property
    def code(self):
        return self.json.get('code') if isinstance(self.json, dict) else None

    def __repr__(self):
        return f'<{self.status} {self.body[:300]!r}>'


class Engine:
    """One `kuaifan serve`. What it says stays in `log_path` over restarts."""

    def __init__(self, binary, data, map_path=None, **options):
        self.binary = binary
        self.data = data
        self.options = {'address': '127.0.0.1', 'port': 0, 'units_max': 3000, 'circles_max': 100,
                        'incidents_max': 4000, 'assignments_max': 12000, 'commands_keep': 4096,
                        'connections_max': 3200, 'sessions_max': 3000, 'settle_ms': 0,
                        'disk_guard_mb': 0, 'log_level': 'debug'}
        if map_path:
            self.options['map'] = map_path
        self.options.update(options)
        self.log_path = data + '.log'
        self.process = None
        self.url = None

    def command(self):
        flags = []
        for name, value in self.options.items():
            flags += ['--' + name.replace('_', '-'), str(value)]
        return [self.binary, 'serve', '--data', self.data] + flags

    def spawn(self, **popen):
        """Without waiting for anything."""
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith('KUAIFAN_')}
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=environment, **popen)

    def start(self, **popen):
        note = os.path.join(self.data, 'url')
        if os.path.exists(note):
            os.unlink(note)  # of an earlier life, on another port
        self.spawn(**popen)
        return self.wait_ready()

    def wait_ready(self):
        note = os.path.join(self.data, 'url')

        def ready():
            if self.process.poll() is not None:
                raise Failure(f'the engine ended with {self.process.returncode} at its start:\n'
                              + self.tail())
            if not os.path.exists(note):
                return False
            with open(note, encoding='utf-8') as file:
                self.url = file.read().strip()
            try:
                return self.url and self.get('/healthz').status in (200, 503)
            except OSError:
                return False
        wait_until('the engine listens', ready, START_S)
        return self

    def refuses_to_start(self, want_status, *words):
        """It must end by itself, with this status and these words in its log."""
        size = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
        self.spawn()
        try:
            status = self.process.wait(START_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure('the engine started, though it must not') from None
        said = self.log()[size:]
        self.process = None
        check(not SANITIZER.search(said), 'a sanitizer speaks:\n' + said[-3000:])
        equal('exit status', status, want_status)
        for word in words:
            check(word.lower() in said.lower(), f'nothing about "{word}" in the log:\n{said[-1500:]}')

    def stop(self):
        """SIGTERM: it ends by itself with status 0, and no sanitizer has spoken."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure('the engine does not stop on SIGTERM:\n' + self.tail()) from None
        self.process = None
        self.check_log()
        equal('exit status after SIGTERM', status, 0)

    def kill(self):
        """kill -9, by its own id."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def tail(self):
        return self.log()[-2500:]

    def check_log(self):
        text = self.log()
        found = SANITIZER.search(text)
        check(not found, 'a sanitizer speaks:\n' + (text[found.start() - 200:][:4000] if found else ''))
        check('the shadow engine' not in text, 'the shadow differs:\n' + text[-1500:])

    # ---- HTTP ----

    def address(self):
        parts = urllib.parse.urlsplit(self.url)
        return parts.hostname, parts.port

    def ask(self, method, path, body=None, token=None, key=None, headers=None):
        """`body`: bytes or text as they are, anything else as JSON."""
        head = dict(headers or {})
        if token:
            head['Authorization'] = 'Bearer ' + token
        if key is not None:
            head['Idempotency-Key'] = key
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False)
        if isinstance(body, str):
            body = body.encode('utf-8', 'surrogateescape')
        if body is not None:
            head.setdefault('Content-Type', 'application/json')
        link = http.client.HTTPConnection(*self.address(), timeout=WAIT_S)
        try:
            link.request(method, path, body, head)
            answer = link.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            link.close()

    def get(self, path, token=None, **more):
        return self.ask('GET', path, token=token, **more)

    def post(self, path, body, token=None, **more):
        return self.ask('POST', path, body, token=token, **more)

    def login(self, name, password):
        answer = self.post('/v1/login', {'name': name, 'password': password})
        equal(f'login of {name}', answer.status, 200)
        return answer.json['token']


class Workspace:
    """A directory that is gone afterwards; kept and named when a case failed."""

    def __init__(self, parent=None):
        self.path = tempfile.mkdtemp(prefix='kuaifan-system-', dir=parent)
        self.count = 0

    def new(self, name):
        self.count += 1
        return os.path.join(self.path, f'{self.count:02d}-{name}')

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
