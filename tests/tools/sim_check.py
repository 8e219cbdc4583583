#!/usr/bin/env python3
"""Does the simulator find bugs? Put a known one into a copy of the sources and see after how many
seeds kuaifan-sim stops. A bug that survives all seeds is a failure of the simulator.

  tests/tools/sim_check.py [--seeds 200] [--only WORD]
  tests/tools/sim_check.py --places     only: is the list of bugs still true of the sources?
"""
import argparse
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from mutate import ROOT, Bench  # the same copy of the sources with a build of its own

CORE, STORE, HOST = "engine/core/", "engine/store/", "engine/host/"
BUGS = [  # (what, file, old, new)
    ("answers are given before the commit", HOST + "dispatch.c",
     "    add_ticket(batch, ticket, &answer);\n}",
     "    const struct api_answer early = answer_of(&answer);\n"
     "    dispatch->config.answered(dispatch->config.context, ticket, &early);\n}"),
    ("a repeated command is answered before its first answer is durable", HOST + "dispatch.c",
     "has_answer(dispatch->gathering, known->id)) {\n        return false;",
     "has_answer(dispatch->gathering, known->id)) {\n        return true;"),
    ("events are said when they are handed to the writer", HOST + "dispatch.c",
     "    dispatch->on_its_way = true;\n",
     "    dispatch->on_its_way = true;\n"
     "    dispatch->config.published(dispatch->config.context, &batch->events);\n"),
    ("a repeated command is executed again", HOST + "dispatch.c",
     "        if (known != NULL) {", "        if (known != NULL && known->seq == 0) {"),
    ("answers are not kept in the journal", STORE + "journal_batch.c",
     "    for (uint32_t i = 0; i < count; i++) {\n        const struct command_answer *answer",
     "    for (uint32_t i = count; i < count; i++) {\n        const struct command_answer *answer"),
    ("commits are not synced (synchronous=NORMAL)", STORE + "journal.c",
     '{"PRAGMA synchronous=FULL", "synchronous", "2"}', '{"PRAGMA synchronous=NORMAL", "synchronous", "1"}'),
    ("the term is not raised", STORE + "journal_meta.c", "SET value = value + 1 WHERE", "SET value = max(value, 1) WHERE"),
    ("a busy unit is ordered again", CORE + "order.c",
     "    if (held == NULL) {\n        return order->units[i].victim_id == 0 ?",
     "    if (held == NULL || order->units[i].victim_id == 0) {\n        return order->units[i].victim_id == 0 ?"),
    ("a finished order stays in the table of active ones", STORE + "journal_batch.c",
     "    return store_db_step(remove);", "    return SQLITE_OK;"),
    ("a full disk is taken for a written batch", STORE + "journal_batch.c",
     "        return JOURNAL_FULL;", "        return JOURNAL_DURABLE;"),
    ("an I/O error is taken for a full disk", STORE + "journal_batch.c",
     "(code & 0xff) == SQLITE_FULL && is_clean", "(code & 0xff) != SQLITE_CONSTRAINT && is_clean"),
    ("the order is never sent again", CORE + "deadline.c",
     "    if (is_taken || is_silent || after_ms[step] == 0) {",
     "    if (is_taken || is_silent || step == LADDER_RESENT || after_ms[step] == 0) {"),
    ("timers of orders are lost at a restart", CORE + "snapshot.c",
     "        deadline_refresh_assignment(engine, slot);", "        ;"),
    ("timers of incidents are lost at a restart", CORE + "snapshot.c",
     "        deadline_refresh_incident(engine, slot);", "        ;"),
    ("a snapshot forgets which ladder steps were taken", CORE + "snapshot.c", "    X(U32, steps, 0)", "    X(U32, resent_count, 0)"),
    ("the second nearest is sent", CORE + "decide.c",
     "        candidate->chosen = i < wanted;", "        candidate->chosen = made->candidate_count > wanted ? i > 0 && i <= wanted : i < wanted;"),
    ("candidates are sorted by unit, not by time", CORE + "decide.c",
     "    return travel_ms != candidate->travel_ms ? travel_ms < candidate->travel_ms",
     "    return travel_ms / 1000000 != candidate->travel_ms / 1000000 ? travel_ms < candidate->travel_ms"),
    ("nobody looks again for an incident that found nobody", CORE + "deadline.c",
     "    return tally.active + tally.cleared + tally.recalled < state->wanted;", "    return tally.all == UINT32_MAX;"),
    ("a verdict is given again", CORE + "ladder.c",
     "incident->tiers[tier].verdict != TIER_OPEN || deadline_ms == TIME_NEVER", "deadline_ms == TIME_NEVER"),
    ("an incident nobody goes to any more is silent", CORE + "deadline.c",
     "incident->state != INCIDENT_PENDING || after_ms == 0 ||", "incident->state != INCIDENT_PENDING || after_ms >= 60000 ||"),
    ("only one wave of volunteers is asked", CORE + "volunteer.c",
     "        incident->wave >= policy->waves_max", "        incident->wave >= 1"),
    ("volunteers who are not needed are not called off", CORE + "volunteer.c",
     "            assignment_emit_update(step, assignment, ASSIGNMENT_CANCELLED, REASON_ENOUGH);",
     "            (void)step;"),
    ("a centre that does not answer is forgotten", CORE + "deadline.c",
     "    return has_alarm(engine, incident, kind) ? TIMER_OFF : due_ms;",
     "    return has_alarm(engine, incident, kind) || due_ms != TIMER_OFF ? TIMER_OFF : due_ms;"),
    ("a shelved alarm does not come back", CORE + "deadline.c",
     "            due_ms = earlier(due_ms, alarm->shelved_ms);", "            due_ms = earlier(due_ms, TIMER_OFF);"),
    ("nobody asks whether a unit on scene is well", CORE + "deadline.c",
     "policy->par_ms == 0 || is_taken) {", "policy->par_ms > 0 || is_taken) {"),
    ("an order past the end is acknowledged", CORE + "assignment.c",
     "    if (assignment_state_ended(from) || to < from) {", "    if (to < from) {"),
    ("an incident closes over open orders", CORE + "incident.c",
     "        if (!assignment_state_ended(assignment->state)) {\n            assignment_emit_update",
     "        if (assignment->state == ASSIGNMENT_SENT) {\n            assignment_emit_update"),
    ("the live engine changes what it did not say", CORE + "report.c",
     "    assign_first(step, state_incident(engine, incident_id));",
     "    assign_first(step, state_incident(engine, incident_id));\n"
     "    state_incident(engine, incident_id)->priority = 1 + incident_id % 4;"),
    ("the core takes memory in a step", CORE + "report.c",
     "    const struct incident *match = find_match(step, report);",
     "    free(malloc(report->address[0] == 0 ? 1 : 2));\n    const struct incident *match = find_match(step, report);"),
]


def judge(bench, bug, seeds, hours):
    what, file, old, new = bug
    path = bench.source / file
    text = path.read_text()
    if text.count(old) != 1:
        return f"its place in {file} has changed: mend the list"
    broken = text.replace(old, new)
    path.write_text("#include <stdlib.h>\n" + broken if "malloc(" in new else broken)
    try:
        if not bench.make("kuaifan-sim"):
            return "does not compile: mend the list"
        for seed in range(1, seeds + 1):
            run = subprocess.run([bench.build / "tests" / "kuaifan-sim", "--seed", str(seed), "--hours", str(hours)],
                                 capture_output=True, text=True, timeout=600)
            if run.returncode != 0:
                words = [line for line in (run.stdout + run.stderr).splitlines() if "FAILED" in line or "ssertion" in line]
                print(f"caught at seed {seed:3}: {what}\n    {words[0][:150] if words else 'it crashed'}", flush=True)
                return None
        return f"not caught in {seeds} seeds"
    finally:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--only", default="", help="bugs whose name holds this")
    parser.add_argument("--places", action="store_true", help="is every bug's place still there? builds nothing")
    options = parser.parse_args()
    if options.places:
        lost = [bug for bug in BUGS if (ROOT / bug[1]).read_text().count(bug[2]) != 1]
        for what, file, _, _ in lost:
            print(f"{file}: the place of \"{what}\" has changed: mend BUGS")
        return 1 if lost else 0
    began = time.monotonic()
    bench = Bench(ROOT / "build" / "sim-check", flags="-O1 -g0")
    if not bench.make("kuaifan-sim"):
        sys.exit("kuaifan-sim does not build unchanged")
    wrong = 0
    bugs = [bug for bug in BUGS if options.only in bug[0]]
    for bug in bugs:
        trouble = judge(bench, bug, options.seeds, options.hours)
        if trouble:
            wrong += 1
            print(f"NOT CAUGHT: {bug[0]}: {trouble}", flush=True)
    print(f"{len(bugs) - wrong} of {len(bugs)} bugs caught; {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
