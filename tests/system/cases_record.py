"""The record and its reports: what the engine counts must equal what its own rows say."""
import json
import os
import subprocess

from case_list import collector
from city import place
from harness import check, equal, wait_until

CASES, case = collector()
STAGES = {'received_to_created': ('received_ms', 'created_ms'), 'created_to_sent': ('created_ms', 'sent_ms'),
          'sent_to_acknowledged': ('sent_ms', 'acknowledged_ms'),
          'acknowledged_to_en_route': ('acknowledged_ms', 'en_route_ms'),
          'en_route_to_on_scene': ('en_route_ms', 'on_scene_ms'),
          'received_to_on_scene': ('received_ms', 'on_scene_ms')}


def order_of(unit):
    return unit.wait(lambda m: [e for e in m.get('events', []) if e['kind'] == 'assignment.sent'])


def work(city, unit, assignment, *states):
    for state in states:
        unit.must('assignment.update', assignment=assignment['assignment_id'], state=state)


def a_morning(city, incidents=6):
    """Incidents whose units acknowledge, some go, some arrive; the last seq."""
    console = city.console()
    units = {code: city.unit(code) for code in ('P1', 'F1', 'M1', 'C1')}
    seq = 0
    for i in range(incidents):
        answer = city.report(2, 2, type='fire' if i % 2 else 'crime', merge=False, drill=i == 5)
        incident, seq = answer.json['incident_id'], answer.json['seq']
        for assignment in city.incident(incident, seq=seq)['assignments']:
            steps = ('delivered', 'acknowledged', 'en_route', 'on_scene')[:2 + (i + len(assignment['unit'])) % 3]
            if assignment['unit'] in units:
                work(city, units[assignment['unit']], assignment, *steps)
        seq = console.must('incident.close', incident=incident, reason='resolved', clear_all=True)['seq']
        city.incident(incident, seq=seq)
    return seq


def ask(city, path, token='zhao'):
    answer = city.engine.get(f'/v1/response-times{path}', city.tokens[token])
    check(answer.status == 200, f'{path}: {answer}')
    return answer


def rank(values, percent):
    """Nearest rank, by its definition."""
    values = sorted(values)
    return next((v for i, v in enumerate(values) if (i + 1) * 100 >= len(values) * percent), None)


def spans(rows, stage):
    if stage == 'clock_to_on_scene':
        return [r['elapsed_ms'] for r in rows if r['verdict'] == 'met']
    start, end = STAGES[stage]
    return [r[end] - r[start] for r in rows if r[end] is not None and r[start] is not None and r[end] >= r[start]]


@case('every report equals what its rows say, counted independently')
def reports_equal_rows(run):
    city = run.city()
    a_morning(city)
    rows = ask(city, '?limit=10000').json['rows']
    check(len(rows) >= 12, f'{len(rows)} rows')
    for group, member in (('none', None), ('circle', 'circle'), ('unit', 'unit'), ('district', 'district'), ('type', 'type')):
        lines = ask(city, f'/summary?group={group}').json['summary']
        seen = 0
        for line in lines:
            mine = [r for r in rows if r['tier'] == line['tier'] and (member is None or r[member] == line['group'])]
            counted = [r for r in mine if not r['drill'] and r['verdict'] in ('met', 'missed', 'no_unit')]
            what = f"{group} {line['group']} tier {line['tier']} {line['stage']}"
            equal(f'{what}: rows', line['rows'], len(mine))
            equal(f'{what}: drills', line['excluded']['drill'], len([r for r in mine if r['drill']]))
            equal(f'{what}: verdicts', [line['met'], line['missed'], line['no_unit']],
                  [len([r for r in counted if r['verdict'] == v]) for v in ('met', 'missed', 'no_unit')])
            values = spans(counted, line['stage'])
            equal(f'{what}: n and missing', (line['n'], line['missing']), (len(values), len(counted) - len(values)))
            for percent in (50, 90, 95, 99):
                equal(f'{what}: P{percent}', line[f'p{percent}_ms'], rank(values, percent))
            seen += line['rows'] if line['stage'] == 'clock_to_on_scene' else 0
        equal(f'{group}: every row is in one line', seen, len(rows))


@case('the bulletin counts every order in its bin and names the slowest')
def bulletin(run):
    city = run.city()
    a_morning(city)
    lines = ask(city, '/bulletin').json['lines']
    listed = city.engine.get('/v1/incidents?limit=100', city.tokens['li']).json['incidents']
    orders = [a for i in listed if not i['drill'] for a in city.incident(i['incident_id'])['assignments']]
    equal('one line for the city', (len(lines), lines[0]['group']), (1, None))
    equal('orders', lines[0]['orders'], len(orders))
    check(lines[0]['drills'] > 0, 'the drill is counted apart')
    signed = {(a['unit'], a['incident_id']): a['acknowledged_ms'] - a['sent_ms'] for a in orders if a['acknowledged_ms']}
    equal('signed for', lines[0]['sign']['n'], len(signed))
    equal('bins', sum(lines[0]['sign']['bins']), len(signed))
    slowest = lines[0]['sign']['slowest']
    equal('the slowest', slowest['ms'], max(signed.values()))
    equal('its order', signed[(slowest['unit'], slowest['incident_id'])], slowest['ms'])
    check(slowest['name'].startswith('单元'), f'its name: {slowest}')
    by_unit = ask(city, '/bulletin?group=unit').json['lines']
    equal('by unit', sum(line['orders'] for line in by_unit), len(orders))


@case('a report says how it was made: zone, day, clock, period, and last year beside it')
def definition(run):
    city = run.city(time_zone='Asia/Shanghai', day_starts='06:00', shifts='06:00,18:00')
    a_morning(city, incidents=2)
    answer = ask(city, '/summary?from=2020-01-01&to=2120-01-01&compare=last_year').json
    equal('definition', {k: answer['definition'][k] for k in ('time_zone', 'day_starts', 'shifts', 'percentile')},
          {'time_zone': 'Asia/Shanghai', 'day_starts': '06:00', 'shifts': '06:00,18:00', 'percentile': 'nearest rank'})
    equal('from is local midnight', answer['definition']['from_ms'], 1577808000000)
    equal('last year', answer['last_year_from_ms'], 1546272000000)
    shifts = ask(city, '/summary?group=shift').json['summary']
    check({line['group'] for line in shifts} <= {'06:00-18:00', '18:00-06:00'}, f'{shifts[0]}')
    head, *body = ask(city, '/summary?format=csv&group=unit').body.decode('utf-8').split('\r\n')
    check(head.startswith('\ufeffgroup,name,tier,stage,') and 'time_zone' in head, head)
    check(body[-1] == '' and all('"Asia/Shanghai","06:00"' in line for line in body[:-1]), body[0])
    for query in ('compare=last_year', 'group=street', 'from=2026-02-30', 'unit=NO', 'limit=5', 'cell_e7=5'):
        bad = city.engine.get(f'/v1/response-times/summary?{query}', city.tokens['zhao'])
        equal(query, (bad.status, bad.code), (400, 'bad_request'))
    equal('nothing else is there', city.engine.get('/v1/response-times/other', city.tokens['zhao']).status, 400)


@case('the terminal report reads a running engine and a backup, and says the same')
def terminal(run):
    city = run.city()
    a_morning(city)
    backup = city.engine.post('/v1/backup', None, city.tokens['admin'])
    equal('backup', backup.status, 200)

    def report(path, *words):
        done = subprocess.run([run.binary, 'report', path, *words], capture_output=True, text=True, timeout=120,
                              env={**os.environ, 'TMPDIR': run.work.path})
        equal(f'kuaifan report {words}: {done.stderr}', done.returncode, 0)
        return done.stdout
    live = report(os.path.join(city.engine.data, 'history.db'), 'format=json', 'group=unit')
    kept = report(backup.json['path'], 'format=json', 'group=unit')
    equal('from the running engine and from the backup', json.loads(live), json.loads(kept))
    over_http = ask(city, '/summary?group=unit').json['summary']
    equal('and over HTTP', json.loads(live)['summary'], over_http)
    text = report(backup.json['path'])
    check('percentiles by nearest rank' in text and 'tier 1: met' in text, text)
    check('signed for' in report(backup.json['path'], 'bulletin'), 'bulletin')
    left = [name for name in os.listdir(run.work.path) if name.startswith('kuaifan-history-')]
    equal('nothing is left behind', left, [])


def without_place(units):
    """Positions are not in the journal; everything else of a unit is."""
    return {u['code']: {k: v for k, v in u.items() if k not in ('lat', 'lon', 'fix_ms')} for u in units}


def by_id(items, name):
    return {item[name]: item for item in items}


def moment(city):
    """A millisecond that is over: what comes next is after it."""
    with_time = city.console('wang')
    now = later = with_time.ask({'op': 'ping'})['res']['now_ms']
    while later <= now:
        later = with_time.ask({'op': 'ping'})['res']['now_ms']
    with_time.drop()
    return now


@case('the board of a past moment is the snapshot of then, and its log is what the stream said after')
def past_board(run):
    city = run.city()
    a_morning(city, incidents=3)
    units = {code: city.unit(code) for code in ('P2', 'M3', 'C3')}
    first = city.report(13, 13, phone='13800138000', note='门口').json
    city.incident(first['incident_id'], seq=first['seq'])
    for _ in range(5):  # a timer may be due between the snapshot and the moment
        city.engine.stop()
        city.engine.start()  # a page that comes first gets a snapshot of now, not an older one and the rest
        watcher = city.console('wang')
        then = watcher.first
        at = moment(city)
        if city.engine.get(f'/v1/board?at={at}', city.tokens['zhao']).json['board']['seq'] == then['seq']:
            break
    li = city.console()
    units = {code: city.unit(code) for code in units}
    orders = city.incident(first['incident_id'])['assignments']
    check(orders, 'somebody was ordered')
    for a in orders:
        if a['unit'] in units:
            work(city, units[a['unit']], a, 'delivered', 'acknowledged', 'en_route')
    second = city.report(13, 12, merge=False).json
    last = li.must('incident.note', incident=second['incident_id'], note='later')['seq']
    city.incident(second['incident_id'], seq=last)
    heard = []
    while not heard or heard[-1]['seq'] < last:
        heard += watcher.wait(lambda m: m.get('t') == 'log' and m)['events']

    answer = city.engine.get(f'/v1/board?at={at}', city.tokens['zhao'])
    equal('status', answer.status, 200)
    board, log = answer.json['board'], answer.json['log']
    equal('seq', board['seq'], then['seq'])
    equal('incidents', by_id(board.get('incidents', []), 'incident_id'), by_id(then['incidents'], 'incident_id'))
    equal('assignments', by_id(board.get('assignments', []), 'assignment_id'), by_id(then['assignments'], 'assignment_id'))
    equal('units', without_place(board['units']), without_place(then['units']))
    equal('where the log begins', log['from'], board['seq'] + 1)
    said = [e for e in log['events'] if e['seq'] <= last]
    equal('what was said after', said, [e for e in heard if e['seq'] <= last])
    check(not answer.json['truncated'], 'all of it')
    for query in ('', 'at=yesterday', f'at={at}&until={at - 1}', f'at={at}&until={at + 86400001}', 'at=1'):
        bad = city.engine.get(f'/v1/board?{query}', city.tokens['zhao'])
        equal(query, (bad.status, bad.code), (400, 'bad_request'))


@case('the board of a moment after which nothing happened has an empty log')
def past_board_quiet(run):
    city = run.city()
    first = city.report(13, 13).json
    city.incident(first['incident_id'], seq=first['seq'])
    at = moment(city)
    for query in (f'at={at + 86400000}', f'at={at + 86400000}&until={at + 86400000}', 'at=2200-01-01'):
        answer = city.engine.get(f'/v1/board?{query}', city.tokens['zhao'])
        equal(query, answer.status, 200)
        board, log = answer.json['board'], answer.json['log']
        equal(f'{query}: incidents', [i['incident_id'] for i in board['incidents']], [first['incident_id']])
        equal(f'{query}: log', (log['from'], log['upto'], log['events']), (board['seq'] + 1, board['seq'], []))
    check(city.engine.get('/healthz').status == 200, 'the engine goes on')


@case('kuaifan replay shows the board as it was, from a running engine and from a backup')
def replay(run):
    city = run.city()
    units = {code: city.unit(code) for code in ('P1', 'F1', 'C1')}
    first = city.report(2, 2, address='老街 1 号', phone='13800138000').json
    at = moment(city)
    orders = city.incident(first['incident_id'], seq=first['seq'])['assignments']
    for a in orders:
        work(city, units[a['unit']], a, 'delivered', 'acknowledged', 'en_route', 'on_scene')
    last = city.console().must('incident.close', incident=first['incident_id'], reason='resolved', clear_all=True)['seq']
    city.incident(first['incident_id'], seq=last)
    later = moment(city)
    backup = city.engine.post('/v1/backup', None, city.tokens['admin']).json['path']

    def shown(path, *words):
        done = subprocess.run([run.binary, 'replay', *words, path], capture_output=True, text=True, timeout=120)
        equal(f'kuaifan replay {words}: {done.stderr}', done.returncode, 0)
        return done.stdout
    text = shown(backup, '--at', str(at))
    check('Open incidents: 1' in text and '老街 1 号' in text and '13800138000' in text, text)
    check('已下发 sent' in text and '已派 dispatched' in text, text)
    for code in units:
        check(f'{code} 已下发 sent' in text, f'{code} was ordered: {text}')
    after = shown(backup, '--at', str(later))
    check('Open incidents: 0' in after and '老街' not in after, after)
    much_later = shown(backup, '--at', str(later + 86400000))
    equal('nothing is known after the backup, and the heading says so', much_later.splitlines()[2], after.splitlines()[2])
    live = os.path.join(city.engine.data, 'history.db')
    equal('from the running engine', shown(live, '--at', str(at)).splitlines()[4:], text.splitlines()[4:])
    check('<table>' in shown(backup, '--at', str(at), '--html'), 'HTML')
    for words in (['--at', 'noon', backup], ['--at', '10000000000', backup], [backup], ['--at', str(at), backup + '.not']):
        done = subprocess.run([run.binary, 'replay', *words], capture_output=True, text=True, timeout=60)
        check(done.returncode in (1, 2) and done.stderr, f'{words}: {done}')


@case('the board lies on the disk for the hour when everything is down')
def board_file(run):
    city = run.city()
    first = city.report(2, 2, address='<b>老街</b>', note='a & b').json
    city.incident(first['incident_id'], seq=first['seq'])
    city.engine.stop()
    with open(os.path.join(city.engine.data, 'board.txt'), encoding='utf-8') as file:
        text = file.read()
    with open(os.path.join(city.engine.data, 'board.html'), encoding='utf-8') as file:
        html = file.read()
    check('Open incidents: 1' in text and '<b>老街</b>' in text and f"#{first['incident_id']}" in text, text)
    check('&#60;b&#62;老街' in html and '<b>' not in html and 'a &#38; b' in html, 'nothing that was typed is markup')
    check('written every minute' in html, html[:500])
    os.unlink(os.path.join(city.engine.data, 'board.txt'))
    city.engine.start()
    wait_until('a start writes it', lambda: os.path.exists(os.path.join(city.engine.data, 'board.txt')))


def rows_of(text, side):
    """The five counts of each tier's row of that name."""
    return [[int(word) for word in line.split()[1:6]] for line in text.splitlines() if line.startswith(f'  {side} ')]


@case('kuaifan whatif under the same policy changes nothing, under another it says what')
def whatif(run):
    city = run.city()
    start = moment(city)
    a_morning(city)
    end = moment(city)
    backup = city.engine.post('/v1/backup', None, city.tokens['admin']).json['path']

    def asked(policy, *more):
        return subprocess.run([run.binary, 'whatif', '--policy', policy, '--from', str(start), '--to', str(end), *more, backup],
                              capture_output=True, text=True, timeout=120, env={**os.environ, 'KUAIFAN_MAP': city.engine.options['map']})
    same = asked('mutual-aid')
    equal(f'the same: {same.stderr}', same.returncode, 0)
    check('verdicts that changed: 0' in same.stdout and ', 0 the median' in same.stdout, same.stdout)
    check('incidents: 6 then, 6 now' in same.stdout, same.stdout)
    other = asked('echelon')
    equal(f'another: {other.stderr}', other.returncode, 0)
    check('under echelon' in other.stdout and 'verdicts that changed: 0' not in other.stdout, other.stdout)
    check(same.stdout.count('  difference ') == other.stdout.count('  difference ') == 3, other.stdout)
    with open(os.path.join(os.path.dirname(__file__), '..', '..', 'policies', 'mutual-aid.json'), encoding='utf-8') as file:
        policy = {**json.load(file), 'name': 'river'}
    own = os.path.join(city.engine.data, 'river.json')

    def asked_for(policy):
        with open(own, 'w', encoding='utf-8') as file:
            json.dump(policy, file)
        return asked(own)
    copy = asked_for(policy)
    check('under river' in copy.stdout and 'verdicts that changed: 0' in copy.stdout, f'a file of the same content: {copy}')
    for tier in policy['tiers']:
        tier['target_ms'] = 3600000
    patient = asked_for(policy)
    for then, now, difference in zip(*(rows_of(patient.stdout, side) for side in ('then', 'now', 'difference'))):
        equal(f'met, missed, no unit, cancelled, open: {patient.stdout}', difference, [b - a for a, b in zip(then, now)])
    policy['tiers'][1]['units'] = 9
    wrong = asked_for(policy)
    check(wrong.returncode == 2 and '/tiers/1/units' in wrong.stderr, f'a policy file that is wrong is refused with the place: {wrong}')
    wrong = asked(own + '.json')
    check(wrong.returncode == 2 and 'no such file' in wrong.stderr, f'a policy file that is not there: {wrong}')
    for bad in (['--policy', 'none', '--from', '2026-01-01', '--to', '2026-01-02', backup],
                ['--policy', 'echelon', '--from', '2026-01-02', '--to', '2026-01-01', backup], ['--policy', 'echelon', backup],
                ['--policy', 'echelon', '--from', '2020-01-01', '--to', str(end), backup]):
        done = subprocess.run([run.binary, 'whatif', *bad], capture_output=True, text=True, timeout=60)
        check(done.returncode in (1, 2) and done.stderr, f'{bad}: {done}')
