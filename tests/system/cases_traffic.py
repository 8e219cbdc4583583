"""Live roads: a closure changes who is proposed, is kept over a restart, and ends by itself."""
import contextlib
import os
import sqlite3
import time

from case_list import collector
from city import STEP, place
from harness import check, equal, wait_until
from wsclient import WebSocket

CASES, case = collector()


def bridge(column):
    """An avenue drawn over the river."""
    a, b = place(column, 4), place(column, 5)
    return [[a['lon'], a['lat']], [b['lon'], b['lat']]]


def put(city, code, line, who='li', **members):
    return city.engine.ask('PUT', '/v1/traffic', {'code': code, 'line': line, **members}, city.tokens[who])


def close_bridges(city, columns, **members):
    for column in columns:
        answer = put(city, f'B{column}', bridge(column), **members)
        equal(f'bridge {column}', answer.status, 200)
    return answer.json


@case('closing the bridges changes who is sent, and the decision names the traffic it was made by')
def bridges(run):
    city = run.city()
    console = city.console()
    cars = city.unit('C1'), city.unit('C2')  # on duty

    def sent_for(row):
        incident = city.report(5, row, merge=False, type='dispute').json['incident_id']
        record = wait_until('its orders', lambda: found(incident))
        console.must('incident.cancel', incident=incident, reason='false_report')
        return record

    def found(incident):
        record = city.engine.get(f'/v1/incidents/{incident}', city.tokens['li']).json
        of_five = [a for a in record['assignments'] if a['tier'] == '5']
        made = [e['decision'] for e in record['timeline'] if e['kind'] == 'decision.made' and e['decision']['tier'] == '5']
        return (of_five[0]['unit'], of_five[0]['travel_ms'], made[0]['traffic_version']) if of_five and made else None

    unit, open_ms, version = sent_for(6)
    equal('before', (unit, version), ('C1', 0))
    state = close_bridges(city, range(0, 7))
    equal('seven closures', (len(state['traffic']), state['traffic_version']), (7, 7))
    equal('one bridge is one road', {t['edges'] for t in state['traffic']}, {1})
    unit, round_ms, version = sent_for(6)
    equal('after', (unit, version), ('C2', 7))
    check(round_ms > open_ms, f'the way round is longer: {open_ms} {round_ms}')
    for column in range(0, 7):
        answer = city.engine.ask('DELETE', f'/v1/traffic/B{column}', None, city.tokens['li'])
        equal(f'bridge {column} again', answer.status, 200)
    equal('none left', answer.json['traffic'], [])
    equal('as before', sent_for(6), ('C1', open_ms, 14))
    check(all(cars), 'both are there')


@case('the way of a unit is drawn, and goes round what is closed')
def way(run):
    city = run.city()
    city.unit('C1')
    incident = city.report(5, 6, type='dispute').json['incident_id']
    get = lambda: city.engine.get(f'/v1/route?unit=C1&incident={incident}', city.tokens['li'])  # noqa: E731
    straight = get().json
    line, about = straight['geometry']['coordinates'], straight['properties']
    equal('from and to', (line[0], line[-1]), ([place(5, 4)['lon'], place(5, 4)['lat']], [place(5, 6)['lon'], place(5, 6)['lat']]))
    check(300 <= about['distance_m'] <= 360, f'two blocks: {about}')
    close_bridges(city, range(0, 7))
    round_about = wait_until('the hierarchy has followed', lambda: get() if get().status == 200 else None).json
    equal('its version', round_about['properties']['traffic_version'], 7)
    check(round_about['properties']['travel_ms'] > about['travel_ms'], 'it takes longer')
    east = max(point[0] for point in round_about['geometry']['coordinates'])
    check(east >= place(7, 4)['lon'] - 1e-6, f'over the bridge that is open: {east}')
    for query, code in (('unit=C1', 'bad_request'), (f'unit=NO&incident={incident}', 'unknown_unit'),
                        ('unit=C1&incident=99', 'unknown_incident')):
        equal(query, city.engine.get('/v1/route?' + query, city.tokens['li']).code, code)


@case('closures are in force again after kill -9, and who made them is in the journal')
def kept(run):
    city = run.city()
    before = close_bridges(city, [5], who='wang', note='flood')
    city.engine.kill()
    city.engine.start()
    after = city.engine.get('/v1/traffic', city.tokens['li']).json
    equal('the same closures', after['traffic'], before['traffic'])
    equal('by', (after['traffic'][0]['by'], after['traffic'][0]['note']), ('wang', 'flood'))
    city.engine.stop()
    with contextlib.closing(sqlite3.connect(f'{city.engine.data}/journal.db')) as journal:
        bodies = [bytes(row[0]) for row in journal.execute('SELECT body FROM journal')]
    check(any(b'traffic.put B5 speed_kmh=0' in body for body in bodies), 'the audit is in the journal')
    city.engine.start()


@case('a closure ends by itself, and a slow road is slow for those it names')
def over(run):
    city = run.city()
    now = int(time.time() * 1000)
    answer = put(city, 'B5', bridge(5), until_ms=now + 1500)
    equal('in force', [t['code'] for t in answer.json['traffic']], ['B5'])
    wait_until('it is over', lambda: not city.engine.get('/v1/traffic', city.tokens['li']).json['traffic'])
    ring = '/v1/isochrone?lat={lat}&lon={lon}&profile=%s&minutes=1'.format(**place(5, 4.5))
    roads = lambda profile: city.engine.get(ring % profile, city.tokens['li']).body  # noqa: E731
    car, foot = roads('car'), roads('foot')
    equal('slow', put(city, 'B5', bridge(5), speed_kmh=1, profiles=['car']).status, 200)
    check(roads('car') != car, 'cars have less reach')
    equal('walkers have the same', roads('foot'), foot)


@case('a dispatcher of one district closes roads there and nowhere else')
def scope(run):
    city = run.city()
    equal('east in the east', put(city, 'E', bridge(12), who='east').status, 200)
    equal('east in the west', put(city, 'W', bridge(3), who='east').code, 'forbidden')
    equal('west by another', put(city, 'W', bridge(3)).status, 200)
    equal('not to be moved', put(city, 'W', bridge(12), who='east').code, 'forbidden')
    gone = city.engine.ask('DELETE', '/v1/traffic/W', None, city.tokens['east'])
    equal('nor taken away', (gone.status, gone.code), (403, 'forbidden'))


@case('what is drawn wrong is told where')
def refused(run):
    city = run.city()
    far = [[place(5, 4)['lon'] + 0.1, place(5, 4)['lat'] + 0.1]]
    for code, pointer, members in (
            ('missing_member', '/line', {'line': None}),
            ('out_of_range', '/line', {'line': far}),
            ('out_of_range', '/line', {'line': []}),
            ('out_of_range', '/line', {'line': bridge(5) * 32 + bridge(5)}),
            ('wrong_type', '/line/1', {'line': [bridge(5)[0], 'there']}),
            ('out_of_range', '/line/0', {'line': [[113.4, 95]]}),
            ('out_of_range', '/until_ms', {'until_ms': 1000}),
            ('unknown_value', '/direction', {'direction': 'up'}),
            ('out_of_range', '/direction', {'direction': 'along', 'line': bridge(5)[:1]}),
            ('unknown_value', '/profiles/1', {'profiles': ['car', 'boat']}),
            ('out_of_range', '/speed_kmh', {'speed_kmh': 201}),
            ('unknown_member', '/speed', {'speed': 20})):
        body = {'code': 'X', 'line': bridge(5), **members}
        answer = city.engine.ask('PUT', '/v1/traffic', {k: v for k, v in body.items() if v is not None},
                                 city.tokens['li'])
        equal(f'{members}', (answer.code, answer.json.get('pointer')), (code, pointer))
    answer = city.engine.ask('DELETE', '/v1/traffic/X', None, city.tokens['li'])
    equal('nothing to delete', (answer.status, answer.code), (404, 'not_found'))
    equal('nothing came of it', city.engine.get('/v1/traffic', city.tokens['li']).json,
          {'traffic_version': 0, 'traffic': []})


def drives(city, code, a, b, started_ms):
    """A unit on duty that was at one crossing some seconds ago and is at another one now, each seen
    by the engine's look at its units; how long it took."""
    saved = f'{city.data}/positions.kfp'
    ws = WebSocket(city.engine, city.tokens[code], code)
    ws.send({'op': 'position', 'fixes': [{**place(*a), 'accuracy_m': 5, 'at_ms': started_ms}]})
    ws.must('unit.duty', duty='on')
    start = os.stat(saved).st_mtime_ns if os.path.exists(saved) else 0
    wait_until('a look at the units', lambda: os.path.exists(saved) and os.stat(saved).st_mtime_ns != start)
    now = int(time.time() * 1000)
    ws.send({'op': 'position', 'fixes': [{**place(*b), 'accuracy_m': 5, 'at_ms': now}]})
    return now - started_ms


@case('what a unit drives is proposed, what an administrator accepts counts at once and after kill -9')
def speeds(run):
    city = run.city(learn_samples_min=1)
    ask = lambda: city.engine.get('/v1/speeds', city.tokens['admin']).json  # noqa: E731
    streets = lambda: [r for r in ask()['speeds'] if (r['vehicle'], r['class']) == ('car', 'street')][0]  # noqa: E731
    equal('only the classes of this map', {r['class'] for r in ask()['speeds']}, {'street'})
    took_ms = drives(city, 'C1', (5, 4), (5, 5.5), int(time.time() * 1000) - 17000)
    learned = lambda: [h for h in streets()['hours'] if h['n'] > 0]  # noqa: E731
    hour = wait_until('its drive is counted', learned)[0]
    driven_kmh = 1.5 * STEP * 111195 * 3600 / took_ms
    right = driven_kmh * 100 / streets()['map_kmh']
    check(abs(hour['proposed'] - right) <= 0.05 * right, f'{hour} beside {right:.1f} % of the map')
    equal('one stretch on patrol', (hour['n'], hour['drives'], hour['p25'], hour['p75']),
          (1, 'patrol', hour['proposed'], hour['proposed']))
    equal('nothing counts yet', {h['percent'] for h in streets()['hours']}, {100})
    city.engine.stop()
    city.engine.start()
    equal('what was learned is kept', [h['n'] for h in learned()], [1])

    def travel_ms():
        console = city.console()
        incident = city.report(5, 4, merge=False, type='dispute').json['incident_id']

        def for_c1(message):
            sent = [e['assignment'] for e in message.get('events', []) if e['kind'] == 'assignment.sent']
            return [a for a in sent if (a['incident_id'], a['unit']) == (incident, 'C1')]
        console.read_to = 0
        order = for_c1(console.wait(for_c1, what='an order to C1'))[0]
        console.must('incident.cancel', incident=incident, reason='false_report')
        return order['travel_ms']

    plain_ms = travel_ms()
    put = lambda who, **members: city.engine.ask('PUT', '/v1/speeds', {  # noqa: E731
        'vehicle': 'car', 'class': 'street', 'percent': [50] * 24, **members}, city.tokens[who])
    for who in ('li', 'zhao'):
        equal(f'{who} may not', put(who).code, 'forbidden')
    equal('no such vehicle', put('admin', vehicle='tram').code, 'unknown_value')
    answer = put('admin')
    equal('accepted', (answer.status, answer.json['traffic_version']), (200, 1))
    equal('by whom', (streets()['by'], {h['percent'] for h in streets()['hours']}), ('admin', {50}))
    check(abs(travel_ms() - 2 * plain_ms) <= 4, f'half as fast takes twice as long as {plain_ms}')
    city.engine.kill()
    city.engine.start()
    equal('still in force', (streets()['by'], {h['percent'] for h in streets()['hours']}), ('admin', {50}))
    check(abs(travel_ms() - 2 * plain_ms) <= 4, 'and it counts')
    equal('back to the map', put('admin', percent=[100] * 24).status, 200)
    check(abs(travel_ms() - plain_ms) <= 2, 'as before')
    city.engine.stop()
    with contextlib.closing(sqlite3.connect(f'{city.engine.data}/journal.db')) as journal:
        bodies = [bytes(row[0]) for row in journal.execute('SELECT body FROM journal')]
    check(any(b'speeds.put car street 50 50 50' in body for body in bodies), 'the audit is in the journal')
    city.engine.start()
