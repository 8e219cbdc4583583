"""Timers over a death of the process. The waits are real, so these cases have a group of their own."""
import time

from case_list import collector
from cases_restart import kill_and_start
from harness import check, equal, wait_until

CASES, case = collector()


@case('the ack ladder goes on after kill -9: re-sent at 10 s, the next unit at 30 s')
def ladder(run):
    city = run.city()
    car = city.unit('C1')
    city.report(5, 4)
    sent = car.event('assignment.sent')
    number, sent_ms = sent['assignment']['assignment_id'], sent['at_ms']
    kill_and_start(city)
    car, second, console = city.unit('C1', duty=False), city.unit('C2'), city.console()
    equal('its order', [o['assignment']['assignment_id'] for o in car.first['orders']], [number])
    resent = car.event('assignment.step', seconds=20, assignment_id=number, step='resent')
    check(9_900 <= resent['at_ms'] - sent_ms <= 12_000, f"re-sent after {resent['at_ms'] - sent_ms} ms")
    added = second.event('assignment.sent', seconds=40)
    after = added['at_ms'] - sent_ms
    check(29_900 <= after <= 33_000, f'the next unit after {after} ms')
    check(added['assignment']['additional'], 'in addition')
    alarm = console.event('alarm.raised', seconds=30)['alarm']
    equal('and the dispatcher', (alarm['kind'], alarm['assignment_id']), ('ack_late', number))


@case('timers that came due while the engine was down fire once, at the start')
def overdue(run):
    city = run.city()
    car = city.unit('C1')
    city.report(5, 4)
    number = car.event('assignment.sent')['assignment']['assignment_id']
    city.engine.kill()
    time.sleep(12)  # the outage itself: longer than the first step of the ladder
    city.engine.start()
    record = wait_until('the step is in the record', lambda: [
        e for e in city.incident(1)['timeline'] if e['kind'] == 'assignment.step'])
    equal('one step of one order', [(e['step'], e['assignment_id']) for e in record], [('resent', number)])
