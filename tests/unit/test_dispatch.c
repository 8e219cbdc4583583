/* dispatch: nothing is said before it is on the disk, and a repeated command is not executed again.
 * The committer here is the test's own: it takes a batch and makes it durable when it is told to.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/core/prng.h"
#include "engine/host/dispatch.h"
#include "tests/support/core_given.h"

#define COMMANDS_KEPT 64u

static struct world world;
static struct dispatch *dispatch;
static struct command_memory *memory;
static int64_t now_ms;

/* ---- The committer that the linker finds first ---- */

static struct batch *on_its_way; /* NULL: idle */
static bool is_durable;
static uint64_t expected_seq;

bool committer_idle(struct committer *committer)
{
    (void)committer;
    return on_its_way == NULL;
}

void committer_give(struct committer *committer, struct batch *batch, uint64_t expected)
{
    (void)committer;
    cr_assert(eq(ptr, (void *)on_its_way, NULL), "one batch at a time");
    on_its_way = batch;
    is_durable = false;
    expected_seq = expected;
}

bool committer_wants_digest(const struct committer *committer)
{
    (void)committer;
    return false;
}

static void disk_has_it(void)
{
    cr_assert(ne(ptr, (void *)on_its_way, NULL));
    is_durable = true;
    dispatch_durable(dispatch, on_its_way);
}

static void writer_is_free(void)
{
    on_its_way = NULL;
    dispatch_durable(dispatch, NULL);
}

/* ---- What dispatch says ---- */

static struct api_answer answers[20000]; /* by ticket */
static uint32_t times[20000];
static uint32_t answer_count, published_events;
static bool answered_before_publishing;

static void published(void *context, const struct event_list *events)
{
    (void)context;
    published_events += events->count;
    answered_before_publishing = false;
}

static void answered(void *context, uint64_t ticket, const struct api_answer *answer)
{
    (void)context;
    answers[ticket] = *answer;
    times[ticket]++;
    answer_count++;
}

static void set_up(void)
{
    world_init(&world);
    world.config.limits.incidents_max = 20000;
    world.config.limits.reports_max = 0; /* twice as many */
    world.config.limits.assignments_max = 20000;
    world_begin(&world);
    on_its_way = NULL;
    answer_count = 0;
    published_events = 0;
    memset(times, 0, sizeof times);
    now_ms = world.now_ms;
    cr_assert(eq(int, command_memory_create(COMMANDS_KEPT, &memory), STATUS_OK));
    const struct dispatch_config config = {.engine = world.engine,
                                           .memory = memory,
                                           .durable_seq = engine_seq(world.engine),
                                           .published = published,
                                           .answered = answered};
    cr_assert(eq(int, dispatch_create(&config, &dispatch), STATUS_OK));
}

static void tear_down(void)
{
    dispatch_destroy(dispatch);
    dispatch = NULL;
    command_memory_destroy(memory);
    memory = NULL;
    world_destroy(&world);
}

TestSuite(dispatch, .init = set_up, .fini = tear_down, .timeout = 60);

static void name_command(struct command *command, uint32_t id)
{
    memcpy(command->id, &id, sizeof id);
    memcpy(command->actor.id, "li", 3);
    command->actor.source = SOURCE_DISPATCHER;
}

/* An audit line: always one event. */
static bool submit(uint32_t id, uint64_t fingerprint, uint64_t ticket)
{
    struct command command = {.kind = COMMAND_AUDIT, .audit = {.text = "something"}};
    name_command(&command, id);
    return dispatch_submit(dispatch, &command, fingerprint, ticket, ++now_ms);
}

/* A note on an incident that is not there; from the second on the refusal is folded: no event. */
static bool submit_refused(uint32_t id, uint64_t ticket)
{
    struct command command = {.kind = COMMAND_INCIDENT_NOTE, .note = {.incident_id = 77}};
    name_command(&command, id);
    return dispatch_submit(dispatch, &command, 1, ticket, ++now_ms);
}

Test(dispatch, nothing_is_said_before_it_is_durable)
{
    cr_assert(submit(1, 1, 10));
    dispatch_flush(dispatch);
    cr_expect(eq(u32, answer_count, 0));
    cr_expect(eq(u32, published_events, 0));
    cr_expect(not(dispatch_quiet(dispatch)));
    disk_has_it();
    cr_expect(eq(u32, published_events, 1));
    cr_expect(eq(u32, times[10], 1));
    cr_expect(eq(int, answers[10].outcome, API_DONE));
    cr_expect(eq(u64, answers[10].seq, dispatch_durable_seq(dispatch)));
    writer_is_free();
    cr_expect(dispatch_quiet(dispatch));
}

Test(dispatch, while_one_batch_is_on_its_way_the_next_gathers)
{
    const uint64_t start = engine_seq(world.engine);
    cr_assert(submit(1, 1, 1));
    dispatch_flush(dispatch);
    cr_assert(submit(2, 1, 2));
    cr_assert(submit(3, 1, 3));
    dispatch_flush(dispatch); /* not yet: the writer has one */
    cr_expect(eq(u64, expected_seq, start));
    disk_has_it();
    cr_expect(eq(u32, answer_count, 1));
    writer_is_free(); /* and takes the next at once */
    cr_assert(ne(ptr, (void *)on_its_way, NULL));
    cr_expect(eq(u32, on_its_way->events.count, 2));
    cr_expect(eq(u64, expected_seq, start + 1));
    disk_has_it();
    cr_expect(eq(u32, answer_count, 3));
}

Test(dispatch, an_empty_flush_gives_nothing)
{
    dispatch_flush(dispatch);
    cr_expect(eq(ptr, (void *)on_its_way, NULL));
}

Test(dispatch, a_repeated_command_gets_its_first_answer_and_is_not_executed)
{
    cr_assert(submit(1, 1, 1));
    dispatch_flush(dispatch);
    disk_has_it();
    writer_is_free();
    const uint64_t seq = engine_seq(world.engine);
    cr_assert(submit(1, 1, 2));
    cr_expect(eq(u32, times[2], 1), "at once: it is on the disk");
    cr_expect(eq(u64, answers[2].seq, answers[1].seq));
    cr_expect(eq(u64, engine_seq(world.engine), seq));
    cr_expect(dispatch_quiet(dispatch));
}

Test(dispatch, a_repeat_waits_for_the_disk_as_the_first_does)
{
    cr_assert(submit(1, 1, 1));
    cr_assert(submit(1, 1, 2)); /* both gather */
    dispatch_flush(dispatch);
    cr_assert(submit(1, 1, 3)); /* the first is on its way */
    cr_expect(eq(u32, answer_count, 0));
    disk_has_it();
    cr_expect(eq(u32, times[1], 1));
    cr_expect(eq(u32, times[2], 1));
    writer_is_free();
    disk_has_it();
    cr_expect(eq(u32, times[3], 1));
    cr_expect(eq(u64, answers[3].seq, answers[1].seq));
}

Test(dispatch, a_repeat_between_durable_and_applied_is_answered_at_once)
{
    cr_assert(submit(1, 1, 1));
    dispatch_flush(dispatch);
    disk_has_it();
    cr_assert(submit(1, 1, 2));
    cr_expect(eq(u32, times[2], 1));
}

Test(dispatch, the_repeat_of_a_refusal_without_an_event_waits_for_the_disk_too)
{
    cr_assert(submit_refused(1, 1));
    dispatch_flush(dispatch);
    disk_has_it();
    writer_is_free();
    const uint64_t seq = engine_seq(world.engine);
    cr_assert(submit_refused(2, 2));
    cr_assert(eq(u64, engine_seq(world.engine), seq), "the second refusal made no event");
    cr_assert(submit_refused(2, 3)); /* its answer is in no journal yet */
    cr_expect(eq(u32, times[3], 0));
    dispatch_flush(dispatch);
    cr_assert(submit_refused(2, 4));
    cr_expect(eq(u32, times[4], 0));
    disk_has_it();
    cr_expect(eq(u32, times[2], 1));
    cr_expect(eq(u32, times[3], 1));
    cr_expect(eq(int, answers[3].outcome, API_REFUSED));
    cr_expect(eq(int, answers[3].refusal, REASON_UNKNOWN_INCIDENT));
}

Test(dispatch, another_request_under_a_known_key_is_told_so_at_once)
{
    cr_assert(submit(1, 1, 1));
    cr_assert(submit(1, 2, 2));
    cr_expect(eq(int, answers[2].outcome, API_KEY_REUSED));
    cr_expect(eq(u32, times[1], 0));
}

Test(dispatch, a_key_is_known_only_to_the_login_that_used_it)
{
    cr_assert(submit(1, 1, 1));
    struct command command = {.kind = COMMAND_AUDIT, .audit = {.text = "something"}};
    name_command(&command, 1);
    memcpy(command.actor.id, "wang", 5);
    cr_assert(dispatch_submit(dispatch, &command, 1, 2, ++now_ms));
    cr_expect(eq(int, answers[2].outcome, API_KEY_REUSED));
}

Test(dispatch, a_key_older_than_what_is_remembered_is_not_executed)
{
    for (uint32_t i = 1; i <= COMMANDS_KEPT + 1; i++) {
        cr_assert(submit(i, 1, i)); /* one is forgotten: at about now_ms */
    }
    struct command command = {.kind = COMMAND_AUDIT};
    command.id[5] = 1; /* UUIDv7 of the first millisecond of 1970 */
    command.id[6] = 0x70;
    command.id[8] = 0x80;
    command.id[15] = 1;
    const uint64_t seq = engine_seq(world.engine);
    cr_assert(dispatch_submit(dispatch, &command, 1, 200, ++now_ms));
    cr_expect(eq(int, answers[200].outcome, API_KEY_EXPIRED));
    cr_expect(eq(u64, engine_seq(world.engine), seq));
}

Test(dispatch, a_full_disk_takes_no_command_but_answers_what_it_knows)
{
    cr_assert(submit(1, 1, 1));
    dispatch_flush(dispatch);
    disk_has_it();
    writer_is_free();
    dispatch_full(dispatch, true);
    cr_expect(not(submit(2, 1, 2)));
    cr_expect(eq(u32, times[2], 0));
    cr_expect(submit(1, 1, 3));
    cr_expect(eq(u32, times[3], 1));
    dispatch_full(dispatch, false);
    cr_expect(submit(2, 1, 4), "there is room again");
    cr_expect(eq(u64, dispatch_figures(dispatch).busy, 1));
}

Test(dispatch, a_full_batch_is_answered_busy_and_the_next_one_takes_more)
{
    cr_assert(submit(1, 1, 1));
    dispatch_flush(dispatch);
    uint32_t taken = 0;
    while (submit(0, 1, 2 + taken)) {
        taken++;
    }
    cr_expect(eq(u32, taken, BATCH_COMMANDS_MAX));
    disk_has_it();
    writer_is_free();
    cr_expect(submit(0, 1, 19999));
}

Test(dispatch, a_command_without_an_id_is_executed_every_time)
{
    const uint64_t seq = engine_seq(world.engine);
    cr_assert(submit(0, 1, 1));
    cr_assert(submit(0, 1, 2));
    cr_expect(eq(u64, engine_seq(world.engine), seq + 2));
}

Test(dispatch, timers_step_the_engine_only_when_they_are_due)
{
    const struct step_result reported = world_report(&world, INCIDENT_DISPUTE, 3, 0, 0);
    cr_assert(eq(int, reported.refusal, REASON_NONE));
    const int64_t due_ms = engine_deadline_ms(world.engine);
    dispatch_tick(dispatch, due_ms - 1);
    cr_expect(eq(u64, dispatch_figures(dispatch).ticks, 0));
    dispatch_tick(dispatch, due_ms);
    cr_expect(eq(u64, dispatch_figures(dispatch).ticks, 1));
    dispatch_full(dispatch, true);
    dispatch_tick(dispatch, due_ms + 3600000);
    cr_expect(eq(u64, dispatch_figures(dispatch).ticks, 1), "a full disk stops the timers");
}

#define LIFE_STEPS 15000u
#define LIFE_IDS   48u /* fewer than are remembered: none is forgotten */

/* The oracle: the first seq of every id, and whether its batch was durable when an answer came. */
Test(dispatch, in_a_random_life_every_ticket_has_one_answer_the_first_and_in_time)
{
    static uint64_t first_seq[LIFE_IDS];
    static uint32_t id_of[LIFE_STEPS + 1];
    struct prng prng = {.state = 20261123};
    cr_log_info("seed %llu", (unsigned long long)prng.state);
    uint32_t tickets = 0;
    for (uint32_t i = 0; i < LIFE_STEPS; i++) {
        const uint32_t dice = prng_below(&prng, 10);
        if (dice < 6 && tickets < LIFE_STEPS) {
            const uint32_t id = prng_below(&prng, LIFE_IDS);
            const uint64_t before = engine_seq(world.engine);
            tickets++;
            id_of[tickets] = id;
            cr_assert(submit(id + 1, 1, tickets));
            if (first_seq[id] == 0) {
                first_seq[id] = before + 1;
                cr_assert(eq(u64, engine_seq(world.engine), before + 1));
            } else {
                cr_assert(eq(u64, engine_seq(world.engine), before));
            }
            if (times[tickets] > 0) {
                cr_assert(le(u64, first_seq[id], dispatch_durable_seq(dispatch)));
            }
        } else if (dice < 8) {
            dispatch_flush(dispatch);
        } else if (on_its_way != NULL && !is_durable) {
            disk_has_it();
        } else if (on_its_way != NULL) {
            writer_is_free();
        }
    }
    for (int i = 0; i < 4; i++) {
        dispatch_flush(dispatch);
        if (on_its_way != NULL && !is_durable) {
            disk_has_it();
        }
        if (on_its_way != NULL) {
            writer_is_free();
        }
    }
    cr_expect(dispatch_quiet(dispatch));
    for (uint32_t ticket = 1; ticket <= tickets; ticket++) {
        cr_assert(eq(u32, times[ticket], 1), "ticket %u", ticket);
        cr_assert(eq(u64, answers[ticket].seq, first_seq[id_of[ticket]]));
    }
}
