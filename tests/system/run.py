#!/usr/bin/env python3
"""System tests: the real engine, driven through its public protocol.

usage: run.py --binary build/debug/kuaifan [--group NAME] [--only WORDS] [--list] [--keep]

Every case has an engine of its own on a free port, with a data directory of its own. One line a
case; the last line counts. A case that this machine cannot run says so and is counted apart."""
import argparse
import sys
import time
import traceback

import cases_desk
import cases_drawings
import cases_gateway
import cases_input
import cases_job
import cases_patrol
import cases_photo
import cases_plans
import cases_record
import cases_restart
import cases_review
import cases_rights
import cases_start
import cases_stream
import cases_timers
import cases_traffic
import cases_unit
from city import City, Template
from harness import Failure, Skipped, Workspace

GROUPS = {'job': cases_job, 'rights': cases_rights, 'stream': cases_stream, 'input': cases_input,
          'start': cases_start, 'restart': cases_restart, 'timers': cases_timers, 'review': cases_review, 'record': cases_record,
          'desk': cases_desk, 'drawings': cases_drawings, 'patrol': cases_patrol, 'photo': cases_photo, 'plans': cases_plans, 'gateway': cases_gateway, 'unit': cases_unit, 'traffic': cases_traffic}


class Run:
    """What a case is handed."""

    def __init__(self, binary):
        self.binary = binary
        self.work = Workspace()
        self.cities = []
        self.made = None

    @property
    def template(self):
        self.made = self.made or Template(self.binary, self.work)
        return self.made

    def city(self, name='city', **options):
        city = City(self.template, self.work, name, **options)
        self.cities.append(city)
        return city

    def end_case(self, good):
        """Every engine stops cleanly, or the case fails."""
        cities, self.cities = self.cities, []
        try:
            for city in cities:
                if good:
                    city.close()
        finally:
            for city in cities:
                city.kill()


def play(run, claim, function):
    """'passed', 'failed' or 'skipped', and why."""
    good = False
    try:
        function(run)
        good = True
        run.end_case(True)
        return 'passed', ''
    except Skipped as why:
        run.end_case(True)
        return 'skipped', str(why)
    except Failure as why:
        text = str(why)
        frame = traceback.extract_tb(why.__traceback__)
        place = [f for f in frame if 'cases_' in f.filename]
        if place:
            text += f'\n    at {place[-1].filename}:{place[-1].lineno}: {place[-1].line}'
        return 'failed', text
    except Exception:  # a test that breaks is a test that fails
        return 'failed', traceback.format_exc()
    finally:
        if not good:
            run.end_case(False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--binary', required=True)
    parser.add_argument('--group', action='append', choices=sorted(GROUPS))
    parser.add_argument('--only', default='')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--keep', action='store_true', help='keep the data directories')
    options = parser.parse_args()
    chosen = [(group, claim, function) for group in options.group or GROUPS
              for claim, function in GROUPS[group].CASES if options.only in claim]
    if options.list:
        for group, claim, _ in chosen:
            print(f'{group}: {claim}')
        return 0
    counts = {'passed': 0, 'failed': 0, 'skipped': 0}
    run = Run(options.binary)
    try:
        for group, claim, function in chosen:
            start = time.monotonic()
            result, why = play(run, claim, function)
            counts[result] += 1
            print(f'{result:7} {group}: {claim} ({time.monotonic() - start:.1f} s)'
                  + (f'\n    {why}' if why else ''), flush=True)
    finally:
        if options.keep:
            print('kept:', run.work.path)
        else:
            run.work.remove()
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts['failed'] or not chosen else 0


if __name__ == '__main__':
    sys.exit(main())
