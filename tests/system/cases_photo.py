"""Photos from the scene: kept as files, named in the record, seen by those whose business they are."""
import hashlib
import http.client
import os
import struct
import subprocess
import threading
import zlib

from case_list import collector
from harness import check, equal, fresh_key, wait_until

CASES, case = collector()

JPEG = b'\xff\xd8\xff\xe0' + b'a car on its roof' * 9000  # 150 KB: more than one read of a body
WEBP = b'RIFF\x10\0\0\0WEBPVP8 ' + b'x' * 40


def png():
    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(b'\0\x30\x60\x90')) + chunk(b'IEND', b''))


def name_of(body):
    return hashlib.blake2b(body, digest_size=32).hexdigest()


def put(city, who, incident, body=JPEG, key=None, media='image/jpeg', query=''):
    return city.engine.ask('PUT', f'/v1/incidents/{incident}/photos/{key or fresh_key()}{query}', body,
                           city.tokens[who], headers={'Content-Type': media})


def get(city, who, incident, name):
    return city.engine.get(f'/v1/incidents/{incident}/photos/{name}', city.tokens[who])


def file_of(city, body):
    return os.path.join(city.data, 'photos', name_of(body))


def at_work(city):
    """A console, a car that works on an incident, both numbers."""
    console = city.console()
    car = city.unit('C1')
    incident = city.report(5, 4).json['incident_id']
    assignment = car.event('assignment.sent')['assignment']['assignment_id']
    return console, car, incident, assignment


def photos_of(city, incident, seq):
    return [event for event in city.incident(incident, seq=seq)['timeline'] if event['kind'] == 'photo.added']


@case('a photo of a unit is a file, an event and an answer; sent again it is one photo')
def sent(run):
    city = run.city()
    console, _, incident, assignment = at_work(city)
    key = fresh_key()
    query = f'?assignment={assignment}&device_ms=1763932271000'
    first = put(city, 'C1', incident, key=key, query=query)
    equal('answer', (first.status, first.json['res']['incident_id'], first.json['res']['assignment_id']),
          (200, incident, assignment))
    event = console.event('photo.added')
    equal('event', {name: event[name] for name in ('incident_id', 'assignment_id', 'unit', 'hash', 'size', 'media',
                                                   'device_ms', 'actor', 'source')},
          {'incident_id': incident, 'assignment_id': assignment, 'unit': 'C1', 'hash': name_of(JPEG),
           'size': len(JPEG), 'media': 'image/jpeg', 'device_ms': 1763932271000, 'actor': 'unit:C1', 'source': 'unit'})
    with open(file_of(city, JPEG), 'rb') as file:
        check(file.read() == JPEG, 'the file is what was sent')
    again = put(city, 'C1', incident, key=key, query=query)
    equal('the first answer', (again.status, again.json), (200, first.json))
    other = put(city, 'C1', incident, body=WEBP, key=key, media='image/webp', query=query)
    equal('another photo under the same key', (other.status, other.code), (409, 'key_reused'))
    equal('one record', len(photos_of(city, incident, first.json['res']['seq'])), 1)


@case('who works on it or has it in his district sees a photo, with its type and for himself only; nobody else does')
def seen(run):
    city = run.city()
    _, car, incident, assignment = at_work(city)
    city.unit('C3')
    for body, media in ((JPEG, 'image/jpeg'), (png(), 'image/png'), (WEBP, 'image/webp')):
        equal('put', put(city, 'C1', incident, body=body, media=media).status, 200)
        for who in ('li', 'zhao', 'C1'):
            answer = get(city, who, incident, name_of(body))
            equal(f'{who} sees it', (answer.status, answer.body == body), (200, True))
            headers = {name.lower(): value for name, value in answer.headers.items()}
            equal('type', headers['content-type'], media)
            equal('nosniff', headers['x-content-type-options'], 'nosniff')
            check(headers['cache-control'].startswith('private'), f'{headers}')
            check('sandbox' in headers['content-security-policy'], f'{headers}')
    name = name_of(JPEG)
    for who, status, code in (('C3', 403, 'forbidden'), ('alarms', 403, 'forbidden'), ('admin', 403, 'forbidden'),
                              ('east', 403, 'forbidden')):
        answer = get(city, who, incident, name)
        equal(f'{who} does not', (answer.status, answer.code), (status, code))
    equal('nobody', city.engine.get(f'/v1/incidents/{incident}/photos/{name}').status, 401)
    other = city.report(9, 12, drill=True).json['incident_id']
    equal('it is of its incident', [get(city, 'li', *which).status for which in (
        (other, name), (incident, '0' * 64), (incident, name.upper()), (incident, 'journal.db'), (0, name))], [404] * 5)
    for state in ('acknowledged', 'en_route', 'on_scene', 'cleared'):
        car.must('assignment.update', assignment=assignment, state=state)
    equal('not any more', get(city, 'C1', incident, name).code, 'forbidden')


@case('a foreign unit, another district and other roles are refused before anything is kept')
def foreign(run):
    city = run.city()
    _, car, incident, assignment = at_work(city)
    city.unit('C3')
    for who, query in (('C3', ''), ('C3', f'?assignment={assignment}'), ('east', ''), ('alarms', ''), ('admin', '')):
        answer = put(city, who, incident, query=query)
        equal(f'{who}{query}', (answer.status, answer.code), (403, 'forbidden'))
    check(not os.path.exists(file_of(city, JPEG)), 'no file')
    answer = put(city, 'li', 999)
    equal('unknown', (answer.status, answer.code), (404, 'unknown_incident'))
    answer = put(city, 'li', incident, query='?assignment=999')
    equal('unknown order', (answer.status, answer.code), (404, 'unknown_assignment'))
    check(not os.path.exists(file_of(city, JPEG)), 'no file of what is not known')
    equal('a desk may', put(city, 'li', incident).status, 200)
    for state in ('acknowledged', 'en_route', 'on_scene', 'cleared'):
        car.must('assignment.update', assignment=assignment, state=state)
    equal('without its order', put(city, 'C1', incident).code, 'forbidden')
    late = put(city, 'C1', incident, query=f'?assignment={assignment}')
    equal('late, with its order', (late.status, late.json['res']['assignment_id']), (200, assignment))


@case('too large, of another type, with a bad key or query: refused with what is wrong')
def refused(run):
    city = run.city(photo_bytes_max=65536)
    _, _, incident, _ = at_work(city)
    for body, media, query, key, want in (
            (JPEG, 'image/jpeg', '', None, (413, 'too_large')),
            (b'<svg onload="alert(1)"/>', 'image/jpeg', '', None, (422, 'wrong_type')),
            (png(), 'image/jpeg', '', None, (422, 'wrong_type')),
            (WEBP, 'text/html', '', None, (422, 'wrong_type')),
            (b'', 'image/webp', '', None, (422, 'wrong_type')),
            (WEBP, 'image/webp', '?assignment=x', None, (400, 'bad_request')),
            (WEBP, 'image/webp', '?asignment=1', None, (400, 'bad_request')),
            (WEBP, 'image/webp', '', 'k' * 65, (400, 'key_invalid'))):
        answer = put(city, 'C1', incident, body=body, media=media, query=query, key=key)
        equal(f'{media} {query} {key}', (answer.status, answer.code), want)
    equal('at the limit', put(city, 'C1', incident, body=JPEG[:65536]).status, 200)
    equal('one past it', put(city, 'C1', incident, body=JPEG[:65537]).status, 413)
    equal('POST', city.engine.post(f'/v1/incidents/{incident}/photos/k', {}, city.tokens['C1']).status, 405)


@case('below twice the guard of free disk a photo is refused, dispatch and history go on, and sent again it is taken')
def disk_low(run):
    disk = os.statvfs(run.work.path)
    free_mb = disk.f_bavail * disk.f_frsize // 1048576
    city = run.city(disk_guard_mb=min(free_mb * 3 // 4, 1048576))
    _, _, incident, _ = at_work(city)
    key = fresh_key()
    answer = put(city, 'C1', incident, key=key)
    equal('no room', (answer.status, answer.code, answer.json['retry']), (503, 'busy', True))
    check('disk is full' in answer.json['detail'], f'{answer}')
    equal('dispatch goes on', city.report(9, 4).status, 201)
    equal('history, too', city.incident(incident)['incident']['incident_id'], incident)
    city.engine.stop()
    city.engine.options['disk_guard_mb'] = 0
    city.engine.start()
    equal('again', put(city, 'C1', incident, key=key).status, 200)
    check('a photo is not stored' in city.engine.log(), 'the log says so')


@case('after kill -9 in the middle of uploads what was answered is there, and what was not is taken once')
def killed(run):
    city = run.city()
    _, _, incident, assignment = at_work(city)
    query = f'?assignment={assignment}'
    keys = [fresh_key() for _ in range(40)]
    bodies = [JPEG + bytes([i]) for i in range(40)]
    answers = {}
    begun = threading.Event()

    def send_all():
        for i, (key, body) in enumerate(zip(keys, bodies)):
            try:
                answers[i] = put(city, 'C1', incident, body=body, key=key, query=query).json
            except (OSError, http.client.HTTPException):
                return  # it died under this one
            if i == 3:
                begun.set()

    senders = [threading.Thread(target=send_all, daemon=True) for _ in range(2)]  # each one is sent twice at once
    for sender in senders:
        sender.start()
    check(begun.wait(60), 'some are answered')
    city.kill()
    for sender in senders:
        sender.join(60)
    check(4 <= len(answers) < len(keys), f'it died in the middle: {len(answers)} were answered')
    # It died after the file and before the record: a part of the file lies there already.
    with open(file_of(city, bodies[-1]), 'wb') as file:
        file.write(bodies[-1][:777])
    city.engine.start()
    seq = 0
    for i, (key, body) in enumerate(zip(keys, bodies)):
        answer = put(city, 'C1', incident, body=body, key=key, query=query)
        equal('after', answer.status, 200)
        if i in answers:
            equal('the answer of before', answer.json, answers[i])
        seq = max(seq, answer.json['res']['seq'])
    equal('each once', sorted(event['hash'] for event in photos_of(city, incident, seq)),
          sorted(name_of(body) for body in bodies))
    for body in bodies:
        answer = wait_until('history names it', lambda body=body: [a for a in [get(city, 'li', incident, name_of(body))]
                                                                    if a.status == 200])[0]
        check(answer.body == body, 'as it was sent')


@case('a photo that comes when the incident has long left the live state is taken from whom the record says it may be')
def archived(run):
    city = run.city()
    admin = city.tokens['admin']
    policy = city.engine.get('/v1/policy', admin).json['policy']
    equal('put', city.engine.ask('PUT', '/v1/policy', dict(policy, reopen_ms=1000), admin).status, 200)
    console, car, incident, assignment = at_work(city)
    city.unit('C3')
    for state in ('acknowledged', 'en_route', 'on_scene', 'cleared'):
        car.must('assignment.update', assignment=assignment, state=state)
    console.must('incident.close', incident=incident, reason='resolved', clear_all=True)
    console.event('incident.archived', incident_id=incident)
    key = fresh_key()
    query = f'?assignment={assignment}'
    for who, more in (('C3', query), ('C1', ''), ('C1', '?assignment=999'), ('east', '')):
        answer = put(city, who, incident, query=more)
        check(answer.status in (403, 404), f'{who}{more}: {answer.status} {answer.code}')
    check(not os.path.exists(file_of(city, JPEG)), 'no file')
    late = put(city, 'C1', incident, key=key, query=query)
    equal('taken', (late.status, late.json['res']['assignment_id']), (200, assignment))
    desk = put(city, 'li', incident, body=WEBP, media='image/webp')
    equal('from a desk, too', desk.status, 200)
    city.kill()
    city.engine.start()
    equal('again', put(city, 'C1', incident, key=key, query=query).json, late.json)
    photos = photos_of(city, incident, desk.json['res']['seq'])
    equal('in the record', [(event['hash'], event['assignment_id'], event['unit']) for event in photos],
          [(name_of(JPEG), assignment, 'C1'), (name_of(WEBP), None, None)])
    equal('seen', get(city, 'li', incident, name_of(JPEG)).body == JPEG, True)


@case('a backup has the photos; verify names the one that is missing and the one that was altered')
def verified(run):
    city = run.city()
    _, _, incident, _ = at_work(city)
    for body, media in ((JPEG, 'image/jpeg'), (WEBP, 'image/webp'), (png(), 'image/png')):
        equal('put', put(city, 'C1', incident, body=body, media=media).status, 200)
    backup = city.engine.post('/v1/backup', None, city.tokens['admin']).json['path']
    key = os.path.join(city.data, 'journal.key.pub')
    photos = os.path.join(os.path.dirname(backup), 'photos')

    def verify(*more):
        return subprocess.run([run.binary, 'verify', backup, key, *more], capture_output=True, text=True, timeout=120)
    done = verify()
    check(done.returncode == 0 and '3 photos' in done.stdout, f'{done}')
    equal('names', sorted(os.listdir(photos)), sorted(name_of(body) for body in (JPEG, WEBP, png())))
    os.unlink(os.path.join(photos, name_of(WEBP)))
    altered = os.path.join(photos, name_of(JPEG))
    os.unlink(altered)  # a link: what lies in the data directory stays as it is
    with open(altered, 'wb') as file:
        file.write(JPEG[:-1] + b'!')
    done = verify()
    check(done.returncode == 1, f'{done}')
    for body, word in ((WEBP, 'missing'), (JPEG, 'altered')):
        lines = [line for line in done.stderr.splitlines() if name_of(body) in line]
        check(len(lines) == 1 and word in lines[0] and f'incident {incident}' in lines[0], f'{word}: {done.stderr}')
    check(name_of(png()) not in done.stderr and '2 of 3' in done.stderr, f'{done.stderr}')
    equal('the data directory', verify(os.path.join(city.data, 'photos')).returncode, 0)
    with open(file_of(city, png()), 'r+b') as file:
        file.write(b'\x89PNG\r\n\x1a\n?')
    answer = get(city, 'li', incident, name_of(png()))
    equal('an altered one is not shown', (answer.status, answer.code), (404, 'not_found'))
