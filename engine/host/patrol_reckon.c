#include "engine/host/patrol_reckon.h"

#include <assert.h>

#include "engine/host/calendar.h"

#define MIN_MS 60000
#define DAY_MS ((int64_t)DAY_MIN * MIN_MS)

struct stretch {
    int64_t from_ms, to_ms;
};

/* A local time of day on the day whose local midnight is that, in UTC; on the day that the clocks
 * change as they say it then. */
static int64_t utc_of(int64_t local_ms)
{
    const int64_t about_ms = local_ms - calendar_ahead_ms(local_ms);
    return local_ms - calendar_ahead_ms(about_ms);
}

/* The opening that holds a time, or else the next. */
static struct stretch opening_at(const struct history_checkpoint *version, int64_t at_ms)
{
    const int64_t minutes = ((int64_t)version->to_min - version->from_min + DAY_MIN) % DAY_MIN;
    const int64_t local_ms = at_ms + calendar_ahead_ms(at_ms);
    int64_t day_ms = local_ms - local_ms % DAY_MS - DAY_MS;
    struct stretch opening = {at_ms, at_ms};
    while (opening.to_ms <= at_ms) { /* the day before, this one or the next */
        opening.from_ms = utc_of(day_ms + (int64_t)version->from_min * MIN_MS);
        opening.to_ms = utc_of(day_ms + ((int64_t)version->from_min + minutes) * MIN_MS);
        day_ms += DAY_MS;
    }
    return opening;
}

struct reckoner {
    const int64_t *seen_ms;
    uint32_t seen_count, next; /* visits before `next` lie behind */
    struct patrol_reckoning out;
};

static void look_at_gap(struct reckoner *reckoner, int64_t from_ms, int64_t to_ms)
{
    if (to_ms - from_ms > reckoner->out.gap_ms) { /* TIME_NEVER is less than any */
        reckoner->out.gap_ms = to_ms - from_ms;
        reckoner->out.gap_from_ms = from_ms;
    }
}

static void look_at(struct reckoner *reckoner, struct stretch stretch, int64_t every_ms)
{
    if (stretch.to_ms <= stretch.from_ms) { /* hours that the spring's clocks skip */
        return;
    }
    reckoner->out.due += (uint32_t)((stretch.to_ms - stretch.from_ms) / every_ms);
    while (reckoner->next < reckoner->seen_count &&
           reckoner->seen_ms[reckoner->next] < stretch.from_ms) {
        reckoner->next++;
    }
    int64_t last_ms = stretch.from_ms;
    while (reckoner->next < reckoner->seen_count &&
           reckoner->seen_ms[reckoner->next] < stretch.to_ms) {
        look_at_gap(reckoner, last_ms, reckoner->seen_ms[reckoner->next]);
        last_ms = reckoner->seen_ms[reckoner->next];
        reckoner->next++;
    }
    look_at_gap(reckoner, last_ms, stretch.to_ms);
}

static bool same_times(const struct history_checkpoint *a, const struct history_checkpoint *b)
{
    return a->from_min == b->from_min && a->to_min == b->to_min && a->every_min == b->every_min;
}

/* From one version on, as long as its times hold. */
static void look_at_version(struct reckoner *reckoner, const struct history_checkpoint *version,
                            struct stretch held)
{
    const int64_t every_ms = (int64_t)version->every_min * MIN_MS;
    if (every_ms == 0) {
        return;
    }
    if (version->from_min == version->to_min) {
        look_at(reckoner, held, every_ms);
        return;
    }
    struct stretch opening = opening_at(version, held.from_ms);
    while (opening.from_ms < held.to_ms) {
        const struct stretch common = {opening.from_ms > held.from_ms ? opening.from_ms
                                                                      : held.from_ms,
                                       opening.to_ms < held.to_ms ? opening.to_ms : held.to_ms};
        look_at(reckoner, common, every_ms);
        opening = opening_at(version, opening.to_ms);
    }
}

struct patrol_reckoning patrol_reckon(const struct history_checkpoint versions[], uint32_t count,
                                      const struct history_patrol_span *span,
                                      const int64_t seen_ms[], uint32_t seen_count)
{
    struct reckoner reckoner = {.seen_ms = seen_ms,
                                .seen_count = seen_count,
                                .out = {.gap_ms = TIME_NEVER, .gap_from_ms = TIME_NEVER}};
    uint32_t first = 0;
    while (first < count) {
        uint32_t next = first + 1;
        while (next < count && same_times(&versions[first], &versions[next])) {
            next++;
        }
        const int64_t until_ms = next < count ? versions[next].from_ms : span->to_ms;
        const struct stretch held = {
            versions[first].from_ms > span->from_ms ? versions[first].from_ms : span->from_ms,
            until_ms < span->to_ms ? until_ms : span->to_ms};
        if (held.from_ms < held.to_ms) {
            look_at_version(&reckoner, &versions[first], held);
        }
        first = next;
    }
    return reckoner.out;
}
