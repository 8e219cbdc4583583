/* patrol_report: what the three formats say of the same visits, by every group and scope. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/host/calendar.h"
#include "engine/host/patrol_report.h"
#include "engine/store/history.h"
#include "tests/support/store_given.h"

#define EPOCH   "0123456789abcdef0123456789abcdef"
#define T0      INT64_C(1767225600000) /* 2026-01-01T08:00 in Shanghai */
#define MIN_MS  60000
#define HOUR_MS INT64_C(3600000)

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE], error[256];
static struct history *history;
static struct history_reader *reader;
static struct event_list events;
static struct event event;
static struct proto_buffer body;

static void put(enum event_kind kind, int64_t at_ms)
{
    event.kind = kind;
    event.seq = 0;
    event.at_ms = T0 + at_ms;
    store_given_event(&events, 1, &event);
    memset(&event, 0, sizeof event);
}

static void given_checkpoint(uint32_t index, const char *code, uint32_t circle, uint32_t every_min)
{
    event.checkpoint.index = index;
    event.checkpoint.checkpoint = (struct checkpoint_definition){.radius_m = 50,
                                                                 .circle = circle,
                                                                 .district = (uint8_t)index,
                                                                 .from_min = 8 * 60,
                                                                 .to_min = 20 * 60,
                                                                 .every_min = every_min};
    (void)snprintf(event.checkpoint.checkpoint.code, CODE_SIZE, "%s", code);
    (void)snprintf(event.checkpoint.checkpoint.name, NAME_SIZE, "=桥%u", index);
    put(EVENT_CHECKPOINT_PUT, 0);
}

static void given_visit(uint32_t checkpoint, uint32_t unit_id, enum visit visit, int64_t seen_ms,
                        uint32_t stayed_ms)
{
    event.visited.index = checkpoint;
    event.visited.unit_id = unit_id;
    event.visited.visit = visit;
    event.visited.arrived_ms = T0 + seen_ms - (int64_t)stayed_ms;
    event.visited.stayed_ms = stayed_ms;
    event.visited.distance_m = visit == VISIT_SCANNED ? 900 : 75;
    event.visited.fix_age_ms = 1000;
    event.visited.device_ms = TIME_NEVER;
    put(EVENT_CHECKPOINT_VISITED, seen_ms);
}

static void given_miss(uint32_t checkpoint, int64_t due_ms)
{
    event.overdue.index = checkpoint;
    event.overdue.due_ms = T0 + due_ms;
    event.overdue.visited_ms = TIME_NEVER;
    event.overdue.missed = 1;
    put(EVENT_CHECKPOINT_OVERDUE, due_ms);
}

/* From 08:00 on: the bridge every hour, the park whenever. The bridge has a stay that goes on, a
 * signature from 75 m, and one from 900 m; from 11:00 on nobody comes. */
static void set_up(void)
{
    cr_assert(calendar_use("Asia/Shanghai"));
    store_given_directory(directory);
    store_given_path(directory, "history.db", path);
    cr_assert(eq(int, event_list_init(&events, 1000, 1u << 20), STATUS_OK));
    cr_assert(eq(int, history_open(path, EPOCH, &history, error), STATUS_OK), "%s", error);
    memset(&event, 0, sizeof event);
    (void)snprintf(event.unit.unit.code, CODE_SIZE, "P1");
    (void)snprintf(event.unit.unit.name, NAME_SIZE, "银行岗");
    put(EVENT_UNIT_PUT, 0);
    (void)snprintf(event.circle.circle.code, CODE_SIZE, "K1");
    put(EVENT_CIRCLE_PUT, 0);
    given_checkpoint(0, "B1", 0, 60);
    given_checkpoint(1, "B2", CIRCLE_NONE, 0);
    given_visit(0, 0, VISIT_SEEN, 30 * MIN_MS, 120000);
    given_visit(0, 0, VISIT_SEEN, 60 * MIN_MS, 120000 + 30 * MIN_MS);
    given_visit(0, 0, VISIT_SIGNED, 100 * MIN_MS, 0);
    given_visit(0, 0, VISIT_SCANNED, 3 * HOUR_MS, 0);
    given_visit(1, 0, VISIT_SEEN, 3 * HOUR_MS, 60000);
    given_miss(0, 4 * HOUR_MS);
    given_miss(0, 5 * HOUR_MS);
    event.audit.text[0] = 'x';
    put(EVENT_AUDIT, 6 * HOUR_MS - 1); /* the newest event: 13:59:59.999 */
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

TestSuite(patrol_report, .init = set_up, .fini = tear_down, .timeout = 20);

static enum status ask(const char *query, uint64_t scope)
{
    struct patrol_question question;
    char detail[256] = "";
    proto_buffer_clear(&body);
    cr_assert(patrol_report_parse(&question, query, scope, detail), "%s: %s", query, detail);
    return patrol_report_answer(&question, reader, "Asia/Shanghai", &body, error);
}

static const char *answer(const char *query)
{
    static char text[1u << 16];
    cr_assert(eq(int, ask(query, SCOPE_CITY), STATUS_OK), "%s: %s", query, error);
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

#define BRIDGE                                                                                     \
    "\"checkpoints\":1,\"due\":6,\"missed\":2,\"visits\":3,\"seen\":1,\"signed\":1,\"scanned\":1," \
    "\"walked\":0,"                                                                                \
    "\"unconfirmed\":1,\"gap_ms\":10800000,\"gap_from_ms\":1767236400000,"                         \
    "\"last_ms\":1767236400000"

Test(patrol_report, a_line_counts_what_was_due_who_came_and_how_it_is_known)
{
    const char *text = answer("");
    expect_has(text, "\"from_ms\":1767225600000,\"to_ms\":1767247200000");
    expect_has(text, "{\"group\":\"B1\",\"name\":\"=桥0\",\"circle\":\"K1\"," BRIDGE);
    expect_has(
        text,
        "{\"group\":\"B2\",\"name\":\"=桥1\",\"circle\":null,\"checkpoints\":1,"
        "\"due\":0,\"missed\":0,\"visits\":1,\"seen\":1,\"signed\":0,\"scanned\":0,\"walked\":0,"
        "\"unconfirmed\":0,\"gap_ms\":null,\"gap_from_ms\":null,");
    expect_has(text, "\"total\":{\"group\":null,\"name\":null,\"circle\":null,\"checkpoints\":2,"
                     "\"due\":6,\"missed\":2,\"visits\":4,");
}

Test(patrol_report, who_stays_on_came_once_and_was_there_all_the_time)
{
    const char *text = answer("from=2026-01-01T08:31&to=2026-01-01T09:20&checkpoint=B1");
    expect_has(text, "\"due\":0,\"missed\":0,\"visits\":0,");
    expect_has(text, "\"gap_ms\":1740000,"); /* 08:31 to 09:00 */
}

Test(patrol_report, a_miss_that_began_before_the_period_was_due_in_it)
{
    expect_has(answer("from=2026-01-01T11:59&to=2026-01-01T12:01&checkpoint=B1"),
               "\"due\":1,\"missed\":1,");
}

Test(patrol_report, groups_add_up)
{
    expect_has(answer("group=circle"), "{\"group\":\"K1\",\"name\":null,\"circle\":null," BRIDGE);
    expect_has(answer("group=circle"), "{\"group\":null,\"name\":null,\"circle\":null,"
                                       "\"checkpoints\":1,\"due\":0,\"missed\":0,\"visits\":1,");
    expect_has(answer("group=unit"),
               "{\"group\":\"P1\",\"name\":\"银行岗\",\"circle\":null,"
               "\"checkpoints\":0,\"due\":null,\"missed\":null,\"visits\":4,"
               "\"seen\":2,\"signed\":1,\"scanned\":1,\"walked\":0,\"unconfirmed\":1,"
               "\"gap_ms\":null,");
    expect_has(answer("group=none"), "\"lines\":[]");
}

Test(patrol_report, a_spreadsheet_has_a_mark_returns_and_no_formula)
{
    const char *text = answer("format=csv");
    expect_has(text, "\xEF\xBB\xBFgroup,name,circle,checkpoints,due,missed,rate_percent,");
    expect_has(text,
               "\r\n\"B1\",\"'=桥0\",\"K1\",1,6,2,\"66.6\",3,1,1,1,0,1,10800000,1767236400000,"
               "1767236400000,\"Asia/Shanghai\",1767225600000,1767247200000\r\n");
    expect_has(answer("format=csv&group=unit"), "\r\n\"P1\",\"银行岗\",,,,,,4,2,1,1,0,1,,,");
    expect_has(answer("format=csv&group=none"), "\r\n,,,2,6,2,\"66.6\",4,");
}

Test(patrol_report, a_terminal_gets_a_table)
{
    const char *text = answer("format=text");
    expect_has(text, "from 2026-01-01 08:00:00 to 2026-01-01 14:00:00, time zone Asia/Shanghai\n");
    expect_has(text, "B1 =桥0 ");
    expect_has(text,
               "        6        2   66.6 %        3        1        1        1        0        1"
               "   180:00.0  2026-01-01 11:00:00\n");
    expect_has(text, "all ");
}

Test(patrol_report, a_scope_hides_and_what_is_not_there_is_said)
{
    cr_assert(eq(int, ask("", UINT64_C(1) << 1), STATUS_OK));
    cr_expect(memmem(body.bytes, body.size, "B1", 2) == NULL);
    cr_expect(memmem(body.bytes, body.size, "B2", 2) != NULL);
    cr_expect(eq(int, ask("checkpoint=B1", UINT64_C(1) << 1), STATUS_BAD_INPUT));
    expect_has(error, "there is no checkpoint B1 in your scope");
    cr_expect(eq(int, ask("circle=K9", SCOPE_CITY), STATUS_BAD_INPUT));
    expect_has(error, "of circle K9");
}

Test(patrol_report, a_question_that_is_misspelt_is_refused)
{
    struct patrol_question question;
    char detail[256] = "";
    cr_expect(not(patrol_report_parse(&question, "unit=P1", SCOPE_CITY, detail)));
    expect_has(detail, "no parameter \"unit\"");
    cr_expect(not(patrol_report_parse(&question, "group=beat", SCOPE_CITY, detail)));
    cr_expect(
        not(patrol_report_parse(&question, "from=2026-01-02&to=2026-01-01", SCOPE_CITY, detail)));
    cr_expect(not(patrol_report_parse(&question, "circle=K0123456789012345", SCOPE_CITY, detail)));
}

Test(patrol_report, an_empty_record_has_no_lines)
{
    struct history_reader *old = reader;
    struct history *fresh;
    char fresh_path[GIVEN_PATH_SIZE];
    store_given_path(directory, "fresh.db", fresh_path);
    cr_assert(eq(int, history_open(fresh_path, EPOCH, &fresh, error), STATUS_OK));
    cr_assert(eq(int, history_reader_open(fresh_path, &reader, error), STATUS_OK));
    expect_has(answer(""), "\"from_ms\":null,\"to_ms\":null},\"total\":{");
    expect_has(answer(""), "\"lines\":[]");
    history_reader_close(reader);
    history_close(fresh);
    reader = old;
}

Test(patrol_report, a_route_is_in_a_group_of_its_own_and_its_visits_are_rounds)
{
    event.checkpoint.index = 2;
    event.checkpoint.checkpoint = (struct checkpoint_definition){
        .code = "R1", .circle = 0, .every_min = 120, .stop_count = 2, .stops = {0, 1}};
    event_list_clear(&events);
    event.kind = EVENT_CHECKPOINT_PUT;
    event.at_ms = T0 + 6 * HOUR_MS;
    store_given_event(&events, history_seq(history) + 1, &event);
    memset(&event, 0, sizeof event);
    given_visit(2, 0, VISIT_WALKED, 8 * HOUR_MS, 40 * MIN_MS);
    given_miss(2, 10 * HOUR_MS);
    cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
    expect_has(answer("group=route&to=2026-01-01T19:00"),
               "\"lines\":[{\"group\":\"R1\",\"name\":null,\"circle\":\"K1\",\"checkpoints\":1,"
               "\"due\":2,\"missed\":1,\"visits\":1,\"seen\":0,\"signed\":0,\"scanned\":0,"
               "\"walked\":1,\"unconfirmed\":0,");
    cr_expect(strstr(answer("group=circle"), "\"walked\":1") == NULL);
    cr_expect(strstr(answer("group=unit"), "\"walked\":1") == NULL);
    cr_expect(strstr(answer(""), "R1") == NULL);
}
