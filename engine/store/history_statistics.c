/* Exact percentiles from samples: every sample is kept and sorted, nothing is averaged. */
#include <assert.h>
#include <stdlib.h>

#include "engine/store/history_private.h"

#define MEASURE_RESPONSE HISTORY_STAGE_COUNT
#define MEASURE_COUNT    (HISTORY_STAGE_COUNT + 1)
#define SAMPLES_FIRST    32u

struct samples {
    int64_t *values;
    uint32_t count, max;
    uint32_t missing;
};

struct history_samples {
    struct samples samples[TIER_COUNT][MEASURE_COUNT];
    struct history_tier_statistics tiers[TIER_COUNT];
};

struct history_samples *history_statistics_create(void)
{
    return calloc(1, sizeof(struct history_samples));
}

void history_statistics_destroy(struct history_samples *samples)
{
    if (samples == NULL) {
        return;
    }
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        for (uint32_t measure = 0; measure < MEASURE_COUNT; measure++) {
            free(samples->samples[tier][measure].values);
        }
    }
    free(samples);
}

/* A span that is not known is missing; one of no length is a sample. */
static enum status add(struct samples *samples, int64_t span_ms)
{
    if (span_ms < 0) {
        samples->missing++;
        return STATUS_OK;
    }
    if (samples->count == samples->max) {
        const uint32_t max = samples->max == 0 ? SAMPLES_FIRST : samples->max * 2;
        int64_t *values = realloc(samples->values, (size_t)max * sizeof *values);
        if (values == NULL) {
            return STATUS_NO_MEMORY;
        }
        samples->values = values;
        samples->max = max;
    }
    samples->values[samples->count++] = span_ms;
    return STATUS_OK;
}

enum status history_statistics_add(struct history_samples *samples,
                                   const struct history_answer *answer)
{
    struct history_tier_statistics *tier = &samples->tiers[answer->tier];
    tier->rows++;
    tier->excluded[answer->exclusion]++;
    if (answer->exclusion != HISTORY_COUNTED) {
        return STATUS_OK;
    }
    tier->met += answer->verdict == TIER_MET ? 1 : 0;
    tier->missed += answer->verdict == TIER_MISSED ? 1 : 0;
    tier->no_unit += answer->verdict == TIER_NO_UNIT ? 1 : 0;
    struct samples *measures = samples->samples[answer->tier];
    enum status status = add(&measures[MEASURE_RESPONSE], answer->response_ms);
    for (uint32_t stage = 0; stage < HISTORY_STAGE_COUNT && status == STATUS_OK; stage++) {
        status = add(&measures[stage], answer->stages_ms[stage]);
    }
    return status;
}

static int compare(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

#define DIGIT_BITS  11u
#define DIGIT_COUNT (1u << DIGIT_BITS)
#define RADIX_FROM  512u /* below this many values qsort is quicker */

/* One pass of a radix sort, by the digit at `shift`. */
static void sort_digit(const int64_t *from, int64_t *to, uint32_t count, uint32_t shift)
{
    uint32_t starts[DIGIT_COUNT] = {0};
    for (uint32_t i = 0; i < count; i++) {
        starts[(uint64_t)from[i] >> shift & (DIGIT_COUNT - 1)]++;
    }
    uint32_t sum = 0;
    for (uint32_t digit = 0; digit < DIGIT_COUNT; digit++) {
        const uint32_t size = starts[digit];
        starts[digit] = sum;
        sum += size;
    }
    for (uint32_t i = 0; i < count; i++) {
        to[starts[(uint64_t)from[i] >> shift & (DIGIT_COUNT - 1)]++] = from[i];
    }
}

/* Samples are never negative: digit by digit, as many as the largest has. Without memory for the
 * other half, qsort: slower, and the same. */
static void sort(struct samples *samples)
{
    int64_t *other =
        samples->count < RADIX_FROM ? NULL : malloc(samples->count * sizeof samples->values[0]);
    if (other == NULL) {
        qsort(samples->values, samples->count, sizeof samples->values[0], compare);
        return;
    }
    int64_t max = 0;
    for (uint32_t i = 0; i < samples->count; i++) {
        max = samples->values[i] > max ? samples->values[i] : max;
    }
    for (uint32_t shift = 0; shift < 64 && (uint64_t)max >> shift != 0; shift += DIGIT_BITS) {
        sort_digit(samples->values, other, samples->count, shift);
        int64_t *sorted = other;
        other = samples->values;
        samples->values = sorted;
    }
    samples->max = samples->count; /* the two are of different sizes */
    free(other);
}

/* Nearest rank: the smallest value with at least `percent` of all at or below it. */
static int64_t percentile(const struct samples *samples, uint32_t percent)
{
    const uint64_t rank = ((uint64_t)samples->count * percent + 99) / 100; /* rounded up, from 1 */
    assert(rank >= 1);
    assert(rank <= samples->count);
    return samples->values[rank - 1];
}

static struct history_percentiles reckon(struct samples *samples)
{
    struct history_percentiles out = {.n = samples->count,
                                      .missing = samples->missing,
                                      .p50_ms = TIME_NEVER,
                                      .p90_ms = TIME_NEVER,
                                      .p95_ms = TIME_NEVER,
                                      .p99_ms = TIME_NEVER,
                                      .max_ms = TIME_NEVER};
    if (samples->count > 0) {
        sort(samples);
        out.p50_ms = percentile(samples, 50);
        out.p90_ms = percentile(samples, 90);
        out.p95_ms = percentile(samples, 95);
        out.p99_ms = percentile(samples, 99);
        out.max_ms = samples->values[samples->count - 1];
    }
    return out;
}

/* How many there are in each bin of the distribution; what is longer goes into the last. */
static void reckon_bins(const struct samples *samples, uint32_t bins[HISTORY_BINS])
{
    for (uint32_t i = 0; i < samples->count; i++) {
        const int64_t bin = samples->values[i] / HISTORY_BIN_MS;
        bins[bin < HISTORY_BINS - 1 ? bin : HISTORY_BINS - 1]++;
    }
}

void history_statistics_reckon(struct history_samples *samples, struct history_statistics *out)
{
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        out->tiers[tier] = samples->tiers[tier];
        out->tiers[tier].response = reckon(&samples->samples[tier][MEASURE_RESPONSE]);
        reckon_bins(&samples->samples[tier][MEASURE_RESPONSE], out->tiers[tier].bins);
        for (uint32_t stage = 0; stage < HISTORY_STAGE_COUNT; stage++) {
            out->tiers[tier].stages[stage] = reckon(&samples->samples[tier][stage]);
        }
    }
}
