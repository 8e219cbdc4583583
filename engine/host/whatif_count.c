/* Verdicts and responses, counted in the same way from what happened and from what would have. */
#include <stdlib.h>
#include <string.h>

#include "engine/host/whatif_private.h"

#define SLOTS_FIRST 4096u
#define HASH        2654435761u

enum status whatif_count_init(struct whatif_count *count, int64_t from_ms, int64_t to_ms)
{
    *count = (struct whatif_count){.from_ms = from_ms, .to_ms = to_ms, .slot_count = SLOTS_FIRST};
    count->slots = calloc(count->slot_count, sizeof count->slots[0]);
    return count->slots == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void whatif_count_finish(struct whatif_count *count)
{
    free(count->items);
    free(count->slots);
}

static uint32_t *slot_of(const struct whatif_count *count, uint32_t incident_id)
{
    uint32_t slot = incident_id * HASH & (count->slot_count - 1);
    while (count->slots[slot] != 0 &&
           count->items[count->slots[slot] - 1].incident_id != incident_id) {
        slot = (slot + 1) & (count->slot_count - 1);
    }
    return &count->slots[slot];
}

static struct whatif_counted *find(const struct whatif_count *count, uint32_t incident_id)
{
    const uint32_t item = *slot_of(count, incident_id);
    return item == 0 ? NULL : &count->items[item - 1];
}

const struct whatif_counted *whatif_count_find(const struct whatif_count *count,
                                               uint32_t incident_id)
{
    return find(count, incident_id);
}

static bool grow(struct whatif_count *count)
{
    const uint32_t max = count->max == 0 ? SLOTS_FIRST / 2 : count->max * 2;
    struct whatif_counted *items = realloc(count->items, max * sizeof *items);
    if (items == NULL) {
        return false;
    }
    count->items = items;
    count->max = max;
    if (max * 2 > count->slot_count) {
        uint32_t *slots = calloc((size_t)max * 2, sizeof *slots);
        if (slots == NULL) {
            return false;
        }
        free(count->slots);
        count->slots = slots;
        count->slot_count = max * 2;
        for (uint32_t i = 0; i < count->count; i++) {
            *slot_of(count, count->items[i].incident_id) = i + 1;
        }
    }
    return true;
}

static void open(struct whatif_count *count, const struct event *event)
{
    if (event->at_ms < count->from_ms || event->at_ms >= count->to_ms) {
        return;
    }
    if (count->count == count->max && !grow(count)) {
        count->no_memory = true;
        return;
    }
    const struct incident_opened *opened = &event->opened;
    struct whatif_counted *item = &count->items[count->count];
    *item = (struct whatif_counted){.incident_id = opened->incident_id};
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        item->asked[tier] = opened->tiers[tier].asked;
        item->clocks_ms[tier] = opened->clock_ms;
        item->arrivals_ms[tier] = TIME_NEVER;
    }
    *slot_of(count, opened->incident_id) = ++count->count;
}

void whatif_count_event(struct whatif_count *count, const struct event *event)
{
    struct whatif_counted *item = NULL;
    if (event->kind == EVENT_INCIDENT_OPENED) {
        open(count, event);
    } else if (event->kind == EVENT_ASSIGNMENT_SENT) {
        count->orders += find(count, event->sent.incident_id) != NULL ? 1 : 0;
    } else if (event->kind == EVENT_ASSIGNMENT_UPDATED) {
        item = find(count, event->updated.incident_id);
        if (item != NULL && event->updated.state == ASSIGNMENT_ON_SCENE &&
            item->arrivals_ms[event->updated.tier] == TIME_NEVER) {
            item->arrivals_ms[event->updated.tier] = event->at_ms;
        }
    } else if (event->kind == EVENT_TIER_VERDICT) {
        item = find(count, event->verdict.incident_id);
        if (item != NULL) {
            item->verdicts[event->verdict.tier] = event->verdict.verdict;
            item->clocks_ms[event->verdict.tier] = event->verdict.clock_ms;
        }
    }
}

static int compare(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void count_verdict(struct whatif_tier *tier, enum tier_verdict verdict)
{
    switch (verdict) {
    case TIER_MET:
        tier->met++;
        break;
    case TIER_MISSED:
        tier->missed++;
        break;
    case TIER_NO_UNIT:
        tier->no_unit++;
        break;
    case TIER_CANCELLED:
        tier->cancelled++;
        break;
    case TIER_OPEN:
        tier->open++;
        break;
    case TIER_NOT_ASKED:
    case TIER_VERDICT_COUNT:
        break;
    }
}

void whatif_count_reckon(struct whatif_count *count, struct whatif_side *side)
{
    *side = (struct whatif_side){.incidents = count->count, .orders = count->orders};
    int64_t *values = malloc((count->count + 1) * sizeof values[0]);
    for (uint32_t t = 0; t < TIER_COUNT; t++) {
        struct whatif_tier *tier = &side->tiers[t];
        *tier =
            (struct whatif_tier){.p50_ms = TIME_NEVER, .p90_ms = TIME_NEVER, .max_ms = TIME_NEVER};
        for (uint32_t i = 0; i < count->count; i++) {
            const struct whatif_counted *item = &count->items[i];
            if (!item->asked[t]) {
                continue;
            }
            count_verdict(tier, item->verdicts[t]);
            const bool came = item->arrivals_ms[t] != TIME_NEVER &&
                              item->clocks_ms[t] != TIME_NEVER &&
                              item->arrivals_ms[t] >= item->clocks_ms[t];
            if (came && values != NULL) {
                values[tier->n++] = item->arrivals_ms[t] - item->clocks_ms[t];
            }
        }
        if (tier->n > 0) { /* nearest rank, as everywhere */
            qsort(values, tier->n, sizeof values[0], compare);
            tier->p50_ms = values[(tier->n * 50 + 99) / 100 - 1];
            tier->p90_ms = values[(tier->n * 90 + 99) / 100 - 1];
            tier->max_ms = values[tier->n - 1];
        }
    }
    free(values);
}

void whatif_count_compare(const struct whatif *whatif, struct whatif_result *result)
{
    for (uint32_t i = 0; i < whatif->then.count; i++) {
        const struct whatif_counted *then = &whatif->then.items[i];
        const struct whatif_counted *now =
            whatif_count_find(&whatif->now, whatif_input_now(whatif, then->incident_id));
        for (uint32_t tier = 0; tier < TIER_COUNT && now != NULL; tier++) {
            if (then->verdicts[tier] == now->verdicts[tier]) {
                continue;
            }
            if (result->changed < WHATIF_LISTED_MAX) {
                result->changes[result->changed] = (struct whatif_change){
                    then->incident_id, (enum tier)tier, then->verdicts[tier], now->verdicts[tier]};
            }
            result->changed++;
        }
    }
}
