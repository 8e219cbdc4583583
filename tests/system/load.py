#!/usr/bin/env python3
"""The figure run: a moving fleet, a stream of reports, real sockets, one machine.

usage: load.py --binary build/release/kuaifan --map city.kfmap|city.osm.pbf [--units 2000]
               [--rate 50] [--seconds 60] [--type medical] [--orders-each 2] [--data DIR]

All units are cars; a medical report asks for two of them in the five-minute tier, wherever they
are, so every incident must get exactly two orders. Prints the fleet's own ledger, the time from
report to order beside the bare fdatasync of the same disk in the same run, and what the engine
spent."""
import argparse
import csv
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time

from city import PASSWORD, put_roster, set_up
from harness import Engine, Failure, Workspace, check


def all_cars(text):
    """The demo roster's places with units of one kind."""
    rows = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator='\n')
    writer.writeheader()
    for number, row in enumerate(rows):
        code = f'C{number:05d}'
        writer.writerow({**row, 'code': code, 'name': code, 'kind': 'car', 'people': 2, 'capabilities': ''})
    return out.getvalue()


def prepare(engine, work, options):
    folder = os.path.join(work.path, 'roster')
    done = subprocess.run([engine.binary, 'demo-roster', options.map, folder, '--units', str(options.units),
                           '--circles', '24', '--seed', '1'], capture_output=True, text=True, timeout=120)
    check(done.returncode == 0, f'demo-roster: {done}')
    admin = set_up(engine)
    for kind, suffix, content_type in (('districts', 'geojson', 'application/geo+json'),
                                       ('circles', 'csv', 'text/csv'), ('units', 'csv', 'text/csv')):
        with open(os.path.join(folder, f'{kind}.{suffix}'), encoding='utf-8') as file:
            text = file.read()
        put_roster(engine, admin, kind, all_cars(text) if kind == 'units' else text, content_type)


def far_searching(work):
    """The mutual-aid policy, but nobody in the whole region is too far."""
    with open(os.path.join(os.path.dirname(__file__), '..', '..', 'policies', 'mutual-aid.json'), encoding='utf-8') as file:
        policy = json.load(file)
    path = os.path.join(work.path, 'far.json')
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({**policy, 'name': 'far', 'search_ms': 4 * 3600 * 1000}, file)
    return path


def cpu_seconds(pid):
    with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
        fields = file.read().rsplit(') ', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def memory_mb(pid):
    with open(f'/proc/{pid}/status', encoding='utf-8') as file:
        found = re.search(r'VmHWM:\s+(\d+) kB', file.read())
    return int(found.group(1)) // 1024


def counters(engine, token):
    text = engine.get('/metrics', token).body.decode()
    return {name: int(value) for name, value in re.findall(r'^kuaifan_(\w+) (\d+)$', text, re.M)}


def run(options, work):
    data = os.path.join(options.data, f'load-{os.getpid()}') if options.data else work.new('load')
    engine = Engine(options.binary, data, options.map, units_max=20000, incidents_max=20000,
                    assignments_max=60000, commands_keep=262144, log_level='info', snapshot_events=100000,
                    connections_max=12000, sessions_max=11000, policy=far_searching(work))
    engine.log_path = os.path.join(work.path, 'engine.log')
    engine.start()
    try:
        prepare(engine, work, options)
        token = engine.login('admin', PASSWORD)
        command = [engine.binary, 'simulate', '--url', engine.url, '--map', options.map, '--admin', 'admin',
                   '--rate', str(options.rate), '--seed', str(options.seed), '--load', '--check',
                   '--seconds', str(options.seconds), '--type', options.type,
                   '--orders-each', str(options.orders_each), '--disk', data]
        start = time.monotonic()
        perf = None
        if options.perf:
            perf = subprocess.Popen(['perf', 'record', '-g', '-o', options.perf, '-p', str(engine.process.pid)],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        fleet = subprocess.run(command, capture_output=True, text=True, timeout=options.seconds + 600,
                               env={**os.environ, 'KUAIFAN_PASSWORD': PASSWORD})
        took = time.monotonic() - start
        if perf:
            perf.terminate()
            perf.wait()
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(fleet.stdout + fleet.stderr)
        counted = counters(engine, token)
        print(f'engine: {cpu_seconds(engine.process.pid):.1f} s of CPU in {took:.0f} s, {memory_mb(engine.process.pid)} MB '
              f'at most; fleet: {usage.ru_utime + usage.ru_stime:.1f} s of CPU')
        names = ('journal_seq', 'batches_total', 'events_total', 'commit_microseconds_total',
                 'commit_microseconds_max', 'commands_busy_total', 'evicted_total', 'positions_dropped_total',
                 'history_dropped_total', 'digests_equal_total', 'alarms_total', 'loop_busy_microseconds_max')
        print('engine:', ', '.join(f'{name} {counted.get(name)}' for name in names))
        engine.stop()
        check(fleet.returncode == 0, 'the ledger has findings')
    finally:
        engine.kill()
        if options.data:
            shutil.rmtree(data, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--binary', required=True)
    parser.add_argument('--map', required=True)
    parser.add_argument('--units', type=int, default=2000)
    parser.add_argument('--rate', type=float, default=50)
    parser.add_argument('--seconds', type=int, default=60, help='after everybody is in')
    parser.add_argument('--type', default='medical')
    parser.add_argument('--orders-each', type=int, default=2)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--data', default='', help='a directory on the disk to be measured')
    parser.add_argument('--perf', default='', help='record a profile of the engine there')
    options = parser.parse_args()
    work = Workspace()
    good = False
    try:
        if not options.map.endswith('.kfmap'):
            target = os.path.join(work.path, 'city.kfmap')
            done = subprocess.run([options.binary, 'import', options.map, target], capture_output=True, text=True)
            check(done.returncode == 0, f'import: {done.stderr}')
            options.map = target
        run(options, work)
        good = True
    except Failure as why:
        print(why)
    finally:
        work.remove()
    print(f'{int(good)} passed, {int(not good)} failed, 0 skipped')
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
