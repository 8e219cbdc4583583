/* fullness: a store that fills up is said before it is full, once. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "engine/host/fullness.h"
#include "engine/host/log.h"
#include "tests/support/core_given.h"

#define INCIDENTS_MAX 200u

static struct world world;
static struct daemon *daemon_parts;

static void set_up(void)
{
    world_init(&world);
    world.config.limits.incidents_max = INCIDENTS_MAX;
    world.config.limits.reports_max = 4 * INCIDENTS_MAX;
    world_begin(&world);
    daemon_parts = calloc(1, sizeof *daemon_parts);
    cr_assert(daemon_parts != NULL);
    daemon_parts->engine = world.engine;
    log_set_level(LOG_ERROR + 1);
}

static void tear_down(void)
{
    free(daemon_parts);
    daemon_parts = NULL;
    world_finish(&world);
    world_destroy(&world);
}

TestSuite(fullness, .init = set_up, .fini = tear_down, .timeout = 60);

/* Nobody closes them. */
static void given_incidents(uint32_t upto)
{
    for (uint32_t i = engine_fill(world.engine, ENGINE_INCIDENTS).count; i < upto; i++) {
        (void)world_report(&world, INCIDENT_DISPUTE, 3, (int32_t)i * 2000, 0);
    }
    cr_assert(eq(u32, engine_fill(world.engine, ENGINE_INCIDENTS).count, upto));
}

static uint64_t alarms(void)
{
    fullness_look(daemon_parts);
    return daemon_parts->alarms;
}

Test(fullness, four_fifths_are_said_once)
{
    const uint32_t max = engine_fill(world.engine, ENGINE_INCIDENTS).max;
    const uint32_t enough = (max * FULLNESS_SAY_PERCENT + 99) / 100;
    given_incidents(enough - 1);
    cr_expect(eq(u64, alarms(), 0));
    given_incidents(enough);
    cr_expect(eq(u64, alarms(), 1));
    cr_expect(eq(u64, alarms(), 1));
}

Test(fullness, what_was_cleared_away_is_said_when_it_comes_again)
{
    const uint32_t max = engine_fill(world.engine, ENGINE_INCIDENTS).max;
    const uint32_t enough = (max * FULLNESS_SAY_PERCENT + 99) / 100;
    given_incidents(enough);
    cr_expect(eq(u64, alarms(), 1));
    for (uint32_t id = 1; id <= enough; id++) {
        cr_assert(eq(int, world_cancel(&world, id).refusal, REASON_NONE));
    }
    world_pass(&world, world.config.policy.reopen_ms + 1000);
    cr_assert(eq(u32, engine_fill(world.engine, ENGINE_INCIDENTS).count, 0));
    cr_expect(eq(u64, alarms(), 1));
    given_incidents(enough);
    cr_expect(eq(u64, alarms(), 2));
}

Test(fullness, every_store_has_the_name_of_its_limit)
{
    cr_expect(eq(str, (char *)(uintptr_t)fullness_name(ENGINE_INCIDENTS), (char *)"incidents"));
    cr_expect(eq(str, (char *)(uintptr_t)fullness_name(ENGINE_ALARMS), (char *)"alarms"));
}
