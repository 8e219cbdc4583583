"""A small city for tests: a grid of streets, a roster, logins for every role. It is built once a
run through the public protocol; every case starts an engine of its own on a copy."""
import json
import os
import shutil
import subprocess
import time

from harness import Engine, Failure, check, equal, fresh_key, wait_until
from wsclient import WebSocket

SOUTH, WEST = 22.52, 113.38
STEP = 0.0015          # degrees between streets: about 160 m
LINES = 16
PASSWORD = 'a long enough one'

UNITS = [
    # code, kind, column, row
    ('P1', 'post', 2, 2), ('P2', 'post', 2, 13), ('P3', 'post', 13, 2), ('P4', 'post', 13, 13),
    ('F1', 'foot', 3, 2), ('F2', 'foot', 13, 12),
    ('M1', 'motorcycle', 4, 2), ('M2', 'motorcycle', 6, 2), ('M3', 'motorcycle', 12, 13),
    ('M4', 'motorcycle', 10, 13),
    ('C1', 'car', 5, 4), ('C2', 'car', 7, 4), ('C3', 'car', 11, 11), ('C4', 'car', 9, 11)]
WHERE = {code: (column, row) for code, _, column, row in UNITS}


def place(column, row):
    """Latitude and longitude of a crossing; fractions lie between."""
    return {'lat': round(SOUTH + row * STEP, 7), 'lon': round(WEST + column * STEP, 7)}


def streets():
    """GeoJSON of ways: every street has a point at every crossing."""
    features = []
    for i in range(LINES):
        for name, line in ((f'Avenue {i}', [place(i, j) for j in range(LINES)]),
                           (f'Street {i}', [place(j, i) for j in range(LINES)])):
            features.append({'type': 'Feature', 'id': f'way/{len(features) + 1}',
                             'properties': {'highway': 'residential', 'name': name},
                             'geometry': {'type': 'LineString',
                                          'coordinates': [[p['lon'], p['lat']] for p in line]}})
    return {'type': 'FeatureCollection', 'features': features}


def districts():
    def box(code, name, west, east):
        s, n = SOUTH - 0.01, SOUTH + LINES * STEP + 0.01
        return {'type': 'Feature', 'properties': {'code': code, 'name': name},
                'geometry': {'type': 'Polygon', 'coordinates': [
                    [[west, s], [east, s], [east, n], [west, n], [west, s]]]}}
    middle = round(WEST + 7.5 * STEP, 7)
    return json.dumps({'type': 'FeatureCollection', 'features': [
        box('D1', '西区', WEST - 0.01, middle),
        box('D2', '东区', middle, WEST + LINES * STEP + 0.01)]}, ensure_ascii=False)


def circles():
    lines = ['code,name,lat,lon,radius_m,district']
    for code, column, row, district in (('K1', 2, 2, 'D1'), ('K2', 13, 13, 'D2')):
        at = place(column, row)
        lines.append(f"{code},快反圈 {code},{at['lat']},{at['lon']},500,{district}")
    return '\n'.join(lines) + '\n'


def units():
    lines = ['code,name,kind,lat,lon,circle,district,people,capabilities']
    for code, kind, column, row in UNITS:
        at = place(column, row)
        west = column < 7.5
        lines.append(f"{code},单元 {code},{kind},{at['lat']},{at['lon']},{'K1' if west else 'K2'},"
                     f"{'D1' if west else 'D2'},2,armed+first_aid")
    return '\n'.join(lines) + '\n'


def compile_map(binary, work):
    source = os.path.join(work, 'grid.geojson')
    target = os.path.join(work, 'grid.kfmap')
    with open(source, 'w', encoding='utf-8') as file:
        json.dump(streets(), file)
    done = subprocess.run([binary, 'import', source, target, '--name', 'Grid', '--attribution', 'made up'],
                          capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise Failure(f'import failed: {done.stdout}{done.stderr}')
    return target


def set_up(engine):
    """The first administrator by the one-time link; his token."""
    with open(os.path.join(engine.data, 'setup-link'), encoding='utf-8') as file:
        link = file.read().strip()
    answer = engine.post('/v1/setup', {'setup_token': link.split('#')[1], 'name': 'admin',
                                       'display': '管理员', 'password': PASSWORD})
    equal('setup', (answer.status, answer.code), (201, None))
    return engine.login('admin', PASSWORD)


def put_roster(engine, admin, kind, text, content_type='text/csv'):
    answer = engine.post(f'/v1/roster?kind={kind}', text, admin, headers={'Content-Type': content_type})
    check(answer.status == 200, f'roster {kind}: {answer}')
    return answer.json


def add_user(engine, admin, name, role, scope='city', unit=None):
    answer = engine.post('/v1/users', {'name': name, 'display': name, 'role': role, 'scope': scope,
                                       'unit': unit, 'password': PASSWORD}, admin)
    check(answer.status == 201, f'user {name}: {answer}')
    return engine.login(name, PASSWORD)


def add_devices(engine, admin, codes):
    """Secrets for these units, and the tokens that they open."""
    answer = engine.post('/v1/devices', {'units': codes}, admin)
    check(answer.status == 200, f'devices: {answer}')
    tokens = {}
    for device in answer.json['devices']:
        login = engine.post('/v1/login', {'unit': device['unit'], 'secret': device['secret']})
        check(login.status == 200, f"device login {device['unit']}: {login}")
        tokens[device['unit']] = login.json['token']
    return tokens


class Template:
    """The prepared data directory, its map, and tokens that are good in every copy."""

    def __init__(self, binary, work):
        self.binary = binary
        self.map_path = compile_map(binary, work.path)
        self.data = work.new('template')
        engine = Engine(binary, self.data, self.map_path).start()
        try:
            self.tokens = self._fill(engine)
        finally:
            engine.stop()

    @staticmethod
    def _fill(engine):
        admin = set_up(engine)
        put_roster(engine, admin, 'districts', districts(), 'application/geo+json')
        put_roster(engine, admin, 'circles', circles())
        put_roster(engine, admin, 'units', units())
        tokens = {'admin': admin}
        for name, role, scope in (('li', 'dispatcher', 'city'), ('wang', 'dispatcher', 'city'),
                                  ('east', 'dispatcher', ['D2']), ('zhao', 'supervisor', 'city'),
                                  ('alarms', 'api', 'city')):
            tokens[name] = add_user(engine, admin, name, role, scope)
        tokens.update(add_devices(engine, admin, [unit[0] for unit in UNITS]))
        return tokens


class City:
    """An engine on a copy of the template."""

    def __init__(self, template, work, name, **options):
        self.tokens = dict(template.tokens)
        self.data = work.new(name)
        shutil.copytree(template.data, self.data)
        self.engine = Engine(template.binary, self.data, template.map_path, **options)
        self.engine.start()

    def close(self):
        self.engine.stop()

    def kill(self):
        self.engine.kill()

    def console(self, who='li', since=None):
        """A dispatcher's page: logged in, its stream taken up."""
        ws = WebSocket(self.engine, self.tokens[who], who)
        more = {} if since is None else {'since': since}
        ws.recovered = ws.ask({'op': 'sub', 'stream': 'city', **more})['res']['recovered']
        ws.first = None if ws.recovered else ws.snapshot()
        return ws

    def unit(self, code, at=None, duty=True):
        """A unit's phone: logged in, listening for orders, on duty, its position said."""
        ws = WebSocket(self.engine, self.tokens[code], code)
        check(ws.me.get('ok'), f'{code}: {ws.me}')
        ws.ask({'op': 'sub', 'stream': 'orders'})
        ws.first = ws.snapshot()
        column, row = at or WHERE[code]
        ws.send({'op': 'position', 'fixes': [{**place(column, row), 'accuracy_m': 5}]})
        if duty:
            ws.must('unit.duty', duty='on')
        return ws

    def report(self, column, row, who='li', key='fresh', **members):
        body = {'type': 'dispute', **place(column, row), **members}
        return self.patient('/v1/reports', body, who, key=fresh_key() if key == 'fresh' else key)

    def patient(self, path, body, who, **more):
        """As a client that is told it is too fast: it waits and asks again."""
        while True:
            answer = self.engine.post(path, body, self.tokens[who], **more)
            if answer.code != 'rate_limited':
                return answer
            time.sleep(0.1)

    def incident(self, incident_id, who='li', seq=0):
        """From history, which is fed after the fact: asked until it has this seq."""
        def probe():
            answer = self.engine.get(f'/v1/incidents/{incident_id}', self.tokens[who])
            return answer.json if answer.status == 200 and answer.json['seq'] >= seq else None
        return wait_until(f'history has incident {incident_id} at seq {seq}', probe)

    def listed(self, seq, who='li'):
        """All incidents, as of this seq or later."""
        def probe():
            answer = self.engine.get('/v1/incidents?state=all&limit=1000', self.tokens[who])
            return [answer.json['incidents']] if answer.json['seq'] >= seq else None
        return wait_until(f'history is at seq {seq}', probe)[0]
