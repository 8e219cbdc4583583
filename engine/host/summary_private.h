#ifndef ENGINE_HOST_SUMMARY_PRIVATE_H
#define ENGINE_HOST_SUMMARY_PRIVATE_H

#include "engine/host/summary.h"

/* What the modules of the summary share. */

/* What was found, in both years. */
struct summary_result {
    struct calendar_day day;
    struct calendar_spans spans; /* of groups of time */
    int64_t before_from_ms, before_to_ms;
    struct history_summary times, times_before;
    struct history_bulletin bulletin, bulletin_before;
};

/* What a line is called; both "" for everything, and for what is in no circle, by no unit. */
struct summary_label {
    char code[NAME_SIZE], name[NAME_SIZE];
};
struct summary_label summary_label_of(const struct summary_question *question,
                                      const struct summary_result *result,
                                      const struct history_line *line);

/* The line of the same key a year before; NULL: nothing was then, or it was not asked for. */
const struct history_statistics *summary_times_before(const struct summary_result *result,
                                                      uint32_t key);
const struct history_bulletin_line *summary_bulletin_before(const struct summary_result *result,
                                                            uint32_t key);

/* A tier of a line in its stages; the first is the tier's own clock. */
#define SUMMARY_STAGES (HISTORY_STAGE_COUNT + 1u)
extern const char *const summary_stage_names[SUMMARY_STAGES];
const struct history_percentiles *summary_stage(const struct history_tier_statistics *tier,
                                                uint32_t stage);

/* Tenths of a percent, cut and not rounded: 99.96 % is not 100 %. UINT32_MAX: nothing was judged.
 */
uint32_t summary_rate(const struct history_tier_statistics *tier);

void summary_json_write(const struct summary_question *question,
                        const struct summary_result *result,
                        const struct summary_definition *definition, struct proto_buffer *body);
void summary_table_csv(const struct summary_question *question, const struct summary_result *result,
                       const struct summary_definition *definition, struct proto_buffer *body);
void summary_table_text(const struct summary_question *question,
                        const struct summary_result *result,
                        const struct summary_definition *definition, struct proto_buffer *body);

#endif
