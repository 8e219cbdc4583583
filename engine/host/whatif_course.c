/* How units behaved then: the course of every order of the period, and medians by kind. */
#include <stdlib.h>
#include <string.h>

#include "engine/host/whatif_private.h"

#define FIRST    4096u
#define PERMILLE 1000

/* What a kind takes that was never seen: a walk to the vehicle, and as reckoned. */
#define ACK_DEFAULT_MS     10000
#define TURNOUT_DEFAULT_MS 15000

static uint32_t *slot_of(const struct whatif_courses *courses, uint32_t incident_id,
                         uint32_t unit_id)
{
    uint32_t slot = (incident_id * 2654435761u ^ unit_id * 2246822519u) & (courses->slot_count - 1);
    while (courses->slots[slot] != 0) {
        const struct whatif_course *course = &courses->items[courses->slots[slot] - 1];
        if (course->incident_id == incident_id && course->unit_id == unit_id) {
            break;
        }
        slot = (slot + 1) & (courses->slot_count - 1);
    }
    return &courses->slots[slot];
}

const struct whatif_course *whatif_course_find(const struct whatif_courses *courses,
                                               uint32_t incident_id, uint32_t unit_id)
{
    const uint32_t item = courses->slot_count == 0 ? 0 : *slot_of(courses, incident_id, unit_id);
    return item == 0 ? NULL : &courses->items[item - 1];
}

void whatif_course_finish(struct whatif_courses *courses)
{
    free(courses->items);
    free(courses->slots);
}

static enum status add(struct whatif_courses *courses, const struct event *event)
{
    if (courses->count == courses->max) {
        const uint32_t max = courses->max == 0 ? FIRST : courses->max * 2;
        struct whatif_course *items = realloc(courses->items, max * sizeof *items);
        if (items == NULL) {
            return STATUS_NO_MEMORY;
        }
        courses->items = items;
        courses->max = max;
    }
    struct whatif_course *course = &courses->items[courses->count++];
    *course = (struct whatif_course){.incident_id = event->sent.incident_id,
                                     .unit_id = event->sent.unit_id,
                                     .assignment_id = event->sent.assignment_id,
                                     .sent_ms = event->at_ms,
                                     .travel_ms = event->sent.travel_ms};
    for (uint32_t state = 0; state < ASSIGNMENT_STATE_COUNT; state++) {
        course->spans_ms[state] = TIME_NEVER;
    }
    return STATUS_OK;
}

/* Assignments have rising ids, and so lie in order. NULL: sent before the period. */
static struct whatif_course *by_assignment(struct whatif_courses *courses, uint32_t assignment_id)
{
    uint32_t low = 0;
    uint32_t high = courses->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (courses->items[middle].assignment_id < assignment_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < courses->count && courses->items[low].assignment_id == assignment_id
               ? &courses->items[low]
               : NULL;
}

static void note(struct whatif_courses *courses, const struct event *event)
{
    struct whatif_course *course = by_assignment(courses, event->updated.assignment_id);
    if (course != NULL && course->spans_ms[event->updated.state] == TIME_NEVER) {
        course->spans_ms[event->updated.state] = event->at_ms - course->sent_ms;
        course->reason = event->updated.reason;
    }
}

/* The first order of a unit to an incident is its course; later ones are rare and like it. */
static enum status index_all(struct whatif_courses *courses)
{
    courses->slot_count = FIRST;
    while (courses->slot_count < courses->count * 2) {
        courses->slot_count *= 2;
    }
    courses->slots = calloc(courses->slot_count, sizeof courses->slots[0]);
    if (courses->slots == NULL) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < courses->count; i++) {
        uint32_t *slot = slot_of(courses, courses->items[i].incident_id, courses->items[i].unit_id);
        *slot = *slot == 0 ? i + 1 : *slot;
    }
    return STATUS_OK;
}

static int compare(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

enum measure { MEASURE_ACK, MEASURE_TURNOUT, MEASURE_TRAVEL };

/* TIME_NEVER: this course does not tell. */
static int64_t measured(const struct whatif_course *course, enum measure measure)
{
    const int64_t ack_ms = course->spans_ms[ASSIGNMENT_ACKNOWLEDGED];
    const int64_t go_ms = course->spans_ms[ASSIGNMENT_EN_ROUTE];
    const int64_t there_ms = course->spans_ms[ASSIGNMENT_ON_SCENE];
    switch (measure) {
    case MEASURE_ACK:
        return ack_ms;
    case MEASURE_TURNOUT:
        return ack_ms == TIME_NEVER || go_ms == TIME_NEVER ? TIME_NEVER : go_ms - ack_ms;
    case MEASURE_TRAVEL:
        break;
    }
    const bool tells = go_ms != TIME_NEVER && there_ms != TIME_NEVER && course->travel_ms > 0 &&
                       course->travel_ms != GEO_TRAVEL_NEVER;
    return tells ? (there_ms - go_ms) * PERMILLE / course->travel_ms : TIME_NEVER;
}

static int64_t median(const struct whatif *whatif, enum unit_kind kind, enum measure measure,
                      int64_t values[], int64_t otherwise)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < whatif->courses.count; i++) {
        const struct whatif_course *course = &whatif->courses.items[i];
        struct unit_view unit;
        const int64_t value = measured(course, measure);
        if (value >= 0 && engine_unit(whatif->engine, course->unit_id, &unit) &&
            unit.definition->kind == kind) {
            values[count++] = value;
        }
    }
    qsort(values, count, sizeof values[0], compare);
    return count == 0 ? otherwise : values[(count + 1) / 2 - 1];
}

static enum status reckon_medians(struct whatif *whatif)
{
    struct whatif_courses *courses = &whatif->courses;
    int64_t *values = malloc((courses->count + 1) * sizeof values[0]);
    if (values == NULL) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        const enum unit_kind each = (enum unit_kind)kind;
        courses->ack_ms[kind] = median(whatif, each, MEASURE_ACK, values, ACK_DEFAULT_MS);
        courses->turnout_ms[kind] =
            median(whatif, each, MEASURE_TURNOUT, values, TURNOUT_DEFAULT_MS);
        courses->travel_permille[kind] = median(whatif, each, MEASURE_TRAVEL, values, PERMILLE);
    }
    free(values);
    return STATUS_OK;
}

enum status whatif_course_learn(struct whatif *whatif)
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < whatif->input.count && status == STATUS_OK; i++) {
        const enum event_kind kind = whatif->input.records[i].kind;
        if (kind != EVENT_ASSIGNMENT_SENT && kind != EVENT_ASSIGNMENT_UPDATED) {
            continue;
        }
        event_list_get(&whatif->input, i, &whatif->event);
        if (kind == EVENT_ASSIGNMENT_SENT) {
            status = add(&whatif->courses, &whatif->event);
        } else {
            note(&whatif->courses, &whatif->event);
        }
    }
    status = status == STATUS_OK ? index_all(&whatif->courses) : status;
    return status == STATUS_OK ? reckon_medians(whatif) : status;
}
