#include "engine/sim/sim_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIRM_DELIVERED    1u
#define CONFIRM_ACKNOWLEDGED 2u
#define CONFIRM_CLEARED      4u
#define FINDINGS_MAX         20u
#define RECORD_TRIES         300
#define RECORD_PAUSE_US      100000
#define PATH_SIZE            64u

struct report_line {
    int64_t sent_us, answered_us; /* 0: not yet */
    uint32_t incident_id;
    bool refused;
};

struct order_line {
    uint32_t assignment_id; /* 0: free slot */
    uint32_t incident_id;
    int64_t seen_us;
    uint32_t times;
    uint32_t confirmed;
    bool in_record;
};

struct sim_ledger {
    struct report_line *reports;
    uint32_t report_count, report_room;
    struct order_line *orders; /* open addressing */
    uint32_t order_count, order_room;
    uint32_t findings;
};

struct sim_ledger *sim_ledger_create(void)
{
    struct sim_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger != NULL) {
        ledger->order_room = 1024;
        ledger->orders = calloc(ledger->order_room, sizeof ledger->orders[0]);
    }
    if (ledger == NULL || ledger->orders == NULL) {
        free(ledger);
        return NULL;
    }
    return ledger;
}

void sim_ledger_destroy(struct sim_ledger *ledger)
{
    if (ledger != NULL) {
        free(ledger->reports);
        free(ledger->orders);
        free(ledger);
    }
}

uint32_t sim_ledger_report_sent(struct sim_ledger *ledger, int64_t at_us)
{
    if (ledger->report_count == ledger->report_room) {
        const uint32_t room = ledger->report_room == 0 ? 1024 : ledger->report_room * 2;
        struct report_line *more = realloc(ledger->reports, room * sizeof more[0]);
        if (more == NULL) {
            abort(); /* a ledger that loses a line is worth nothing */
        }
        ledger->reports = more;
        ledger->report_room = room;
    }
    ledger->reports[ledger->report_count] = (struct report_line){.sent_us = at_us};
    return ledger->report_count++;
}

void sim_ledger_report_answered(struct sim_ledger *ledger, uint32_t number, uint32_t incident_id,
                                int64_t at_us)
{
    struct report_line *line = &ledger->reports[number];
    if (line->answered_us == 0) {
        line->answered_us = at_us;
        line->incident_id = incident_id;
    }
}

void sim_ledger_report_refused(struct sim_ledger *ledger, uint32_t number)
{
    ledger->reports[number].refused = true;
}

static struct order_line *find_slot(struct order_line *orders, uint32_t room, uint32_t id)
{
    uint32_t at = id * 2654435761u % room;
    while (orders[at].assignment_id != 0 && orders[at].assignment_id != id) {
        at = (at + 1) % room;
    }
    return &orders[at];
}

static struct order_line *order_of(struct sim_ledger *ledger, uint32_t assignment_id)
{
    if (ledger->order_count * 2 >= ledger->order_room) {
        const uint32_t room = ledger->order_room * 2;
        struct order_line *more = calloc(room, sizeof more[0]);
        if (more == NULL) {
            abort();
        }
        for (uint32_t i = 0; i < ledger->order_room; i++) {
            if (ledger->orders[i].assignment_id != 0) {
                *find_slot(more, room, ledger->orders[i].assignment_id) = ledger->orders[i];
            }
        }
        free(ledger->orders);
        ledger->orders = more;
        ledger->order_room = room;
    }
    struct order_line *line = find_slot(ledger->orders, ledger->order_room, assignment_id);
    if (line->assignment_id == 0) {
        line->assignment_id = assignment_id;
        ledger->order_count++;
    }
    return line;
}

void sim_ledger_order_seen(struct sim_ledger *ledger, uint32_t assignment_id, uint32_t incident_id,
                           int64_t at_us)
{
    struct order_line *line = order_of(ledger, assignment_id);
    if (line->times++ == 0) {
        line->seen_us = at_us;
        line->incident_id = incident_id;
    }
}

void sim_ledger_order_shown(struct sim_ledger *ledger, uint32_t assignment_id, uint32_t incident_id,
                            int64_t at_us)
{
    if (order_of(ledger, assignment_id)->times == 0) {
        sim_ledger_order_seen(ledger, assignment_id, incident_id, at_us);
    }
}

void sim_ledger_confirmed(struct sim_ledger *ledger, uint32_t assignment_id, const char *state)
{
    order_of(ledger, assignment_id)->confirmed |=
        strcmp(state, "delivered") == 0      ? CONFIRM_DELIVERED
        : strcmp(state, "acknowledged") == 0 ? CONFIRM_ACKNOWLEDGED
        : strcmp(state, "cleared") == 0      ? CONFIRM_CLEARED
                                             : 0;
}

struct sim_ledger_totals sim_ledger_totals(const struct sim_ledger *ledger)
{
    struct sim_ledger_totals totals = {.reports = ledger->report_count};
    for (uint32_t i = 0; i < ledger->report_count; i++) {
        totals.answered += ledger->reports[i].answered_us != 0 ? 1 : 0;
        totals.refused += ledger->reports[i].refused ? 1 : 0;
    }
    for (uint32_t i = 0; i < ledger->order_room; i++) {
        totals.orders += ledger->orders[i].times > 0 ? 1 : 0;
        totals.doubled += ledger->orders[i].times > 1 ? 1 : 0;
    }
    return totals;
}

/* ---- The check ---- */

static void finding(struct sim_ledger *ledger, const char *what, uint32_t id)
{
    if (ledger->findings++ < FINDINGS_MAX) {
        printf("  WRONG: %s (%u)\n", what, id);
    }
}

static bool has_time(const json_t *assignment, const char *name)
{
    return json_is_integer(json_object_get(assignment, name));
}

static void check_assignment(struct sim_ledger *ledger, const json_t *assignment)
{
    const uint32_t id = (uint32_t)json_integer_value(json_object_get(assignment, "assignment_id"));
    struct order_line *line = order_of(ledger, id);
    line->in_record = true;
    if (line->times == 0 && line->confirmed == 0) {
        finding(ledger, "ordered, but no unit ever saw it: assignment", id);
    }
    if ((line->confirmed & CONFIRM_DELIVERED) != 0 && !has_time(assignment, "delivered_ms")) {
        finding(ledger, "a confirmed receipt is not in the record: assignment", id);
    }
    if ((line->confirmed & CONFIRM_ACKNOWLEDGED) != 0 && !has_time(assignment, "acknowledged_ms")) {
        finding(ledger, "a confirmed acknowledgement is not in the record: assignment", id);
    }
    if ((line->confirmed & CONFIRM_CLEARED) != 0 && !has_time(assignment, "ended_ms")) {
        finding(ledger, "a confirmed clear is not in the record: assignment", id);
    }
}

static void check_report(struct sim_ledger *ledger, struct sim_http *http, uint32_t incident_id,
                         uint32_t orders_each)
{
    char path[PATH_SIZE];
    long status = 0;
    snprintf(path, sizeof path, "/v1/incidents/%u", incident_id);
    json_t *answer = sim_http_ask(http, path, NULL, NULL, &status);
    if (status != 200 || answer == NULL) {
        finding(ledger, "an acknowledged report is not in the record: incident", incident_id);
        json_decref(answer);
        return;
    }
    if (json_array_size(json_object_get(answer, "reports")) != 1) {
        finding(ledger, "not exactly one report: incident", incident_id);
    }
    const json_t *assignments = json_object_get(answer, "assignments");
    if (orders_each != 0 && json_array_size(assignments) != orders_each) {
        finding(ledger, "not as many orders as the plan asks for: incident", incident_id);
    }
    for (size_t i = 0; i < json_array_size(assignments); i++) {
        check_assignment(ledger, json_array_get(assignments, i));
    }
    json_decref(answer);
}

static int compare_u32(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* One incident for every report: the same id twice means that two merged or one was lost. */
static void check_distinct(struct sim_ledger *ledger)
{
    uint32_t *ids = calloc(ledger->report_count + 1, sizeof ids[0]);
    uint32_t count = 0;
    for (uint32_t i = 0; ids != NULL && i < ledger->report_count; i++) {
        if (ledger->reports[i].answered_us != 0) {
            ids[count++] = ledger->reports[i].incident_id;
        }
    }
    if (count > 0) {
        qsort(ids, count, sizeof ids[0], compare_u32);
    }
    for (uint32_t i = 1; i < count; i++) {
        if (ids[i] == ids[i - 1]) {
            finding(ledger, "two reports, one incident", ids[i]);
        }
    }
    free(ids);
}

static int64_t seq_of(struct sim_http *http, const char *path)
{
    long status = 0;
    json_t *answer = sim_http_ask(http, path, NULL, NULL, &status);
    const int64_t seq = json_integer_value(json_object_get(answer, "seq"));
    json_decref(answer);
    return seq;
}

/* The record is fed after the fact: it is asked when it has all that is durable now. */
static void wait_for_record(struct sim_ledger *ledger, struct sim_http *http)
{
    const int64_t durable = seq_of(http, "/healthz");
    for (int i = 0; i < RECORD_TRIES; i++) {
        if (seq_of(http, "/v1/incidents?limit=1") >= durable) {
            return;
        }
        usleep(RECORD_PAUSE_US);
    }
    finding(ledger, "the record does not catch up with what is durable: seq", (uint32_t)durable);
}

bool sim_ledger_check(struct sim_ledger *ledger, struct sim_http *http, uint32_t orders_each)
{
    ledger->findings = 0;
    wait_for_record(ledger, http);
    check_distinct(ledger);
    for (uint32_t i = 0; i < ledger->report_count; i++) {
        const struct report_line *line = &ledger->reports[i];
        if (line->answered_us != 0) {
            check_report(ledger, http, line->incident_id, orders_each);
        } else if (!line->refused) {
            finding(ledger, "never answered: report", i);
        }
    }
    for (uint32_t i = 0; i < ledger->order_room; i++) {
        const struct order_line *line = &ledger->orders[i];
        if (line->times > 1) {
            finding(ledger, "ordered twice: assignment", line->assignment_id);
        }
        if (line->assignment_id != 0 && line->times > 0 && !line->in_record) {
            finding(ledger, "a unit saw an order that is not in the record: assignment",
                    line->assignment_id);
        }
    }
    const struct sim_ledger_totals totals = sim_ledger_totals(ledger);
    printf(
        "ledger: %u reports sent, %u acknowledged, %u refused; %u orders seen, %u seen twice; %u "
        "findings\n",
        totals.reports, totals.answered, totals.refused, totals.orders, totals.doubled,
        ledger->findings);
    return ledger->findings == 0;
}

/* ---- Figures ---- */

static int compare_i64(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int64_t nearest_rank(const int64_t sorted[], uint32_t count, uint32_t percent)
{
    return sorted[((uint64_t)count * percent + 99) / 100 - 1];
}

static void print_line(const char *what, int64_t samples[], uint32_t count)
{
    if (count == 0) {
        printf("%-44s no samples\n", what);
        return;
    }
    qsort(samples, count, sizeof samples[0], compare_i64);
    printf("%-44s n %6u  p50 %8.3f ms  p99 %8.3f ms  max %8.3f ms\n", what, count,
           (double)nearest_rank(samples, count, 50) / 1e3,
           (double)nearest_rank(samples, count, 99) / 1e3, (double)samples[count - 1] / 1e3);
}

static uint32_t order_samples(const struct sim_ledger *ledger, int64_t samples[])
{
    uint32_t incident_max = 0;
    for (uint32_t i = 0; i < ledger->report_count; i++) {
        if (ledger->reports[i].incident_id > incident_max) {
            incident_max = ledger->reports[i].incident_id;
        }
    }
    int64_t *sent_us = calloc((size_t)incident_max + 1, sizeof sent_us[0]);
    uint32_t count = 0;
    for (uint32_t i = 0; sent_us != NULL && i < ledger->report_count; i++) {
        sent_us[ledger->reports[i].incident_id] = ledger->reports[i].sent_us;
    }
    for (uint32_t i = 0; sent_us != NULL && i < ledger->order_room; i++) {
        const struct order_line *line = &ledger->orders[i];
        if (line->times > 0 && line->incident_id <= incident_max && line->incident_id != 0 &&
            sent_us[line->incident_id] != 0) {
            samples[count++] = line->seen_us - sent_us[line->incident_id];
        }
    }
    free(sent_us);
    return count;
}

void sim_ledger_print(struct sim_ledger *ledger, int64_t fsync_us[], uint32_t fsync_count)
{
    const uint32_t room = ledger->report_count + ledger->order_count + 1;
    int64_t *samples = calloc(room, sizeof samples[0]);
    if (samples == NULL) {
        return;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < ledger->report_count; i++) {
        if (ledger->reports[i].answered_us != 0) {
            samples[count++] = ledger->reports[i].answered_us - ledger->reports[i].sent_us;
        }
    }
    print_line("report sent -> acknowledged (durable)", samples, count);
    print_line("report sent -> order at the unit's socket", samples,
               order_samples(ledger, samples));
    print_line("bare fdatasync, same disk, same run", fsync_us, fsync_count);
    free(samples);
}
