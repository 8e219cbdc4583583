"""What keeps the engine from starting: it says which file and why, ends by itself, harms nothing."""
import csv
import math
import os
import shutil
import socket
import subprocess

from case_list import collector
from city import City, add_devices, put_roster, set_up
from harness import Engine, Skipped, check, equal, wait_until
from mounts import Mount, shared_file
from wsclient import WebSocket

CASES, case = collector()


def fresh(run, name, map_path=None, **options):
    return Engine(run.binary, run.work.new(name), map_path, **options)


def copied(run, name):
    """A stopped engine's data, to be spoilt."""
    data = run.work.new(name)
    shutil.copytree(run.template.data, data)
    return Engine(run.binary, data, run.template.map_path)


def rewrite(path, change):
    with open(path, 'rb') as file:
        content = bytearray(file.read())
    content = change(content)
    with open(path, 'wb') as file:
        file.write(content)


BAD_OPTIONS = [
    ('port', '65536', 'from 0 to 65535'), ('port', 'http', 'whole number'), ('port', '-1', 'whole number'),
    ('port', '80x', 'whole number'), ('mode', 'manual', 'auto|recommend'), ('policy', 'best', 'mutual-aid'),
    ('units_max', '0', 'from 1'), ('units_max', '99999999999999999999', 'whole number'),
    ('log_level', 'loud', 'debug|info'), ('day_starts', '25:00', 'HH:MM'), ('day_starts', 'noon', 'HH:MM'),
    ('key', '/nowhere/key.pem', 'certificate'), ('certificate', '/nowhere/cert.pem', 'key'),
    ('queue_soft_bytes', '2000000', 'below'), ('data', '', 'data'), ('address', 'x' * 70, 'longer'),
    ('settle_ms', '1e3', 'whole number'), ('time_zone', 'Mars/Olympus', 'time zone'),
    ('time_zone', '../../etc/passwd', 'time zone')]


@case('every bad option is named with what it may be, wherever it stands')
def bad_options(run):
    for name, value, word in BAD_OPTIONS:
        flag = subprocess.run([run.binary, 'serve', '--' + name.replace('_', '-'), value],
                              capture_output=True, text=True, timeout=60)
        file = os.path.join(run.work.path, 'bad.conf')
        with open(file, 'w', encoding='utf-8') as config:
            config.write(f'# a comment\n\n{name} = {value}\n')
        from_file = subprocess.run([run.binary, 'serve', '--config', file], capture_output=True,
                                   text=True, timeout=60)
        environment = {**os.environ, 'KUAIFAN_' + name.upper(): value}
        from_env = subprocess.run([run.binary, 'serve'], capture_output=True, text=True, timeout=60,
                                  env=environment)
        for where, done in (('flag', flag), ('file', from_file), ('environment', from_env)):
            what = f'{where} {name}={value[:20]!r}'
            equal(f'{what}: status ({done.stderr[-200:]})', done.returncode, 2)
            check(word.lower() in done.stderr.lower(), f'{what}: no "{word}" in {done.stderr!r}')
            check(name in done.stderr.replace('-', '_'), f'{what}: does not name it: {done.stderr!r}')
            check('Sanitizer' not in done.stderr, done.stderr)


@case('a config file with an error names its line')
def bad_file(run):
    file = os.path.join(run.work.path, 'kuaifan.conf')
    for text, words in (('port 8135\n', ['kuaifan.conf:1', 'name = value']),
                        ('# c\n\ncolour = red\n', ['kuaifan.conf:3', 'colour']),
                        ('port = 1\nport = x\n', ['kuaifan.conf:2', 'port']),
                        ('map = ' + 'x' * 3000 + '\n', ['kuaifan.conf:1', 'too long'])):
        with open(file, 'w', encoding='utf-8') as config:
            config.write(text)
        done = subprocess.run([run.binary, 'serve', '--config', file, '--data', run.work.new('never')],
                              capture_output=True, text=True, timeout=60)
        equal(f'{text[:30]!r}: status ({done.stderr[-300:]})', done.returncode, 2)
        for word in words:
            check(word in done.stderr, f'{text[:30]!r}: no "{word}" in {done.stderr!r}')
    gone = subprocess.run([run.binary, 'serve', '--config', '/nowhere.conf'], capture_output=True, text=True,
                          timeout=60)
    equal('no such file', (gone.returncode, '/nowhere.conf' in gone.stderr), (2, True))
    flags = subprocess.run([run.binary, 'serve', '--colour', 'red'], capture_output=True, text=True, timeout=60)
    equal('no such flag', (flags.returncode, '--colour' in flags.stderr), (2, True))
    alone = subprocess.run([run.binary, 'serve', '--port'], capture_output=True, text=True, timeout=60)
    equal('no value', (alone.returncode, '--port' in alone.stderr), (2, True))


@case('a port that is in use is named, and the data is left as it was')
def port_in_use(run):
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        engine = copied(run, 'port')
        engine.options['port'] = port
        engine.refuses_to_start(1, f'port {port}', 'in use')
    engine.options['port'] = 0
    engine.start()
    engine.stop()
    nowhere = fresh(run, 'address', address='203.0.113.7')
    nowhere.refuses_to_start(1, '203.0.113.7')
    words = fresh(run, 'words', address='localhost.example')
    words.refuses_to_start(1, 'localhost.example')


@case('on an IPv6 address the link of the first start leads to the engine')
def ipv6(run):
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(('::1', 0))
    except OSError as error:
        raise Skipped(f'no IPv6: {error}') from None
    engine = fresh(run, 'ipv6', address='::1')
    engine.start()
    try:
        with open(os.path.join(engine.data, 'setup-link'), encoding='utf-8') as file:
            link = file.read()
        check(link.startswith(f'http://[::1]:{engine.address()[1]}/setup#'), f'the link: {link}')
        set_up(engine)
    finally:
        engine.stop()


@case('a second engine on the same data is refused, the first does not notice')
def second_engine(run):
    city = run.city()
    second = Engine(run.binary, city.data, run.template.map_path)
    second.log_path = city.data + '-second.log'
    second.refuses_to_start(1, 'journal.db', 'another')
    equal('the first goes on', city.report(5, 4).status, 201)
    check(os.path.exists(city.data + '/url'), 'and its note is still there')


@case('a broken map file is named, with the part that is broken')
def broken_map(run):
    for name, change, words in (
            ('truncated', lambda b: b[:len(b) // 2], ['map file']),
            ('header only', lambda b: b[:64], ['map file']),
            ('bit in the header', lambda b: bytes([b[0] ^ 1]) + b[1:], ['map file']),
            ('bit in the section table', lambda b: b[:150] + bytes([b[150] ^ 4]) + b[151:], ['map file']),
            ('not a map', lambda b: b'PK\x03\x04' + b'x' * 5000, ['map file']),
            ('empty', lambda b: b'', ['map file', 'empty'])):
        path = os.path.join(run.work.path, 'broken.kfmap')
        shutil.copy(run.template.map_path, path)
        rewrite(path, change)
        engine = fresh(run, 'map', path)
        engine.refuses_to_start(1, path, *words)
    for path, word in (('/nowhere.kfmap', 'No such file'), (run.work.path, 'not a map')):
        fresh(run, 'nomap', path).refuses_to_start(1, path, word)


@case('a map file that is written over while the engine runs changes nothing before the next start')
def overwritten_map(run):
    path = os.path.join(run.work.path, 'in-use.kfmap')
    shutil.copy(run.template.map_path, path)
    city = City(run.template, run.work, 'overwritten', map=path)
    run.cities.append(city)
    car = city.unit('C1')
    before = city.engine.get('/v1/map', city.tokens['li']).json
    with open(path, 'r+b') as file:  # in place, as cp does
        file.truncate(0)
        file.write(b'half of another city')
    city.report(5, 5)
    check(not car.event('assignment.sent')['assignment']['estimated'], 'a way by road')
    equal('the map', city.engine.get('/v1/map', city.tokens['li']).json, before)
    city.engine.stop()
    city.engine.refuses_to_start(1, path)


@case('verify-map finds one bent bit anywhere in the body')
def bent_map(run):
    size = os.path.getsize(run.template.map_path)
    good = subprocess.run([run.binary, 'verify-map', run.template.map_path], capture_output=True, text=True,
                          timeout=120)
    equal(f'a sound map: {good.stderr}', good.returncode, 0)
    path = os.path.join(run.work.path, 'bent.kfmap')
    for part in range(1, 20):
        at = size * part // 20
        shutil.copy(run.template.map_path, path)

        def bend(b, at=at):
            b[at] ^= 0x10
            return b
        rewrite(path, bend)
        done = subprocess.run([run.binary, 'verify-map', path], capture_output=True, text=True, timeout=120)
        check(done.returncode == 1 and 'kuaifan:' in done.stderr, f'byte {at}: {done}')


@case('a source that is no map is refused by import with file and reason, and nothing is written')
def bad_import(run):
    source, target = os.path.join(run.work.path, 'x.geojson'), os.path.join(run.work.path, 'x.kfmap')
    for text in ('', '{', '[]', '{"type":"FeatureCollection","features":[]}',
                 '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"highway":"residential"},'
                 '"geometry":{"type":"LineString","coordinates":[[200,10],[1,1]]}}]}'):
        with open(source, 'w', encoding='utf-8') as file:
            file.write(text)
        done = subprocess.run([run.binary, 'import', source, target], capture_output=True, text=True, timeout=120)
        check(done.returncode == 1 and 'kuaifan import: ' in done.stderr, f'{text[:40]!r}: {done}')
        check(not os.path.exists(target), f'{text[:40]!r}: a map was written')
    gone = subprocess.run([run.binary, 'import', '/nowhere.osm', target], capture_output=True, text=True, timeout=120)
    check(gone.returncode == 1 and '/nowhere.osm' in gone.stderr, f'{gone}')


def metres(one, other):
    lat, lon = (float(one[name]) - float(other[name]) for name in ('lat', 'lon'))
    return math.hypot(lat * 111195, lon * 111195 * math.cos(math.radians(float(one['lat']))))


@case('a made-up roster has posts at every key place and a patrol of each kind for it')
def made_up_roster(run):
    folder = os.path.join(run.work.path, 'made-up')
    done = subprocess.run([run.binary, 'demo-roster', run.template.map_path, folder, '--units', '240', '--circles', '6',
                           '--seed', '3'], capture_output=True, text=True, timeout=120)
    equal(f'demo-roster: {done.stderr}', done.returncode, 0)
    rows = {}
    for kind in ('circles', 'units'):
        with open(os.path.join(folder, f'{kind}.csv'), encoding='utf-8', newline='') as file:
            rows[kind] = list(csv.DictReader(file))
    equal('circles and units', (len(rows['circles']), len(rows['units'])), (6, 240))
    for circle in rows['circles']:
        mine = [unit for unit in rows['units'] if unit['circle'] == circle['code']]
        away = [metres(unit, circle) for unit in mine if unit['kind'] == 'post']
        check(away and max(away) < 30, f'{circle["code"]}: posts are {away} m away')
        kinds = {unit['kind'] for unit in mine}
        check(kinds >= {'foot', 'motorcycle', 'car', 'grid', 'volunteer'}, f'{circle["code"]} has {kinds}')
    others = [metres(unit, circle) for circle in rows['circles'] for unit in rows['units']
              if unit['kind'] == 'motorcycle' and unit['circle'] != circle['code']]
    own = [metres(unit, circle) for circle in rows['circles'] for unit in rows['units']
           if unit['kind'] == 'motorcycle' and unit['circle'] == circle['code']]
    check(sum(own) / len(own) < sum(others) / len(others) / 2, f'patrols are about their own circle: {own}')


@case('a corrupt journal is named and refused, never mended silently')
def corrupt_journal(run):
    def garbage(content):
        content[:100] = os.urandom(100)
        return content

    def middle(content):
        at = content.index('单元 M1'.encode())
        content[at] ^= 1
        return content
    for name, change in (('garbage', garbage), ('all garbage', lambda c: bytearray(os.urandom(len(c)))),
                         ('half', lambda c: c[:len(c) // 2 // 4096 * 4096 + 100])):
        engine = copied(run, 'journal')
        shutil.rmtree(engine.data + '/snapshots')  # else the bent part may not be read
        rewrite(engine.data + '/journal.db', change)
        engine.refuses_to_start(1, 'journal.db')
    engine = copied(run, 'chain')
    rewrite(engine.data + '/journal.db', middle)
    done = subprocess.run([run.binary, 'verify', engine.data + '/journal.db', engine.data + '/journal.key'],
                          capture_output=True, text=True, timeout=120)
    check(done.returncode == 1 and 'journal.db' in done.stderr, f'verify of a bent journal: {done}')
    engine = copied(run, 'sound')
    done = subprocess.run([run.binary, 'verify', engine.data + '/journal.db', engine.data + '/journal.key'],
                          capture_output=True, text=True, timeout=120)
    check(done.returncode == 0 and 'sound' in done.stdout, f'verify of a sound journal: {done}')


@case('a broken snapshot is passed over, the journal has it all')
def broken_snapshot(run):
    engine = copied(run, 'snapshot')
    snapshots = os.path.join(engine.data, 'snapshots')
    for name in os.listdir(snapshots):
        def bend(content):
            content[len(content) // 2] ^= 1
            return content
        rewrite(os.path.join(snapshots, name), bend)
    engine.start()
    units = engine.get('/v1/units', run.template.tokens['li']).json['units']
    engine.stop()
    equal('units', len(units), 14)
    check('warning snapshot passed over: ' in engine.log(), 'and it says so')


@case('a broken history is built again, a broken identity store is refused')
def broken_others(run):
    city = run.city()
    first = city.report(5, 4).json
    before = city.incident(first['incident_id'], seq=first['seq'])
    city.engine.stop()
    rewrite(city.data + '/history.db', lambda c: bytearray(os.urandom(len(c))))
    for tail in ('-wal', '-shm'):
        if os.path.exists(city.data + '/history.db' + tail):
            os.unlink(city.data + '/history.db' + tail)
    city.engine.start()
    after = city.incident(first['incident_id'], seq=first['seq'])
    equal('the same record', after['timeline'], before['timeline'])
    engine = copied(run, 'identity')
    rewrite(engine.data + '/identity.db', lambda c: bytearray(os.urandom(len(c))))
    engine.refuses_to_start(1, 'identity.db')


@case('a read-only data directory is refused with its name')
def read_only(run):
    with Mount(run.work.new('ro'), '8m') as mount:
        data = os.path.join(mount.path, 'data')
        shutil.copytree(run.template.data, data)
        mount.read_only()
        engine = Engine(run.binary, data, run.template.map_path)
        engine.log_path = run.work.new('ro.log')
        engine.refuses_to_start(1, 'journal.db')
        fresh_there = Engine(run.binary, os.path.join(mount.path, 'new'), run.template.map_path)
        fresh_there.log_path = run.work.new('ro2.log')
        fresh_there.refuses_to_start(1, mount.path)


@case('a data path that is a file is refused with its name')
def data_is_a_file(run):
    engine = fresh(run, 'file')
    with open(engine.data, 'w', encoding='utf-8') as file:
        file.write('x')
    engine.refuses_to_start(1, engine.data)
    lost = fresh(run, 'deep')
    lost.log_path = lost.data + '.log'
    lost.data += '/a/b/c'
    lost.refuses_to_start(1, '/a/b/c')


@case('without a map the engine works and says that its times are estimates')
def no_map(run):
    city = City(run.template, run.work, 'nomap', map='')
    run.cities.append(city)
    car = city.unit('C1')
    city.report(5, 5)
    order = car.event('assignment.sent')
    check(order['assignment']['estimated'], 'estimated')
    check(order['assignment']['travel_ms'] > 0, 'but a time')
    check('no map' in city.engine.log(), 'the log says so')


@case('the map of a real city is compiled and drives a dispatch')
def monaco(run):
    source = shared_file('osm/monaco.osm.pbf')
    target = os.path.join(run.work.path, 'monaco.kfmap')
    done = subprocess.run([run.binary, 'import', source, target], capture_output=True, text=True, timeout=600)
    equal(f'import: {done.stderr}', done.returncode, 0)
    engine = fresh(run, 'monaco', target)
    engine.start()
    try:
        admin = set_up(engine)
        put_roster(engine, admin, 'units', 'code,name,kind,lat,lon,circle,district,people,capabilities\n'
                   'C1,car 1,car,43.7384,7.4246,,,2,\nC2,car 2,car,43.7311,7.4197,,,2,\n')
        tokens = add_devices(engine, admin, ['C1', 'C2'])
        cars = {}
        for code, lat, lon in (('C1', 43.7384, 7.4246), ('C2', 43.7311, 7.4197)):
            cars[code] = WebSocket(engine, tokens[code], code)
            cars[code].ask({'op': 'sub', 'stream': 'orders'})
            cars[code].send({'op': 'position', 'fixes': [{'lat': lat, 'lon': lon}]})
            cars[code].must('unit.duty', duty='on')
        answer = engine.post('/v1/reports', {'type': 'dispute', 'lat': 43.7325, 'lon': 7.4189}, tokens['C1'], key='m1')
        equal('report', answer.status, 201)
        ordered = wait_until('an order for one of them', lambda: [
            (code, event) for code, ws in cars.items() for event in (ws.listen(0.05) or ws.events())
            if event['kind'] == 'assignment.sent'])
        equal('one car', len(ordered), 1)
        assignment = ordered[0][1]['assignment']
        straight_m = {'C1': 780, 'C2': 160}[ordered[0][0]]
        check(assignment['distance_m'] >= straight_m and not assignment['estimated'], f'{assignment}')
        check(0 < assignment['travel_ms'] < 300000, f'{assignment}')
        about = engine.get('/v1/map', tokens['C1']).json['map']
        check('OpenStreetMap' in about['attribution'], f'attribution: {about}')
    finally:
        engine.stop()
