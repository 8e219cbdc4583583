"""The main job: a report becomes orders, orders become a record."""
from case_list import collector
from city import WHERE, place
from harness import check, equal, fresh_key, wait_until

CASES, case = collector()


def take(ws, event, *states):
    """The unit says how its order goes."""
    assignment = event['assignment']['assignment_id']
    for state in states:
        ws.must('assignment.update', assignment=assignment, state=state)
    return assignment


@case('a report goes through every layer to the response times')
def whole_way(run):
    city = run.city()
    console = city.console()
    people = {code: city.unit(code) for code in ('P1', 'F1', 'C1', 'C2')}
    key = fresh_key()
    answer = city.report(2, 2, key=key, type='dispute', note='two shout', caller='张三', phone='13800000000')
    check(answer.status == 201, f'report: {answer}')
    equal('members', sorted(answer.json), ['incident_id', 'merged', 'report_id', 'seq'])
    incident = answer.json['incident_id']

    sent = {code: people[code].event('assignment.sent') for code in ('P1', 'F1', 'C1')}
    tiers = {code: event['assignment']['tier'] for code, event in sent.items()}
    equal('who is ordered for which tier', tiers, {'P1': '1', 'F1': '3', 'C1': '5'})
    order = sent['C1']['order']
    equal('the order names its place', (order['incident']['lat'], order['incident']['lon']),
          (place(2, 2)['lat'], place(2, 2)['lon']))
    equal('its note', order['incident']['note'], 'two shout')
    check(not sent['C1']['assignment']['estimated'], 'travel times come from the roads')
    check(sent['C1']['assignment']['travel_ms'] > 0, 'a car needs time')
    for code in sent:
        take(people[code], sent[code], 'delivered', 'acknowledged', 'en_route', 'on_scene')
    console.event('incident.state', incident_id=incident, state='on_scene')
    for code in sent:
        take(people[code], sent[code], 'cleared')
    console.event('incident.state', incident_id=incident, state='feedback_due')
    end = console.must('incident.close', incident=incident, reason='resolved')
    console.event('incident.state', incident_id=incident, state='closed')

    record = city.incident(incident, seq=end['seq'])
    equal('state', record['incident']['state'], 'closed')
    equal('one report', len(record['reports']), 1)
    equal('three orders', sorted(a['unit'] for a in record['assignments']), ['C1', 'F1', 'P1'])
    for a in record['assignments']:
        times = [a[n] for n in ('sent_ms', 'delivered_ms', 'acknowledged_ms', 'en_route_ms',
                                'on_scene_ms', 'ended_ms')]
        check(None not in times, f"{a['unit']}: a time is missing: {times}")
        equal('times in order', times, sorted(times))
    kinds = [event['kind'] for event in record['timeline']]
    for kind in ('report.received', 'incident.opened', 'decision.made', 'assignment.sent',
                 'assignment.updated', 'tier.verdict', 'incident.state'):
        check(kind in kinds, f'the timeline has no {kind}: {kinds}')
    equal('timeline in order', [e['seq'] for e in record['timeline']],
          sorted(e['seq'] for e in record['timeline']))

    times = city.engine.get('/v1/response-times', city.tokens['zhao'])
    equal('response times', times.status, 200)
    rows = [row for row in times.json['rows'] if row['incident_id'] == incident]
    equal('a row a tier', sorted((r['tier'], r['verdict'], r['unit']) for r in rows),
          [('1', 'met', 'P1'), ('3', 'met', 'F1'), ('5', 'met', 'C1')])
    for row in rows:
        equal('elapsed', row['elapsed_ms'], row['on_scene_ms'] - row['clock_ms'])
    for tier in '135':
        summary = [s for s in times.json['summary']
                   if s['tier'] == tier and s['stage'] == 'clock_to_on_scene'][0]
        row = [r for r in rows if r['tier'] == tier][0]
        equal('of one row every percentile is its time',
              [summary[n] for n in ('n', 'met', 'missed', 'p50_ms', 'p99_ms', 'max_ms')],
              [1, 1, 0, row['elapsed_ms'], row['elapsed_ms'], row['elapsed_ms']])
    csv = city.engine.get('/v1/response-times?format=csv', city.tokens['zhao'])
    check(csv.body.startswith(b'\xef\xbb\xbf') and csv.body.count(b'\r\n') >= 4, f'CSV: {csv.body[:80]}')


@case('the same key twice is the same answer, with another body it is refused')
def same_key(run):
    city = run.city()
    key = fresh_key()
    first = city.report(2, 2, key=key)
    again = city.report(2, 2, key=key)
    equal('first', first.status, 201)
    equal('again', (again.status, again.json), (first.status, first.json))
    other = city.report(2, 2, key=key, note='something else')
    equal('other body', (other.status, other.code), (409, 'key_reused'))
    for bad, code in ((None, 'key_missing'), ('', 'key_missing'), ('a' * 65, 'key_invalid'), ('a b', 'key_invalid')):
        answer = city.report(2, 2, key=bad)
        check(answer.status == 400 and answer.code in (code, 'key_invalid'), f'key {bad!r}: {answer}')
    console = city.console()
    equal('incidents', len(city.listed(first.json['seq'])), 1)
    one = console.command('incident.note', key='k1', incident=first.json['incident_id'], note='n')
    two = console.command('incident.note', key='k1', incident=first.json['incident_id'], note='n')
    equal('over the socket too', one['res'], two['res'])
    console.refused('key_reused', 'incident.note', key='k1', incident=first.json['incident_id'], note='m')


@case('the same key at the same moment from ten callers makes one report')
def same_moment(run):
    import threading
    city = run.city()
    key = fresh_key()
    answers = []

    def call():
        answers.append(city.report(2, 2, key=key))
    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal('all the same', len({a.body for a in answers}), 1)
    equal('all good', {a.status for a in answers}, {201})
    equal('one incident', len(city.listed(city.report(9, 9).json['seq'])), 2)


@case('recommend mode shows the list and waits for one command')
def recommend(run):
    city = run.city(mode='recommend')
    console = city.console()
    people = {code: city.unit(code) for code in ('P1', 'M1', 'C1', 'C2')}
    incident = city.report(2, 2).json['incident_id']
    decided = {}

    def all_tiers():
        console.listen(0.1)
        for event in console.events():
            if event['kind'] == 'decision.made' and event['decision']['incident_id'] == incident:
                decided[event['decision']['tier']] = event['decision']
        return len(decided) == 3
    wait_until('a decision for every tier', all_tiers)
    check(not any(d['automatic'] for d in decided.values()), 'nothing is automatic')
    equal('nearest first', [c['unit'] for c in decided['5']['candidates']][:1], ['C1'])
    ranks = [c['travel_ms'] for c in decided['5']['candidates']]
    equal('by travel time', ranks, sorted(ranks))
    passed = sum(decided['5']['passed_by_reason'].values())
    check(passed > 0, 'who was passed over is counted')
    people['C1'].listen(0.5)
    equal('nobody is ordered yet', [e for e in people['C1'].events() if e['kind'] == 'assignment.sent'], [])
    done = console.must('incident.order', incident=incident, generation=decided['5']['generation'],
                        units=[{'unit': 'C2', 'tier': '5'}])
    check(done['generation'] > decided['5']['generation'], 'an order moves the generation on')
    order = people['C2'].event('assignment.sent')
    check(not order['assignment']['automatic'], 'ordered by hand')


@case('an order with a stale generation is refused and names the one of now')
def stale(run):
    city = run.city(mode='recommend')
    console = city.console()
    for code in ('C1', 'C2'):
        city.unit(code)
    incident = city.report(2, 2).json['incident_id']
    now = console.must('incident.recommend', incident=incident)['generation']
    after = console.must('incident.order', incident=incident, generation=now,
                         units=[{'unit': 'C1', 'tier': '5'}])['generation']
    error = console.refused('stale_generation', 'incident.order', incident=incident, generation=now,
                            units=[{'unit': 'C2', 'tier': '5'}])
    equal('generation of now', error.get('generation'), after)
    check(not error.get('retry'), 'the same request will not succeed later')
    console.must('incident.note', incident=incident, note='a note moves nothing')
    console.must('incident.order', incident=incident, generation=after,
                 units=[{'unit': 'C2', 'tier': '5'}])


@case('two dispatchers order the same unit: one wins, the other is told')
def race(run):
    city = run.city(mode='recommend')
    city.unit('C1')
    a, b = city.console('li'), city.console('wang')
    one = city.report(2, 2).json['incident_id']
    two = city.report(5, 5).json['incident_id']
    ga = a.must('incident.recommend', incident=one)['generation']
    gb = b.must('incident.recommend', incident=two)['generation']
    orders = []
    for ws, incident, generation in ((a, one, ga), (b, two, gb)):
        number = ws.next_id
        ws.next_id += 1
        ws.send({'id': number, 'op': 'incident.order', 'key': fresh_key(), 'incident': incident,
                 'generation': generation, 'units': [{'unit': 'C1', 'tier': '5'}]})
        orders.append((ws, number))
    answers = [ws.answer(number) for ws, number in orders]
    equal('one wins', sorted(x.get('ok') for x in answers), [False, True])
    loser = [x for x in answers if not x['ok']][0]
    equal('the other is told why', loser['error']['code'], 'unit_busy')
    check(loser['error']['detail'], 'with a sentence')


@case('a declined order goes to the next unit at once')
def decline(run):
    city = run.city()
    people = {code: city.unit(code) for code in ('C1', 'C2')}
    city.report(5, 4)
    sent = people['C1'].event('assignment.sent')
    number = sent['assignment']['assignment_id']
    people['C1'].refused('missing_member', 'assignment.update', assignment=number, state='declined')
    people['C1'].must('assignment.update', assignment=number, state='declined', reason='vehicle')
    following = people['C2'].event('assignment.sent', seconds=5)
    equal('same incident', following['assignment']['incident_id'], sent['assignment']['incident_id'])
    equal('same tier', following['assignment']['tier'], '5')


@case('a recall reaches the unit and frees it')
def recall(run):
    city = run.city()
    console = city.console()
    car = city.unit('C1')
    city.report(5, 4)
    number = car.event('assignment.sent')['assignment']['assignment_id']
    take(car, {'assignment': {'assignment_id': number}}, 'acknowledged')
    console.must('assignment.recall', assignment=number, reason='dispatcher')
    car.event('assignment.updated', assignment_id=number, state='recalled')
    car.refused('wrong_state', 'assignment.update', assignment=number, state='on_scene')
    units = city.engine.get('/v1/units', city.tokens['li']).json['units']
    state = {u['code']: (u['status'], u['assignment_id']) for u in units}
    check(state['C1'][1] != number, f"C1 is still bound: {state['C1']}")


@case('a status on behalf of a unit is recorded with its source')
def on_behalf(run):
    city = run.city()
    console = city.console()
    car = city.unit('C1')
    incident = city.report(5, 4).json['incident_id']
    number = car.event('assignment.sent')['assignment']['assignment_id']
    console.must('assignment.update', assignment=number, state='acknowledged', note='by radio')
    event = car.event('assignment.updated', assignment_id=number, state='acknowledged')
    equal('source', event['source'], 'dispatcher')
    equal('actor', event['actor'], 'li')
    take(car, {'assignment': {'assignment_id': number}}, 'en_route')
    own = console.event('assignment.updated', assignment_id=number, state='en_route')
    equal('own source', own['source'], 'unit')
    record = city.incident(incident, seq=own['seq'])
    sources = [e['source'] for e in record['timeline'] if e['kind'] == 'assignment.updated']
    equal('in the record too', sources, ['dispatcher', 'unit'])


@case('a second report of the same thing joins the incident and orders nobody twice')
def merge(run):
    city = run.city()
    car = city.unit('C1')
    first = city.report(5, 4, phone='13900000001').json
    car.event('assignment.sent')
    second = city.report(5.05, 4, phone='13900000002').json
    check(second['merged'], f'the second joins: {second}')
    equal('same incident', second['incident_id'], first['incident_id'])
    apart = city.report(5.05, 4, merge=False).json
    check(not apart['merged'] and apart['incident_id'] != first['incident_id'], 'merge: false is obeyed')
    car.listen(0.3)
    orders = [e for e in car.events() if e['kind'] == 'assignment.sent']
    equal('ordered once', len(orders), 1)
    counted = {i['incident_id']: i['report_count'] for i in city.listed(apart['seq'])}
    equal('both counted', counted[first['incident_id']], 2)


@case('a changed place is pushed to the ordered unit')
def moved(run):
    city = run.city()
    console = city.console()
    car = city.unit('C1')
    incident = city.report(5, 4).json['incident_id']
    car.event('assignment.sent')
    generation = console.event('incident.opened')['incident']['generation']
    generation = max([generation] + [e.get('generation', 0) for e in console.events()])
    answer = console.command('incident.update', incident=incident, generation=generation, **place(6, 4))
    if not answer['ok']:
        answer = console.command('incident.update', incident=incident,
                                 generation=answer['error']['generation'], **place(6, 4))
    check(answer['ok'], f'update: {answer}')
    event = car.event('incident.updated', incident_id=incident)
    equal('with the order', event['order']['incident']['lon'], place(6, 4)['lon'])


@case('a unit without a link and a fix of its own is passed over with a reason')
def passed_over(run):
    city = run.city(mode='recommend')
    console = city.console()
    city.unit('C1')
    city.unit('C3', duty=False)
    equal('the answer names the unit', console.must('unit.duty', unit='C2', duty='on')['unit'], 'C2')
    incident = city.report(5, 4).json['incident_id']

    def cars():
        console.listen(0.1)
        return [e['decision'] for e in console.events() if e['kind'] == 'decision.made'
                and e['decision']['incident_id'] == incident and e['decision']['tier'] == '5']
    decision = wait_until('the decision', cars)[0]
    equal('only C1 can be sent', [c['unit'] for c in decision['candidates']], ['C1'])
    counted = decision['passed_by_reason']
    equal('why not, counted', (counted.get('no_fix'), sum(counted.values())), (1, len(WHERE) - 1))
    named = {p['unit']: (p['reason'], p['distance_m'] > 0) for p in decision['passed']}
    equal('why not, by name where the place is known', named.get('C3'), ('off_duty', True))


@case('a cancelled incident takes back its orders and says so in the record')
def cancel(run):
    city = run.city()
    console = city.console()
    car = city.unit('C1')
    incident = city.report(5, 4).json['incident_id']
    number = car.event('assignment.sent')['assignment']['assignment_id']
    console.refused('open_assignments', 'incident.close', incident=incident, reason='resolved')
    end = console.must('incident.cancel', incident=incident, reason='false_report')
    car.event('assignment.updated', assignment_id=number, state='cancelled')
    record = city.incident(incident, seq=end['seq'])
    equal('state', record['incident']['state'], 'cancelled')
    summary = city.engine.get('/v1/response-times', city.tokens['zhao']).json['summary']
    of_five = [s for s in summary if s['tier'] == '5' and s['stage'] == 'clock_to_on_scene'][0]
    equal('not in the percentiles', (of_five['n'], of_five['excluded']['cancelled']), (0, 1))


@case('reads of the live state: units, circles, districts, policy, map, streets, isochrone, tiles')
def reads(run):
    city = run.city()
    token = city.tokens['li']
    get = lambda path: city.engine.get(path, token)  # noqa: E731
    equal('units', sorted(u['code'] for u in get('/v1/units').json['units']), sorted(WHERE))
    equal('circles', [c['code'] for c in get('/v1/circles').json['circles']], ['K1', 'K2'])
    equal('districts', [d['code'] for d in get('/v1/districts').json['districts']], ['D1', 'D2'])
    equal('policy', [t['tier'] for t in get('/v1/policy').json['policy']['tiers']], ['1', '3', '5'])
    check(get('/v1/map').json['map']['has_roads'], 'the map has roads')
    found = [s['name'] for s in get('/v1/streets?q=avenue%203').json['streets']]
    check('Avenue 3' in found, f'streets: {found}')
    at = place(5, 5)
    rings = get(f"/v1/isochrone?lat={at['lat']}&lon={at['lon']}&profile=foot&minutes=1,3,5").json
    equal('rings', [f['properties']['minutes'] for f in rings['features']], [1, 3, 5])
    check(all(f['geometry']['coordinates'] for f in rings['features']), 'every ring has roads')
    import math
    z = 14
    x = int((at['lon'] + 180) / 360 * 2 ** z)
    y = int((1 - math.asinh(math.tan(math.radians(at['lat']))) / math.pi) / 2 * 2 ** z)
    tile = get(f'/tiles/{z}/{x}/{y}')
    equal('a tile', (tile.status, tile.body[:2]), (200, b'\x1f\x8b'))
    equal('no tile there', get(f'/tiles/{z}/0/0').status, 204)


def coverage(city, query='', who='li'):
    answer = city.engine.get('/v1/coverage' + query, city.tokens[who])
    check(answer.status == 200, f'coverage: {answer}')
    return answer.json['coverage']


def gap(city, circle, tier, who='li'):
    """The gap of the circle's tier, if it has one."""
    found = [g for g in coverage(city, who=who)['gaps'] if (g['circle'], g['tier']) == (circle, tier)]
    return found[0] if found else None


@case('a circle that nobody could reach is a gap, and who leaves one is told beforehand')
def who_covers(run):
    city = run.city()
    wait_until('K1 has a gap', lambda: gap(city, 'K1', '5'), seconds=5)
    car = city.unit('C1', at=(2, 3))
    wait_until('the car covers K1', lambda: gap(city, 'K1', '5') is None, seconds=5)
    circles = {c['circle']: {t['tier']: t for t in c['tiers']} for c in coverage(city)['circles']}
    covered = circles['K1']['5']
    equal('who covers K1', [u['unit'] for u in covered['units']], ['C1'])
    check(0 < covered['units'][0]['travel_ms'] <= covered['reach_ms'], f'in reach: {covered}')
    equal('what C1 leaves', coverage(city, '?without=C1')['lost'], [{'circle': 'K1', 'tier': '5'}])
    equal('nothing is asked, nothing is lost', coverage(city)['lost'], [])

    city.report(2, 2, type='dispute')
    car.event('assignment.sent')
    found = wait_until('K1 has a gap again', lambda: gap(city, 'K1', '5'), seconds=5)
    check(found['move'] is None, f'nobody is free to go there: {found}')
    equal('the same gap', gap(city, 'K1', '5')['since_ms'], found['since_ms'])
    equal('a dispatcher of the east has no gap in the west', gap(city, 'K1', '5', who='east'), None)


@case('whoever looks at the cover is told that it has changed, and asks only then')
def cover_is_told(run):
    city = run.city()
    li, phone = city.console('li'), city.unit('C2', at=(12, 12))
    li.ask({'op': 'sub', 'stream': 'units'})
    wait_until('K1 has a gap', lambda: gap(city, 'K1', '5'), seconds=5)
    li.listen(2.5)  # what came before
    last = max((m['version'] for m in li.heard if isinstance(m, dict) and m.get('t') == 'coverage'), default=-1)
    city.unit('C1', at=(2, 3))

    def news(message):
        return isinstance(message, dict) and message.get('t') == 'coverage' and message['version'] > last
    li.wait(news, what='the news that K1 is covered')
    wait_until('the car covers K1', lambda: gap(city, 'K1', '5') is None, seconds=5)
    equal('a unit hears nothing of it', [m for m in phone.heard if isinstance(m, dict) and m.get('t') == 'coverage'], [])
