"""Who may do what: every route of PROTOCOL.md section 4 and every command, for every role."""
from case_list import collector
from city import PASSWORD, add_user, place
from harness import check, equal, fresh_key
from wsclient import WebSocket

CASES, case = collector()

WHO = {'dispatcher': 'li', 'supervisor': 'zhao', 'administrator': 'admin', 'api': 'alarms', 'unit': 'C1'}
D, S, A, P, U = WHO
ALL = {D, S, A, P, U}
AT = f"lat={place(5, 5)['lat']}&lon={place(5, 5)['lon']}"

# Method, path, body, who may. A body that is refused for its content (400, 404, 422) was let in.
ROUTES = [
    ('GET', '/metrics', None, {S, A, P}),
    ('POST', '/v1/reports', {}, {D, S, P, U}),
    ('GET', '/v1/incidents', None, {D, S, P}),
    ('GET', '/v1/incidents/1', None, {D, S, P}),
    ('GET', '/v1/units', None, {D, S, P, A}),
    ('GET', '/v1/circles', None, {D, S, P, A}),
    ('GET', '/v1/centres', None, {D, S, P, A}),
    ('GET', '/v1/checkpoints', None, ALL),
    ('GET', '/v1/districts', None, {D, S, P, A}),
    ('GET', '/v1/areas', None, {D, S, P, A}),
    ('GET', '/v1/policy', None, {D, S, P, A}),
    ('GET', '/v1/board?at=1', None, {S}),
    ('GET', '/v1/response-times', None, {S}),
    ('GET', '/v1/patrol', None, {S}),
    ('GET', '/v1/response-times/summary', None, {S}),
    ('GET', '/v1/response-times/bulletin', None, {S}),
    ('GET', '/v1/response-times/heat', None, {S}),
    ('GET', '/v1/map', None, ALL),
    ('GET', '/v1/streets?q=a', None, ALL),
    ('GET', f'/v1/isochrone?{AT}&profile=car&minutes=1', None, {D, S}),
    ('GET', '/v1/route?unit=C1&incident=1', None, {D, S}),
    ('GET', '/v1/traffic', None, {D, S, A}),
    ('PUT', '/v1/traffic', {}, {D, S, A}),
    ('DELETE', '/v1/traffic/none', None, {D, S, A}),
    ('GET', '/tiles/14/0/0', None, ALL),
    ('POST', '/v1/roster?kind=units&dry_run=1', 'code\n', {A}),
    ('GET', '/v1/roster/units.csv', None, {A}),
    ('GET', '/v1/users', None, {A}),
    ('POST', '/v1/users', {}, {A}),
    ('POST', '/v1/users/nobody/password', {}, {A}),
    ('POST', '/v1/users/nobody/disable', {}, {A}),
    ('POST', '/v1/users/nobody/revoke', {}, {A}),
    ('POST', '/v1/devices', {}, {A}),
    ('GET', '/v1/system', None, {A}),
    ('GET', '/v1/me', None, ALL),
]

# Members that are well formed but name what does not exist.
COMMANDS = [
    ('report.create', {'type': 'other', **place(5, 5)}, {D, S, P, U}),
    ('incident.recommend', {'incident': 999}, {D, S}),
    ('incident.order', {'incident': 999, 'generation': 1, 'units': [{'unit': 'C1', 'tier': '5'}]}, {D, S}),
    ('incident.update', {'incident': 999, 'generation': 1, 'priority': 1}, {D, S}),
    ('incident.note', {'incident': 999, 'note': 'n'}, {D, S, U}),
    ('incident.cancel', {'incident': 999, 'reason': 'duplicate'}, {D, S}),
    ('incident.close', {'incident': 999, 'reason': 'resolved'}, {D, S}),
    ('assignment.update', {'assignment': 999, 'state': 'delivered'}, {D, S, U}),
    ('assignment.recall', {'assignment': 999}, {D, S}),
    ('unit.duty', {'unit': 'C1', 'duty': 'on'}, {D, S, U}),
    ('alarm.ack', {'alarm': 999}, {D, S}),
    ('alarm.shelve', {'alarm': 999, 'reason': 'can_wait', 'until_ms': 1}, {D, S}),
    ('assignment.support', {'assignment': 999}, {D, S, U}),
]


@case('without a token every route but the public ones answers 401')
def no_token(run):
    engine = run.city().engine
    for method, path, body, _ in ROUTES + [('POST', '/v1/logout', None, ALL), ('POST', '/v1/commands', {}, ALL)]:
        for token in (None, 'no-such-token', ''):
            answer = engine.ask(method, path, body, token)
            equal(f'{method} {path} with token {token!r}', (answer.status, answer.code), (401, 'unauthorized'))
            equal('problem', answer.headers['Content-Type'], 'application/problem+json')
    equal('health is public', engine.get('/healthz').status, 200)
    equal('there is no such route', engine.get('/v1/nothing', run.cities[0].tokens['li']).status, 404)


@case('every route lets in the roles of the protocol and answers the others 403')
def by_role(run):
    city = run.city()
    for method, path, body, may in ROUTES:
        for role, who in WHO.items():
            headers = {'Content-Type': 'text/csv'} if isinstance(body, str) else None
            answer = city.engine.ask(method, path, body, city.tokens[who], headers=headers, key=fresh_key())
            if role in may:
                check(answer.status not in (401, 403, 405, 500), f'{role} {method} {path}: {answer}')
            else:
                equal(f'{role} {method} {path}', (answer.status, answer.code), (403, 'forbidden'))


@case('every command is held to its roles, over HTTP and over the socket')
def commands_by_role(run):
    city = run.city()
    for role, who in WHO.items():
        socket = WebSocket(city.engine, city.tokens[who], who)
        for op, members, may in COMMANDS:
            body = {'op': op, 'key': fresh_key(), **members}
            answer = city.engine.post('/v1/commands', body, city.tokens[who])
            said = socket.command(op, **members)
            code = said.get('error', {}).get('code', 'ok')
            if role in may:
                mine = role == U and op.startswith('incident.')  # only what it works on
                check(mine or answer.status not in (401, 403, 500), f'{role} {op}: {answer}')
                check(mine or code not in ('forbidden', 'internal'), f'{role} {op}: {said}')
            else:
                equal(f'{role} {op} over HTTP', (answer.status, answer.code), (403, 'forbidden'))
                equal(f'{role} {op} over the socket', code, 'forbidden')


@case('a unit cannot touch what is not its own')
def not_yours(run):
    city = run.city()
    car, other = city.unit('C1'), city.unit('C2', at=(15, 15))
    incident = city.report(5, 4).json['incident_id']
    number = car.event('assignment.sent')['assignment']['assignment_id']
    for op, members in (('assignment.update', {'assignment': number, 'state': 'acknowledged'}),
                        ('incident.note', {'incident': incident, 'note': 'n'}),
                        ('unit.duty', {'unit': 'C1', 'duty': 'off'})):
        answer = other.command(op, **members)
        code = answer.get('error', {}).get('code')
        check(code in ('not_yours', 'forbidden'), f'{op}: {answer}')
    other.listen(0.3)
    equal('and hears nothing of it', [e for e in other.events() if e.get('incident_id') == incident
                                      or e['kind'] == 'assignment.sent'], [])
    units = {u['code']: u for u in city.engine.get('/v1/units', city.tokens['li']).json['units']}
    equal('nothing has changed', (units['C1']['duty'], units['C1']['assignment_id']), ('on', number))


@case('a dispatcher of one district neither sees nor touches the other')
def scoped(run):
    city = run.city()
    east = city.console('east')
    west_unit = city.unit('C1')
    equal('units of his own', {u['district'] for u in east.first['units']}, {'D2'})
    mine = city.report(12, 12).json['incident_id']
    theirs = city.report(5, 4).json['incident_id']
    west_unit.event('assignment.sent')
    east.event('incident.opened')
    east.listen(0.3)
    opened = [e['incident']['incident_id'] for e in east.events() if e['kind'] == 'incident.opened']
    equal('incidents of his own', opened, [mine])
    check(not [e for e in east.events() if e.get('incident_id') == theirs], 'nothing of the other')
    east.refused('forbidden', 'incident.note', incident=theirs, note='n')
    east.refused('forbidden', 'unit.duty', unit='C1', duty='off')
    east.must('incident.note', incident=mine, note='n')
    equal('nor reads it', city.engine.get(f'/v1/incidents/{theirs}', city.tokens['east']).status, 404)
    city.incident(mine, 'east')
    listed = city.engine.get('/v1/incidents?state=all', city.tokens['east']).json['incidents']
    equal('list', [i['incident_id'] for i in listed], [mine])


@case('an API client hears no caller and no phone number')
def masked(run):
    city = run.city()
    api = city.console('alarms')
    incident = city.report(5, 4, caller='秘密', phone='13700000000').json['incident_id']
    opened = api.event('incident.opened')['incident']
    equal('masked', (opened['caller'], opened['phone']), (None, None))
    record = city.incident(incident, 'alarms')
    check('13700000000' not in str(record) and '秘密' not in str(record), f'record: {record}')
    everything = str(api.heard)
    check('13700000000' not in everything and '秘密' not in everything, 'events')
    check('13700000000' in str(city.incident(incident, 'li')), 'a dispatcher sees it')


@case('a revoked login ends its session with 4503 and its token at once')
def revoked(run):
    city = run.city()
    console = city.console('li')
    other = city.console('wang')
    answer = city.engine.post('/v1/users/li/revoke', {}, city.tokens['admin'])
    equal('revoke', answer.status, 200)
    equal('close code', console.wait_closed(), 4503)
    equal('token', city.engine.get('/v1/me', city.tokens['li']).status, 401)
    other.listen(0.2)
    equal('nobody else', other.closed, None)
    again = city.engine.login('li', PASSWORD)
    equal('he may log in again', city.engine.get('/v1/me', again).status, 200)
    equal('disable', city.engine.post('/v1/users/wang/disable', {}, city.tokens['admin']).status, 200)
    equal('close code', other.wait_closed(), 4503)
    refused = city.engine.post('/v1/login', {'name': 'wang', 'password': PASSWORD})
    equal('a disabled user may not', (refused.status, refused.code), (401, 'login_failed'))


@case('a revoked login stays revoked after a restart')
def revoked_for_good(run):
    city = run.city()
    city.engine.post('/v1/users/li/revoke', {}, city.tokens['admin'])
    equal('logout', city.engine.post('/v1/logout', None, city.tokens['wang']).status, 204)
    city.engine.stop()
    city.engine.start()
    for who, status in (('li', 401), ('wang', 401), ('zhao', 200)):
        equal(who, city.engine.get('/v1/me', city.tokens[who]).status, status)


@case('a new device secret ends the old one, and its sessions')
def new_device(run):
    city = run.city()
    car = city.unit('C1')
    answer = city.engine.post('/v1/devices', {'units': ['C1']}, city.tokens['admin'])
    equal('devices', answer.status, 200)
    equal('close code', car.wait_closed(), 4503)
    equal('old token', city.engine.get('/v1/me', city.tokens['C1']).status, 401)
    secret = answer.json['devices'][0]['secret']
    equal('new secret', city.engine.post('/v1/login', {'unit': 'C1', 'secret': secret}).status, 200)
    wrong = city.engine.post('/v1/login', {'unit': 'C1', 'secret': secret[:-1] + ('0' if secret[-1] != '0' else '1')})
    equal('wrong secret', (wrong.status, wrong.code), (401, 'login_failed'))
    nobody = city.engine.post('/v1/devices', {'units': ['C1', 'X9']}, city.tokens['admin'])
    equal('unknown unit', (nobody.status, nobody.code, nobody.json['pointer']), (404, 'unknown_unit', '/units/1'))


@case('the sixth failed login within a minute is 429, for that name only')
def rate_limit(run):
    city = run.city()
    for i in range(5):
        answer = city.engine.post('/v1/login', {'name': 'li', 'password': f'wrong password {i}'})
        equal(f'try {i}', (answer.status, answer.code), (401, 'login_failed'))
    sixth = city.engine.post('/v1/login', {'name': 'li', 'password': PASSWORD})
    equal('sixth, though it is right', (sixth.status, sixth.code), (429, 'too_many_attempts'))
    check(1 <= int(sixth.headers['Retry-After']) <= 61, f"Retry-After: {sixth.headers['Retry-After']}")
    city.engine.login('wang', PASSWORD)
    equal('a session goes on', city.engine.get('/v1/me', city.tokens['li']).status, 200)


@case('the set-up link works once')
def set_up_once(run):
    from city import set_up
    from harness import Engine
    engine = Engine(run.binary, run.work.new('setup'), run.template.map_path)
    engine.start()
    try:
        bad = engine.post('/v1/setup', {'setup_token': 'x' * 32, 'name': 'eve', 'display': 'e', 'password': PASSWORD})
        check(bad.status in (401, 422), f'a wrong link: {bad}')
        with open(engine.data + '/setup-link', encoding='utf-8') as file:
            token = file.read().strip().split('#')[1]
        admin = set_up(engine)
        again = engine.post('/v1/setup', {'setup_token': token, 'name': 'eve', 'display': 'e', 'password': PASSWORD})
        equal('again', (again.status, again.code), (401, 'login_failed'))
        twice = engine.post('/v1/users', {'name': 'admin', 'display': 'x', 'role': 'api', 'scope': 'city',
                                          'unit': None, 'password': PASSWORD}, admin)
        equal('the same name twice', twice.status, 422)
        add_user(engine, admin, 'zhou', 'supervisor')
        check(token not in engine.get('/v1/users', admin).body.decode(), 'no token in answers')
    finally:
        engine.stop()
