"""What a stranger found: the same question asked in two ways must get one answer."""
import json

from case_list import collector
from city import districts, place, put_roster
from harness import check, equal, wait_until

CASES, case = collector()


def live_incident(city, incident_id, seq, who='li'):
    """As the stream's snapshot has it, with the log up to `seq` heard."""
    def probe():
        ws = city.console(who)
        first = ws.first
        ws.drop()
        return first if first['seq'] >= seq else None
    first = wait_until(f'a snapshot of seq {seq}', probe)
    incident = [i for i in first['incidents'] if i['incident_id'] == incident_id][0]
    return incident, [a for a in first.get('assignments', []) if a['incident_id'] == incident_id]


def same_as_the_stream(city, incident_id, seq):
    incident, assignments = live_incident(city, incident_id, seq)
    read = city.incident(incident_id, seq=seq)
    for name, value in incident.items():
        if name != 'tiers':
            equal(f'incident.{name} over HTTP', read['incident'][name], value)
    equal('assignments', sorted(a['assignment_id'] for a in read['assignments']),
          sorted(a['assignment_id'] for a in assignments))
    for live in assignments:
        kept = [a for a in read['assignments'] if a['assignment_id'] == live['assignment_id']][0]
        for name, value in live.items():
            equal(f'assignment.{name} over HTTP', kept[name], value)


@case('an incident read over HTTP is the one that the stream shows')
def one_answer(run):
    city = run.city()
    li = city.console()
    units = {code: city.unit(code) for code in ('P1', 'M1', 'M2', 'C1')}
    answer = city.report(2, 2, caller='王女士', phone='13800138000', note='门口', address='中山路 1')
    incident_id = answer.json['incident_id']
    same_as_the_stream(city, incident_id, answer.json['seq'])

    assignments = city.incident(incident_id, seq=answer.json['seq'])['assignments']
    check(len(assignments) >= 2, f'orders: {assignments}')
    first, second = assignments[:2]
    units[first['unit']].must('assignment.update', assignment=first['assignment_id'], state='acknowledged')
    seq = li.must('assignment.recall', assignment=second['assignment_id'], reason='dispatcher')['seq']
    same_as_the_stream(city, incident_id, seq)
    generation = city.incident(incident_id, seq=seq)['incident']['generation']
    seq = li.must('incident.update', incident=incident_id, generation=generation, priority=1)['seq']
    same_as_the_stream(city, incident_id, seq)


@case('a place that is corrected keeps the address that nobody took away')
def address_stays(run):
    city = run.city()
    li = city.console()
    answer = city.report(5, 5, address='中山路 1')
    incident_id = answer.json['incident_id']

    last = {'seq': answer.json['seq']}

    def change(**members):
        generation = live_incident(city, incident_id, last['seq'])[0]['generation']
        last.update(li.must('incident.update', incident=incident_id, generation=generation, **members))
        return city.incident(incident_id, seq=last['seq'])['incident']
    equal('after a move', change(**place(5.2, 5))['address'], '中山路 1')
    equal('after both', change(**place(5.3, 5), address='中山路 2')['address'], '中山路 2')
    moved = change(address='中山路 3')
    equal('place after a new address', (moved['lat'], moved['address']), (place(5.3, 5)['lat'], '中山路 3'))
    check(not change(address='')['address'], 'an empty address takes it away')


@case('a tier that nobody reached has no time in the response log')
def no_time(run):
    city = run.city()
    li = city.console()
    city.unit('C1')
    answer = city.report(5, 5)  # no post, no motorcycle: tiers 1 and 3 find nobody
    incident_id = answer.json['incident_id']
    seq = li.must('incident.close', incident=incident_id, reason='resolved', clear_all=True)['seq']
    timeline = city.incident(incident_id, seq=seq)['timeline']
    verdicts = {e['tier']: e for e in timeline if e['kind'] == 'tier.verdict'}
    equal('verdicts', {tier: e['verdict'] for tier, e in verdicts.items()},
          {'1': 'no_unit', '3': 'no_unit', '5': 'cancelled'})
    rows = city.engine.get('/v1/response-times', city.tokens['zhao']).json['rows']
    equal('rows', len(rows), 3)
    for row in rows:
        said = verdicts[row['tier']]['elapsed_ms']
        equal(f"elapsed of tier {row['tier']}, {row['verdict']}", (row['elapsed_ms'], said), (None, None))
    lines = city.engine.get('/v1/response-times?format=csv', city.tokens['zhao']).body.decode('utf-8-sig')
    head, *body = [line.split(',') for line in lines.strip().split('\r\n')]
    equal('CSV', [line[head.index('elapsed_ms')] for line in body], ['', '', ''])


@case('districts imported in another order leave every scope where it was')
def districts_keep_numbers(run):
    city = run.city()
    west = city.report(3, 3, phone='13800138000').json
    def seen():
        units = city.engine.get('/v1/units', city.tokens['east']).json['units']
        incidents = city.listed(west['seq'], 'east')
        return sorted((u['code'], u['district']) for u in units), [i['incident_id'] for i in incidents]
    before = seen()
    check(before[0] and not before[1], f'D2 sees its units and not the incident in D1: {before}')
    whole = json.loads(districts())
    mirrored = json.dumps({**whole, 'features': whole['features'][::-1]})
    kind = 'application/geo+json'
    counted = put_roster(city.engine, city.tokens['admin'], 'districts', mirrored, kind)
    equal('counted', (counted['added'], counted['updated']), (0, 2))
    equal('after another order', seen(), before)
    east = city.console('east').first
    check(not east.get('incidents'), f"the stream shows {east.get('incidents')}")

    one = json.dumps({**whole, 'features': whole['features'][:1]})
    answer = city.engine.post('/v1/roster?kind=districts', one, city.tokens['admin'], headers={'Content-Type': kind})
    equal('a missing district', (answer.status, answer.code), (422, 'bad_roster'))
    check('D2' in answer.json['errors'][0]['detail'], f'which: {answer}')
    third = whole['features'][0]
    third = {**third, 'properties': {'code': 'D3', 'name': 'new'}}
    more = json.dumps({**whole, 'features': [third] + whole['features'][::-1]})
    counted = put_roster(city.engine, city.tokens['admin'], 'districts', more, kind)
    equal('counted with a new one', (counted['added'], counted['updated']), (1, 2))
    equal('after a new one', seen(), before)


@case('a dry run that is misspelt is refused, not imported')
def misspelt_dry_run(run):
    city = run.city()
    line = 'code,name,kind,lat,lon\nX9,x,car,,\n'
    for query in ('dry_run=true', 'dryrun=1', 'dry_run=', 'dry_run=1&x'):
        answer = city.engine.post(f'/v1/roster?kind=units&{query}', line, city.tokens['admin'],
                                  headers={'Content-Type': 'text/csv'})
        equal(query, (answer.status, answer.code), (400, 'bad_request'))
    codes = [u['code'] for u in city.engine.get('/v1/units', city.tokens['li']).json['units']]
    check('X9' not in codes, 'nothing was imported')


@case('a parameter without a value or given twice is refused, not passed over')
def half_a_filter(run):
    city = run.city()
    for path in ('/v1/incidents', '/v1/response-times'):
        for query in ('type=', 'unit=', 'limit=', 'type', 'limit=5&limit=7', 'type=fire&type=help'):
            answer = city.engine.get(f'{path}?{query}', city.tokens['zhao'])
            equal(f'{path}?{query}', (answer.status, answer.code), (400, 'bad_request'))
            check(query[:4] in answer.json['detail'], f'{query}: {answer}')
        good = city.engine.get(f'{path}?type=fire&limit=5', city.tokens['zhao'])
        equal(f'{path}: a whole filter', good.status, 200)


@case('a fix with latitude and longitude exchanged is refused and moves nobody')
def swapped_fix(run):
    city = run.city()
    car = city.unit('C1')
    at = place(5, 5)
    car.send({'op': 'position', 'fixes': [{'lat': at['lon'], 'lon': at['lat']}]})
    answer = car.wait(lambda m: 'error' in m)
    check(answer['error']['code'] in ('swapped_coordinates', 'outside_city'), f'{answer}')
    unit = [u for u in city.engine.get('/v1/units', city.tokens['li']).json['units'] if u['code'] == 'C1'][0]
    check(abs(unit['lat'] - at['lat']) < 0.1, f'C1 is at {unit}')
