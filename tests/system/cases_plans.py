"""Plans of circles: who goes first, and what everybody who is ordered is told."""
from case_list import collector
from city import place
from harness import check, equal, wait_until

CASES, case = collector()

HEAD = 'code,circle,types,priorities,tier_1,tier_3,tier_5,words_zh,words_en\n'
WORDS = {'code': 'K1-any', 'words_zh': '先封北门，\n再疏散', 'words_en': 'Close the north gate, "then" clear the hall'}
ROW = 'K1-any,K1,,,,M2,C2,"先封北门，\n再疏散","Close the north gate, ""then"" clear the hall"\n'


def put(city, text, kind='text/csv'):
    return city.engine.post('/v1/roster?kind=plans', text, city.tokens['admin'], headers={'Content-Type': kind})


def given(city, *rows):
    answer = put(city, HEAD + ''.join(rows))
    equal('import', (answer.status, answer.code), (200, None))
    return answer.json


def plans_of(city, incident=None, who='li'):
    asked = '' if incident is None else f'?incident={incident}'
    return city.engine.get('/v1/plans' + asked, city.tokens[who])


def decision(console, incident, tier):
    def made():
        console.listen(0.1)
        for event in console.events():
            if event['kind'] == 'decision.made' and event['decision']['incident_id'] == incident and event['decision']['tier'] == tier:
                return event['decision']
        return None
    return wait_until(f'a decision for tier {tier}', made)


@case('a report inside a circle orders whom its plan names, and the words arrive with the order and outlive kill -9')
def whole_way(run):
    city = run.city()
    given(city, ROW)
    console = city.console()
    people = {code: city.unit(code) for code in ('P1', 'M1', 'M2', 'C1', 'C2')}
    answer = city.report(2, 2)
    incident = answer.json['incident_id']
    orders = {code: people[code].event('assignment.sent') for code in ('P1', 'M2', 'C2')}
    equal('who is ordered for which tier', {code: e['assignment']['tier'] for code, e in orders.items()}, {'P1': '1', 'M2': '3', 'C2': '5'})
    for code, event in orders.items():
        equal(f'what {code} is told', event['order']['incident']['plan'], WORDS)
    for code in ('M1', 'C1'):
        people[code].listen(0.2)
        check(not any(e['kind'] == 'assignment.sent' for e in people[code].events()), f'{code} is nearer, and stays')
    made = decision(console, incident, '5')
    equal('by which plan', made['plan'], 'K1-any')
    by_plan = {c['unit']: (c['by_plan'], c['chosen']) for c in made['candidates']}
    equal('the decision says why', (by_plan['C2'], by_plan['C1']), ((True, True), (False, False)))
    equal('and why C1 and M1 did not go', made['passed_by_reason'].get('plan_first'), 2)

    before = plans_of(city, incident).json
    equal('the desk reads the same', [{name: p[name] for name in WORDS} for p in before['plans']], [WORDS])
    city.kill()
    city.engine.start()
    again = city.unit('C2', duty=False)
    equal('the order', [(o['assignment']['incident_id'], o['incident']['plan']) for o in again.first['orders']], [(incident, WORDS)])
    equal('the desk', plans_of(city, incident).json, before)
    equal('the page', [i['plan'] for i in city.console().first['incidents']], ['K1-any'])


@case('an incident keeps the plan it began with; the next one goes by what was put meanwhile')
def kept(run):
    city = run.city()
    given(city, ROW)
    cars = {code: city.unit(code) for code in ('C1', 'C2', 'C3', 'C4')}
    first = city.report(2, 2).json['incident_id']
    order = cars['C2'].event('assignment.sent')
    equal('changed', given(city, 'K1-any,K1,,,,,C1,,new words\n')['updated'], 1)
    cars['C2'].must('assignment.update', assignment=order['assignment']['assignment_id'], state='declined', reason='vehicle')
    equal('the next one hears the old words', cars['C1'].event('assignment.sent')['order']['incident']['plan'], WORDS)
    second = city.report(13, 13).json['incident_id']
    sent = cars['C3'].event('assignment.sent')
    equal('another circle has none', (sent['assignment']['incident_id'], sent['order']['incident']['plan']), (second, None))
    city.kill()
    city.engine.start()
    equal('old', plans_of(city, first).json['plans'][0]['words_en'], WORDS['words_en'])
    equal('none', plans_of(city, second).json['plans'], [])
    equal('of now', [(p['code'], p['words_zh'], p['words_en']) for p in plans_of(city).json['plans']], [('K1-any', None, 'new words')])


@case('plans come out as they went in, as CSV and as GeoJSON, and a file with a mistake changes nothing')
def roster(run):
    city = run.city()
    equal('added', given(city, ROW, 'K2-fire,K2,fire+medical,1+2,P3+P4,,,,evacuate\n', 'K1-none,K1,,,,,,,\n')['added'], 3)
    sheet = city.engine.get('/v1/roster/plans.csv', city.tokens['admin'])
    collection = city.engine.get('/v1/roster/plans.geojson', city.tokens['admin'])
    seq = city.engine.get('/v1/units', city.tokens['li']).json['seq']
    for answer, kind in ((sheet, 'text/csv'), (collection, 'application/geo+json')):
        equal(f'export {kind}', answer.status, 200)
        equal(f'read again {kind}', {n: put(city, answer.body, kind).json[n] for n in ('added', 'updated')}, {'added': 0, 'updated': 3})
    equal('nothing happened', city.engine.get('/v1/units', city.tokens['li']).json['seq'], seq)
    changed = collection.body.decode().replace('evacuate', 'stay inside')
    equal('edited', put(city, changed, 'application/geo+json').status, 200)
    equal('the words', [p['words_en'] for p in plans_of(city).json['plans'] if p['code'] == 'K2-fire'], ['stay inside'])
    answer = put(city, HEAD + 'K2-fire,K2,,,,,,,other\nK9,K9,arson,,,,X1,,\n')
    equal('refused', (answer.status, answer.code), (422, 'bad_roster'))
    equal('where', {e['line'] for e in answer.json['errors']}, {3})
    check('arson' in answer.json['errors'][0]['detail'], f'{answer.json}')
    answer = put(city, HEAD + 'K2-fire,K2,,,,,,,other\nK9,K9,,,,,X1,,\n')
    equal('unknown circle and unit', [(e['line'], e['column']) for e in answer.json['errors']], [(3, 4), (3, 11)])
    equal('as before', [p['words_en'] for p in plans_of(city).json['plans'] if p['code'] == 'K2-fire'], ['stay inside'])


@case('a desk of one district sees no plan of another, and only an administrator puts one')
def rights(run):
    city = run.city()
    given(city, ROW, 'K2-fire,K2,,,,,,,evacuate\n')
    equal('the west is not seen from the east', [p['code'] for p in plans_of(city, who='east').json['plans']], ['K2-fire'])
    incident = city.report(2, 2).json['incident_id']
    equal('nor its incident', plans_of(city, incident, who='east').code, 'unknown_incident')
    equal('no number', plans_of(city, 'x').code, 'bad_request')
    answer = city.engine.post('/v1/roster?kind=plans', HEAD + ROW, city.tokens['li'], headers={'Content-Type': 'text/csv'})
    equal('a dispatcher', (answer.status, answer.code), (403, 'forbidden'))


@case('a circle says who is on duty now and how many its rota asks for, to whose district it is')
def rota(run):
    city = run.city()
    head = 'code,name,lat,lon,radius_m,district,minimum\n'
    circle = {code: {**place(at, at), 'code': code, 'district': district} for code, at, district in (('K1', 2, 'D1'), ('K2', 13, 'D2'))}

    def row(code, minimum):
        c = circle[code]
        return f"{code},快反圈 {code},{c['lat']},{c['lon']},500,{c['district']},{minimum}\n"

    def post(text):
        return city.engine.post('/v1/roster?kind=circles', text, city.tokens['admin'], headers={'Content-Type': 'text/csv'})

    def now(who='zhao'):
        return {line['circle']: line for line in city.engine.get('/v1/staffing', city.tokens[who]).json['staffing']}
    equal('nothing planned', [(line['minimum'], line['from'], line['on']) for line in now().values()], [(None, None, 0), (None, None, 0)])
    equal('import', post(head + row('K1', '3') + row('K2', '06:00=2+18:00=2')).status, 200)
    city.unit('P1')
    city.unit('C1')
    console = city.console()
    console.must('unit.duty', unit='M1', duty='on')
    console.must('unit.duty', unit='M1', duty='out_of_service', reason='vehicle')
    west, east = now()['K1'], now()['K2']
    equal('west', [west[name] for name in ('minimum', 'from', 'to', 'on', 'out_of_service')], [3, '00:00', '00:00', 2, 1])
    equal('people', west['people'], 4)
    check((east['from'], east['to']) in (('06:00', '18:00'), ('18:00', '06:00')), f'{east}')
    equal('east', (east['minimum'], east['on']), (2, 0))
    equal('of one district', list(now('east')), ['K2'])
    sheet = city.engine.get('/v1/roster/circles.csv', city.tokens['admin']).body
    city.kill()
    city.engine.start()
    wait_until('the same', lambda: now() == {'K1': west, 'K2': east})
    equal('the roster', city.engine.get('/v1/roster/circles.csv', city.tokens['admin']).body, sheet)
    answer = post(head + row('K1', '18:00=2+06:00=2'))
    equal('not rising', (answer.status, answer.json['errors'][0]['line']), (422, 2))
