#!/usr/bin/env python3
"""From a stopped engine with a million events to an open port.

usage: recovery.py --binary build/release/kuaifan --make build/release/bench/make_journal
                   [--events 1000000] [--tail 20000] [--data DIR]

Prints the seconds from the start of the process to the first answer on its port: from the newest
snapshot with a tail behind it, and from zero; and the events a second of a replay from zero."""
import argparse
import os
import re
import shutil
import subprocess
import sys
import time

from harness import Engine, Failure, Workspace, check


def seconds_to_port(engine):
    start = time.monotonic()
    engine.start()
    took = time.monotonic() - start
    said = engine.log().rsplit('recovered to seq', 1)[1].split('\n')[0]
    engine.kill()
    return took, said


def run(options, work):
    data = os.path.join(options.data, f'recovery-{os.getpid()}') if options.data else work.new('recovery')
    try:
        made = subprocess.run([options.make, data, str(options.events), str(options.tail)],
                              capture_output=True, text=True, timeout=1800)
        check(made.returncode == 0, f'make_journal: {made}')
        print(made.stdout.strip())
        engine = Engine(options.binary, data, log_level='info')
        engine.options.update(units_max=20000, incidents_max=20000, assignments_max=60000, snapshot_events=10000000)
        engine.log_path = os.path.join(work.path, 'engine.log')
        times = []
        for _ in range(options.rounds):
            took, said = seconds_to_port(engine)
            check('snapshot 0 ' not in said, f'no snapshot was used: {said}')
            times.append(took)
        print('process start to open port from the newest snapshot: ' + ', '.join(f'{t:.3f}' for t in times)
              + f' s (recovered to seq{said})')
        replay = subprocess.run([options.binary, 'replay-check', '--data', data, '--units-max', '20000',
                                 '--incidents-max', '20000', '--assignments-max', '60000'],
                                capture_output=True, text=True, timeout=1800)
        check(replay.returncode == 0, f'replay-check: {replay}')
        print(replay.stdout.strip())
        found = re.search(r'from zero: .* (\d+) events replayed in ([\d.]+) s', replay.stdout)
        print(f'replay from zero: {int(found.group(1)) / float(found.group(2)):.0f} events/s')
        shutil.rmtree(os.path.join(data, 'snapshots'))
        took, said = seconds_to_port(engine)
        print(f'process start to open port from zero: {took:.3f} s (recovered to seq{said})')
        engine.check_log()
        return min(times)
    finally:
        if options.data:
            shutil.rmtree(data, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--binary', required=True)
    parser.add_argument('--make', required=True)
    parser.add_argument('--events', type=int, default=1000000)
    parser.add_argument('--tail', type=int, default=20000)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--data', default='', help='a directory on the disk to be measured')
    options = parser.parse_args()
    work = Workspace()
    good = False
    try:
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
