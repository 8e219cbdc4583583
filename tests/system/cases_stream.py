"""The live wire: resume without a hole, snapshots, positions, limits, and what a session may cost."""
import struct
import time

from case_list import collector
from city import WHERE, place
from harness import check, equal, fresh_key, wait_until
from wsclient import WebSocket

CASES, case = collector()


def frames(ws):
    return [m for m in ws.heard if isinstance(m, dict) and m.get('t') == 'log']


def no_hole(what, logs, after):
    """Every frame follows the one before."""
    for frame in logs:
        equal(f'{what}: frame after {after}', frame['from'], after + 1)
        check(frame['upto'] >= frame['from'], f'{what}: {frame}')
        for event in frame['events']:
            check(frame['from'] <= event['seq'] <= frame['upto'], f'{what}: {event["seq"]} outside its frame')
        after = frame['upto']
    return after


@case('a console that drops and resumes misses nothing and hears nothing twice')
def resume(run):
    city = run.city()
    steady, broken = city.console('li'), city.console('wang')
    last = broken.first['seq']
    heard = []
    for round_number in range(4):
        for i in range(5):
            check(city.report(1 + i * 3, 1 + round_number * 3).status == 201, 'report')
        wanted = steady.event('incident.opened')['seq']
        broken.listen(0.2)
        last = no_hole('before the drop', frames(broken), last)
        heard += broken.events()
        broken.drop()
        for i in range(3):  # while nobody listens
            city.report(2 + i * 4, 2 + round_number * 3, key=fresh_key())
        broken = city.console('wang', since={'epoch': steady.first['epoch'], 'seq': last})
        check(broken.recovered, 'the engine remembers enough')
    end = city.report(14, 14).json['seq']
    for ws in (steady, broken):
        wait_until('both are there', lambda: ws.listen(0.05) or (frames(ws) and frames(ws)[-1]['upto'] >= end))
    no_hole('after the last resume', frames(broken), last)
    heard += broken.events()
    whole = [e['seq'] for e in steady.events()]
    equal('the same events, once each', [e['seq'] for e in heard], whole)
    equal('and the same content', heard, steady.events())
    check(wanted < end, 'something happened')


@case('resuming from another epoch, the future or long ago gets a snapshot')
def other_epoch(run):
    city = run.city()
    first = city.console()
    epoch, seq = first.first['epoch'], first.first['seq']
    end = city.report(5, 4).json['seq']
    for since in ({'epoch': '0' * len(epoch), 'seq': seq}, {'epoch': epoch, 'seq': seq + 1000000},
                  {'epoch': epoch, 'seq': 1}):
        ws = city.console(since=since)
        check(not ws.recovered, f'{since} cannot be resumed')
        equal('the snapshot is whole', len(ws.first['units']), len(WHERE))
        ws.event('incident.opened')  # a snapshot may be a little old: what is newer follows
        wait_until('all', lambda: ws.listen(0.05) or frames(ws)[-1]['upto'] >= end)
        no_hole('after the snapshot', frames(ws), ws.first['seq'])


@case('a unit that reconnects finds its order in the snapshot')
def unit_resumes(run):
    city = run.city()
    car = city.unit('C1')
    city.report(5, 4, note='n1')
    order = car.event('assignment.sent')['order']
    car.drop()
    again = city.unit('C1', duty=False)
    equal('the same order', [o['assignment']['assignment_id'] for o in again.first['orders']],
          [order['assignment']['assignment_id']])
    equal('with what it needs', again.first['orders'][0]['incident']['note'], 'n1')


def positions(message):
    kind, version, _, count, now = struct.unpack_from('<BBHId', message)
    equal('header', (kind, version, len(message)), (1, 1, 16 + count * 16))
    records = [struct.unpack_from('<IiiBBBB', message, 16 + i * 16) for i in range(count)]
    return now, {r[0]: r[1:] for r in records}


@case('the units stream says where everybody is, latest wins')
def units_stream(run):
    city = run.city()
    car = city.unit('C1')
    console = city.console()
    index = {u['code']: u['index'] for u in console.first['units']}
    console.ask({'op': 'sub', 'stream': 'units'})

    def binary():
        console.listen(0.05)
        return [positions(m)[1] for m in console.heard if isinstance(m, bytes)]
    first = wait_until('the first frame', binary)[0]
    check(index['C1'] in first, 'C1 is in it')
    for step in range(1, 6):
        car.send({'op': 'position', 'fixes': [{**place(5 + step * 0.1, 4), 'heading': 90, 'speed_kmh': 36}]})
    want = place(5.5, 4)

    def arrived():
        for frame in binary():
            if index['C1'] in frame:
                lon, lat, heading, speed, status, age = frame[index['C1']]
                if lon == round(want['lon'] * 1e7) and lat == round(want['lat'] * 1e7):
                    return heading, speed, status, age
        return None
    heading, speed, status, age = wait_until('the newest place', arrived)
    equal('heading in steps of two, speed, available', (heading, speed, status), (45, 36, 1))
    check(age <= 2, f'age {age}')
    console.ask({'op': 'unsub', 'stream': 'units'})
    console.listen(0.3)
    count = len(binary())
    car.send({'op': 'position', 'fixes': [place(6, 4)]})
    console.listen(1.5)
    equal('silence after unsub', len(binary()), count)
    equal('an api client may listen', WebSocket(city.engine, city.tokens['alarms']).ask(
        {'op': 'sub', 'stream': 'units'}).get('ok'), True)
    answer = car.ask({'op': 'sub', 'stream': 'units'})
    equal('a unit may not', answer['error']['code'], 'forbidden')


@case('a session must log in first, and within ten seconds')
def login_first(run):
    city = run.city()
    silent = WebSocket(city.engine)
    silent.wait(lambda m: m.get('t') == 'hello')
    for message, code in (('{"id":1,"op":"ping"}', 4502), ('nonsense', 4502),
                          ('{"id":1,"op":"auth","token":"wrong-token-wrong-token"}', 4500)):
        ws = WebSocket(city.engine)
        ws.wait(lambda m: m.get('t') == 'hello')
        ws.send_text(message)
        equal(message, ws.wait_closed(), code)
    start = time.monotonic()
    equal('silence', silent.wait_closed(20), 4502)
    check(time.monotonic() - start > 3, 'but not at once')


@case('a console hears a beat every second')
def beats(run):
    console = run.city().console()
    console.listen(3.4)
    count = len([m for m in console.heard if isinstance(m, dict) and m.get('t') == 'beat'])
    check(2 <= count <= 5, f'{count} beats in 3.4 s')


@case('a client that floods is sent away with 4013, the others do not notice')
def flood(run):
    city = run.city()
    console = city.console()
    bad = WebSocket(city.engine, city.tokens['wang'])
    for i in range(400):
        if bad.closed is not None:
            break
        bad.send({'id': 1000 + i, 'op': 'ping'})
    equal('close code', bad.wait_closed(), 4013)
    answer = console.ask({'op': 'ping'}, seconds=3)
    check(answer['ok'], 'the other goes on')


@case('a unit on five sockets loses the oldest with 4503')
def elsewhere(run):
    city = run.city()
    sockets = [WebSocket(city.engine, city.tokens['C1'], f'C1/{i}') for i in range(5)]
    equal('the oldest', sockets[0].wait_closed(), 4503)
    for ws in sockets[1:]:
        check(ws.ask({'op': 'ping'})['ok'], 'the others stay')
