/* summary: what a question may say, and what the three formats say of the same numbers. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/host/summary.h"
#include "engine/store/history.h"
#include "tests/support/store_given.h"

#define EPOCH "0123456789abcdef0123456789abcdef"
#define T0    1767225600000 /* 2026-01-01T08:00 in Shanghai */

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE], error[256];
static struct history *history;
static struct history_reader *reader;
static struct event_list events;
static struct event event;
static struct proto_buffer body;
static struct summary_question question;
static const struct summary_definition definition = {.time_zone = "Asia/Shanghai",
                                                     .day_starts = "00:00",
                                                     .shifts = "08:00,20:00",
                                                     .clock_start = "received",
                                                     .policy = "mutual-aid"};

static void put(enum event_kind kind, int64_t at_ms)
{
    event.kind = kind;
    event.seq = 0;
    event.at_ms = T0 + at_ms;
    store_given_event(&events, 1, &event);
    memset(&event, 0, sizeof event);
}

/* One incident of the first tier: sent at once, acknowledged, there after so many seconds. */
static void given_incident(uint32_t id, int64_t at_ms, int64_t seconds)
{
    event.opened.incident_id = id;
    event.opened.type = INCIDENT_FIRE;
    event.opened.received_ms = T0 + at_ms;
    event.opened.clock_ms = T0 + at_ms;
    event.opened.district = DISTRICT_NONE;
    event.opened.circle = CIRCLE_NONE;
    event.opened.tiers[TIER_1] = (struct tier_opening){true, 1, 60000, 30000};
    put(EVENT_INCIDENT_OPENED, at_ms);
    event.sent.assignment_id = id;
    event.sent.incident_id = id;
    event.sent.tier = TIER_1;
    put(EVENT_ASSIGNMENT_SENT, at_ms + 100);
    static const enum assignment_state states[] = {ASSIGNMENT_ACKNOWLEDGED, ASSIGNMENT_EN_ROUTE,
                                                   ASSIGNMENT_ON_SCENE};
    for (int i = 0; i < 3; i++) {
        event.updated.incident_id = id;
        event.updated.assignment_id = id;
        event.updated.tier = TIER_1;
        event.updated.state = states[i];
        put(EVENT_ASSIGNMENT_UPDATED, at_ms + seconds * 1000 * (i + 1) / 3);
    }
    event.verdict.incident_id = id;
    event.verdict.tier = TIER_1;
    event.verdict.verdict = seconds <= 60 ? TIER_MET : TIER_MISSED;
    event.verdict.clock_ms = T0 + at_ms;
    event.verdict.elapsed_ms = (uint32_t)seconds * 1000;
    event.verdict.target_ms = 60000;
    put(EVENT_TIER_VERDICT, at_ms + seconds * 1000);
}

static void set_up(void)
{
    cr_assert(calendar_use("Asia/Shanghai"));
    store_given_directory(directory);
    store_given_path(directory, "history.db", path);
    cr_assert(eq(int, event_list_init(&events, 1000, 1u << 20), STATUS_OK));
    cr_assert(eq(int, history_open(path, EPOCH, &history, error), STATUS_OK), "%s", error);
    memset(&event, 0, sizeof event);
    snprintf(event.unit.unit.code, CODE_SIZE, "P1");
    snprintf(event.unit.unit.name, NAME_SIZE, "银行岗");
    event.unit.unit.district = DISTRICT_NONE;
    event.unit.unit.circle = CIRCLE_NONE;
    put(EVENT_UNIT_PUT, -INT64_C(400) * 86400000);
    given_incident(1, -INT64_C(365) * 86400000, 30); /* the same day a year before */
    given_incident(2, 0, 40);
    given_incident(3, 60000, 90);
    cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, history_reader_open(path, &reader, error), STATUS_OK), "%s", error);
}

static void tear_down(void)
{
    proto_buffer_finish(&body);
    history_reader_close(reader);
    history_close(history);
    reader = NULL;
    history = NULL;
    event_list_finish(&events);
    store_given_remove(directory);
}

TestSuite(summary, .init = set_up, .fini = tear_down, .timeout = 20);

static const char *answer(enum summary_kind kind, const char *query)
{
    static char text[1u << 20];
    char detail[256] = "";
    proto_buffer_clear(&body);
    cr_assert(summary_parse(&question, kind, query, SCOPE_CITY, detail), "%s: %s", query, detail);
    cr_assert(eq(int, summary_answer(&question, reader, &definition, &body, error), STATUS_OK),
              "%s: %s", query, error);
    cr_assert(proto_buffer_ok(&body));
    cr_assert(lt(sz, body.size, sizeof text));
    memcpy(text, body.bytes, body.size);
    text[body.size] = '\0';
    return text;
}

static void expect_has(const char *text, const char *words)
{
    cr_expect(strstr(text, words) != NULL, "no %s in %.3000s", words, text);
}

Test(summary, a_day_has_its_percentiles_and_last_years_beside_them)
{
    const char *text =
        answer(SUMMARY_TIMES, "from=2026-01-01&to=2026-01-02&group=day&compare=last_year");
    expect_has(text, "\"group\":\"2026-01-01\",\"name\":null,\"tier\":\"1\","
                     "\"stage\":\"clock_to_on_scene\",\"rows\":2,\"n\":2,\"missing\":0,"
                     "\"p50_ms\":40000,\"p90_ms\":90000");
    expect_has(text, "\"met\":1,\"missed\":1,\"no_unit\":0");
    expect_has(text, "\"last_year\":{\"rows\":1,\"n\":1,\"missing\":0,\"p50_ms\":30000");
    expect_has(text, "\"time_zone\":\"Asia/Shanghai\",\"day_starts\":\"00:00\","
                     "\"shifts\":\"08:00,20:00\",\"clock_start\":\"received\"");
}

Test(summary, shifts_and_hours_are_local)
{
    expect_has(answer(SUMMARY_TIMES, "from=2026-01-01&to=2026-01-02&group=shift"),
               "\"group\":\"08:00-20:00\"");
    expect_has(answer(SUMMARY_TIMES, "from=2026-01-01&to=2026-01-02&group=hour"),
               "\"group\":\"08\"");
    expect_has(answer(SUMMARY_TIMES, "group=month"), "\"group\":\"2025-01\"");
}

Test(summary, the_bulletin_has_bins_and_the_slowest_by_name)
{
    const char *text = answer(SUMMARY_BULLETIN, "from=2026-01-01&to=2026-01-02");
    expect_has(text, "\"sign\":{\"n\":2,\"missing\":0,\"withdrawn\":0,\"bins\":[2,0,0,0,0],"
                     "\"slowest\":{\"unit\":\"P1\",\"name\":\"银行岗\",\"ms\":29900,"
                     "\"incident_id\":3}}");
    expect_has(text, "\"feedback\":{\"n\":0,\"missing\":2,\"withdrawn\":0,");
    expect_has(text, "\"ends_ms\":{\"sign\":[30000,60000,120000,180000],");
}

Test(summary, a_spreadsheet_and_a_terminal_get_the_same_numbers)
{
    const char *csv = answer(SUMMARY_TIMES, "from=2026-01-01&to=2026-01-02&group=unit&format=csv");
    expect_has(csv, "\xEF\xBB\xBFgroup,name,tier,stage,");
    expect_has(csv, "\"P1\",\"银行岗\",\"1\",\"clock_to_on_scene\",2,2,0,0,0,0,0,1,1,0,\"50.0\","
                    "40000,90000,90000,90000,90000,,,");
    expect_has(csv, "\"Asia/Shanghai\",\"00:00\",\"08:00,20:00\",\"received\"");
    const char *text = answer(SUMMARY_TIMES, "from=2026-01-01&to=2026-01-02&format=text");
    expect_has(text, "from 2026-01-01 00:00:00 to 2026-01-02 00:00:00, time zone Asia/Shanghai");
    expect_has(text, "tier 1: met   50.0 % (1 met, 1 missed, 0 no unit)");
    expect_has(text, "0:40.0     1:30.0");
    expect_has(answer(SUMMARY_BULLETIN, "format=text&group=unit"), "P1 银行岗");
    expect_has(answer(SUMMARY_BULLETIN, "format=csv"), "sent_to_acknowledged");
}

Test(summary, heat_says_where)
{
    expect_has(answer(SUMMARY_HEAT, "from=2026-01-01"),
               "\"rows\":2,\"late\":1,\"incidents\":2}],\"truncated\":false}");
}

Test(summary, what_would_widen_the_question_is_refused)
{
    static const struct {
        const char *query, *words;
    } wrong[] = {{"from=yesterday", "from"},
                 {"from=2026-02-30", "from must be"},
                 {"to=2026-01-01&from=2026-01-01", "before"},
                 {"compare=last_year", "needs from and to"},
                 {"compare=yes", "none last_year"},
                 {"group=street", "one of"},
                 {"format=pdf", "one of"},
                 {"drills=2", "one of"},
                 {"limit=5", "limit"},
                 {"tier=2", "tier"},
                 {"unit=A234567890123456", "A2345"},
                 {"group=", "no value"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char detail[256] = "";
        cr_expect(not(summary_parse(&question, SUMMARY_TIMES, wrong[i].query, SCOPE_CITY, detail)),
                  "%s", wrong[i].query);
        cr_expect(strstr(detail, wrong[i].words) != NULL, "%s: %s", wrong[i].query, detail);
    }
}

Test(summary, more_incidents_than_one_transaction_notes_are_all_there)
{
    struct event_list many;
    cr_assert(eq(int, event_list_init(&many, 5000, 4u << 20), STATUS_OK));
    for (uint32_t id = 100; id < 100 + 4097; id++) { /* HISTORY_TOUCHED_MAX, and one past it */
        memset(&event, 0, sizeof event);
        event.kind = EVENT_INCIDENT_OPENED;
        event.at_ms = T0 + id;
        event.opened.incident_id = id;
        event.opened.clock_ms = TIME_NEVER;
        event.opened.tiers[TIER_5] = (struct tier_opening){true, 1, 300000, 240000};
        store_given_event(&many, history_seq(history) + 1, &event);
    }
    cr_assert(eq(int, history_feed(history, &many, error), STATUS_OK), "%s", error);
    event_list_finish(&many);
    expect_has(answer(SUMMARY_TIMES, "tier=5"),
               "\"tier\":\"5\",\"stage\":\"clock_to_on_scene\",\"rows\":4097,");
}

Test(summary, a_code_that_nobody_has_is_bad_input)
{
    char detail[256];
    cr_assert(summary_parse(&question, SUMMARY_TIMES, "unit=NO", SCOPE_CITY, detail));
    cr_expect(
        eq(int, summary_answer(&question, reader, &definition, &body, error), STATUS_BAD_INPUT));
    expect_has(error, "NO");
}
