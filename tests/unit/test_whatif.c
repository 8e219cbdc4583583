/* whatif: a period run again. Under the same policy nothing changes, and that is the oracle: the
 * same core on the same inputs must come to the same verdicts. Under another policy what changes is
 * what the policy changes. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/host/whatif.h"
#include "tests/support/store_city.h"

#define INCIDENTS 150u

static struct event_list events;
static struct store_city city;
static struct whatif_result result;
static struct event event;
static int64_t begin_ms, end_ms; /* of the incidents */

static void set_up(void)
{
    const char *again = getenv("KUAIFAN_SEED");
    const uint64_t seed = again == NULL ? (uint64_t)time(NULL) : strtoull(again, NULL, 10);
    (void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    cr_assert(eq(int, event_list_init(&events, 60000, 64u << 20), STATUS_OK));
    store_city_create(&city, seed, 60, &events);
    begin_ms = city.now_ms;
    for (uint32_t i = 0; i < INCIDENTS; i++) {
        store_city_incident(&city);
    }
    end_ms = city.now_ms + 1;
}

static void tear_down(void)
{
    store_city_destroy(&city);
    event_list_finish(&events);
}

TestSuite(whatif, .init = set_up, .fini = tear_down, .timeout = 120);

static enum status run(const struct engine_config *config, int64_t from_ms, int64_t to_ms,
                       char error[256])
{
    struct whatif *whatif = NULL;
    cr_assert(eq(int, whatif_create(config, from_ms, to_ms, &whatif), STATUS_OK));
    for (uint32_t i = 0; i < events.count; i++) {
        const struct event_record *record = &events.records[i];
        if (!whatif_visit(whatif, record, events.bytes + record->body_offset)) {
            break;
        }
    }
    const enum status status = whatif_run(whatif, &result, error);
    whatif_destroy(whatif);
    return status;
}

/* What the journal itself says, counted without the what-if. */
static uint32_t verdicts(enum tier tier, enum tier_verdict verdict, int64_t from_ms, int64_t to_ms)
{
    static bool is_its[4096];
    uint32_t count = 0;
    memset(is_its, 0, sizeof is_its);
    for (uint32_t i = 0; i < events.count; i++) {
        event_list_get(&events, i, &event);
        if (event.kind == EVENT_INCIDENT_OPENED) {
            is_its[event.opened.incident_id] = event.at_ms >= from_ms && event.at_ms < to_ms;
        } else if (event.kind == EVENT_TIER_VERDICT && event.verdict.tier == tier &&
                   event.verdict.verdict == verdict) {
            count += is_its[event.verdict.incident_id] ? 1 : 0;
        }
    }
    return count;
}

Test(whatif, the_same_policy_changes_nothing)
{
    char error[256] = "";
    cr_assert(eq(int, run(&city.config, begin_ms, end_ms, error), STATUS_OK), "%s", error);
    cr_expect(eq(u32, result.then.incidents, result.now.incidents));
    cr_expect(eq(u32, result.then.orders, result.now.orders));
    cr_expect(eq(u32, result.changed, 0));
    cr_expect(eq(u32, result.assumed, 0));
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        cr_expect(memcmp(&result.then.tiers[tier], &result.now.tiers[tier],
                         sizeof result.now.tiers[tier]) == 0,
                  "tier %u: met %u and %u, n %u and %u", tier, result.then.tiers[tier].met,
                  result.now.tiers[tier].met, result.then.tiers[tier].n, result.now.tiers[tier].n);
    }
}

Test(whatif, what_happened_is_counted_as_the_journal_has_it)
{
    char error[256] = "";
    const int64_t middle_ms = begin_ms + (end_ms - begin_ms) / 2;
    cr_assert(eq(int, run(&city.config, begin_ms, middle_ms, error), STATUS_OK), "%s", error);
    for (uint32_t t = 0; t < TIER_COUNT; t++) {
        const enum tier tier = (enum tier)t;
        const struct whatif_tier *then = &result.then.tiers[t];
        cr_expect(eq(u32, then->met, verdicts(tier, TIER_MET, begin_ms, middle_ms)));
        cr_expect(eq(u32, then->missed, verdicts(tier, TIER_MISSED, begin_ms, middle_ms)));
        cr_expect(eq(u32, then->no_unit, verdicts(tier, TIER_NO_UNIT, begin_ms, middle_ms)));
    }
    cr_expect(lt(u32, result.then.incidents, INCIDENTS));
}

Test(whatif, a_later_target_is_met_more_often_never_less)
{
    char error[256] = "";
    struct engine_config config = city.config;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        config.policy.tiers[tier].target_ms *= 4;
    }
    cr_assert(eq(int, run(&config, begin_ms, end_ms, error), STATUS_OK), "%s", error);
    cr_expect(lt(u32, 0, result.changed));
    cr_expect(lt(u32, result.then.tiers[TIER_3].met, result.now.tiers[TIER_3].met));
    cr_expect(lt(u32, result.now.tiers[TIER_3].no_unit, result.then.tiers[TIER_3].no_unit + 1));
    cr_expect(lt(u32, 0, result.assumed), "units that were not ordered then are ordered now");
}

Test(whatif, a_tier_of_other_kinds_orders_other_units)
{
    char error[256] = "";
    struct engine_config config = city.config;
    cr_assert(eq(int, policy_preset("echelon", &config.policy), STATUS_OK));
    cr_assert(eq(int, run(&config, begin_ms, end_ms, error), STATUS_OK), "%s", error);
    cr_expect(eq(u32, result.now.incidents, result.then.incidents));
    cr_expect(lt(u32, 0, result.assumed));
    cr_expect(lt(u32, 0, result.changed));
}

Test(whatif, an_erased_event_is_named)
{
    char error[256] = "";
    struct whatif *whatif = NULL;
    cr_assert(eq(int, whatif_create(&city.config, begin_ms, end_ms, &whatif), STATUS_OK));
    cr_expect(not(whatif_visit(whatif, &events.records[0], NULL)));
    cr_expect(eq(int, whatif_run(whatif, &result, error), STATUS_DENIED));
    cr_expect(ne(ptr, strstr(error, "event 1 was erased"), NULL), "%s", error);
    whatif_destroy(whatif);
}
