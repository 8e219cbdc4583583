#!/usr/bin/env python3
"""kill -9 at random moments under load.

usage: crash.py --binary build/release/kuaifan [--rounds 200] [--units 600] [--rate 10] [--seed N]

A simulated fleet and its callers run through it all: they reconnect and say again what was not
answered. Their own ledger knows what was acknowledged to them; at the end it is held against the
record. Then the journal's chain is walked, and snapshot and tail must give the same state as a
replay from zero."""
import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

from city import PASSWORD, compile_map, put_roster, set_up
from harness import SANITIZER, Engine, Failure, Workspace, check, equal, wait_until


def prepare(engine, work, units):
    """A synthetic roster on the grid's streets; the administrator's login is the fleet's."""
    folder = os.path.join(work.path, 'roster')
    done = subprocess.run([engine.binary, 'demo-roster', engine.options['map'], folder, '--units', str(units),
                           '--circles', '10', '--seed', '1'], capture_output=True, text=True, timeout=120)
    check(done.returncode == 0, f'demo-roster: {done}')
    admin = set_up(engine)
    for kind, suffix, content_type in (('districts', 'geojson', 'application/geo+json'),
                                       ('circles', 'csv', 'text/csv'), ('units', 'csv', 'text/csv')):
        with open(os.path.join(folder, f'{kind}.{suffix}'), encoding='utf-8') as file:
            put_roster(engine, admin, kind, file.read(), content_type)


def start_fleet(engine, options, log_path):
    command = [engine.binary, 'simulate', '--url', engine.url, '--map', engine.options['map'], '--admin', 'admin',
               '--units', str(options.units), '--rate', str(options.rate), '--seed', str(options.seed),
               '--load', '--check', '--seconds', '0']
    with open(log_path, 'wb') as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                env={**os.environ, 'KUAIFAN_PASSWORD': PASSWORD})


def read(path):
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


def figures(engine):
    """Newest durable seq; after a kill it may only have grown."""
    return engine.get('/healthz').json['seq']


def torment(engine, fleet, options, chance):
    """Kills and restarts; the seconds from kill to open port."""
    downtimes, seq = [], 0
    for number in range(options.rounds):
        time.sleep(chance.uniform(0.05, options.gap))
        check(fleet.poll() is None, 'the fleet has ended')
        before = figures(engine)
        check(before >= seq, f'round {number}: seq went back from {seq} to {before}')
        time.sleep(chance.uniform(0, 0.05))  # anywhere in a batch
        start = time.monotonic()
        engine.kill()
        engine.start()
        downtimes.append(time.monotonic() - start)
        seq = figures(engine)
        check(seq >= before, f'round {number}: {before} was durable, {seq} came back')
    return downtimes, seq


def end_fleet(fleet, log_path):
    fleet.send_signal(signal.SIGUSR1)
    try:
        status = fleet.wait(400)
    except subprocess.TimeoutExpired:
        fleet.kill()
        raise Failure('the fleet does not end:\n' + read(log_path)[-2000:]) from None
    said = read(log_path)
    check(not SANITIZER.search(said), 'a sanitizer speaks in the fleet:\n' + said[-3000:])
    found = re.search(r'ledger: (\d+) reports sent, (\d+) acknowledged, (\d+) refused; (\d+) orders seen, '
                      r'(\d+) seen twice; (\d+) findings', said)
    check(found, 'the fleet says nothing of its ledger:\n' + said[-2000:])
    ledger = dict(zip(('sent', 'acknowledged', 'refused', 'orders', 'doubled', 'findings'),
                      map(int, found.groups())))
    check(status == 0 and ledger['findings'] == 0, f'the ledger has findings (status {status}):\n' + said[-3000:])
    check(ledger['acknowledged'] > 0 and ledger['orders'] > 0, f'nothing happened: {ledger}')
    return ledger, said


def check_files(engine):
    """The chain is whole, and both ways to recover come to one state."""
    data = engine.data
    done = subprocess.run([engine.binary, 'verify', data + '/journal.db', data + '/journal.key'],
                          capture_output=True, text=True, timeout=600)
    check(done.returncode == 0 and 'sound' in done.stdout, f'verify: {done}')
    print(' ', done.stdout.strip().split(': ', 1)[1])
    flags = [f for name, value in engine.options.items() for f in ('--' + name.replace('_', '-'), str(value))]
    replay = subprocess.run([engine.binary, 'replay-check', '--data', data] + flags,
                            capture_output=True, text=True, timeout=600)
    check(replay.returncode == 0 and 'the same state' in replay.stdout, f'replay-check: {replay}')
    for line in replay.stdout.strip().split('\n'):
        print(' ', line)
    check('snapshot 0,' not in replay.stdout.split('from zero')[0], 'no snapshot was used')


def run(options, work):
    chance = random.Random(options.seed)
    map_path = compile_map(options.binary, work.path)
    engine = Engine(options.binary, work.new('crash'), map_path, snapshot_events=500, commands_keep=262144,
                    incidents_max=40000, assignments_max=120000, log_level='info', policy=options.policy)
    engine.start()
    fleet = None
    try:
        engine.options['port'] = engine.address()[1]  # the same at every start
        prepare(engine, work, options.units)
        log_path = work.new('fleet.log')
        fleet = start_fleet(engine, options, log_path)
        wait_until('the fleet has set out', lambda: 'set out' in read(log_path) or fleet.poll() is not None, 120)
        begin = time.monotonic()
        downtimes, seq = torment(engine, fleet, options, chance)
        time.sleep(2)
        ledger, said = end_fleet(fleet, log_path)
        downtimes.sort()
        print(f"seed {options.seed}: {options.rounds} times kill -9 in {time.monotonic() - begin:.0f} s under "
              f"{options.rate} reports/s and {options.units} units")
        print(f"  ledger: {ledger['sent']} reports sent, {ledger['acknowledged']} acknowledged, "
              f"{ledger['orders']} orders seen, {ledger['findings']} findings; {seq} events")
        print(f'  kill to open port: p50 {downtimes[len(downtimes) // 2] * 1e3:.0f} ms, '
              f'max {downtimes[-1] * 1e3:.0f} ms')
        engine.kill()  # once more, with everything at rest
        check_files(engine)
        engine.start()
        engine.stop()
        equal('starts', engine.log().count('recovered to seq'), options.rounds + 2)
        if options.verbose:
            print(said)
    finally:
        engine.kill()
        if fleet is not None and fleet.poll() is None:
            fleet.kill()
            fleet.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--binary', required=True)
    parser.add_argument('--rounds', type=int, default=200)
    parser.add_argument('--units', type=int, default=600)
    parser.add_argument('--rate', type=float, default=10)
    parser.add_argument('--gap', type=float, default=1.5, help='seconds between two kills, at most')
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('--policy', default='mutual-aid')
    parser.add_argument('--keep', action='store_true')
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    options.seed = int(time.time()) if options.seed is None else options.seed
    work = Workspace()
    good = False
    try:
        run(options, work)
        good = True
    except Failure as why:
        print(f'seed {options.seed}: {why}')
        options.keep = True
    finally:
        if options.keep:
            print('kept:', work.path)
        else:
            shutil.rmtree(work.path, ignore_errors=True)
    print(f'{int(good)} passed, {int(not good)} failed, 0 skipped')
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
