"""The dispatcher's desk: policies, and the life of an incident beyond the main job."""
import time

from case_list import collector
from city import place, put_roster
from harness import check, equal

CASES, case = collector()


@case('another policy holds for what opens from now on, and over a restart')
def policy(run):
    city = run.city()
    console = city.console()
    admin, li = city.tokens['admin'], city.tokens['li']
    old = city.report(2, 2).json['incident_id']
    before = city.engine.get('/v1/policy', li).json
    equal('put at the first start', (before['version'], before['policy']['name']), (1, 'mutual-aid'))

    wanted = dict(before['policy'], name='river', clock_start='sent')
    wanted['tiers'] = [dict(tier, target_ms=tier['target_ms'] * 2) for tier in wanted['tiers']]
    wanted['plans'] = [{'types': ['help'], 'tier': '1', 'units': 0}]
    equal('not by a dispatcher', city.engine.ask('PUT', '/v1/policy', wanted, li).status, 403)
    wrong = dict(wanted, tiers=wanted['tiers'][:2])
    refused = city.engine.ask('PUT', '/v1/policy', wrong, admin)
    equal('wrong in a place', (refused.status, refused.code, refused.json['pointer']),
          (422, 'out_of_range', '/tiers'))
    put = city.engine.ask('PUT', '/v1/policy', wanted, admin)
    equal('put', (put.status, put.json['version']), (200, 2))
    event = console.event('policy.put', version=2)
    equal('everybody hears', (event['name'], event['clock_start'], event['actor']), ('river', 'sent', 'admin'))

    young = city.report(6, 6, type='help').json['incident_id']
    record = city.incident(young, seq=put.json['seq'])
    equal('the new one', (record['incident']['policy'], record['incident']['policy_version']), ('river', 2))
    opened = [e for e in record['timeline'] if e['kind'] == 'incident.opened'][0]['incident']
    equal('its plan', (opened['tiers']['1']['verdict'], opened['tiers']['5']['target_ms']), ('not_asked', 600000))
    equal('the old one', city.incident(old)['incident']['policy_version'], 1)

    city.engine.stop()
    city.engine.start()
    after = city.engine.get('/v1/policy', admin).json
    equal('still there after a restart', (after['version'], after['policy']['name']), (2, 'river'))
    definition = city.engine.get('/v1/response-times', city.tokens['zhao']).json['definition']
    equal('the report names both', [(p['version'], p['clock_start']) for p in definition['policies']],
          [(1, 'received'), (2, 'sent')])
    equal('and in one text', (definition['policy'], definition['clock_start']),
          ('mutual-aid + river', 'received + sent'))

    city.engine.stop()
    city.engine.options['policy'] = 'echelon'
    city.engine.start()
    configured = city.engine.get('/v1/policy', admin).json
    equal('another configuration is put', (configured['version'], configured['policy']['name']), (3, 'echelon'))


def order_for(car, incident_id):
    """The newest order that the unit has heard of for this incident."""
    hit = []

    def has(message):
        for event in message.get('events', []) if message.get('t') == 'log' else []:
            if event['kind'] == 'assignment.sent' and event['assignment']['incident_id'] == incident_id:
                hit.append(event['assignment'])
        return bool(hit)
    car.read_to = 0
    car.wait(has, what=f'an order for {incident_id}')
    return hit[-1]


@case('an incident is held, released, merged and opened again, and the record has all of it')
def life(run):
    city = run.city()
    console = city.console()
    main = city.report(2, 2, type='help', phone='13900000001').json
    other = city.report(2, 2.2, type='dispute', phone='13900000002').json
    equal('similar', city.incident(other['incident_id'], seq=other['seq'])['incident']['similar'], main['incident_id'])
    review = int(time.time() * 1000) + 600000
    console.must('incident.hold', incident=main['incident_id'], reason='can_wait', review_ms=review)
    console.refused('out_of_range', 'incident.hold', incident=main['incident_id'], reason='can_wait', review_ms=1)
    car = city.unit('C1')
    held = console.event('incident.held')
    equal('held until', held['review_ms'], review)
    console.must('incident.release', incident=main['incident_id'])
    order = car.event('assignment.sent')
    console.must('incident.merge', incident=other['incident_id'], into=main['incident_id'], move=True, note='one quarrel')
    merged = console.event('incident.merged')
    equal('reports of the main one', merged['report_count'], 2)
    end = console.must('report.answer', report=other['report_id'], note='a car is coming')
    record = city.incident(main['incident_id'], seq=end['seq'])
    equal('its reports', sorted(r['report_id'] for r in record['reports']), sorted([main['report_id'], other['report_id']]))
    equal('who was answered', [r['report_id'] for r in record['reports'] if r['answered_ms']], [other['report_id']])
    kinds = [e['kind'] for e in record['timeline']]
    for kind in ('incident.held', 'incident.released', 'incident.merged', 'report.answered'):
        check(kind in kinds, f'the timeline has no {kind}: {kinds}')
    split = console.must('report.split', report=other['report_id'])
    check(split['incident_id'] > other['incident_id'], f'a new number: {split}')
    moved = order_for(car, main['incident_id'])
    car.must('assignment.update', assignment=moved['assignment_id'], state='cleared')
    console.must('incident.close', incident=main['incident_id'], reason='resolved', clear_all=True)
    end = console.must('incident.reopen', incident=main['incident_id'], reason='new_facts', note='he rang again')
    record = city.incident(main['incident_id'], seq=end['seq'])['incident']
    equal('open again', (record['reopened'], record['ended_ms']), (1, None))


@case('of two dispatchers one wins and the other hears who and when; a unit is taken from named work')
def desk(run):
    city = run.city(mode='recommend')
    li, wang = city.console('li'), city.console('wang')
    car = city.unit('C1')
    low = city.report(2, 2, type='help', priority=4).json['incident_id']
    high = city.report(6, 6, type='fire', priority=1).json['incident_id']
    li.must('incident.claim', incident=low)
    refused = wang.refused('claimed', 'incident.claim', incident=low)
    equal('who has it', refused['by'], 'li')
    li.must('incident.order', incident=low, generation=1, units=[{'unit': 'C1', 'tier': '5'}])
    sent = car.event('assignment.sent')['assignment']
    late = wang.refused('unit_busy', 'incident.order', incident=high, generation=1,
                        units=[{'unit': 'C1', 'tier': '5'}])
    equal('who was first, and when', (late['by'], late['by_ms']), ('li', sent['sent_ms']))
    wang.refused('unit_busy', 'incident.order', incident=high, generation=1,
                 units=[{'unit': 'C1', 'tier': '5', 'victim': high}])
    end = wang.must('incident.order', incident=high, generation=1,
                    units=[{'unit': 'C1', 'tier': '5', 'victim': low}])
    taken = car.event('assignment.updated', state='preempted')
    equal('where it goes', taken['other_id'], high)
    order_for(car, high)
    timeline = city.incident(low, seq=end['seq'])['timeline']
    check(any(e['kind'] == 'assignment.updated' and e['state'] == 'preempted' for e in timeline), 'the victim knows')


@case('a milestone is corrected by a row beside it, and reports use it and say so')
def corrected(run):
    city = run.city()
    console, chief = city.console('li'), city.console('zhao')
    car = city.unit('C1')
    incident = city.report(2, 2).json['incident_id']
    order = car.event('assignment.sent')['assignment']
    car.must('assignment.update', assignment=order['assignment_id'], state='on_scene')
    end = console.must('incident.close', incident=incident, reason='resolved', clear_all=True)
    before = [a for a in city.incident(incident, seq=end['seq'])['assignments'] if a['unit'] == 'C1'][0]
    wanted = order['sent_ms'] + 1
    console.refused('forbidden', 'milestone.correct', assignment=order['assignment_id'], milestone='on_scene',
                    corrected_ms=wanted, note='pressed too late')
    end = chief.must('milestone.correct', assignment=order['assignment_id'], milestone='on_scene',
                     corrected_ms=wanted, note='pressed too late')
    record = city.incident(incident, seq=end['seq'])
    after = [a for a in record['assignments'] if a['unit'] == 'C1'][0]
    equal('what holds', (after['on_scene_ms'], after['corrected']), (wanted, 1))
    row = [e for e in record['timeline'] if e['kind'] == 'milestone.corrected'][0]
    equal('what it was', (row['was_ms'], row['actor'], row['note']), (before['on_scene_ms'], 'zhao', 'pressed too late'))
    rows = city.engine.get('/v1/response-times', city.tokens['zhao']).json['rows']
    equal('the response log', [r['on_scene_ms'] for r in rows if r['tier'] == '5'], [wanted])


@case('an incident is handed over only to somebody who is there to take it')
def handed_over(run):
    city = run.city()
    console = city.console('li')
    incident = city.report(2, 2).json['incident_id']
    console.must('incident.claim', incident=incident)
    console.refused('unknown_value', 'incident.hand_over', incident=incident, to='wagn')
    console.must('incident.hand_over', incident=incident, to='wang')
    equal('who has it', console.event('incident.owned', owner='wang')['from'], 'li')


def import_centres(city):
    at = place(2, 2)
    rows = [('Z1', '石岐街道综治中心', 'community'), ('N1', '江门', 'neighbour')]
    text = 'code,name,kind,lat,lon\n' + ''.join(f"{code},{name},{kind},{at['lat']},{at['lon']}\n" for code, name, kind in rows)
    put_roster(city.engine, city.tokens['admin'], 'centres', text)
    listed = city.engine.get('/v1/centres', city.tokens['li']).json['centres']
    equal('centres', [(c['code'], c['name'], c['kind']) for c in listed], rows)
    file = city.engine.get('/v1/roster/centres.csv', city.tokens['admin'])
    check('Z1' in file.body.decode() and 'neighbour' in file.body.decode(), f'as a file: {file}')


@case('a dispute goes to a community centre and comes back settled, over a crash, and the record has all of it')
def mediation(run):
    city = run.city()
    import_centres(city)
    li, centre = city.console('li'), city.console('alarms')
    dispute = city.report(2, 2).json['incident_id']
    generation = li.event('incident.opened')['incident']['generation']
    li.refused('unknown_centre', 'incident.refer', incident=dispute, generation=generation, centre='Z9')
    centre.refused('forbidden', 'incident.refer', incident=dispute, generation=generation, centre='Z1')
    given = li.must('incident.refer', incident=dispute, generation=generation, centre='Z1', note='邻里纠纷')
    equal('dispatched otherwise from now on', given['generation'], generation + 1)
    sent = centre.event('referral.sent')
    referral = sent['referral']
    number = referral['referral_id']
    equal('what the centre reads', (referral['centre'], referral['state'], sent['note']), ('Z1', 'sent', '邻里纠纷'))
    equal('so long the policy waits', (referral['answer_by_ms'] - referral['sent_ms'], referral['feedback_by_ms'] - referral['sent_ms']),
          (1800000, 86400000))
    centre.event('incident.state', incident_id=dispute, state='diverted')
    car = city.unit('C1')
    li.refused('open_referral', 'incident.close', incident=dispute, reason='resolved')
    centre.refused('not_yours', 'referral.update', referral=number, version=1, state='withdrawn')
    centre.must('referral.update', referral=number, version=1, state='received')

    city.kill()
    city.engine.start()
    li, centre = city.console('li'), city.console('alarms')
    equal('in the snapshot after the crash', [(r['referral_id'], r['state'], r['version']) for r in centre.first['referrals']],
          [(number, 'received', 2)])
    late = li.refused('wrong_state', 'referral.update', referral=number, version=1, state='withdrawn')
    equal('who was first', late['by'], 'alarms')
    centre.must('referral.update', referral=number, version=2, state='feedback', note='双方和解')
    li.event('incident.state', incident_id=dispute, state='feedback_due')
    end = li.must('incident.close', incident=dispute, reason='resolved')
    record = city.incident(dispute, seq=end['seq'])
    said = [(e['kind'], e.get('state'), e['actor'], e['source']) for e in record['timeline'] if e['kind'].startswith('referral.')]
    equal('the record', said, [('referral.sent', None, 'li', 'dispatcher'), ('referral.updated', 'received', 'alarms', 'api'),
                               ('referral.updated', 'feedback', 'alarms', 'api')])
    equal('nobody of ours was sent', (record['assignments'], [m for m in car.events() if m['kind'] == 'assignment.sent']), ([], []))
    equal('its generation in the record', record['incident']['generation'], generation + 2)
    rows = city.engine.get('/v1/response-times', city.tokens['zhao']).json['rows']
    equal('no report counts it as met or missed', [r['verdict'] for r in rows if r['verdict'] in ('met', 'missed', 'open')], [])


@case('a neighbour is asked for units, lends them by name and has them back before the incident is closed')
def neighbour(run):
    city = run.city()
    import_centres(city)
    li, centre = city.console('li'), city.console('alarms')
    fire = city.report(6, 6, type='fire').json['incident_id']
    generation = li.event('incident.opened')['incident']['generation']
    li.must('incident.refer', incident=fire, generation=generation, centre='N1')
    asked = li.event('referral.sent')['referral']
    number = asked['referral_id']
    equal('of the neighbour', (asked['kind'], asked['feedback_by_ms']), ('neighbour', None))
    li.refused('wrong_state', 'incident.refer', incident=fire, generation=generation, centre='N1')
    centre.refused('missing_member', 'referral.update', referral=number, version=1, state='lent')
    centre.must('referral.update', referral=number, version=1, state='lent', units='江门 J3、J4')
    equal('by name', li.event('referral.updated', state='lent')['units'], '江门 J3、J4')
    centre.must('referral.update', referral=number, version=2, state='arrived')
    li.refused('open_referral', 'incident.close', incident=fire, reason='resolved', clear_all=True)
    centre.must('referral.update', referral=number, version=3, state='given_back')
    li.must('incident.close', incident=fire, reason='resolved', clear_all=True)
