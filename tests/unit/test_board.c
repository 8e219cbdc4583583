/* board: what stands on paper, and that the past shows what was, from events alone. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/board.h"
#include "engine/host/board_words.h"
#include "engine/host/calendar.h"
#include "engine/host/past.h"
#include "tests/support/store_city.h"

static struct event_list events;
static struct store_city city;
static struct proto_buffer out;

static void set_up(void)
{
    cr_assert(calendar_use("Asia/Shanghai"));
    cr_assert(eq(int, event_list_init(&events, 20000, 16u << 20), STATUS_OK));
    store_city_create(&city, 11, 40, &events);
}

static void tear_down(void)
{
    store_city_destroy(&city);
    event_list_finish(&events);
    proto_buffer_finish(&out);
}

TestSuite(board, .init = set_up, .fini = tear_down, .timeout = 60);

/* Replay the list up to a moment. */
static struct past *replayed(int64_t until_ms)
{
    struct past *past = NULL;
    char error[256];
    cr_assert(eq(int, past_create(&city.config, until_ms, &past), STATUS_OK));
    for (uint32_t i = 0; i < events.count; i++) {
        const struct event_record *record = &events.records[i];
        if (!past_visit(past, record, events.bytes + record->body_offset)) {
            break;
        }
    }
    cr_assert(eq(int, past_status(past, error), STATUS_OK), "%s", error);
    return past;
}

Test(board, the_past_has_the_digest_that_was_then)
{
    uint64_t digests[40];
    uint32_t counts[40];
    for (int i = 0; i < 40; i++) {
        store_city_incident(&city);
        digests[i] = engine_digest(city.engine);
        counts[i] = events.count;
    }
    uint32_t compared = 0;
    for (int i = 0; i < 39; i++) {
        const struct event_record *last = &events.records[counts[i] - 1];
        if (last[1].at_ms == last[0].at_ms) {
            continue; /* that moment has more */
        }
        struct past *past = replayed(last->at_ms);
        cr_expect(eq(u64, engine_digest(past_engine(past)), digests[i]), "after incident %d", i);
        past_destroy(past);
        compared++;
    }
    cr_expect(lt(u32, 5, compared));
}

Test(board, an_erased_event_is_named_not_passed_over)
{
    char error[256];
    struct past *past = NULL;
    cr_assert(eq(int, past_create(&city.config, INT64_MAX, &past), STATUS_OK));
    cr_expect(not(past_visit(past, &events.records[0], NULL)));
    cr_expect(eq(int, past_status(past, error), STATUS_DENIED));
    cr_expect(ne(ptr, strstr(error, "event 1 "), NULL), "%s", error);
    past_destroy(past);
}

/* Counted by hand from the engine's own views. */
static uint32_t open_incidents(void)
{
    uint32_t count = 0;
    struct incident_view incident = {.incident_id = 0};
    while (engine_incident_next(city.engine, incident.incident_id, &incident)) {
        count += incident_state_ended(incident.state) ? 0 : 1;
    }
    return count;
}

Test(board, every_open_incident_and_every_unit_on_duty_stands_on_it)
{
    for (int i = 0; i < 30; i++) {
        store_city_incident(&city);
    }
    const struct board_heading heading = {
        .at_ms = city.now_ms, .time_zone = "Asia/Shanghai", .epoch = "e"};
    cr_assert(eq(int, board_write(city.engine, &heading, BOARD_TEXT, &out), STATUS_OK));
    proto_buffer_append(&out, "", 1);
    char line[64];
    (void)snprintf(line, sizeof line, "Open incidents: %u\n", open_incidents());
    cr_expect(ne(ptr, strstr(out.bytes, line), NULL), "%s", line);
    uint32_t on_duty = 0;
    for (uint32_t id = 0; id < engine_unit_count(city.engine); id++) {
        struct unit_view unit;
        const bool there = engine_unit(city.engine, id, &unit);
        cr_assert(there);
        if (unit.status != UNIT_STATUS_OFF_DUTY) {
            (void)snprintf(line, sizeof line, "\n  %s  ", unit.definition->code);
            cr_expect(ne(ptr, strstr(out.bytes, line), NULL), "%s", line);
            on_duty++;
        }
    }
    (void)snprintf(line, sizeof line, "Units on duty: %u\n", on_duty);
    cr_expect(ne(ptr, strstr(out.bytes, line), NULL), "%s", line);
}

Test(board, every_value_has_a_chinese_word)
{
    static const enum types_list lists[] = {
        TYPES_UNIT_KIND,        TYPES_TIER_VERDICT, TYPES_INCIDENT_TYPE, TYPES_INCIDENT_STATE,
        TYPES_ASSIGNMENT_STATE, TYPES_UNIT_STATUS,  TYPES_ALARM_KIND};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (uint32_t value = 0; value < types_count(lists[i]); value++) {
            const char *words = board_words(lists[i], value);
            const bool is_chinese = (unsigned char)words[0] >= 0xe3; /* U+3000 and on */
            cr_expect(is_chinese, "%s: give it a word in board_words.c", words);
        }
    }
}
