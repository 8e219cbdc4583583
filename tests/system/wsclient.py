"""A small WebSocket client (RFC 6455) for tests: text and binary messages, close codes, and a
reader that keeps every message until somebody asks for it."""
import base64
import json
import os
import select
import socket
import struct
import time

from harness import WAIT_S, Failure, check, fresh_key

PROTOCOL = 'kuaifan.v1+json'


class WebSocket:
    def __init__(self, engine, token=None, who='client', protocol=PROTOCOL):
        self.who = who
        self.closed = None        # the close code, 1006 when the peer was just gone
        self.heard = []           # every message in order, JSON decoded; binary ones as bytes
        self.read_to = 0          # wait() has looked at these
        self.next_id = 1
        self.buffer = b''
        self.parts = b''
        self.link = socket.create_connection(engine.address(), timeout=WAIT_S)
        self._upgrade(engine, protocol)
        self.link.setblocking(False)
        self._hear_all()  # what came together with the upgrade
        if token is not None:
            self.hello = self.wait(lambda m: m.get('t') == 'hello')
            self.me = self.ask({'op': 'auth', 'token': token, 'client': 'tests'})

    def _upgrade(self, engine, protocol):
        key = base64.b64encode(os.urandom(16)).decode()
        host, port = engine.address()
        lines = ['GET /v1/ws HTTP/1.1', f'Host: {host}:{port}', 'Upgrade: websocket',
                 'Connection: Upgrade', f'Sec-WebSocket-Key: {key}', 'Sec-WebSocket-Version: 13']
        if protocol:
            lines.append(f'Sec-WebSocket-Protocol: {protocol}')
        self.link.sendall('\r\n'.join(lines + ['', '']).encode())
        while b'\r\n\r\n' not in self.buffer:
            more = self.link.recv(65536)
            if not more:
                break
            self.buffer += more
        head, _, self.buffer = self.buffer.partition(b'\r\n\r\n')
        status = head.split(b' ', 2)[1:2]
        if status != [b'101']:
            raise Failure(f'{self.who}: no upgrade: {head[:80]!r}')

    # ---- Frames ----

    def _frame(self, opcode, payload):
        head = bytes([0x80 | opcode])
        size = len(payload)
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack('>H', size)
        else:
            head += bytes([0x80 | 127]) + struct.pack('>Q', size)
        mask = os.urandom(4)
        long_mask = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, 'big') ^ int.from_bytes(long_mask, 'big')).to_bytes(size, 'big')
        self.link.setblocking(True)
        try:
            self.link.sendall(head + mask + masked)
        except OSError:
            if self.closed is None and opcode not in (8, 10):
                self._pump(0)
        finally:
            self.link.setblocking(False)

    def send_text(self, text):
        self._frame(1, text if isinstance(text, bytes) else text.encode())

    def send(self, message):
        self.send_text(json.dumps(message, ensure_ascii=False))

    def _take_frame(self):
        """One frame out of the buffer, None: not all of it is there."""
        data = self.buffer
        if len(data) < 2:
            return None
        size, at = data[1] & 0x7f, 2
        if size == 126:
            if len(data) < 4:
                return None
            size, at = struct.unpack('>H', data[2:4])[0], 4
        elif size == 127:
            if len(data) < 10:
                return None
            size, at = struct.unpack('>Q', data[2:10])[0], 10
        if len(data) < at + size:
            return None
        self.buffer = data[at + size:]
        return data[0] & 0x80, data[0] & 0x0f, data[at:at + size]

    def _hear(self, is_last, opcode, payload):
        if opcode == 8:
            self.closed = struct.unpack('>H', payload[:2])[0] if len(payload) >= 2 else 1005
            self._frame(8, payload[:2])
        elif opcode == 9:
            self._frame(10, payload)
        elif opcode in (0, 1, 2):
            if opcode:
                self.binary = opcode == 2
            self.parts += payload
            if is_last:
                self.heard.append(self.parts if self.binary else json.loads(self.parts))
                self.parts = b''

    def _pump(self, seconds):
        """Read what is there, waiting at most so long for the first byte."""
        if not select.select([self.link], [], [], seconds)[0]:
            return
        try:
            data = self.link.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            data = b''
        if not data:
            self.closed = 1006 if self.closed is None else self.closed
            return
        self.buffer += data
        self._hear_all()

    def _hear_all(self):
        while True:
            frame = self._take_frame()
            if frame is None:
                return
            self._hear(*frame)

    # ---- Waiting ----

    def wait(self, claim, seconds=WAIT_S, what='a message'):
        """The next message (not yet waited for) of which the claim is true."""
        deadline = time.monotonic() + seconds
        while True:
            while self.read_to < len(self.heard):
                message = self.heard[self.read_to]
                self.read_to += 1
                if isinstance(message, dict) and claim(message):
                    return message
            if self.closed is not None:
                raise Failure(f'{self.who}: closed with {self.closed} while it waits for {what}')
            if time.monotonic() > deadline:
                raise Failure(f'{self.who}: {what} did not come; last heard {self.heard[-2:]!r:.600}')
            self._pump(0.2)

    def ask(self, message, seconds=WAIT_S):
        """The whole answer, good or bad. Other messages stay to be waited for."""
        number = self.next_id
        self.next_id += 1
        self.send({'id': number, **message})
        return self.answer(number, seconds)

    def answer(self, number, seconds=WAIT_S):
        """Looks through everything heard, so that events before it are not lost."""
        deadline = time.monotonic() + seconds
        seen = 0
        while True:
            for message in self.heard[seen:]:
                if isinstance(message, dict) and 't' not in message and message.get('id') == number:
                    return message
            seen = len(self.heard)
            if self.closed is not None:
                raise Failure(f'{self.who}: closed with {self.closed} while it waits for an answer')
            if time.monotonic() > deadline:
                raise Failure(f'{self.who}: no answer to message {number}')
            self._pump(0.2)

    def command(self, op, key=None, **members):
        return self.ask({'op': op, 'key': key or fresh_key(), **members})

    def must(self, op, key=None, **members):
        answer = self.command(op, key, **members)
        check(answer.get('ok'), f'{self.who}: {op} refused: {answer}')
        return answer['res']

    def refused(self, code, op, key=None, **members):
        answer = self.command(op, key, **members)
        got = answer.get('error', {}).get('code', 'ok')
        check(got == code, f'{self.who}: {op} answered {got}, want {code}: {answer}')
        return answer['error']

    def event(self, kind, seconds=WAIT_S, **members):
        """The next event of this kind with these members."""
        hit = {}

        def has(message):
            for event in message.get('events', []) if message.get('t') == 'log' else []:
                if event['kind'] == kind and all(event.get(n) == v for n, v in members.items()):
                    hit['event'] = event
                    return True
            return False
        self.read_to = 0
        self.wait(has, seconds, f'event {kind} {members}')
        return hit['event']

    def events(self):
        """All events heard so far, in order."""
        return [event for message in self.heard if isinstance(message, dict)
                and message.get('t') == 'log' for event in message['events']]

    def snapshot(self):
        """All parts of the next snapshot, put together."""
        whole = {}
        while True:
            part = self.wait(lambda m: m.get('t') == 'snapshot', what='a snapshot')
            for name, value in part.items():
                whole[name] = whole.get(name, []) + value if isinstance(value, list) else value
            if part['last']:
                return whole

    def listen(self, seconds):
        """Everything that comes within this time."""
        deadline = time.monotonic() + seconds
        while self.closed is None and time.monotonic() < deadline:
            self._pump(max(0.0, deadline - time.monotonic()))

    def wait_closed(self, seconds=WAIT_S):
        deadline = time.monotonic() + seconds
        while self.closed is None:
            if time.monotonic() > deadline:
                raise Failure(f'{self.who}: not closed within {seconds:g} s')
            self._pump(0.2)
        return self.closed

    def drop(self):
        """As a phone that loses its network: no close frame."""
        self.link.close()
        self.closed = 1006
