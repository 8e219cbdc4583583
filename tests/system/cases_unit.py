"""The unit's side: what it has to hear, what it says, and that neither is ever lost."""
from case_list import collector
from city import place
from harness import check, equal

CASES, case = collector()


def inner(ws, event_kind, member, seconds=20, **members):
    """The next event whose object has these members."""
    hit = {}

    def has(message):
        for event in message.get('events', []) if message.get('t') == 'log' else []:
            if event['kind'] == event_kind and all(event[member].get(n) == v for n, v in members.items()):
                hit['event'] = event[member]
                return True
        return False
    ws.read_to = 0
    ws.wait(has, seconds, f'{event_kind} with {members}')
    return hit['event']


def ordered(city, code='C1', **report):
    """A console, the unit's phone, and the order that the unit has acknowledged."""
    console = city.console()
    unit = city.unit(code)
    incident = city.report(2, 2, **report).json['incident_id']
    sent = unit.event('assignment.sent')
    assignment = sent['assignment']['assignment_id']
    unit.must('assignment.update', assignment=assignment, state='acknowledged')
    return console, unit, incident, assignment


@case('another place is heard by the unit, acknowledged like an order, and stands in the timeline')
def changed_place(run):
    city = run.city()
    console, unit, incident, assignment = ordered(city)
    generation = city.incident(incident)['incident']['generation']
    console.must('incident.update', incident=incident, generation=generation, **place(3, 3))
    changed = unit.event('incident.updated')
    equal('the new order', (changed['order']['incident']['lat'], changed['order']['incident']['lon']),
          (place(3, 3)['lat'], place(3, 3)['lon']))
    notice = unit.event('notice.sent')['notice']
    equal('what', (notice['kinds'], notice['number'], notice['text']), (['changed'], 1, None))
    unit.must('notice.update', assignment=assignment, number=1, state='delivered')
    console.event('notice.updated', unit='C1', state='delivered')
    end = unit.must('notice.update', assignment=assignment, number=1, state='acknowledged', device_ms=1763932271000)
    heard = console.event('notice.updated', unit='C1', state='acknowledged')
    equal('who says so', (heard['source'], heard['actor'], heard['device_ms']), ('unit', 'unit:C1', 1763932271000))
    kinds = [event['kind'] for event in city.incident(incident, seq=end['seq'])['timeline']]
    check(kinds.count('notice.sent') == 1 and kinds.count('notice.updated') == 2, f'timeline: {kinds}')


@case('a warning reaches who is ordered, joins what was not heard, and waits for who is ordered later')
def warning(run):
    city = run.city()
    console, unit, incident, assignment = ordered(city)
    later = city.unit('C2')
    console.must('incident.warn', incident=incident, level='danger', text='持刀')
    first = unit.event('notice.sent')['notice']
    equal('the words', (first['kinds'], first['level'], first['text']), (['danger'], 'danger', '持刀'))
    generation = city.incident(incident)['incident']['generation']
    console.must('incident.update', incident=incident, generation=generation, type='crime')
    both = inner(unit, 'notice.sent', 'notice', number=2)
    equal('joined', (both['kinds'], both['number']), (['changed', 'danger'], 2))
    unit.refused('wrong_state', 'notice.update', assignment=assignment, number=1, state='acknowledged')
    again = city.unit('C1', duty=False)
    equal('after a reconnect', [(n['number'], n['text']) for n in again.first['notices']], [(2, '持刀')])
    unit.must('notice.update', assignment=assignment, number=2, state='acknowledged')
    equal('nothing is left', city.unit('C1', duty=False).first.get('notices', []), [])
    generation = city.incident(incident)['incident']['generation']
    console.must('incident.order', incident=incident, generation=generation, units=[{'unit': 'C2', 'tier': '5'}])
    order = later.event('assignment.sent')['order']
    equal('in the later order', (order['incident']['warning']['level'], order['incident']['warning']['text']), ('danger', '持刀'))
    equal('and in the detail', city.incident(incident)['incident']['warning']['text'], '持刀')


@case('a recall is sent again until the unit says that it heard, also to a phone that comes back')
def recall_ladder(run):
    city = run.city()
    console, unit, incident, assignment = ordered(city)
    console.must('assignment.recall', assignment=assignment)
    unit.event('assignment.updated', state='recalled')
    notice = unit.event('notice.sent')['notice']
    equal('what', notice['kinds'], ['recalled'])
    unit.event('notice.step', seconds=30, step='resent')
    equal('kept for a phone that comes back', [n['kinds'] for n in city.unit('C1', duty=False).first['notices']], [['recalled']])
    unit.must('notice.update', assignment=assignment, number=1, state='acknowledged')
    console.event('notice.updated', state='acknowledged')
    equal('nothing is left', city.unit('C1', duty=False).first.get('notices', []), [])


@case('what was not acknowledged outlives a kill of the engine')
def notice_survives(run):
    city = run.city()
    console, unit, incident, assignment = ordered(city)
    console.must('incident.warn', incident=incident, level='caution', text='dog')
    unit.event('notice.sent')
    console.must('incident.cancel', incident=incident, reason='false_report')
    unit.event('assignment.updated', state='cancelled')
    city.kill()
    city.engine.start()
    back = city.unit('C1', duty=False)
    equal('kept', [(n['assignment_id'], n['kinds'], n['number']) for n in back.first['notices']],
          [(assignment, ['recalled'], 2)])
    seen = city.console('wang').first
    equal('a new console knows the warning', [i['warning']['text'] for i in seen['incidents']], ['dog'])
    equal('and who has not heard', [(n['unit'], n['state']) for n in seen['notices']], [('C1', 'sent')])
    back.must('notice.update', assignment=assignment, number=2, state='acknowledged')
    equal('and gone', city.unit('C1', duty=False).first.get('notices', []), [])


@case('a notice is the unit\'s own: nobody else acknowledges it, a dispatcher only on behalf')
def whose_notice(run):
    city = run.city()
    console, unit, incident, assignment = ordered(city)
    other = city.unit('C2')
    unit.refused('forbidden', 'incident.warn', incident=incident, level='danger', text='x')
    console.must('incident.warn', incident=incident, level='danger', text='gas')
    other.refused('not_yours', 'notice.update', assignment=assignment, number=1, state='acknowledged')
    console.must('notice.update', assignment=assignment, number=1, state='acknowledged')
    equal('source', unit.event('notice.updated', state='acknowledged')['source'], 'dispatcher')


@case('a call for help opens an incident where the unit is, is heard at once, and is ended by a supervisor only')
def panic(run):
    city = run.city()
    console = city.console()
    unit = city.unit('F1')
    city.unit('C1')
    answer = unit.must('unit.panic', **place(4, 4), device_ms=1763932271000)
    incident = answer['incident_id']
    opened = console.event('incident.opened')['incident']
    equal('what', (opened['incident_id'], opened['priority'], opened['mode'], opened['caller']), (incident, 1, 'recommend', 'F1'))
    equal('where', (opened['lat'], opened['lon']), (place(4, 4)['lat'], place(4, 4)['lon']))
    call = console.event('unit.panic')
    equal('the facts', (call['place'], call['in_charge'], call['device_ms'], call['source']), ('device', 1, 1763932271000, 'unit'))
    proposed = inner(console, 'decision.made', 'decision', tier='5')
    equal('the nearest', [c['unit'] for c in proposed['candidates']], ['C1'])
    alarm = inner(console, 'alarm.raised', 'alarm', kind='panic')
    equal('whose', alarm['unit'], 'F1')
    unit.event('unit.panic')
    console.refused('forbidden', 'panic.close', unit='F1', reason='resolved')
    equal('the answer names the alarm', console.must('alarm.ack', alarm=alarm['alarm_id'])['alarm_id'],
          alarm['alarm_id'])
    equal('the unit hears that it was heard', unit.event('alarm.acked')['alarm_id'], alarm['alarm_id'])
    equal('also after a reload', city.unit('F1', duty=False).first['unit']['panic'], 'acknowledged')
    console.refused('open_panic', 'incident.cancel', incident=incident, reason='resolved')
    chief = city.console('zhao')
    chief.must('panic.close', unit='F1', reason='resolved', note='ok')
    unit.event('panic.closed')
    console.event('alarm.cleared', alarm_id=alarm['alarm_id'])
    console.must('incident.cancel', incident=incident, reason='resolved')


@case('a call for help that nobody in charge can hear goes to every district at once')
def panic_for_all(run):
    city = run.city()
    east = city.console('east')
    unit = city.unit('F1')
    incident = unit.must('unit.panic')['incident_id']
    opened = east.event('incident.opened')['incident']
    equal('of another district', (opened['incident_id'], opened['district']), (incident, 'D1'))
    alarm = inner(east, 'alarm.raised', 'alarm', kind='panic')
    east.must('alarm.ack', alarm=alarm['alarm_id'])
    equal('in a new snapshot, too', [i['incident_id'] for i in city.console('wang').first['incidents']], [incident])


@case('a call for help that nobody answers goes to every district after fifteen seconds')
def panic_widened(run):
    city = run.city()
    console = city.console()
    east = city.console('east')
    unit = city.unit('F1')
    incident = unit.must('unit.panic')['incident_id']
    console.event('unit.panic')
    check(not [e for e in east.events() if e['kind'] == 'unit.panic'], 'the east does not hear it at first')
    console.event('panic.widened', seconds=30, incident_id=incident)
    snapshot = east.snapshot()
    equal('now it does', [i['incident_id'] for i in snapshot['incidents']], [incident])
    check('panic' in [a['kind'] for a in snapshot['alarms']], f"with its alarm: {snapshot['alarms']}")


@case('pressed twice with one key it is one call, and it outlives a kill of the engine')
def panic_once(run):
    city = run.city()
    unit = city.unit('F1')
    first = unit.must('unit.panic', key='help-1')
    city.kill()
    city.engine.start()
    again = city.unit('F1', duty=False)
    equal('kept', again.first['unit']['panic'], 'raised')
    equal('the same answer', again.must('unit.panic', key='help-1'), first)
    equal('one incident', len(city.listed(first['seq'])), 1)


@case('a unit signs on with people and equipment: seen at the desk, in the list and as CSV, and kept over a restart')
def sign_on(run):
    city = run.city()
    console = city.console()
    car = city.unit('C1', duty=False)
    car.must('unit.duty', duty='on', people=3, crew='陈 0123, 李 0456', equipment=['shield', 'aed'], device='=手机')
    told = console.event('unit.duty')
    equal('told', (told['crew'], told['equipment'], told['device']), ('陈 0123, 李 0456', ['shield', 'aed'], '=手机'))
    car.must('unit.duty', duty='out_of_service', reason='vehicle')

    def seen(who):
        unit = [u for u in city.engine.get('/v1/units', city.tokens[who]).json['units'] if u['code'] == 'C1'][0]
        return unit['crew'], unit['equipment'], unit['device']
    equal('at the desk', seen('li'), ('陈 0123, 李 0456', ['shield', 'aed'], '=手机'))
    equal('a machine learns no names', seen('alarms'), (None, ['shield', 'aed'], None))
    sheet = city.engine.get('/v1/roster/duty.csv', city.tokens['admin'])
    head, *lines = sheet.body.decode('utf-8-sig').strip().split('\r\n')
    check(head.startswith('code,name,kind,duty,people,crew'), head)
    check(any('"C1"' in line and '"陈 0123, 李 0456",shield+aed,"\'=手机"' in line for line in lines), f'{lines}')
    city.kill()
    city.engine.start()
    equal('after a restart', seen('li'), ('陈 0123, 李 0456', ['shield', 'aed'], '=手机'))
    again = city.unit('C1', duty=False)
    again.must('unit.duty', duty='off')
    equal('signed off', seen('li'), (None, [], None))
