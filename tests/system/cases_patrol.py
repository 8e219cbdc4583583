"""Patrols: checkpoints that have to be visited, as dispatchers and units live with them."""
import json
import os
import subprocess

from case_list import collector
from city import place
from harness import check, equal, wait_until

CASES, case = collector()

HEAD = 'code,name,lat,lon,radius_m,from,to,every_min,stay_s,circle,district\n'


def checkpoint(code, column, row, every_min=60, stay_s=2, district='D1', hours=','):
    at = place(column, row)
    return f"{code},必到点 {code},{at['lat']},{at['lon']},50,{hours},{every_min},{stay_s},,{district}\n"


def given(city, *rows):
    answer = city.engine.post('/v1/roster?kind=checkpoints', HEAD + ''.join(rows), city.tokens['admin'],
                              headers={'Content-Type': 'text/csv'})
    equal('import', answer.status, 200)
    return answer.json


def now_of(city, code, who='li'):
    answer = city.engine.get('/v1/checkpoints', city.tokens[who])
    return {c['code']: c for c in answer.json['checkpoints']}.get(code)


def stand(unit, console, column, row):
    """A fix every fifth of a second until the engine says that it was a visit."""
    def heard():
        unit.send({'op': 'position', 'fixes': [{**place(column, row), 'accuracy_m': 5}]})
        console.listen(0.2)
        return any(event['kind'] == 'checkpoint.visited' for event in console.events())
    wait_until('a visit', heard)
    return console.event('checkpoint.visited')


@case('a unit whose fixes stay at a checkpoint has visited it: the console hears, the list says by whom')
def visited(run):
    city = run.city()
    given(city, checkpoint('B1', 9, 9), checkpoint('B2', 4, 4))
    console = city.console()
    equal('in the snapshot', sorted(c['code'] for c in console.first['checkpoints']), ['B1', 'B2'])
    car = city.unit('C1')
    event = stand(car, console, 9, 9)
    equal('who and where', (event['checkpoint'], event['unit'], event['visit'], event['source']), ('B1', 'C1', 'seen', 'gps'))
    check(event['stayed_ms'] >= 2000 and event['distance_m'] <= 1, f'{event}')
    now = now_of(city, 'B1')
    equal('the list', (now['visited_by'], now['visit'], now['overdue_ms']), ('C1', 'seen', None))
    equal('due an hour later', now['due_ms'] - now['visited_ms'], 3600000)
    equal('the other one', now_of(city, 'B2')['visited_ms'], None)


@case('a visit may be signed or scanned by the unit itself, by a dispatcher on behalf, and by nobody else')
def signed(run):
    city = run.city()
    given(city, checkpoint('B1', 9, 9))
    console = city.console()
    car = city.unit('C1')
    equal('answer', car.must('checkpoint.sign', checkpoint='B1', visit='scanned', device_ms=1763932271000)['unit'], 'C1')
    event = console.event('checkpoint.visited')
    equal('by the unit', (event['visit'], event['source'], event['actor'], event['device_ms']), ('scanned', 'unit', 'unit:C1', 1763932271000))
    check(event['distance_m'] > 500, f"how far it was is in the record: {event['distance_m']}")
    console.must('checkpoint.sign', checkpoint='B1', unit='C1', visit='signed')
    event = console.event('checkpoint.visited', visit='signed')
    equal('on behalf', (event['source'], event['actor']), ('dispatcher', 'li'))
    for who, members, code in ((car, {'checkpoint': 'B1', 'unit': 'C2'}, 'forbidden'), (car, {'checkpoint': 'B9'}, 'unknown_checkpoint'),
                               (console, {'checkpoint': 'B1'}, 'missing_member')):
        answer = who.command('checkpoint.sign', visit='signed', **members)
        equal(f'{members}', answer['error']['code'], code)


@case('what is known of visits is the same after kill -9, and the roster comes out as it went in')
def restarted(run):
    city = run.city()
    rows = [checkpoint('B1', 9, 9, hours='08:00,20:00'), checkpoint('B2', 4, 4, every_min=0)]
    equal('added', given(city, *rows)['added'], 2)
    equal('known', given(city, *rows)['updated'], 2)
    car = city.unit('C1')
    car.must('checkpoint.sign', checkpoint='B2', visit='signed')
    before = [now_of(city, code) for code in ('B1', 'B2')]
    out = city.engine.get('/v1/roster/checkpoints.csv', city.tokens['admin']).body
    city.kill()
    city.engine.start()
    wait_until('the same', lambda: [now_of(city, code) for code in ('B1', 'B2')] == before)
    equal('the roster', city.engine.get('/v1/roster/checkpoints.csv', city.tokens['admin']).body, out)


@case('a checkpoint file with a mistake changes nothing and names line and column')
def refused(run):
    city = run.city()
    answer = city.engine.post('/v1/roster?kind=checkpoints', HEAD + checkpoint('B1', 9, 9) + checkpoint('B2', 4, 4, hours='8 Uhr,'),
                              city.tokens['admin'], headers={'Content-Type': 'text/csv'})
    equal('status', (answer.status, answer.code), (422, 'bad_roster'))
    error = answer.json['errors'][0]
    equal('where', error['line'], 3)
    check('08:30' in error['detail'], f'{error}')
    equal('nothing', now_of(city, 'B1'), None)


@case('what nobody visits in its time is named, rings in its district until somebody has been there')
def overdue(run):
    city = run.city()
    console = city.console()
    given(city, checkpoint('B1', 9, 9, every_min=1, district='D2'))
    put = console.event('checkpoint.put')
    event = console.event('checkpoint.overdue', seconds=90)
    equal('when', event['due_ms'], put['at_ms'] + 60000)
    alarm = console.event('alarm.raised')['alarm']
    equal('the alarm', (alarm['kind'], alarm['checkpoint'], alarm['incident_id'], alarm['tier']), ('checkpoint_overdue', 'B1', None, None))
    console.must('alarm.ack', alarm=alarm['alarm_id'])
    stand(city.unit('C1'), console, 9, 9)
    equal('cleared', console.event('alarm.cleared')['alarm_id'], alarm['alarm_id'])
    equal('missed', now_of(city, 'B1')['missed'], 0)


def report_of(city, query=''):
    def asked():
        answer = city.engine.get('/v1/patrol' + ('?' + query if query else ''), city.tokens['zhao'])
        equal(f'GET /v1/patrol?{query}: {answer.body[:300]}', answer.status, 200)
        return answer
    return asked()


@case('the report counts every visit once, by checkpoint, circle and unit, and says what was due and missed')
def reported(run):
    city = run.city()
    rows = checkpoint('B1', 9, 9, every_min=1).replace(',D1', 'K1,D1'), checkpoint('B2', 4, 4, every_min=0)
    given(city, *rows)
    console = city.console()
    put_ms = city.engine.get('/v1/checkpoints', city.tokens['li']).json['checkpoints'][0]['due_ms'] - 60000
    event = stand(city.unit('C1'), console, 9, 9)
    missed = console.event('checkpoint.overdue', seconds=90)
    second = city.unit('C2')
    second.must('checkpoint.sign', checkpoint='B2', visit='scanned')
    second.must('checkpoint.sign', checkpoint='B1', visit='signed')
    wait_until('history has it', lambda: report_of(city).json['total']['visits'] == 3)
    answer = report_of(city).json
    bridge, park = answer['lines']
    seen_ms = event['arrived_ms'] + event['stayed_ms']
    last = city.engine.get('/v1/checkpoints', city.tokens['li']).json['checkpoints'][0]['visited_ms']
    equal('since it was put', answer['definition']['from_ms'], put_ms)
    equal('the bridge', [bridge[key] for key in ('group', 'circle', 'visits', 'seen', 'signed', 'scanned', 'missed', 'due', 'last_ms')],
          ['B1', 'K1', 2, 1, 1, 0, 1, 1, last])
    equal('nobody saw who signed it', bridge['unconfirmed'], 1)
    equal('nobody was there', (bridge['gap_from_ms'], bridge['gap_ms']), (seen_ms, last - seen_ms))
    check(bridge['gap_ms'] >= missed['due_ms'] - seen_ms, f'{bridge}')
    equal('the park', [park[key] for key in ('group', 'visits', 'scanned', 'due', 'missed', 'gap_ms')], ['B2', 1, 1, 0, 0, None])
    circles = report_of(city, 'group=circle').json['lines']
    equal('by circle', [(line['group'], line['checkpoints'], line['visits'], line['missed']) for line in circles], [('K1', 1, 2, 1), (None, 1, 1, 0)])
    units = report_of(city, 'group=unit').json['lines']
    equal('by unit', [(line['group'], line['seen'], line['signed'], line['scanned'], line['due']) for line in units],
          [('C1', 1, 0, 0, None), ('C2', 0, 1, 1, None)])
    csv = report_of(city, 'format=csv')
    equal('a spreadsheet', (csv.headers['Content-Type'], csv.headers['Content-Disposition'], csv.body[:9]),
          ('text/csv; charset=utf-8', 'attachment; filename="patrol.csv"', b'\xef\xbb\xbfgroup,'))
    check(b'\r\n"B1",' in csv.body, str(csv.body))
    done = subprocess.run([run.binary, 'report', os.path.join(city.engine.data, 'history.db'), 'patrol', 'format=json'],
                          capture_output=True, text=True, timeout=120, env={**os.environ, 'TMPDIR': run.work.path})
    equal('kuaifan report patrol', json.loads(done.stdout)['lines'], answer['lines'])
    for who, query, status in (('li', '', 403), ('zhao', 'unit=C1', 400), ('zhao', 'checkpoint=B9', 400), ('zhao', 'group=beat', 400)):
        equal(f'{who} {query}', city.engine.get(f'/v1/patrol?{query}', city.tokens[who]).status, status)


@case('a unit is told of the checkpoints of its own district and signs there itself')
def own_district(run):
    city = run.city()
    given(city, checkpoint('B1', 9, 9), checkpoint('B2', 4, 4, district='D2'))
    car = city.unit('C1')
    own = [u for u in city.engine.get('/v1/units', city.tokens['li']).json['units'] if u['code'] == 'C1'][0]['district']
    answer = city.engine.get('/v1/checkpoints', city.tokens['C1'])
    equal('only those', [c['code'] for c in answer.json['checkpoints']], ['B1' if own == 'D1' else 'B2'])
    car.must('checkpoint.sign', checkpoint=answer.json['checkpoints'][0]['code'], visit='signed')
    again = city.engine.get('/v1/checkpoints', city.tokens['C1']).json['checkpoints'][0]
    codes = [city.engine.get('/v1/checkpoints', city.tokens['C1']).code for _ in range(12)]
    check('rate_limited' in codes, f'a phone cannot keep the engine busy with it: {codes}')
    equal('signed', (again['visited_by'], again['visit']), ('C1', 'signed'))


ROUTES_HEAD = 'code,name,stops,from,to,every_min,circle,district\n'


def put_routes(city, *rows):
    return city.engine.post('/v1/roster?kind=routes', ROUTES_HEAD + ''.join(rows), city.tokens['admin'], headers={'Content-Type': 'text/csv'})


@case('a route is walked stop by stop, a round under way outlives kill -9, and its rounds are in the report')
def walked(run):
    city = run.city()
    given(city, *(checkpoint(f'B{i}', 8 + i, 9, every_min=0) for i in (1, 2, 3)))
    wrong = put_routes(city, 'R1,夜巡,B1+B2+B3,,,60,,D2\n', 'R2,x,B1+B7,,,60,,\n')
    equal('a stop that is not there', (wrong.status, wrong.code), (422, 'bad_roster'))
    error = wrong.json['errors'][0]
    equal('where', (error['line'], error['column']), (3, 6))
    check('"B7"' in error['detail'], f'{error}')
    equal('nothing came in', now_of(city, 'R1'), None)
    equal('now it does', put_routes(city, 'R1,夜巡,B1+B2+B3,,,60,,D2\n').json['added'], 1)
    out = city.engine.get('/v1/roster/routes.csv', city.tokens['admin']).body
    places = city.engine.get('/v1/roster/checkpoints.csv', city.tokens['admin']).body
    check(b'R1' not in places and b'B1+B2+B3' in out, 'each in its own file')
    seq = city.engine.get('/healthz').json['seq']
    for name, text, content_type in (
            ('csv', out, 'text/csv'), ('geojson', city.engine.get('/v1/roster/routes.geojson', city.tokens['admin']).body, 'application/geo+json')):
        back = city.engine.post('/v1/roster?kind=routes', text, city.tokens['admin'], headers={'Content-Type': content_type})
        equal(f'{name} read again', (back.status, back.json['updated'], back.json['seq']), (200, 1, seq))
    first = city.unit('C1')
    for stop in ('B1', 'B3', 'B2'):
        first.must('checkpoint.sign', checkpoint=stop, visit='signed')
    before = now_of(city, 'R1')
    equal('on its way', (before['next'], before['visited_ms'], before['stops']), ('B3', None, ['B1', 'B2', 'B3']))
    refused_sign = first.command('checkpoint.sign', visit='signed', checkpoint='R1')
    equal('a route is not signed', refused_sign['error']['code'], 'wrong_state')
    city.kill()
    city.engine.start()
    wait_until('the same', lambda: now_of(city, 'R1') == before)
    console = city.console()
    second = city.unit('C2')
    second.must('checkpoint.sign', checkpoint='B3', visit='scanned')
    event = console.event('checkpoint.visited', checkpoint='R1')
    equal('walked', (event['visit'], event['unit'], event['source'], event['arrived_ms']), ('walked', 'C2', 'system', before['began_ms']))
    now = now_of(city, 'R1')
    equal('from the start', (now['next'], now['began_ms'], now['visit'], now['due_ms'] - now['visited_ms']), ('B1', None, 'walked', 3600000))
    wait_until('the report', lambda: report_of(city, 'group=route').json['total']['walked'] == 1)
    line = report_of(city, 'group=route').json['lines'][0]
    equal('its line', (line['group'], line['visits'], line['missed'], line['last_ms']), ('R1', 1, 0, now['visited_ms']))
    equal('places apart', report_of(city).json['total']['visits'], 4)
