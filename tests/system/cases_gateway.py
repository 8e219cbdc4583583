"""The second channel: what the live link does not deliver goes to a gateway, and is never lost there."""
import json
import os
import time
from contextlib import contextmanager

from case_list import collector
from cases_unit import inner
from gateway import SECRET, Gateway, sign
from harness import check, equal, wait_until

CASES, case = collector()


@contextmanager
def given(run, usual=202, script=(), **options):
    """A city with a gateway, and C1 and C2 on duty whose phones are gone."""
    gateway = Gateway(usual, script)
    secret = os.path.join(run.work.path, 'gateway-secret')
    with open(secret, 'w', encoding='utf-8') as file:
        file.write(SECRET + '\n')
    city = run.city(gateway_url=gateway.url, gateway_secret_file=secret, **options)
    try:
        yield city, gateway
    finally:
        gateway.close()


def unreachable(city, *codes):
    """On duty and positioned, then out of reach, as the engine has noticed."""
    console = city.console('zhao')
    for code in codes:
        city.unit(code).drop()
    console.close() if hasattr(console, 'close') else console.drop()
    wait_until('the links are known to be gone',
               lambda: 'kuaifan_unit_sessions 0\n' in metrics(city))


def metrics(city):
    return city.engine.get('/metrics', city.tokens['zhao']).body.decode()


def metric(city, name):
    return int(metrics(city).split(f'\nkuaifan_{name} ')[1].split('\n')[0])


def steps(city, incident, code):
    return [(e['step'], e['actor'], e['source']) for e in city.incident(incident)['timeline']
            if e['kind'] == 'assignment.step' and e['unit'] == code]


def wait_step(city, incident, code, step):
    return wait_until(f'{step} of {code}', lambda: [
        s for s in steps(city, incident, code) if s[0] == step])[0]


def say(city, body, signature=None, token=None):
    text = json.dumps(body).encode()
    headers = {} if token else {'Kuaifan-Signature': signature or sign(text)}
    return city.engine.post('/v1/receipts', text, token, headers=headers)


def order_of(city, gateway, code='C1'):
    """The order that this unit was sent by the gateway."""
    heard = wait_until(f'the gateway hears of {code}', lambda: gateway.of(code))[0]
    return heard, heard['json']['order']['assignment']['assignment_id']


@case('an order to a unit without a link goes to the gateway, signed, and the next unit at once')
def unreached(run):
    with given(run) as (city, gateway):
        unreachable(city, 'C1', 'C2')
        sent_s = time.monotonic()
        incident = city.report(5, 4, address='Avenue 5', note='two people').json['incident_id']
        heard, number = order_of(city, gateway)
        check(heard['signed'], 'the signature is that of the body')
        equal('type', heard['type'], 'application/json')
        equal('key', heard['key'], heard['json']['key'])
        check(heard['key'].endswith(f'-{number}'), heard['key'])
        equal('place and words', [heard['json']['order']['incident'][n] for n in ('address', 'note')],
              ['Avenue 5', 'two people'])
        order_of(city, gateway, 'C2')
        check(time.monotonic() - sent_s < 4, 'at once, not at a step of the ladder')
        equal('who says so', wait_step(city, incident, 'C1', 'second_taken')[1:], ('system', 'system'))
        equal('once each', (len(gateway.of('C1')), len(gateway.of('C2'))), (1, 1))
        wait_until('the outbox is empty', lambda: metric(city, 'gateway_waiting') == 0)
        check(SECRET not in city.engine.log(), 'the secret is in the log')


@case('receipts are recorded with who said them: delivered, answered, each once')
def receipts(run):
    with given(run) as (city, gateway):
        unreachable(city, 'C1')
        incident = city.report(5, 4).json['incident_id']
        number = order_of(city, gateway)[1]
        wait_step(city, incident, 'C1', 'second_taken')
        for receipt in ('delivered', 'delivered', 'answered', 'answered'):
            answer = say(city, {'assignment': number, 'receipt': receipt})
            equal(receipt, (answer.status, answer.json['assignment_id']), (200, number))
        record = city.incident(incident, seq=answer.json['seq'])
        mine = [e for e in record['timeline'] if e.get('assignment_id') == number]
        equal('the record', [(e['kind'], e.get('step') or e.get('state'), e['actor'], e['source']) for e in mine
                             if e['actor'] == 'gateway'],
              [('assignment.step', 'second_delivered', 'gateway', 'api'),
               ('assignment.updated', 'delivered', 'gateway', 'api'),
               ('assignment.step', 'second_answered', 'gateway', 'api'),
               ('assignment.updated', 'acknowledged', 'gateway', 'api')])


@case('a receipt needs the signature of its body and time, or the token of an api login')
def rights(run):
    with given(run) as (city, gateway):
        unreachable(city, 'C1')
        city.report(5, 4)
        number = order_of(city, gateway)[1]
        body = {'assignment': number, 'receipt': 'delivered'}
        text = json.dumps(body).encode()
        old = int(time.time() * 1000) - 301_000
        for signature in ('t=1,v1=00', sign(b'{}'), sign(text, old), sign(text, secret='x' * 32)):
            answer = say(city, body, signature)
            equal(signature, (answer.status, answer.code), (401, 'unauthorized'))
        equal('no signature', city.engine.post('/v1/receipts', body).status, 401)
        equal('a dispatcher', say(city, body, token=city.tokens['li']).code, 'forbidden')
        equal('an api login', say(city, body, token=city.tokens['alarms']).status, 200)
        for wrong, code in (({'assignment': 999, 'receipt': 'delivered'}, 'unknown_assignment'),
                            ({'assignment': number, 'receipt': 'taken'}, 'unknown_value'),
                            ({'assignment': number}, 'missing_member'),
                            ({**body, 'more': 1}, 'unknown_member')):
            equal(str(wrong), say(city, wrong).code, code)


@case('a gateway that fails is tried again with growing pauses, under the same key')
def failing(run):
    with given(run, script=[503, 429, 500]) as (city, gateway):
        unreachable(city, 'C1')
        incident = city.report(5, 4).json['incident_id']
        wait_until('the fourth try', lambda: len(gateway.of('C1')) == 4, 30)
        tries = gateway.of('C1')
        equal('one key', len({one['key'] for one in tries}), 1)
        pauses = [b['at'] - a['at'] for a, b in zip(tries, tries[1:])]
        for least, pause in zip((0.9, 1.9, 3.9), pauses):
            check(least < pause < 2 * least + 2, f'pauses {pauses}')
        wait_step(city, incident, 'C1', 'second_taken')


@case('a gateway that hangs holds up nobody, and counts as failed after the tries allowed')
def slow(run):
    with given(run, usual='slow', gateway_timeout_ms=700, gateway_attempts=2) as (city, gateway):
        unreachable(city, 'C1')
        car = city.unit('C3')
        console = city.console()
        city.report(5, 4)
        order_of(city, gateway)
        begin = time.monotonic()
        city.report(11, 11, type='crime')
        car.event('assignment.sent')
        check(time.monotonic() - begin < 0.6, 'an order waited for the gateway')
        alarm = inner(console, 'alarm.raised', 'alarm', kind='ack_late', unit='C1')
        equal('tries', len(gateway.of('C1')), 2)
        equal('who says so', wait_step(city, alarm['incident_id'], 'C1', 'second_failed')[1:],
              ('system', 'system'))


@case('a gateway that refuses an order is not asked again')
def refusing(run):
    with given(run, usual=422) as (city, gateway):
        unreachable(city, 'C1')
        incident = city.report(5, 4).json['incident_id']
        wait_step(city, incident, 'C1', 'second_failed')
        equal('tries', len(gateway.of('C1')), 1)


@case('what the gateway does not have when the engine is killed goes out after the start, and only that')
def killed(run):
    with given(run, usual=503) as (city, gateway):
        unreachable(city, 'C1', 'C2')
        incident = city.report(5, 4).json['incident_id']
        key = order_of(city, gateway)[0]['key']
        order_of(city, gateway, 'C2')
        city.engine.kill()
        gateway.usual = 202
        before = len(gateway.of('C1'))
        city.engine.start()
        wait_until('it is tried again', lambda: len(gateway.of('C1')) > before)
        equal('under its key', gateway.of('C1')[-1]['key'], key)
        wait_step(city, incident, 'C1', 'second_taken')
        wait_step(city, incident, 'C2', 'second_taken')
        count = len(gateway.heard)
        city.engine.kill()
        city.engine.start()
        wait_until('the outbox is empty', lambda: metric(city, 'gateway_waiting') == 0)
        equal('nothing twice', len(gateway.heard), count)


@case('whoever hears the order on the live link needs no gateway')
def linked(run):
    with given(run) as (city, gateway):
        car = city.unit('C1')
        city.report(5, 4)
        number = car.event('assignment.sent')['assignment']['assignment_id']
        car.must('assignment.update', assignment=number, state='delivered')
        time.sleep(6)  # longer than the policy's step
        equal('of C1', gateway.of('C1'), [])


@case('an order that the phone does not confirm in time goes to the gateway after the step of the policy')
def unconfirmed(run):
    with given(run) as (city, gateway):
        car = city.unit('C1')
        city.report(5, 4)
        begin = time.monotonic()
        car.event('assignment.sent')
        order_of(city, gateway)
        check(4 < time.monotonic() - begin < 8, 'after five seconds')


@case('a gateway without a secret, or with a short one, is an error at the start')
def configured(run):
    with given(run) as (city, gateway):
        city.engine.stop()
        short = os.path.join(run.work.path, 'short-secret')
        with open(short, 'w', encoding='utf-8') as file:
            file.write('short\n')
        city.engine.options['gateway_secret_file'] = short
        city.engine.refuses_to_start(1, '32 to 256 bytes')
        city.engine.options['gateway_secret_file'] = ''
        city.engine.refuses_to_start(2, 'go together')
        city.engine.options.update(gateway_secret_file=short, gateway_url='ftp://x')
        city.engine.refuses_to_start(2, 'https://')
