"""Stopping, dying and full disks: what was acknowledged is there, timers go on, words wait."""
import os
import shutil
import signal
import sqlite3
import threading
import time
import uuid

from case_list import collector
from cases_input import counter
from city import PASSWORD, City, add_user, place
from harness import Engine, check, equal, fresh_key, wait_until
from mounts import Mount
from wsclient import WebSocket

CASES, case = collector()


def kill_and_start(city):
    city.engine.kill()
    city.engine.start()


@case('SIGTERM sends everybody 4001, stops cleanly, and a restart goes on')
def graceful(run):
    city = run.city()
    console, car = city.console(), city.unit('C1')
    first = city.report(5, 4).json
    number = car.event('assignment.sent')['assignment']['assignment_id']
    city.engine.process.send_signal(signal.SIGTERM)
    equal('console', console.wait_closed(), 4001)
    equal('unit', car.wait_closed(), 4001)
    city.engine.stop()
    check('SIGTERM: stopping' in city.engine.log() and 'stopped' in city.engine.log(), 'the log says so')
    city.engine.start()
    check('and 0 events in' in city.engine.log().rsplit('recovered', 1)[1], 'from the snapshot alone')
    car = city.unit('C1', duty=False)
    equal('its order', [o['assignment']['assignment_id'] for o in car.first['orders']], [number])
    car.must('assignment.update', assignment=number, state='acknowledged')
    equal('the next number', city.report(10, 10).json['incident_id'], first['incident_id'] + 1)


@case('SIGINT stops as SIGTERM does, and a second one in a row harms nothing')
def interrupted(run):
    city = run.city()
    city.console()
    city.engine.process.send_signal(signal.SIGINT)
    city.engine.process.send_signal(signal.SIGTERM)
    city.engine.stop()


@case('a stop in the middle of a storm of reports loses none that was acknowledged')
def stop_under_load(run):
    city = run.city()
    acknowledged, lock = [], threading.Lock()

    def caller(number):
        for i in range(1000):
            try:
                answer = city.report(0.3 + number * 2, 0.1 + i % 120 / 10, merge=False)
            except OSError:
                return
            if answer.status != 201:
                return
            with lock:
                acknowledged.append(answer.json['incident_id'])
    threads = [threading.Thread(target=caller, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    wait_until('a hundred reports', lambda: len(acknowledged) > 100)
    city.engine.stop()
    for thread in threads:
        thread.join()
    city.engine.start()
    equal('no number twice', len(set(acknowledged)), len(acknowledged))
    end = city.report(14, 14).json
    known = wait_until('history has all', lambda: missing(city, acknowledged, end['seq']))
    equal('missing', known, ['none'])


def missing(city, numbers, seq):
    """['none'] when all of these incidents are in the record."""
    before, found = '', set()
    while True:
        page = city.engine.get(f'/v1/incidents?state=all&limit=500{before}', city.tokens['li']).json
        if page['seq'] < seq:
            return None
        found |= {i['incident_id'] for i in page['incidents']}
        if page['next'] is None:
            return sorted(set(numbers) - found) or ['none']
        before = f"&before={page['next']}"


@case('after kill -9 everything acknowledged is there, and a repeated key has its first answer')
def killed(run):
    city = run.city(snapshot_events=100)
    key = fresh_key()
    console, car = city.console(), city.unit('C1')
    first = city.report(5, 4, key=key).json
    number = car.event('assignment.sent')['assignment']['assignment_id']
    acknowledged = car.must('assignment.update', key='ack-1', assignment=number, state='acknowledged')
    for i in range(30):
        console.must('incident.note', incident=first['incident_id'], note=f'note {i}')
    kill_and_start(city)
    again = city.report(5, 4, key=key)
    equal('the same answer', (again.status, again.json), (201, first))
    other = city.report(5, 4, key=key, note='another')
    equal('another body', (other.status, other.code), (409, 'key_reused'))
    car = city.unit('C1', duty=False)
    equal('acknowledged', car.first['orders'][0]['assignment']['state'], 'acknowledged')
    equal('again', car.must('assignment.update', key='ack-1', assignment=number, state='acknowledged'), acknowledged)
    console = city.console()
    end = console.must('incident.note', incident=first['incident_id'], note='last')
    notes = [e['note'] for e in city.incident(first['incident_id'], seq=end['seq'])['timeline']
             if e['kind'] == 'incident.noted']
    equal('every note once', notes, [f'note {i}' for i in range(30)] + ['last'])


@case('a console that resumes over a kill -9 hears no event that the record has not')
def resume_over_crash(run):
    city = run.city()
    console = city.console()
    for i in range(10):
        city.report(1 + i, 3)
    console.event('incident.opened')
    console.listen(0.3)
    last = [m['upto'] for m in console.heard if m.get('t') == 'log'][-1]
    kill_and_start(city)
    again = city.console(since={'epoch': console.first['epoch'], 'seq': last})
    if not again.recovered:
        check(again.first['seq'] >= last, f"a snapshot older than what was said: {again.first['seq']} < {last}")
        equal('epoch', again.first['epoch'], console.first['epoch'])


@case('where the units are is known again after kill -9, and they are sent at once')
def positions(run):
    city = run.city()
    city.unit('C1', at=(9, 9))
    want = place(9, 9)
    saved = os.path.join(city.data, 'positions.kfp')
    start = os.stat(saved).st_mtime_ns if os.path.exists(saved) else 0
    wait_until('positions are saved', lambda: os.path.exists(saved) and os.stat(saved).st_mtime_ns != start)
    kill_and_start(city)
    units = {u['code']: u for u in city.engine.get('/v1/units', city.tokens['li']).json['units']}
    equal('place', (units['C1']['lat'], units['C1']['lon']), (want['lat'], want['lon']))
    incident = city.report(9, 8).json['incident_id']
    ordered = wait_until('an order', lambda: city.incident(incident)['assignments'])
    equal('C1 at once, without its phone', [a['unit'] for a in ordered], ['C1'])


def key_of(at_ms, number):
    """A UUIDv7 of that time."""
    return str(uuid.UUID(int=at_ms << 80 | 7 << 76 | 2 << 62 | number))


@case('a key that is older than all that is remembered has expired, also after a restart')
def old_keys(run):
    city = run.city(commands_keep=1024)
    incident = city.report(5, 4).json['incident_id']
    now = city.console('zhao').ask({'op': 'ping'})['res']['now_ms']

    def note(number, key):
        return city.patient('/v1/commands', {'op': 'incident.note', 'key': key, 'incident': incident,
                                             'note': f'{number}'}, ('li', 'wang', 'zhao')[number % 3])
    first = key_of(now - 1000, 0)
    equal('the first', note(0, first).status, 200)
    for i in range(1, 1200):
        equal('note', note(i, fresh_key()).status, 200)
    expired = note(0, first)
    check(expired.status == 409, f'{expired}')
    kill_and_start(city)
    again = note(0, first)
    equal('after a restart', (again.status, again.code), (expired.status, expired.code))


@case('a key without a time that was forgotten is a new one: the engine takes it and goes on')
def forgotten_key(run):
    city = run.city(commands_keep=1024)
    incident = city.report(5, 4).json['incident_id']

    def note(number, key):
        return city.patient('/v1/commands', {'op': 'incident.note', 'key': key, 'incident': incident,
                                             'note': f'{number}'}, ('li', 'wang', 'zhao')[number % 3])
    first = fresh_key()
    for i in range(1100):
        equal('note', note(i, fresh_key() if i > 0 else first).status, 200)
    equal('the first key again', note(0, first).status, 200)
    equal('and once more', note(0, first).status, 200)
    equal('a report', city.report(10, 10).status, 201)


@case('an event whose content was erased by law does not stop the history')
def erased(run):
    city = run.city()
    incident = city.report(5, 4).json['incident_id']
    city.patient('/v1/commands', {'op': 'incident.note', 'key': fresh_key(), 'incident': incident,
                                  'note': 'a name'}, 'li')
    city.engine.stop()
    journal = sqlite3.connect(os.path.join(city.data, 'journal.db'))
    with journal:
        gone = journal.execute("UPDATE journal SET body = NULL WHERE instr(body, CAST('a name' AS BLOB))").rowcount
    journal.close()
    equal('erased', gone, 1)
    for name in ('history.db', 'history.db-wal', 'history.db-shm'):
        if os.path.exists(os.path.join(city.data, name)):
            os.unlink(os.path.join(city.data, name))
    city.engine.start()
    last = city.report(10, 10).json
    city.incident(last['incident_id'], seq=last['seq'])
    check('a name' not in str(city.incident(incident)), 'and it is gone')


@case('history that is far behind catches up while new reports come in')
def history_behind(run):
    city = run.city(snapshot_events=100000)
    incident = city.report(5, 4).json['incident_id']
    text = 'x' * 500
    for i in range(1000):  # several times what is read at once, in bytes if not in events
        answer = city.patient('/v1/commands', {'op': 'incident.note', 'key': f'n{i}', 'incident': incident,
                                               'note': f'{i} {text}'[:500]}, ('li', 'wang', 'zhao')[i % 3])
        equal('note', answer.status, 200)
    city.engine.kill()
    for name in ('history.db', 'history.db-wal', 'history.db-shm'):
        if os.path.exists(os.path.join(city.data, name)):
            os.unlink(os.path.join(city.data, name))
    city.engine.start()
    late = [city.report(1 + i % 14, 1 + i / 20, merge=False).json for i in range(40)]
    equal('missing', wait_until('history has all', lambda: missing(
        city, [incident] + [a['incident_id'] for a in late], late[-1]['seq'])), ['none'])


def page_of(path, table):
    """Where the first page of a table of a database lies in its file."""
    database = sqlite3.connect(path)
    page, = database.execute('SELECT rootpage FROM sqlite_schema WHERE name = ?', (table,)).fetchone()
    size, = database.execute('PRAGMA page_size').fetchone()
    database.close()
    return (page - 1) * size, size


@case('history that is found damaged at work is built again, once, and the log is not flooded')
def history_damaged(run):
    city = run.city()
    first = city.report(5, 4).json
    before = city.incident(first['incident_id'], seq=first['seq'])
    city.engine.stop()
    path = os.path.join(city.data, 'history.db')

    def damage():
        at, size = page_of(path, 'incident')
        with open(path, 'r+b') as file:
            file.seek(at)
            file.write(b'\xff' * size)
    damage()
    city.engine.start()
    last = city.report(10, 10).json
    city.incident(last['incident_id'], seq=last['seq'])
    equal('the same record', city.incident(first['incident_id'])['timeline'][:len(before['timeline'])],
          before['timeline'])
    said = city.engine.log()
    check('built again' in said, said[-1500:])
    check(said.count('history: ') <= 3, f"{said.count('history: ')} lines about one trouble")


@case('history below its disk guard closes and says so; above it, it has everything again')
def history_guard(run):
    with Mount(run.work.new('guard'), '96m') as mount:
        city = on_mount(run, mount, disk_guard_mb=40)
        try:
            first = city.report(5, 4).json
            city.incident(first['incident_id'], seq=first['seq'])
            ballast = mount.fill(20 << 20)
            while_low = [city.report(1 + i, 8).json for i in range(5)]
            wait_until('closed', lambda: counter(city, 'history_closed') == 1)
            check(city.engine.get('/healthz').status == 200, 'dispatch goes on')
            os.unlink(ballast)
            last = city.report(10, 10).json
            equal('missing', wait_until('history has all', lambda: missing(
                city, [a['incident_id'] for a in while_low], last['seq'])), ['none'])
            city.engine.stop()
        finally:
            city.kill()


def on_mount(run, mount, **options):
    """A city whose data lie on a disk of their own."""
    city = City.__new__(City)
    city.tokens = dict(run.template.tokens)
    city.data = os.path.join(mount.path, 'data')
    shutil.copytree(run.template.data, city.data)
    city.engine = Engine(run.binary, city.data, run.template.map_path, **options)
    city.engine.log_path = run.work.new('mounted.log')
    city.engine.start()
    return city


class Filler(threading.Thread):
    """Reports one after the other until one is refused or it is told to stop. The commit that finds
    no room keeps its caller waiting: he is answered when there is some."""

    def __init__(self, city):
        super().__init__(daemon=True)
        self.city = city
        self.acknowledged = []
        self.enough = False
        self.start()

    def run(self):
        for i in range(20000):
            if self.enough:
                return
            try:
                answer = self.city.report(i % 140 / 10, i / 2000, merge=False, note='x' * 500)
            except OSError:
                return  # the engine has gone
            if answer.status != 201:
                return
            self.acknowledged.append(answer.json['incident_id'])

    def end(self):
        self.enough = True
        self.join(60)
        check(not self.is_alive(), 'the one that waited was answered')
        return self.acknowledged


@case('on a full disk commands are answered busy, the engine serves on, and nothing acknowledged is lost')
def disk_full(run):
    with Mount(run.work.new('full'), '96m') as mount:
        city = on_mount(run, mount, disk_guard_mb=8, incidents_max=30000, assignments_max=60000)
        try:
            console = city.console()
            ballast = mount.fill(512 << 10)
            filler = Filler(city)
            wait_until('the engine says that it is full', lambda: city.engine.get('/healthz').status == 503, 120)
            equal('health', city.engine.get('/healthz').json['status'], 'degraded')
            answer = city.report(3, 3)
            equal('a new report', (answer.status, answer.code), (503, 'busy'))
            check(answer.json['retry'] is True and int(answer.headers['Retry-After']) >= 1, f'{answer}')
            equal('over the socket', console.refused('busy', 'incident.note', incident=1, note='n').get('retry'), True)
            check(console.ask({'op': 'ping'})['ok'], 'sessions go on')
            equal('reads of what stands still go on', city.engine.get('/v1/me', city.tokens['li']).status, 200)
            units = city.engine.get('/v1/units', city.tokens['li'])
            check(units.status == 200 or (units.status, units.code, units.json['retry']) == (503, 'busy', True),
                  f'what the disk does not know yet is not said, nor waited for: {units}')
            equal('the gauge', counter(city, 'disk_full'), 1)
            check('the disk is full' in city.engine.log(), 'the log says so')
            os.unlink(ballast)
            wait_until('there is room again', lambda: city.engine.get('/healthz').status == 200)
            last = city.report(14, 14)
            equal('commands are taken again', last.status, 201)
            acknowledged = filler.end()
            check(len(acknowledged) > 20, f'only {len(acknowledged)} were acknowledged')
            kill_and_start(city)
            end = city.report(13, 13).json
            equal('missing', wait_until('history has all', lambda: missing(
                city, acknowledged + [last.json['incident_id']], end['seq']), 60), ['none'])
            city.engine.stop()
        finally:
            city.kill()


@case('a stop while the disk is full ends in time, and the rest is there')
def stop_while_full(run):
    with Mount(run.work.new('fullstop'), '96m') as mount:
        city = on_mount(run, mount, disk_guard_mb=8, incidents_max=30000, assignments_max=60000)
        try:
            ballast = mount.fill(512 << 10)
            filler = Filler(city)
            wait_until('full', lambda: city.engine.get('/healthz').status == 503, 120)
            city.engine.stop()
            acknowledged = filler.end()
            os.unlink(ballast)
            city.engine.start()
            end = city.report(13, 13).json
            equal('missing', wait_until('history has all', lambda: missing(city, acknowledged, end['seq']), 60), ['none'])
            city.engine.stop()
        finally:
            city.kill()


@case('the shadow engine and the snapshots agree with the live one under work')
def shadow(run):
    city = run.city(snapshot_events=100)
    console = city.console()
    cars = [city.unit(code) for code in ('C1', 'C2', 'P1', 'M1')]
    for i in range(40):
        incident = city.report(1 + i % 14, 1 + i % 13, merge=False).json['incident_id']
        console.must('incident.note', incident=incident, note='n')
        if i % 3 == 0:
            console.must('incident.cancel', incident=incident, reason='duplicate')
    check(cars, 'units')
    wait_until('digests were compared', lambda: counter(city, 'digests_equal') >= 2 and counter(city, 'snapshots_written') >= 2)
    equal('alarms of the engine', counter(city, 'alarms'), 0)
    kill_and_start(city)
    said = city.engine.log().rsplit('recovered to seq', 1)[1].split('\n')[0]
    check(': snapshot 0' not in said, f'recovered from a snapshot: {said}')


@case('the same engine may start and stop ten times in a row')
def many_starts(run):
    city = run.city()
    for i in range(10):
        equal('report', city.report(1 + i, 2).status, 201)
        city.engine.stop()
        city.engine.start()
    socket = WebSocket(city.engine, city.tokens['C1'])
    check(socket.me['ok'], 'logins live on')


@case('a backup has the logins: an engine on it lets in who was let in, also of a minute ago')
def backup_of_people(run):
    city = run.city()
    add_user(city.engine, city.tokens['admin'], 'late', 'dispatcher')
    backup = city.engine.post('/v1/backup', None, city.tokens['admin']).json['path']
    data = run.work.new('restored')
    os.makedirs(data)
    shutil.copy(backup, os.path.join(data, 'journal.db'))
    shutil.copy(backup.replace('journal-', 'identity-'), os.path.join(data, 'identity.db'))
    for name in ('journal.key', 'journal.key.pub'):
        shutil.copy(os.path.join(city.data, name), data)
    engine = Engine(run.binary, data, run.template.map_path).start()
    try:
        check(engine.login('late', PASSWORD), 'whose file was copied')
        equal('an old token', engine.get('/v1/me', city.tokens['li']).status, 200)
        check(not os.path.exists(os.path.join(data, 'setup-link')), 'there is an administrator')
    finally:
        engine.stop()


@case('a backup that the disk has no room for is refused, and dispatch goes on')
def backup_without_room(run):
    city = run.city(disk_guard_mb=1048576)
    answer = city.engine.post('/v1/backup', None, city.tokens['admin'])
    equal('refused', (answer.status, answer.code), (503, 'busy'))
    check('disk_guard_mb' in answer.json['detail'], f'{answer}')
    equal('nothing of it', os.listdir(os.path.join(city.data, 'backups')), [])
    equal('a report', city.report(3, 3).status, 201)


@case('what a crash left of a backup is gone after a start, whole ones stay')
def backup_cut_short(run):
    city = run.city()
    backup = city.engine.post('/v1/backup', None, city.tokens['admin']).json['path']
    directory = os.path.dirname(backup)
    whole = sorted(os.listdir(directory))
    city.engine.kill()
    for name in ('journal-1.db.part', 'journal-1.db.part-journal', 'identity-1.db.part'):
        with open(os.path.join(directory, name), 'wb') as file:
            file.write(b'half')
    city.engine.start()
    equal('left', sorted(os.listdir(directory)), whole)
