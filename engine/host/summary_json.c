/* A summary for a page. */
#include "engine/host/summary_private.h"
#include "proto/proto_json.h"

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void put_policies(struct proto_buffer *body, const struct summary_policies *policies)
{
    proto_json_name(body, "policies");
    proto_json_begin(body, '[');
    for (uint32_t i = 0; policies != NULL && i < policies->count; i++) {
        const struct history_policy *policy = &policies->each[i];
        proto_json_begin(body, '{');
        proto_member_int(body, "version", policy->version);
        proto_member_text(body, "name", policy->name);
        proto_member_text(body, "clock_start",
                          types_name(TYPES_CLOCK_START, (uint32_t)policy->clock_start));
        proto_member_time(body, "from_ms", policy->from_ms);
        proto_json_end(body, '}');
    }
    proto_json_end(body, ']');
}

void summary_json_definition(struct proto_buffer *body, const struct summary_definition *definition,
                             const struct summary_question *question)
{
    proto_json_name(body, "definition");
    proto_json_begin(body, '{');
    proto_member_text(body, "percentile", "nearest rank");
    proto_member_text(body, "time_zone", definition->time_zone);
    proto_member_text(body, "day_starts", definition->day_starts);
    proto_member_text(body, "shifts", definition->shifts);
    proto_member_text(body, "clock_start", definition->clock_start);
    proto_member_text(body, "policy", definition->policy);
    put_policies(body, definition->policies);
    if (question != NULL) {
        proto_member_time(body, "from_ms", question->filter.from_ms);
        proto_member_time(body, "to_ms", question->filter.to_ms);
        proto_member_int(body, "bin_ms", HISTORY_BIN_MS);
    }
    proto_json_end(body, '}');
}

static void put_label(struct proto_buffer *body, const struct summary_label *label)
{
    proto_member_text(body, "group", or_null(label->code));
    proto_member_text(body, "name", or_null(label->name));
}

/* ---- Times ---- */

static void put_percentiles(struct proto_buffer *body, const struct history_percentiles *samples)
{
    proto_member_int(body, "n", samples->n);
    proto_member_int(body, "missing", samples->missing);
    proto_member_time(body, "p50_ms", samples->p50_ms);
    proto_member_time(body, "p90_ms", samples->p90_ms);
    proto_member_time(body, "p95_ms", samples->p95_ms);
    proto_member_time(body, "p99_ms", samples->p99_ms);
    proto_member_time(body, "max_ms", samples->max_ms);
}

static void put_counts(struct proto_buffer *body, const struct history_tier_statistics *tier)
{
    proto_json_name(body, "excluded");
    proto_json_begin(body, '{');
    proto_member_int(body, "drill", tier->excluded[HISTORY_DRILL]);
    proto_member_int(body, "merged", tier->excluded[HISTORY_MERGED]);
    proto_member_int(body, "cancelled", tier->excluded[HISTORY_CANCELLED]);
    proto_member_int(body, "open", tier->excluded[HISTORY_OPEN]);
    proto_json_end(body, '}');
    proto_member_int(body, "met", tier->met);
    proto_member_int(body, "missed", tier->missed);
    proto_member_int(body, "no_unit", tier->no_unit);
}

static void put_before(struct proto_buffer *body, const struct history_tier_statistics *tier,
                       uint32_t stage)
{
    if (tier == NULL || tier->rows == 0) {
        proto_member_null(body, "last_year");
        return;
    }
    proto_json_name(body, "last_year");
    proto_json_begin(body, '{');
    proto_member_int(body, "rows", tier->rows);
    put_percentiles(body, summary_stage(tier, stage));
    put_counts(body, tier);
    proto_json_end(body, '}');
}

static void put_bins(struct proto_buffer *body, const struct history_tier_statistics *tier)
{
    proto_json_name(body, "bins");
    proto_json_begin(body, '[');
    for (uint32_t i = 0; i < HISTORY_BINS; i++) {
        proto_json_int(body, tier->bins[i]);
    }
    proto_json_end(body, ']');
}

static void put_tier(struct proto_buffer *body, const struct summary_question *question,
                     const struct summary_label *label, enum tier which,
                     const struct history_tier_statistics *tier,
                     const struct history_tier_statistics *before)
{
    for (uint32_t stage = 0; stage < SUMMARY_STAGES; stage++) {
        proto_json_begin(body, '{');
        put_label(body, label);
        proto_member_text(body, "tier", types_name(TYPES_TIER, which));
        proto_member_text(body, "stage", summary_stage_names[stage]);
        proto_member_int(body, "rows", tier->rows);
        put_percentiles(body, summary_stage(tier, stage));
        put_counts(body, tier);
        if (stage == 0 && question->group == SUMMARY_NONE) {
            put_bins(body, tier);
        }
        if (question->compares) {
            put_before(body, before, stage);
        }
        proto_json_end(body, '}');
    }
}

static void put_times(struct proto_buffer *body, const struct summary_question *question,
                      const struct summary_result *result)
{
    proto_json_name(body, "summary");
    proto_json_begin(body, '[');
    for (uint32_t i = 0; i < result->times.count; i++) {
        const struct history_summary_line *line = &result->times.lines[i];
        const struct summary_label label = summary_label_of(question, result, &line->line);
        const struct history_statistics *before = summary_times_before(result, line->line.key);
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            const struct history_tier_statistics *numbers = &line->numbers.tiers[tier];
            if (numbers->rows > 0 || question->group == SUMMARY_NONE) {
                put_tier(body, question, &label, (enum tier)tier, numbers,
                         before == NULL ? NULL : &before->tiers[tier]);
            }
        }
    }
    proto_json_end(body, ']');
}

/* ---- The bulletin ---- */

static const char *const bulletin_names[HISTORY_BULLETIN_STAGES] = {
    [HISTORY_SIGN] = "sign", [HISTORY_DEPART] = "depart", [HISTORY_FEEDBACK] = "feedback"};

static void put_bulletin_times(struct proto_buffer *body,
                               const struct history_bulletin_times *times)
{
    proto_json_begin(body, '{');
    proto_member_int(body, "n", times->n);
    proto_member_int(body, "missing", times->missing);
    proto_member_int(body, "withdrawn", times->withdrawn);
    proto_json_name(body, "bins");
    proto_json_begin(body, '[');
    for (uint32_t i = 0; i < HISTORY_BULLETIN_BINS; i++) {
        proto_json_int(body, times->bins[i]);
    }
    proto_json_end(body, ']');
    if (times->slowest_ms == TIME_NEVER) {
        proto_member_null(body, "slowest");
    } else {
        proto_json_name(body, "slowest");
        proto_json_begin(body, '{');
        proto_member_text(body, "unit", or_null(times->slowest.code));
        proto_member_text(body, "name", or_null(times->slowest.name));
        proto_member_int(body, "ms", times->slowest_ms);
        proto_member_int(body, "incident_id", times->slowest_incident_id);
        proto_json_end(body, '}');
    }
    proto_json_end(body, '}');
}

static void put_bulletin_line(struct proto_buffer *body, const struct history_bulletin_line *line)
{
    proto_member_int(body, "orders", line->orders);
    proto_member_int(body, "drills", line->drills);
    for (uint32_t stage = 0; stage < HISTORY_BULLETIN_STAGES; stage++) {
        proto_json_name(body, bulletin_names[stage]);
        put_bulletin_times(body, &line->times[stage]);
    }
}

static void put_ends(struct proto_buffer *body)
{
    proto_json_name(body, "ends_ms");
    proto_json_begin(body, '{');
    for (uint32_t stage = 0; stage < HISTORY_BULLETIN_STAGES; stage++) {
        proto_json_name(body, bulletin_names[stage]);
        proto_json_begin(body, '[');
        for (uint32_t i = 0; i + 1 < HISTORY_BULLETIN_BINS; i++) {
            proto_json_int(body, history_bulletin_ends_ms[stage][i]);
        }
        proto_json_end(body, ']');
    }
    proto_json_end(body, '}');
}

static void put_bulletin(struct proto_buffer *body, const struct summary_question *question,
                         const struct summary_result *result)
{
    put_ends(body);
    proto_json_name(body, "lines");
    proto_json_begin(body, '[');
    for (uint32_t i = 0; i < result->bulletin.count; i++) {
        const struct history_bulletin_line *line = &result->bulletin.lines[i];
        const struct summary_label label = summary_label_of(question, result, &line->line);
        proto_json_begin(body, '{');
        put_label(body, &label);
        put_bulletin_line(body, line);
        const struct history_bulletin_line *before =
            summary_bulletin_before(result, line->line.key);
        if (question->compares && before != NULL && before->orders > 0) {
            proto_json_name(body, "last_year");
            proto_json_begin(body, '{');
            put_bulletin_line(body, before);
            proto_json_end(body, '}');
        } else if (question->compares) {
            proto_member_null(body, "last_year");
        }
        proto_json_end(body, '}');
    }
    proto_json_end(body, ']');
}

void summary_json_write(const struct summary_question *question,
                        const struct summary_result *result,
                        const struct summary_definition *definition, struct proto_buffer *body)
{
    proto_json_begin(body, '{');
    summary_json_definition(body, definition, question);
    if (question->compares) {
        proto_member_int(body, "last_year_from_ms", result->before_from_ms);
        proto_member_int(body, "last_year_to_ms", result->before_to_ms);
    }
    if (question->kind == SUMMARY_TIMES) {
        put_times(body, question, result);
    } else {
        put_bulletin(body, question, result);
    }
    proto_json_end(body, '}');
}
