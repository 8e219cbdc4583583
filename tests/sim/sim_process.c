#include "tests/sim/sim_process.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/host/clock.h"
#include "engine/host/dispatch.h"
#include "engine/store/recovery.h"
#include "engine/store/snapshot_file.h"
#include "tests/sim/sim_allocations.h"
#include "tests/sim/sim_disk.h"
#include "tests/sim/sim_people.h"
#include "tests/sim/sim_record.h"
#include "tests/support/store_given.h"

#define COMMANDS_KEPT     4096u
#define REPLAY_EVENTS     200000u
#define SNAPSHOT_EVENTS   1000u
#define DIGEST_BATCHES    64u
#define MONOTONIC_BASE_US INT64_C(1000000000)

enum stage { STAGE_IDLE, STAGE_GIVEN, STAGE_APPLYING };

/* The writer: the names are the real one's, so the real dispatch speaks to it. */
struct committer {
    enum stage stage;
    struct batch *batch;
    uint64_t expected_seq;
    uint64_t batches, snapshot_seq;
    bool wants_digest, is_full;
};

struct sim_process {
    bool is_up, starts;
    struct journal *journal;
    struct engine *live, *shadow;
    struct command_memory *memory;
    struct dispatch *dispatch;
    struct committer committer;
    struct clock_state clock;
    struct event *event;
    char path[GIVEN_PATH_SIZE], key_path[GIVEN_PATH_SIZE];
    uint32_t life; /* counts starts: a happening of an earlier life concerns nobody */
    bool power_is_cut;
};

bool committer_idle(struct committer *committer)
{
    return committer->stage == STAGE_IDLE;
}

bool committer_wants_digest(const struct committer *committer)
{
    return committer->wants_digest;
}

static struct sim *the_sim; /* the writer's interface has no room for it */

static int64_t disk_latency_us(struct sim *sim)
{
    return sim_chance(sim, 20) ? sim_about_us(sim, 200000) : sim_about_us(sim, 1500);
}

void committer_give(struct committer *committer, struct batch *batch, uint64_t expected_seq)
{
    assert(committer->stage == STAGE_IDLE);
    committer->batch = batch;
    committer->expected_seq = expected_seq;
    committer->stage = STAGE_GIVEN;
    sim_later(the_sim, disk_latency_us(the_sim), SIM_DISK_DONE, the_sim->process->life, 0);
}

/* ---- What dispatch says ---- */

static void say_event(struct sim *sim, struct event *event, const uint8_t *body, uint32_t size)
{
    if (event->seq > journal_seq(sim->process->journal)) {
        sim_fail(sim, "event %llu (%s) was said, the journal ends at %llu",
                 (unsigned long long)event->seq, event_kind_name(event->kind),
                 (unsigned long long)journal_seq(sim->process->journal));
    }
    sim_record_event(sim, event, body, size);
    sim_people_told(sim, event);
    sim->figures.events++;
}

static void published(void *context, const struct event_list *events)
{
    struct sim *sim = context;
    const bool counted = sim_allocations_pause();
    for (uint32_t i = 0; i < events->count; i++) {
        const struct event_record *record = &events->records[i];
        event_list_get(events, i, sim->process->event);
        say_event(sim, sim->process->event, events->bytes + record->body_offset, record->body_size);
    }
    sim_allocations_resume(counted);
}

static void answered(void *context, uint64_t ticket, const struct api_answer *answer)
{
    struct sim *sim = context;
    const bool counted = sim_allocations_pause();
    sim_people_answer(sim, ticket, answer);
    sim_allocations_resume(counted);
}

/* ---- Life and death ---- */

void sim_process_create(struct sim *sim)
{
    struct sim_process *process = calloc(1, sizeof *process);
    assert(process != NULL);
    process->event = malloc(sizeof *process->event);
    assert(process->event != NULL);
    store_given_path(sim->directory, "journal.db", process->path);
    store_given_path(sim->directory, "journal.key", process->key_path);
    sim->process = process;
    the_sim = sim;
}

static void tear_down(struct sim_process *process)
{
    dispatch_destroy(process->dispatch);
    command_memory_destroy(process->memory);
    engine_destroy(process->live);
    engine_destroy(process->shadow);
    journal_close(process->journal);
    process->dispatch = NULL;
    process->memory = NULL;
    process->live = NULL;
    process->shadow = NULL;
    process->journal = NULL;
    process->committer = (struct committer){0};
    process->is_up = false;
    process->life++;
}

void sim_process_destroy(struct sim *sim)
{
    tear_down(sim->process);
    free(sim->process->event);
    free(sim->process);
    sim->process = NULL;
}

bool sim_process_is_up(const struct sim *sim)
{
    return sim->process->is_up;
}

uint32_t sim_process_life(const struct sim *sim)
{
    return sim->process->life;
}

static int64_t wall_ms(const struct sim *sim)
{
    return SIM_WALL_MS + sim->now_us / 1000 + sim->wall_offset_ms;
}

int64_t sim_process_clock_ms(struct sim *sim)
{
    return clock_read_at(&sim->process->clock, wall_ms(sim), MONOTONIC_BASE_US + sim->now_us);
}

static void start_later(struct sim *sim)
{
    if (!sim->process->starts) {
        sim->process->starts = true;
        sim_later(sim, sim_about_us(sim, 3 * SIM_SECOND_US), SIM_START, 0, 0);
    }
}

static void die(struct sim *sim, const char *why)
{
    sim_trace(sim, "the process ends: %s", why);
    if (!sim_disk_is_dead()) {
        sim_disk_halt(); /* nothing that closing would write */
    }
    tear_down(sim->process);
    sim_disk_revive(sim->process->power_is_cut);
    sim->figures.power_cuts += sim->process->power_is_cut ? 1 : 0;
    sim->process->power_is_cut = false;
    sim->figures.deaths++;
    sim_people_forget_fixes(sim);
    start_later(sim);
}

static void write_snapshot(struct sim *sim)
{
    struct sim_process *process = sim->process;
    char error[256];
    if (recovery_snapshot(process->shadow, journal_epoch(process->journal), sim->directory,
                          error) != STATUS_OK) {
        sim_fail(sim, "no snapshot: %s", error);
    }
    process->committer.snapshot_seq = engine_seq(process->shadow);
    sim->figures.snapshots++;
}

void sim_process_dies(struct sim *sim, enum sim_death death)
{
    if (death == SIM_DEATH_ORDERLY && sim_process_is_quiet(sim)) {
        write_snapshot(sim);
    }
    sim->process->power_is_cut = death == SIM_DEATH_POWER;
    if (death == SIM_DEATH_INSIDE || death == SIM_DEATH_POWER) {
        sim_disk_die(sim_below(sim, 40));
    } else if (sim->process->is_up) {
        die(sim, death == SIM_DEATH_ORDERLY ? "started anew" : "killed between two steps");
    }
}

static bool sees_dead_disk(struct sim *sim)
{
    if (sim_disk_is_dead()) {
        die(sim, "killed inside an operation of the disk");
        return true;
    }
    return false;
}

static bool catch_up(void *context, const struct event_record *record, const uint8_t *body)
{
    struct sim *sim = context;
    if (record->seq <= sim_record_seq(sim)) {
        sim_record_same(sim, record, body);
        return true;
    }
    struct event *event = sim->process->event;
    event->kind = record->kind;
    event->seq = record->seq;
    event->at_ms = record->at_ms;
    event->actor = record->actor;
    memcpy(event->command_id, record->command_id, COMMAND_ID_SIZE);
    if (event_codec_decode(event, body, record->body_size) != STATUS_OK) {
        sim_fail(sim, "event %llu of the journal cannot be read", (unsigned long long)record->seq);
    }
    say_event(sim, event, body, record->body_size);
    return true;
}

/* Clients come back and resume: what was durable but not said is said now, and the newest that was
 * said must be there as it was. */
static void resume(struct sim *sim)
{
    struct journal *journal = sim->process->journal;
    const uint64_t said = sim_record_seq(sim);
    if (journal_seq(journal) < said) {
        sim_fail(sim, "event %llu was said and is lost: the journal ends at %llu",
                 (unsigned long long)said, (unsigned long long)journal_seq(journal));
    }
    char error[256];
    if (journal_read(journal, said > 200 ? said - 200 : 1, catch_up, sim, error) != STATUS_OK) {
        sim_fail(sim, "the journal cannot be read: %s", error);
    }
}

static bool recover(struct sim *sim, struct recovery_report *report)
{
    struct sim_process *process = sim->process;
    struct engine_config config = sim->config;
    char error[256];
    config.searches = true;
    if (recovery_run(process->journal, sim->directory, &config, &process->live, report, error) !=
        STATUS_OK) {
        sim_trace(sim, "recovery: %s", error);
        return false;
    }
    config.searches = false;
    struct recovery_report again;
    if (recovery_run(process->journal, sim->directory, &config, &process->shadow, &again, error) !=
        STATUS_OK) {
        sim_trace(sim, "recovery of the shadow: %s", error);
        return false;
    }
    if (report->digest != again.digest) {
        sim_fail(sim, "live and shadow come out of recovery with different digests");
    }
    return true;
}

static void remember_answers(struct sim *sim)
{
    static struct command_answer answers[COMMANDS_KEPT];
    struct sim_process *process = sim->process;
    uint32_t count = 0;
    if (journal_answers(process->journal, answers, COMMANDS_KEPT, &count) != STATUS_OK ||
        command_memory_create(COMMANDS_KEPT, &process->memory) != STATUS_OK) {
        sim_fail(sim, "the answers of the journal cannot be read");
    }
    for (uint32_t i = count; i-- > 0;) { /* oldest first */
        command_memory_add(process->memory, &answers[i]);
    }
}

/* All of them, as long as a replay from zero is short: a year would be spent replaying itself.
 * Later one stays whole. */
static void corrupt_snapshots(struct sim *sim)
{
    const bool is_long = sim_record_seq(sim) > REPLAY_EVENTS;
    const uint32_t spared = is_long ? sim_below(sim, SNAPSHOT_SLOTS) : SNAPSHOT_SLOTS;
    for (uint32_t slot = 0; slot < SNAPSHOT_SLOTS; slot++) {
        if (slot == spared) {
            continue;
        }
        char name[32];
        char path[GIVEN_PATH_SIZE];
        (void)snprintf(name, sizeof name, "snapshot-%u.kfs", slot);
        store_given_path(sim->directory, name, path);
        const long size = store_given_size(path);
        if (size <= 0 || !sim_chance(sim, 600)) {
            continue;
        }
        if (sim_chance(sim, 300)) {
            store_given_truncate(path, (long)sim_below(sim, (uint32_t)size));
        } else {
            store_given_flip(path, (long)sim_below(sim, (uint32_t)size));
        }
        sim->figures.snapshots_corrupted++;
    }
}

static bool open_journal(struct sim *sim)
{
    const struct journal_config config = {.path = sim->process->path,
                                          .key_path = sim->process->key_path,
                                          .commands_keep = COMMANDS_KEPT};
    char error[256];
    const enum status status = journal_open(&config, &sim->process->journal, error);
    if (status == STATUS_CORRUPT || status == STATUS_VERSION || status == STATUS_BUSY) {
        sim_fail(sim, "the journal does not open: %s", error);
    }
    if (status != STATUS_OK) {
        sim_trace(sim, "cannot start: %s", error);
    }
    return status == STATUS_OK;
}

void sim_process_start(struct sim *sim)
{
    struct sim_process *process = sim->process;
    process->starts = false;
    if (process->is_up) {
        return;
    }
    if (!sim->is_quiet && process->life > 0 && sim_chance(sim, 200)) {
        corrupt_snapshots(sim);
    }
    struct recovery_report report;
    if (!open_journal(sim) || !recover(sim, &report)) {
        sim->figures.failed_starts++;
        die(sim, "it could not start");
        return;
    }
    sim_record_term(sim, journal_term(process->journal));
    resume(sim);
    remember_answers(sim);
    const struct dispatch_config config = {.engine = process->live,
                                           .committer = &process->committer,
                                           .memory = process->memory,
                                           .durable_seq = journal_seq(process->journal),
                                           .published = published,
                                           .answered = answered,
                                           .context = sim};
    if (dispatch_create(&config, &process->dispatch) != STATUS_OK) {
        sim_fail(sim, "out of memory");
    }
    process->committer = (struct committer){.snapshot_seq = report.snapshot_seq};
    clock_init_at(&process->clock, journal_at_ms(process->journal), wall_ms(sim),
                  MONOTONIC_BASE_US + sim->now_us);
    engine_started(process->live, process->clock.now_ms);
    process->is_up = true;
    sim->figures.restarts += process->life > 0 ? 1 : 0;
    sim->figures.replayed += report.replayed;
    sim_trace(sim, "started: term %llu, snapshot %llu, %llu replayed; %s",
              (unsigned long long)journal_term(process->journal),
              (unsigned long long)report.snapshot_seq, (unsigned long long)report.replayed,
              report.skipped);
}

void sim_process_stop(struct sim *sim)
{
    tear_down(sim->process);
    sim_people_forget_fixes(sim);
}

/* ---- The way in ---- */

bool sim_process_submit(struct sim *sim, struct command *command, uint64_t fingerprint,
                        uint64_t ticket)
{
    if (!sim->process->is_up) {
        return false;
    }
    const int64_t now_ms = sim_process_clock_ms(sim);
    sim_allocations_resume(true);
    const bool taken =
        dispatch_submit(sim->process->dispatch, command, fingerprint, ticket, now_ms);
    sim_allocations_pause();
    sim->figures.commands++;
    sim->figures.core_steps++;
    return taken;
}

enum status sim_process_observe(struct sim *sim, const struct observation *observation)
{
    sim->figures.fixes++;
    sim_allocations_resume(true);
    const enum status status = engine_observe(sim->process->live, observation);
    sim_allocations_pause();
    return status;
}

void sim_process_wake(struct sim *sim)
{
    struct sim_process *process = sim->process;
    if (!process->is_up || sees_dead_disk(sim)) {
        return;
    }
    const int64_t now_ms = sim_process_clock_ms(sim);
    if (engine_deadline_ms(process->live) <= now_ms) {
        sim->figures.deadlines++;
        sim->figures.core_steps++;
    }
    sim_allocations_resume(true);
    dispatch_tick(process->dispatch, now_ms);
    dispatch_flush(process->dispatch);
    engine_coverage_refresh(process->live, now_ms);
    sim_allocations_pause();
}

int64_t sim_process_wakes_us(struct sim *sim)
{
    struct sim_process *process = sim->process;
    if (!process->is_up || process->committer.is_full) {
        return INT64_MAX;
    }
    const int64_t deadline_ms = engine_deadline_ms(process->live);
    const int64_t now_ms = process->clock.now_ms;
    if (deadline_ms == INT64_MAX) {
        return INT64_MAX;
    }
    return deadline_ms <= now_ms ? sim->now_us + 1000 : sim->now_us + (deadline_ms - now_ms) * 1000;
}

/* ---- The writer ---- */

void sim_process_disk_done(struct sim *sim)
{
    struct sim_process *process = sim->process;
    struct committer *committer = &process->committer;
    if (!process->is_up || committer->stage != STAGE_GIVEN) {
        return;
    }
    struct batch *batch = committer->batch;
    char error[256] = "";
    const enum journal_answer answer =
        journal_append(process->journal, &batch->events, batch->answers, batch->answer_count,
                       committer->expected_seq, error);
    if (sees_dead_disk(sim)) {
        return;
    }
    if (answer == JOURNAL_FENCED || (answer == JOURNAL_UNKNOWN && strstr(error, "unit") != NULL)) {
        sim_fail(sim, "the journal refuses a batch: %s", error);
    }
    if (answer == JOURNAL_UNKNOWN) {
        die(sim, error);
        return;
    }
    if ((answer == JOURNAL_FULL) != committer->is_full) {
        committer->is_full = answer == JOURNAL_FULL;
        dispatch_full(process->dispatch, committer->is_full);
    }
    if (answer == JOURNAL_FULL) {
        sim_later(sim, 200000, SIM_DISK_DONE, process->life, 0);
        return;
    }
    committer->stage = STAGE_APPLYING;
    sim_later(sim, sim_about_us(sim, 500), SIM_APPLIED, process->life, 0);
    sim_later(sim, 500000, SIM_DISK_IDLE, process->life, (uint32_t)committer->batches);
    dispatch_durable(process->dispatch, batch);
}

static void compare_digests(struct sim *sim, const struct batch *batch)
{
    if (!batch->wants_digest) {
        return;
    }
    sim->process->committer.wants_digest = false;
    if (engine_digest(sim->process->shadow) != batch->digest) {
        sim_fail(sim, "the shadow differs from the live engine at event %llu",
                 (unsigned long long)engine_seq(sim->process->shadow));
    }
    sim->figures.digests_equal++;
}

void sim_process_applied(struct sim *sim)
{
    struct sim_process *process = sim->process;
    struct committer *committer = &process->committer;
    if (!process->is_up || committer->stage != STAGE_APPLYING) {
        return;
    }
    const struct batch *batch = committer->batch;
    for (uint32_t i = 0; i < batch->events.count; i++) {
        event_list_get(&batch->events, i, process->event);
        sim_allocations_resume(true);
        const enum status status = engine_replay(process->shadow, process->event);
        sim_allocations_pause();
        if (status != STATUS_OK) {
            sim_fail(sim, "the shadow refuses event %llu (%s): %s",
                     (unsigned long long)process->event->seq, event_kind_name(process->event->kind),
                     status_text(status));
        }
    }
    compare_digests(sim, batch);
    committer->batches++;
    committer->wants_digest = committer->wants_digest || committer->batches % DIGEST_BATCHES == 0;
    if (engine_seq(process->shadow) - committer->snapshot_seq >= SNAPSHOT_EVENTS) {
        write_snapshot(sim);
    }
    committer->stage = STAGE_IDLE;
    dispatch_durable(process->dispatch, NULL);
}

void sim_process_disk_idle(struct sim *sim)
{
    struct sim_process *process = sim->process;
    if (process->is_up && process->committer.stage == STAGE_IDLE) {
        journal_idle(process->journal);
        (void)sees_dead_disk(sim);
    }
}

/* ---- Looking in ---- */

const struct engine *sim_process_engine(const struct sim *sim)
{
    return sim->process->live;
}

bool sim_process_is_quiet(const struct sim *sim)
{
    const struct sim_process *process = sim->process;
    return process->is_up && dispatch_quiet(process->dispatch) && !process->committer.is_full;
}

uint64_t sim_process_durable_seq(const struct sim *sim)
{
    return journal_seq(sim->process->journal);
}

static bool compare_record(void *context, const struct event_record *record, const uint8_t *body)
{
    sim_record_same(context, record, body);
    return true;
}

static void prove_answers(struct sim *sim)
{
    static struct command_answer answers[COMMANDS_KEPT];
    uint32_t count = 0;
    if (journal_answers(sim->process->journal, answers, COMMANDS_KEPT, &count) != STATUS_OK) {
        sim_fail(sim, "the answers of the journal cannot be read");
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct sim_said *said = sim_record_said(sim, sim_record_serial(answers[i].id));
        if (said == NULL || !said->is_said) {
            continue; /* durable, and its client never got to hear it */
        }
        if (said->answer.refusal != answers[i].refusal || said->answer.seq != answers[i].seq ||
            said->answer.incident_id != answers[i].incident_id ||
            said->answer.assignment_id != answers[i].assignment_id) {
            sim_fail(sim, "the answer to command %llu stands otherwise in the journal",
                     (unsigned long long)sim_record_serial(answers[i].id));
        }
    }
}

static void prove_replay(struct sim *sim, const char *directory, uint64_t expected)
{
    struct engine_config config = sim->config;
    config.searches = false;
    struct engine *engine = NULL;
    struct recovery_report report;
    char error[256];
    if (recovery_run(sim->process->journal, directory, &config, &engine, &report, error) !=
        STATUS_OK) {
        sim_fail(sim, "replay at the end: %s", error);
    }
    engine_destroy(engine);
    if (report.digest != expected) {
        sim_fail(sim, "%s has digest %016llx, the live engine %016llx",
                 directory == NULL ? "a replay from zero" : "the snapshot with its tail",
                 (unsigned long long)report.digest, (unsigned long long)expected);
    }
}

void sim_process_prove(struct sim *sim)
{
    struct sim_process *process = sim->process;
    assert(sim_process_is_quiet(sim));
    const uint64_t digest = engine_digest(process->live);
    if (engine_digest(process->shadow) != digest) {
        sim_fail(sim, "live and shadow have different digests at the end");
    }
    char error[256];
    if (journal_read(process->journal, 1, compare_record, sim, error) != STATUS_OK) {
        sim_fail(sim, "the journal at the end: %s", error);
    }
    prove_answers(sim);
    prove_replay(sim, NULL, digest);
    write_snapshot(sim);
    prove_replay(sim, sim->directory, digest);
}
