"""Bad input over the wire: each kind has its machine code and a sentence, is counted, and costs
nobody else anything."""
import json
import re

from case_list import collector
from city import circles, districts, place
from harness import check, equal, fresh_key, wait_until
from wsclient import WebSocket

CASES, case = collector()


def good(**members):
    return {'type': 'dispute', **place(5, 5), **members}


def without(name):
    body = good()
    del body[name]
    return body


FAR = {'lat': 39.9, 'lon': 116.4}
SWAPPED = {'lat': place(5, 5)['lon'], 'lon': place(5, 5)['lat']}

# Body of POST /v1/reports, status, code, pointer.
REPORTS = [
    ('', 400, 'bad_json', None),
    ('{', 400, 'bad_json', None),
    ('{"type":"dispute",}', 400, 'bad_json', None),
    ('{"type":"dispute","type":"fire"}', 400, 'bad_json', None),
    (b'{"type":"\xff\xfe"}', 422, 'bad_text', None),
    ('{"note":"\\ud800"}', 400, 'bad_json', None),
    ('[' * 5000, 400, 'bad_json', None),
    ('[]', 400, 'bad_request', None),
    ('"text"', 400, 'bad_request', None),
    (without('type'), 422, 'missing_member', '/type'),
    (without('lat'), 422, 'missing_member', '/lat'),
    (good(color='red'), 422, 'unknown_member', '/color'),
    (good(type=7), 422, 'wrong_type', '/type'),
    (good(lat='22.5'), 422, 'wrong_type', '/lat'),
    (good(note=None, drill='yes'), 422, 'wrong_type', None),
    (good(type='earthquake'), 422, 'unknown_value', '/type'),
    (good(channel='pigeon'), 422, 'unknown_value', '/channel'),
    (good(priority=0), 422, 'out_of_range', '/priority'),
    (good(priority=5), 422, 'out_of_range', '/priority'),
    (good(priority=2.5), 422, 'wrong_type', '/priority'),
    (good(lat=91, lon=0), 422, 'out_of_range', '/lat'),
    (good(lon=-180.5), 422, 'out_of_range', '/lon'),
    (good(**SWAPPED), 422, 'swapped_coordinates', None),
    (good(**FAR), 422, 'outside_city', None),
    (good(note='x' * 512), 422, 'too_long', '/note'),
    (good(note='字' * 171), 422, 'too_long', '/note'),
    (good(phone='1' * 24), 422, 'too_long', '/phone'),
    (good(caller='a\u0007b'), 422, 'bad_text', '/caller'),
    (good(occurred_ms=-1), 422, 'out_of_range', '/occurred_ms'),
    ('{"type":"dispute","lat":1e999,"lon":0}', 400, 'bad_json', None),
]


@case('every bad report is refused with its code, its place and a sentence')
def bad_reports(run):
    city = run.city()
    before = counter(city, 'commands_malformed') + counter(city, 'refusals')
    for body, status, code, pointer in REPORTS:
        name = repr(body)[:70]
        answer = city.engine.post('/v1/reports', body, city.tokens['li'], key=fresh_key())
        equal(name, (answer.status, answer.code), (status, code))
        equal(f'{name}: problem', answer.headers['Content-Type'], 'application/problem+json')
        check(answer.json['detail'] and answer.json['title'], f'{name}: no sentence: {answer}')
        equal(f'{name}: status twice', answer.json['status'], status)
        if pointer is not None:
            equal(f'{name}: pointer', answer.json.get('pointer'), pointer)
    after = counter(city, 'commands_malformed') + counter(city, 'refusals')
    equal('each is counted once', after - before, len(REPORTS))
    equal('nothing was opened', len(city.listed(city.report(9, 9).json['seq'])), 1)


def counter(city, name):
    text = city.engine.get('/metrics', city.tokens['zhao']).body.decode()
    found = re.search(rf'^kuaifan_{name}(?:_total)? (\d+)$', text, re.M)
    check(found, f'no counter {name} in /metrics')
    return int(found.group(1))


@case('the longest texts that are allowed are taken and kept whole')
def longest(run):
    city = run.city()
    texts = {'note': '字' * 170 + 'x', 'address': '址' * 53, 'caller': '王' * 21, 'phone': '1' * 23}
    answer = city.report(5, 5, **texts)
    equal('report', answer.status, 201)
    kept = city.incident(answer.json['incident_id'])['reports'][0]
    equal('kept whole', {n: kept[n] for n in texts}, texts)


@case('a body that is too large is 413, of a wrong type 400, of a wrong method 405')
def wrong_envelope(run):
    city = run.city()
    token = city.tokens['li']
    big = city.engine.post('/v1/reports', good(note='x' * 70000), token, key=fresh_key())
    equal('70 kB', (big.status, big.code), (413, 'too_large'))
    xml = city.engine.post('/v1/reports', '<a/>', token, key=fresh_key(), headers={'Content-Type': 'text/xml'})
    equal('XML', (xml.status, xml.code), (400, 'bad_request'))
    odd = city.engine.post('/v1/reports', good(), token, key=fresh_key(),
                           headers={'Content-Type': 'Application/JSON; charset=UTF-8'})
    equal('the case of a media type says nothing', odd.status, 201)
    for method, path, headers, want in (
            ('GET', '/nothing', {}, (404, 'not_found')), ('PATCH', '/v1/units', {}, (405, 'method_not_allowed')),
            ('GET', '/v1/ws', {}, (426, 'bad_request')),
            ('POST', '/v1/reports', {'Transfer-Encoding': 'chunked'}, (411, 'bad_request'))):
        answer = city.engine.ask(method, path, None, token, headers=headers)
        equal(f'{method} {path}', (answer.status, answer.code), want)
        check(answer.json['title'] and answer.json['detail'], f'{method} {path}: {answer}')
    for method, path in (('GET', '/v1/reports'), ('DELETE', '/v1/units'), ('PUT', '/v1/login'), ('POST', '/v1/units'),
                         ('DELETE', '/healthz'), ('POST', '/healthz')):
        answer = city.engine.ask(method, path, None, token)
        equal(f'{method} {path}', (answer.status, answer.code), (405, 'method_not_allowed'))
    huge = city.engine.ask('POST', '/v1/roster?kind=units', 'x' * (17 << 20), city.tokens['admin'],
                           headers={'Content-Type': 'text/csv'})
    equal('17 MiB of roster', (huge.status, huge.headers['Content-Type']), (413, 'application/problem+json'))
    check(huge.json['detail'], 'a sentence')


@case('bad query parameters are 400 and name the parameter')
def bad_queries(run):
    city = run.city()
    for path in ('/v1/incidents?state=nearly', '/v1/incidents?limit=0', '/v1/incidents?limit=x',
                 '/v1/incidents?before=-1', '/v1/incidents?colour=red', '/v1/response-times?tier=2',
                 '/v1/response-times?from=yesterday', '/v1/response-times?format=pdf',
                 '/v1/response-times?circle=NO', '/v1/isochrone?lat=91&lon=0&profile=car&minutes=1',
                 '/v1/isochrone?lat=22.5&lon=113.4&profile=boat&minutes=1', '/v1/streets?q=',
                 '/v1/isochrone?lat=22.5&lon=113.4&profile=car&minutes=abc'):
        answer = city.engine.get(path, city.tokens['zhao'])
        check(answer.status in (400, 404, 422) and answer.code, f'{path}: {answer}')
        check(answer.json.get('detail'), f'{path}: no sentence')


SOCKET = [
    ('{', 'bad_json'), ('[]', 'bad_request'), ('{"id":700}', 'bad_request'),
    ('{"id":700,"op":"incident.explode","key":"k"}', 'unknown_op'),
    ('{"id":0,"op":"ping"}', 'out_of_range'), ('{"id":"7","op":"ping"}', 'wrong_type'),
    ('{"id":700,"op":"incident.note","incident":1,"note":"n"}', 'key_missing'),
    ('{"id":700,"op":"incident.note","key":"","incident":1,"note":"n"}', 'key_invalid'),
    ('{"id":700,"op":"sub","stream":"everything"}', 'unknown_value'),
    ('{"id":700,"op":"incident.note","key":"a","incident":0,"note":"n"}', 'out_of_range'),
    ('{"id":700,"op":"unit.duty","key":"b","unit":"NOBODY","duty":"on"}', 'unknown_unit'),
    ('{"id":700,"op":"incident.note","key":"c","incident":4000000000,"note":"n"}', 'unknown_incident'),
    ('{"id":700,"op":"assignment.recall","key":"d","assignment":77}', 'unknown_assignment'),
    ('{"id":700,"op":"alarm.ack","key":"e","alarm":77}', 'unknown_alarm'),
    ('{"id":700,"op":"report.create","key":"f","type":"fire","lat":113.4,"lon":22.5}', 'swapped_coordinates'),
    ('{"id":700,"op":"position","fixes":[{"lat":1,"lon":2}]}', None),
]


@case('bad messages over the socket get their codes, and the session goes on')
def bad_messages(run):
    city = run.city()
    console, other = city.console('li'), city.console('wang')
    for text, code in SOCKET:
        seen = len(console.heard)
        console.send_text(text)
        answer = wait_until(f'an answer to {text}', lambda: console.listen(0.02) or [
            m for m in console.heard[seen:] if isinstance(m, dict) and 'error' in m])[0]
        if code is not None:
            equal(text, answer['error']['code'], code)
        check(answer['ok'] is False and answer['error']['detail'], f'{text}: {answer}')
        check(console.ask({'op': 'ping'})['ok'], 'the session goes on')
    check(other.ask({'op': 'ping'})['ok'], 'so does the other')


@case('twenty messages in a row that nobody understands end the session with 4501')
def garbage(run):
    city = run.city()
    ws = WebSocket(city.engine, city.tokens['li'])
    for _ in range(25):
        if ws.closed is None:
            ws.send_text('what?')
            ws.listen(0.02)
    equal('close code', ws.wait_closed(), 4501)


@case('a message that is too large is refused, and costs nobody else anything')
def large_message(run):
    city = run.city()
    other = city.console('wang')
    ws = WebSocket(city.engine, city.tokens['li'])
    ws.send({'id': 1, 'op': 'ping', 'pad': 'x' * 70000})
    ws.listen(0.5)
    codes = [m['error']['code'] for m in ws.heard if isinstance(m, dict) and 'error' in m]
    check(ws.closed == 4501 or codes == ['too_large'], f'{ws.closed} {codes}')
    check(other.ask({'op': 'ping'})['ok'], 'the other goes on')


@case('positions that cannot be are refused and move nobody')
def bad_positions(run):
    city = run.city()
    car = city.unit('C1')

    def where():
        units = city.engine.get('/v1/units', city.tokens['li']).json['units']
        return [(u['lat'], u['lon']) for u in units if u['code'] == 'C1'][0]
    before = wait_until('C1 is known', lambda: where() if where()[0] is not None else None)
    for fixes in ([], [{'lat': 95, 'lon': 0}], [{'lat': 22.5}], [{**place(5, 5), 'speed_kmh': -3}],
                  [{**place(5, 5), 'heading': 400}], [place(5, 5)] * 65, 'here', [{**place(5, 5), 'x': 1}]):
        seen = len(car.heard)
        car.send({'op': 'position', 'fixes': fixes})
        answer = wait_until(f'an answer to {str(fixes)[:60]}', lambda: car.listen(0.02) or [
            m for m in car.heard[seen:] if 'error' in m])[0]
        check(answer['error']['code'] and answer['id'] is None, f'{fixes}: {answer}')
    old = {'lat': before[0] + 0.001, 'lon': before[1], 'at_ms': 1_000_000}
    car.send({'op': 'position', 'fixes': [old]})
    car.listen(0.2)
    equal('C1 has not moved', where(), before)


UNITS_HEAD = 'code,name,kind,lat,lon,circle,district,people,capabilities\n'

# Kind, content type, text, lines that have an error.
ROSTERS = [
    ('units', 'text/csv', '', [1]),
    ('units', 'text/csv', 'code,name\nX1,x\n', [1]),
    ('units', 'text/csv', UNITS_HEAD + 'X1,x,car,,,,,2,\nX2,x,tank,,,,,2,\nX3,x,car,,,,,many,\n', [3, 4]),
    ('units', 'text/csv', UNITS_HEAD + 'X1,x,post,,,,,2,\n', [2]),
    ('units', 'text/csv', UNITS_HEAD + 'X1,x,car,,,K9,,2,\nX2,x,car,,,,D9,2,\n', [2, 3]),
    ('units', 'text/csv', UNITS_HEAD + 'X1,x,car,,,,,2,\nX1,y,car,,,,,2,\n', [3]),
    ('units', 'text/csv', UNITS_HEAD + 'X1,"x,car,,,,,2,\n', [2]),
    ('units', 'text/csv', UNITS_HEAD + 'X1,x,car,113.4,22.5,,,2,\n', [2]),
    ('units', 'text/csv', UNITS_HEAD + 'X1,x,car,,,,,2,laser\n', [2]),
    ('circles', 'text/csv', circles() + 'K3,c,91,0,500,D1\n', [4]),
    ('districts', 'application/geo+json', districts()[:-3], None),
    ('districts', 'application/geo+json', '{"type":"FeatureCollection","features":[{"type":"Feature",'
     '"properties":{"code":"D9","name":"n"},"geometry":{"type":"Point","coordinates":[113.4,22.5]}}]}', None),
]


@case('a roster with one bad line imports nothing and names every bad line')
def rosters(run):
    city = run.city()
    admin = city.tokens['admin']
    before = city.engine.get('/v1/units', city.tokens['li']).json['units']
    for kind, content_type, text, lines in ROSTERS:
        name = f'{kind}: {text[-60:]!r}'
        answer = city.engine.post(f'/v1/roster?kind={kind}', text, admin, headers={'Content-Type': content_type})
        equal(name, (answer.status, answer.code), (422, 'bad_roster'))
        check(all(e['detail'] for e in answer.json['errors']), f'{name}: an error without a sentence')
        if lines is not None:
            equal(f'{name}: lines', sorted({e['line'] for e in answer.json['errors']}), lines)
        check(answer.json['errors'], f'{name}: no errors')
    many = city.engine.post('/v1/roster?kind=units', UNITS_HEAD + 'X,x,tank,,,,,2,\n' * 300, admin,
                            headers={'Content-Type': 'text/csv'})
    check(1 <= len(many.json['errors']) <= 100, 'at most 100 errors are listed')
    wrong = city.engine.post('/v1/roster?kind=cats', 'x', admin, headers={'Content-Type': 'text/csv'})
    equal('kind', (wrong.status, wrong.code), (400, 'bad_request'))
    equal('nothing was imported', city.engine.get('/v1/units', city.tokens['li']).json['units'], before)


@case('a good roster is counted, tried dry first, and an update keeps the unit what it was')
def good_roster(run):
    city = run.city()
    admin = city.tokens['admin']
    text = UNITS_HEAD + 'C1,新名 New,car,,,K1,D1,3,armed\nX1,新 X,motorcycle,,,,D2,2,\n'

    def put(query=''):
        answer = city.engine.post('/v1/roster?kind=units' + query, text, admin, headers={'Content-Type': 'text/csv'})
        equal('status', answer.status, 200)
        return answer.json['added'], answer.json['updated']
    def codes():
        return {u['code']: u for u in city.engine.get('/v1/units', city.tokens['li']).json['units']}
    index = codes()['C1']['index']
    console = city.console()
    equal('dry', put('&dry_run=1'), (1, 1))
    check('X1' not in codes(), 'dry changes nothing')
    equal('wet', put(), (1, 1))
    console.event('unit.put')
    equal('updated in place', (codes()['C1']['index'], codes()['C1']['people']), (index, 3))
    check('X1' in codes(), 'added')
    equal('again', put(), (0, 2))


@case('the roster comes out as the files that go in, and read again changes nothing')
def roster_out(run):
    city = run.city()
    admin = city.tokens['admin']
    for name, kind, content_type in (
            ('districts.geojson', 'districts', 'application/geo+json'), ('circles.geojson', 'circles', 'application/geo+json'),
            ('circles.csv', 'circles', 'text/csv'), ('units.geojson', 'units', 'application/geo+json'), ('units.csv', 'units', 'text/csv')):
        out = city.engine.get(f'/v1/roster/{name}', admin)
        equal(name, (out.status, out.headers['Content-Type'].split(';')[0]), (200, content_type))
        before = city.engine.get('/healthz').json['seq']
        back = city.engine.post(f'/v1/roster?kind={kind}', out.body, admin, headers={'Content-Type': content_type})
        equal(f'{name} read again', (back.status, back.json['added']), (200, 0))
        equal(f'{name}: no event', (back.json['seq'], city.engine.get('/healthz').json['seq']), (before, before))
        check(back.json['updated'] > 0, f'{name} is empty')
        equal(f'{name} once more', city.engine.get(f'/v1/roster/{name}', admin).body, out.body)
    missing = city.engine.get('/v1/roster/cats.csv', admin)
    equal('no such file', (missing.status, missing.code), (404, 'not_found'))


def square(code, kind, west, south, side, hole=None):
    def ring(x, y, size, turn):
        corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)][::turn]
        return [[place(e, n)['lon'], place(e, n)['lat']] for e, n in corners]
    rings = [ring(west, south, side, 1)] + ([ring(*hole, -1)] if hole else [])
    return {'type': 'Feature', 'properties': {'code': code, 'name': code, 'kind': kind},
            'geometry': {'type': 'Polygon', 'coordinates': rings}}


@case('areas with holes go in and come out, incidents lie in them, and one bad ring keeps all of them out')
def areas(run):
    city = run.city()
    admin = city.tokens['admin']
    kind = 'application/geo+json'
    def put(*features):
        text = '{"type":"FeatureCollection","features":[\n' + ',\n'.join(json.dumps(f) for f in features) + ']}'
        return city.engine.post('/v1/roster?kind=areas', text, admin, headers={'Content-Type': kind})
    beat, grid = square('B1', 'beat', 0, 0, 10), square('W1', 'grid', 2, 2, 6, hole=(4, 4, 1))
    broken = square('W2', 'grid', 20, 20, 2)
    broken['geometry']['coordinates'][0].pop()
    answer = put(beat, grid, broken)
    equal('a ring that is not closed', (answer.status, answer.code), (422, 'bad_roster'))
    equal('in which line', [e['line'] for e in answer.json['errors']], [4])
    equal('none came in', city.engine.get('/v1/areas', city.tokens['li']).json['areas'], [])
    answer = put(beat, {**grid, 'properties': {'code': 'W1', 'name': 'W1', 'kind': 'circle'}})
    check('beat or grid' in answer.json['errors'][0]['detail'], f'{answer}')
    answer = put(beat, grid)
    equal('both', (answer.json['added'], answer.json['updated']), (2, 0))
    equal('listed', city.engine.get('/v1/areas', city.tokens['li']).json['areas'],
          [{'code': 'B1', 'name': 'B1', 'kind': 'beat'}, {'code': 'W1', 'name': 'W1', 'kind': 'grid'}])
    text = UNITS_HEAD.replace('circle', 'area,circle') + 'G7,网格员,grid,,,W1,K1,D1,1,\n'
    answer = city.engine.post('/v1/roster?kind=units', text, admin, headers={'Content-Type': 'text/csv'})
    equal('a grid worker', answer.status, 200)
    answer = city.engine.post('/v1/roster?kind=units', text.replace('W1', 'W9'), admin, headers={'Content-Type': 'text/csv'})
    check('"W9"' in answer.json['errors'][0]['detail'], f'{answer}')
    worker = [u for u in city.engine.get('/v1/units', city.tokens['li']).json['units'] if u['code'] == 'G7'][0]
    equal('belongs to', worker['area'], 'W1')
    seen = []
    for east, north in ((3, 3), (4.5, 4.5), (9, 9), (15, 15)):
        told = city.report(east, north).json
        shown = city.incident(told['incident_id'], seq=told['seq'])['incident']
        seen.append((shown['beat'], shown['grid']))
    equal('lie in', seen, [('B1', 'W1'), ('B1', None), ('B1', None), (None, None)])
    def told_of(area):
        return len(city.engine.get(f'/v1/incidents?area={area}', city.tokens['li']).json['incidents'])
    equal('incidents of an area', (told_of('W1'), told_of('B1')), (1, 3))
    answer = city.engine.get('/v1/incidents?area=W9', city.tokens['li'])
    check('"W9"' in answer.json['detail'], f'{answer}')
    def reported(question):
        lines = city.engine.get('/v1/response-times/summary?tier=1&' + question, city.tokens['zhao']).json['summary']
        return {line['group']: line['rows'] for line in lines
                if (line['tier'], line['stage']) == ('1', 'clock_to_on_scene')}
    equal('by beat and by grid', (reported('group=beat'), reported('group=grid')),
          ({'B1': 3, None: 1}, {'W1': 1, None: 3}))
    equal('of one area', reported('area=W1&group=none'), {None: 1})
    answer = put(beat)
    check('"W1" is missing' in answer.json['errors'][0]['detail'], f'{answer}')
    answer = put(beat, {**grid, 'properties': {**grid['properties'], 'kind': 'beat'}})
    check('stays one' in answer.json['errors'][0]['detail'], f'{answer}')
    out = city.engine.get('/v1/roster/areas.geojson', admin)
    back = city.engine.post('/v1/roster?kind=areas', out.body, admin, headers={'Content-Type': kind})
    equal('read again', (back.status, back.json['added'], back.json['updated']), (200, 0, 2))
    equal('once more', city.engine.get('/v1/roster/areas.geojson', admin).body, out.body)


@case('more units than the configuration holds are refused as capacity')
def capacity(run):
    city = run.city(units_max=20)
    text = UNITS_HEAD + ''.join(f'X{i},x,car,,,,,2,\n' for i in range(10))
    answer = city.engine.post('/v1/roster?kind=units', text, city.tokens['admin'], headers={'Content-Type': 'text/csv'})
    equal('too many', (answer.status, answer.code), (503, 'capacity'))
    equal('nothing was imported', len(city.engine.get('/v1/units', city.tokens['li']).json['units']), 14)


@case('more incidents than the configuration holds are refused as capacity, and it recovers')
def incidents_full(run):
    city = run.city(incidents_max=8, assignments_max=3000)
    answers = [city.report(1 + i, 1) for i in range(12)]
    equal('eight fit', [a.status for a in answers], [201] * 8 + [503] * 4)
    equal('code', answers[-1].code, 'capacity')
    check(city.console().ask({'op': 'ping'})['ok'], 'the engine goes on')


@case('bad users are refused with the place of the error')
def bad_users(run):
    city = run.city()
    base = {'name': 'neu', 'display': 'n', 'role': 'dispatcher', 'scope': 'city', 'unit': None, 'password': 'a long password'}
    for change, status, code, pointer in (
            ({'password': 'short'}, 422, 'out_of_range', '/password'), ({'role': 'king'}, 422, 'unknown_value', '/role'),
            ({'scope': ['D9']}, 422, 'unknown_value', '/scope'), ({'role': 'unit', 'unit': 'X9'}, 404, 'unknown_unit', '/unit'),
            ({'name': ''}, 422, None, '/name'), ({'role': 'unit', 'unit': None}, 422, None, '/unit')):
        answer = city.engine.post('/v1/users', {**base, **change}, city.tokens['admin'])
        equal(str(change), answer.status, status)
        check(answer.code and (code is None or answer.code == code), f'{change}: {answer}')
        equal(f'{change}: pointer', answer.json.get('pointer'), pointer)
    lost = city.engine.post('/v1/users/nobody/disable', {}, city.tokens['admin'])
    equal('nobody', (lost.status, lost.code), (404, 'not_found'))


@case('the log has no name, phone number, note, password or token in it')
def nothing_personal(run):
    city = run.city()
    secrets = {'caller': '赵钱孙', 'phone': '13012345678', 'note': '私人的话 private words', 'address': '某路一百号'}
    console = city.console()
    incident = city.report(5, 4, **secrets).json['incident_id']
    console.must('incident.note', incident=incident, note='another 私人的话')
    city.engine.post('/v1/login', {'name': 'li', 'password': 'hunter2hunter2'})
    city.engine.get('/v1/incidents?state=all', city.tokens['li'])
    console.command('incident.close', incident=incident, reason='resolved')
    city.engine.stop()
    log = city.engine.log()
    for text in list(secrets.values()) + ['私人的话', 'hunter2hunter2', city.tokens['li'], city.tokens['C1']]:
        check(text not in log, f'the log says {text!r}')
