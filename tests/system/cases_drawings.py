"""Drawings of a circle: put by the administrator, seen by whoever works there, there after a restart."""
import contextlib
import os
import sqlite3

from case_list import collector
from cases_photo import JPEG, WEBP, name_of, png
from harness import check, equal

CASES, case = collector()


def put(city, circle, name, body=JPEG, media='image/jpeg', who='admin'):
    return city.engine.ask('POST', f'/v1/circles/{circle}/drawings?name={name}', body, city.tokens[who],
                           headers={'Content-Type': media})


def of(city, circle, who='admin'):
    return city.engine.get(f'/v1/circles/{circle}/drawings', city.tokens[who])


def get(city, circle, body, who='admin'):
    return city.engine.get(f'/v1/circles/{circle}/drawings/{name_of(body)}', city.tokens[who])


def delete(city, circle, body, who='admin'):
    return city.engine.ask('DELETE', f'/v1/circles/{circle}/drawings/{name_of(body)}', None, city.tokens[who])


def names(answer):
    return [drawing['name'] for drawing in answer.json['drawings']]


@case('a drawing is listed and shown as it was put, takes another name, and is there after kill -9')
def put_and_seen(run):
    city = run.city()
    circle = 'K1'
    first = put(city, circle, '%E4%B8%80%E6%A5%BC')
    equal('put', (first.status, first.json['drawings']),
          (200, [{'circle': circle, 'name': '一楼', 'hash': name_of(JPEG), 'media': 'image/jpeg', 'size': len(JPEG),
                  'by': 'admin', 'since_ms': first.json['drawings'][0]['since_ms']}]))
    equal('two', names(put(city, circle, 'gates', png(), 'image/png')), ['一楼', 'gates'])
    equal('another name', names(put(city, circle, 'first%20floor')), ['first floor', 'gates'])
    city.kill()
    city.engine.start()
    equal('after', names(of(city, circle)), ['first floor', 'gates'])
    answer = get(city, circle, JPEG)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    equal('as it was put', (answer.status, answer.body == JPEG, headers['content-type']), (200, True, 'image/jpeg'))
    check('sandbox' in headers['content-security-policy'] and headers['x-content-type-options'] == 'nosniff', f'{headers}')
    gone = delete(city, circle, JPEG)
    equal('deleted', (gone.status, names(gone)), (200, ['gates']))
    equal('and not shown', get(city, circle, JPEG).status, 404)
    check(not os.path.exists(os.path.join(city.data, 'drawings', name_of(JPEG))), 'its file, too')
    equal('not twice', delete(city, circle, JPEG).status, 404)


@case('every change of a drawing is in the record, with who made it')
def recorded(run):
    city = run.city()
    put(city, 'K1', 'gates')
    delete(city, 'K1', JPEG)
    city.engine.stop()
    with contextlib.closing(sqlite3.connect(f'{city.engine.data}/journal.db')) as journal:
        bodies = [bytes(row[0]) for row in journal.execute('SELECT body FROM journal')]
    for verb in ('put', 'delete'):
        text = f'drawing.{verb} K1 {name_of(JPEG)} gates'.encode()
        equal(verb, len([body for body in bodies if text in body]), 1)
    city.engine.start()


@case('who has the circle in his district, belongs to it or works there sees its drawings, and only the administrator puts them')
def rights(run):
    city = run.city()
    put(city, 'K2', 'gates')
    car = city.unit('C1')
    for who in ('li', 'zhao', 'east'):
        equal(who, (of(city, 'K2', who).status, get(city, 'K2', JPEG, who).status), (200, 200))
    for who, code in (('C1', 'forbidden'), ('alarms', 'forbidden')):
        equal(who, (of(city, 'K2', who).code, get(city, 'K2', JPEG, who).code), (code, code))
    equal('of another district', of(city, 'K1', 'east').code, 'forbidden')
    equal('its own circle', names(of(city, 'K1', 'C1')), [])
    incident = city.report(13, 13).json['incident_id']
    record = city.incident(incident)['incident']
    equal('it lies there', record['circle'], 'K2')
    assignment = car.event('assignment.sent')['assignment']['assignment_id']
    equal('before it has said yes', of(city, 'K2', 'C1').code, 'forbidden')
    car.must('assignment.update', assignment=assignment, state='acknowledged')
    equal('at work there', (names(of(city, 'K2', 'C1')), get(city, 'K2', JPEG, 'C1').body == JPEG), (['gates'], True))
    for who in ('C1', 'li'):
        equal('by its number', names(city.engine.get(f'/v1/incidents/{incident}/drawings', city.tokens[who])), ['gates'])
    equal('of none', city.engine.get('/v1/incidents/999/drawings', city.tokens['C1']).code, 'not_found')
    free = city.report(8, 8).json['incident_id']
    equal('of no circle', names(city.engine.get(f'/v1/incidents/{free}/drawings', city.tokens['li'])), [])
    for who in ('li', 'zhao', 'C1', 'alarms'):
        equal(f'{who} puts none', put(city, 'K2', 'x', who=who).code, 'forbidden')
        equal(f'{who} deletes none', delete(city, 'K2', JPEG, who).code, 'forbidden')
    equal('nobody', city.engine.get('/v1/circles/K2/drawings').status, 401)
    equal('a programme learns of no incident', city.engine.get(f'/v1/incidents/{free}/drawings', city.tokens['alarms']).code, 'forbidden')


@case('a drawing that is none, too large, without a name or of no circle is refused with what is wrong')
def refused(run):
    city = run.city(photo_bytes_max=65536)
    circle = 'K1'
    for where, name, body, media, want in (
            (circle, 'x', JPEG, 'image/jpeg', (413, 'too_large')),
            (circle, 'x', b'<svg onload="alert(1)"/>', 'image/jpeg', (422, 'wrong_type')),
            (circle, 'x', png(), 'image/jpeg', (422, 'wrong_type')),
            (circle, 'x', b'', 'image/webp', (422, 'wrong_type')),
            (circle, '', WEBP, 'image/webp', (400, 'bad_request')),
            (circle, 'a%0Ab', WEBP, 'image/webp', (400, 'bad_request')),
            (circle, '%FF', WEBP, 'image/webp', (400, 'bad_request')),
            (circle, 'n' * 63, WEBP, 'image/webp', (400, 'bad_request')),
            ('NOWHERE', 'x', WEBP, 'image/webp', (404, 'not_found'))):
        answer = put(city, where, name, body, media)
        equal(f'{where} {name} {media}', (answer.status, answer.code), want)
    equal('none', names(of(city, circle)), [])
    for path in (f'{circle}/drawings/{"0" * 64}', f'{circle}/drawings/list.txt', f'{circle}/drawings/'):
        equal(path, city.engine.get(f'/v1/circles/{path}', city.tokens['admin']).status, 404)
    equal('PUT', city.engine.ask('PUT', f'/v1/circles/{circle}/drawings', WEBP, city.tokens['admin']).status, 405)
    for i in range(16):
        equal('fits', put(city, circle, f'n{i}', WEBP + bytes([i]), 'image/webp').status, 200)
    equal('one more', put(city, circle, 'more', WEBP, 'image/webp').code, 'capacity')
    equal('a known one', put(city, circle, 'renamed', WEBP + bytes([3]), 'image/webp').status, 200)


@case('a list that is damaged is said, and what can be read of it is there')
def damaged(run):
    city = run.city()
    circle = 'K1'
    put(city, circle, 'gates')
    put(city, circle, 'floor', WEBP, 'image/webp')
    city.engine.stop()
    path = os.path.join(city.data, 'drawings', 'list.txt')
    with open(path, encoding='utf-8') as file:
        lines = file.read().splitlines()
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join([lines[0][:20], lines[1]]))
    with open(os.path.join(city.data, 'drawings', name_of(WEBP)), 'r+b') as file:
        file.write(b'RIFF?')
    city.engine.start()
    equal('the other', names(of(city, circle)), ['floor'])
    check('1 drawings of circles cannot be read' in city.engine.log(), 'it is said')
    with open(path + '.damaged', encoding='utf-8') as file:
        equal('and kept', file.read(), '\n'.join([lines[0][:20], lines[1]]))
    answer = get(city, circle, WEBP)
    equal('an altered one is not shown', (answer.status, answer.code), (404, 'not_found'))
