/* proto_policy: a policy file is read strictly, refused with its place, and comes back as it was.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/prng.h"
#include "proto/proto_policy.h"

#define TIER(name, kinds, target)                                                                  \
    "{\"tier\":\"" name "\",\"kinds\":[" kinds "],\"target_ms\":" target ",\"ack_ms\":15000,"      \
    "\"turnout_ms\":5000,\"units\":1,\"resend_ms\":10000,\"additional_ms\":30000,"                 \
    "\"dispatcher_ms\":45000,\"supervisor_ms\":60000}"
#define HEAD                                                                                       \
    "{\"name\":\"river\",\"clock_start\":\"received\",\"search_ms\":1200000,\"reopen_ms\":"        \
    "3600000,"                                                                                     \
    "\"merge_ms\":600000,\"par_ms\":600000,\"merge_distance_m\":50,\"undispatched_ms\":[15000,"    \
    "30000,60000,120000],"
#define AGES "\"fix_age_ms\":{\"car\":60000,\"foot\":180000},"
#define PRIORITIES                                                                                 \
    "\"priorities\":{\"public_order\":2,\"crime\":1,\"traffic\":2,\"fire\":1,\"medical\":1,"       \
    "\"help\":3,\"dispute\":3,\"other\":4},"
#define TIERS                                                                                      \
    "\"tiers\":[" TIER("1", "\"post\"", "60000") "," TIER("3", "\"foot\"", "180000") "," TIER(     \
        "5", "\"car\"", "300000") "],"
#define PLANS                                                                                      \
    "\"plans\":[{\"types\":[\"crime\"],\"priorities\":[1],\"tier\":\"5\",\"units\":3,"             \
    "\"capabilities\":[\"armed\"]}]}"

static struct proto_policy policy;
static struct proto_error error;

static bool reads(const char *text)
{
    return proto_decode_policy(text, strlen(text), &policy, &error);
}

static void expect_refused(const char *text, enum proto_code code, const char *pointer)
{
    cr_expect(not(reads(text)));
    cr_expect(eq(int, error.code, code), "%s", error.detail);
    cr_expect(eq(int, strcmp(error.pointer, pointer), 0), "%s: %s", error.pointer, error.detail);
}

Test(proto_policy, reads_what_the_page_describes)
{
    cr_assert(reads(HEAD AGES PRIORITIES TIERS PLANS), "%s", error.detail);
    cr_expect(eq(int, strcmp(policy.name, "river"), 0));
    cr_expect(eq(int, policy.clock_start, PROTO_CLOCK_RECEIVED));
    cr_expect(eq(int, policy.preempt, PROTO_PREEMPT_NEVER));
    cr_expect(eq(u32, policy.fix_age_ms[PROTO_UNIT_CAR], 60000));
    cr_expect(eq(u32, policy.fix_age_ms[PROTO_UNIT_POST], 0));
    cr_expect(eq(u32, policy.priorities[PROTO_INCIDENT_OTHER], 4));
    cr_expect(eq(u32, policy.tiers[PROTO_TIER_3].kinds, 1u << PROTO_UNIT_FOOT));
    cr_expect(eq(u32, policy.plans[PROTO_INCIDENT_CRIME][0].units[PROTO_TIER_5], 3));
    cr_expect(eq(u32, policy.plans[PROTO_INCIDENT_CRIME][0].capabilities[PROTO_TIER_5], 1));
    cr_expect(eq(u32, policy.plans[PROTO_INCIDENT_CRIME][1].units[PROTO_TIER_5], 1));
    cr_expect(eq(u32, policy.plans[PROTO_INCIDENT_FIRE][0].units[PROTO_TIER_5], 1));
}

Test(proto_policy, of_two_rows_the_later_one_wins_and_only_where_it_speaks)
{
    cr_assert(reads(HEAD AGES PRIORITIES TIERS
                    "\"plans\":[{\"tier\":\"3\",\"units\":0},"
                    "{\"tier\":\"3\",\"priorities\":[1,2],\"units\":8},"
                    "{\"tier\":\"3\",\"types\":[\"fire\"],\"capabilities\":[\"fire\"]}]}"),
              "%s", error.detail);
    cr_expect(eq(u32, policy.plans[PROTO_INCIDENT_FIRE][0].units[PROTO_TIER_3], 8));
    cr_expect(eq(u32, policy.plans[PROTO_INCIDENT_FIRE][3].units[PROTO_TIER_3], 0));
    cr_expect(eq(u32, policy.plans[PROTO_INCIDENT_FIRE][3].capabilities[PROTO_TIER_3],
                 1u << PROTO_CAPABILITY_FIRE));
    cr_expect(eq(u32, policy.plans[PROTO_INCIDENT_HELP][3].capabilities[PROTO_TIER_3], 0));
}

Test(proto_policy, what_is_wrong_is_named_with_its_place)
{
    expect_refused(HEAD AGES PRIORITIES TIERS, PROTO_BAD_JSON, "");
    expect_refused(HEAD AGES PRIORITIES TIERS "\"plans\":[],\"radius\":3}", PROTO_UNKNOWN_MEMBER,
                   "/radius");
    expect_refused(HEAD AGES TIERS PLANS, PROTO_MISSING_MEMBER, "/priorities");
    expect_refused(HEAD "\"fix_age_ms\":{\"boat\":1}," PRIORITIES TIERS PLANS, PROTO_UNKNOWN_MEMBER,
                   "/fix_age_ms/boat");
    expect_refused(HEAD AGES "\"priorities\":{\"crime\":1}," TIERS PLANS, PROTO_MISSING_MEMBER,
                   "/priorities/public_order");
    expect_refused(HEAD AGES PRIORITIES "\"tiers\":[" TIER("1", "\"post\"", "60000") "," TIER(
                       "3", "\"foot\"", "180000") "]," PLANS,
                   PROTO_OUT_OF_RANGE, "/tiers");
    expect_refused(HEAD AGES PRIORITIES "\"tiers\":[" TIER("1", "\"post\"", "60000") "," TIER(
                       "3", "\"foot\"", "180000") "," TIER("3", "\"car\"", "300000") "]," PLANS,
                   PROTO_OUT_OF_RANGE, "/tiers/2/tier");
    expect_refused(HEAD AGES PRIORITIES "\"tiers\":[" TIER("1", "\"post\"", "20000") "," TIER(
                       "3", "\"foot\"", "180000") "," TIER("5", "\"car\"", "300000") "]," PLANS,
                   PROTO_OUT_OF_RANGE, "/tiers/0/target_ms");
    expect_refused(HEAD AGES PRIORITIES "\"tiers\":[" TIER("1", "\"tank\"", "60000") "," TIER(
                       "3", "\"foot\"", "180000") "," TIER("5", "\"car\"", "300000") "]," PLANS,
                   PROTO_UNKNOWN_VALUE, "/tiers/0/kinds");
    expect_refused(HEAD AGES PRIORITIES "\"tiers\":[" TIER("1", "", "60000") "," TIER(
                       "3", "\"foot\"", "180000") "," TIER("5", "\"car\"", "300000") "]," PLANS,
                   PROTO_OUT_OF_RANGE, "/tiers");
    expect_refused(HEAD AGES PRIORITIES TIERS "\"plans\":[{\"tier\":\"5\",\"units\":9}]}",
                   PROTO_OUT_OF_RANGE, "/plans/0/units");
    expect_refused(HEAD AGES PRIORITIES TIERS "\"plans\":[{\"tier\":\"5\"}]}", PROTO_MISSING_MEMBER,
                   "/plans/0/units");
    expect_refused(HEAD AGES PRIORITIES TIERS
                   "\"plans\":[{\"tier\":\"5\",\"units\":1,\"priorities\":[5]}]}",
                   PROTO_OUT_OF_RANGE, "/plans/0/priorities");
    expect_refused("[]", PROTO_WRONG_TYPE, "");
}

Test(proto_policy, a_ladder_whose_steps_fall_is_refused_and_one_without_a_step_is_not)
{
    const char *falling = "\"resend_ms\":10000,\"additional_ms\":30000";
    char text[4096];
    snprintf(text, sizeof text, "%s", HEAD AGES PRIORITIES TIERS PLANS);
    char *at = strstr(text, falling);
    memcpy(at, "\"resend_ms\":40000,\"additional_ms\":30000", strlen(falling));
    expect_refused(text, PROTO_OUT_OF_RANGE, "/tiers/0/additional_ms");
    memcpy(at, "\"resend_ms\":    0,\"additional_ms\":30000", strlen(falling));
    cr_expect(reads(text), "%s", error.detail);
}

Test(proto_policy, what_is_left_out_is_as_it_was_before_it_could_be_said)
{
    cr_assert(reads(HEAD AGES PRIORITIES TIERS PLANS), "%s", error.detail);
    cr_expect(eq(u32, policy.tiers[PROTO_TIER_1].second_channel_ms, 0));
    cr_expect(eq(u32, policy.par_answer_ms, 60000));
    cr_expect(eq(u32, policy.panic_widen_ms, 15000));
    cr_expect(eq(u32, policy.receipt_ms, 1800000));
    cr_expect(eq(u32, policy.feedback_ms, 86400000));
    cr_expect(eq(u32, policy.help_ms, 120000));
}

static struct prng prng = {.state = 20260101};

static uint32_t below(uint32_t limit)
{
    return prng_below(&prng, limit);
}

static void make_random(struct proto_policy *made)
{
    memset(made, 0, sizeof *made);
    snprintf(made->name, sizeof made->name, "p%u", below(1000));
    made->clock_start = (enum proto_clock_start)below(PROTO_CLOCK_START_COUNT);
    made->preempt = (enum proto_preempt)below(PROTO_PREEMPT_COUNT);
    for (uint32_t tier = 0; tier < PROTO_TIER_COUNT; tier++) {
        made->tiers[tier] = (struct proto_tier_policy){.kinds = 1u << PROTO_UNIT_CAR | below(128),
                                                       .target_ms = 40001 + below(1000000),
                                                       .ack_ms = below(20000),
                                                       .turnout_ms = below(20000),
                                                       .units = below(9),
                                                       .beyond_reach = below(2) == 1,
                                                       .area_first = below(2) == 1,
                                                       .resend_ms = below(2) * 10000,
                                                       .additional_ms = below(2) * 20000,
                                                       .dispatcher_ms = below(2) * 30000,
                                                       .supervisor_ms = 40000,
                                                       .second_channel_ms = below(2) * 5000};
    }
    if (below(2) == 1) {
        made->volunteers = (struct proto_volunteers){.types = below(256),
                                                     .wanted = 1 + below(8),
                                                     .wave_units = 1 + below(8),
                                                     .waves_max = 1 + below(10),
                                                     .wave_ms = 1000 + below(100000)};
    }
    made->par_answer_ms = 1000 + below(1000000);
    made->panic_widen_ms = 1000 + below(1000000);
    made->receipt_ms = below(1000000);
    made->feedback_ms = below(1000000) * 2592;
    made->help_ms = below(2) * 60000;
    made->search_ms = 1000 + below(1000000);
    made->reopen_ms = 1000 + below(1000000);
    for (uint32_t i = 0; i < PROTO_PRIORITY_MAX; i++) {
        made->undispatched_ms[i] = below(1000000);
    }
    for (uint32_t kind = 0; kind < PROTO_UNIT_KIND_COUNT; kind++) {
        made->fix_age_ms[kind] = below(3) * 60000;
    }
    for (uint32_t type = 0; type < PROTO_INCIDENT_TYPE_COUNT; type++) {
        made->priorities[type] = 1 + below(4);
        for (uint32_t i = 0; i < PROTO_PRIORITY_MAX; i++) {
            for (uint32_t tier = 0; tier < PROTO_TIER_COUNT; tier++) {
                made->plans[type][i].units[tier] = below(9);
                made->plans[type][i].capabilities[tier] = below(3) == 0 ? below(16) : 0;
            }
        }
    }
}

Test(proto_policy, comes_back_as_it_went_out_whatever_it_says)
{
    cr_log_info("seed %llu", (unsigned long long)prng.state);
    struct proto_policy made;
    struct proto_buffer buffer = {0};
    struct proto_buffer again = {0};
    for (uint32_t round = 0; round < 200; round++) {
        make_random(&made);
        proto_buffer_clear(&buffer);
        proto_encode_policy(&buffer, &made);
        cr_assert(proto_decode_policy(buffer.bytes, buffer.size, &policy, &error), "round %u: %s",
                  round, error.detail);
        proto_buffer_clear(&again);
        proto_encode_policy(&again, &policy); /* structs have holes, words have none */
        cr_assert(eq(sz, again.size, buffer.size), "round %u", round);
        cr_assert(eq(int, memcmp(again.bytes, buffer.bytes, again.size), 0), "round %u", round);
    }
    proto_buffer_finish(&buffer);
    proto_buffer_finish(&again);
}
