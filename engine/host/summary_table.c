/* A summary for a spreadsheet and for a terminal. */
#include <stdio.h>
#include <string.h>

#include "engine/host/csv_text.h"
#include "engine/host/summary_private.h"
#include "engine/host/terminal_text.h"

static const char *const bulletin_names[HISTORY_BULLETIN_STAGES] = {
    [HISTORY_SIGN] = "sent_to_acknowledged",
    [HISTORY_DEPART] = "sent_to_en_route",
    [HISTORY_FEEDBACK] = "sent_to_cleared"};

/* ---- CSV ---- */

#define DEFINITION_COLUMNS                                                                         \
    ",time_zone,day_starts,shifts,clock_start,policy,percentile,from_ms,to_ms"

static void csv_definition(struct csv_text *csv, const struct summary_question *question,
                           const struct summary_definition *definition)
{
    csv_text_field(csv, definition->time_zone);
    csv_text_field(csv, definition->day_starts);
    csv_text_field(csv, definition->shifts);
    csv_text_field(csv, definition->clock_start);
    csv_text_field(csv, definition->policy);
    csv_text_field(csv, "nearest rank");
    csv_text_number(csv, question->filter.from_ms);
    csv_text_number(csv, question->filter.to_ms);
    csv_text_line(csv);
}

static void csv_percentiles(struct csv_text *csv, const struct history_percentiles *samples)
{
    csv_text_number(csv, samples->p50_ms);
    csv_text_number(csv, samples->p90_ms);
    csv_text_number(csv, samples->p95_ms);
    csv_text_number(csv, samples->p99_ms);
    csv_text_number(csv, samples->max_ms);
}

static void csv_rate(struct csv_text *csv, const struct history_tier_statistics *tier)
{
    char text[16] = "";
    const uint32_t rate = summary_rate(tier);
    if (rate != UINT32_MAX) {
        snprintf(text, sizeof text, "%u.%u", rate / 10, rate % 10);
    }
    csv_text_field(csv, text);
}

static void csv_stage(struct csv_text *csv, const struct history_tier_statistics *tier,
                      uint32_t stage, const struct history_tier_statistics *before)
{
    const struct history_percentiles *samples = summary_stage(tier, stage);
    csv_text_number(csv, tier->rows);
    csv_text_number(csv, samples->n);
    csv_text_number(csv, samples->missing);
    csv_text_number(csv, tier->excluded[HISTORY_DRILL]);
    csv_text_number(csv, tier->excluded[HISTORY_MERGED]);
    csv_text_number(csv, tier->excluded[HISTORY_CANCELLED]);
    csv_text_number(csv, tier->excluded[HISTORY_OPEN]);
    csv_text_number(csv, tier->met);
    csv_text_number(csv, tier->missed);
    csv_text_number(csv, tier->no_unit);
    csv_rate(csv, tier);
    csv_percentiles(csv, samples);
    static const struct history_tier_statistics none = {.response = {.p50_ms = TIME_NEVER,
                                                                     .p90_ms = TIME_NEVER,
                                                                     .p95_ms = TIME_NEVER,
                                                                     .p99_ms = TIME_NEVER,
                                                                     .max_ms = TIME_NEVER}};
    const bool was = before != NULL && before->rows > 0;
    csv_text_number(csv, was ? (int64_t)summary_stage(before, stage)->n : TIME_NEVER);
    csv_rate(csv, was ? before : &none);
    csv_percentiles(csv, was ? summary_stage(before, stage) : &none.response);
}

static void csv_times(const struct summary_question *question, const struct summary_result *result,
                      const struct summary_definition *definition, struct csv_text *csv)
{
    for (uint32_t i = 0; i < result->times.count; i++) {
        const struct history_summary_line *line = &result->times.lines[i];
        const struct summary_label label = summary_label_of(question, result, &line->line);
        const struct history_statistics *before = summary_times_before(result, line->line.key);
        for (uint32_t each = 0; each < TIER_COUNT * SUMMARY_STAGES; each++) {
            const uint32_t tier = each / SUMMARY_STAGES;
            csv_text_field(csv, label.code);
            csv_text_field(csv, label.name);
            csv_text_field(csv, types_name(TYPES_TIER, tier));
            csv_text_field(csv, summary_stage_names[each % SUMMARY_STAGES]);
            csv_stage(csv, &line->numbers.tiers[tier], each % SUMMARY_STAGES,
                      before == NULL ? NULL : &before->tiers[tier]);
            csv_definition(csv, question, definition);
        }
    }
}

static void csv_bulletin(const struct summary_question *question,
                         const struct summary_result *result,
                         const struct summary_definition *definition, struct csv_text *csv)
{
    for (uint32_t i = 0; i < result->bulletin.count * HISTORY_BULLETIN_STAGES; i++) {
        const struct history_bulletin_line *line =
            &result->bulletin.lines[i / HISTORY_BULLETIN_STAGES];
        const uint32_t stage = i % HISTORY_BULLETIN_STAGES;
        const struct history_bulletin_times *times = &line->times[stage];
        const struct summary_label label = summary_label_of(question, result, &line->line);
        csv_text_field(csv, label.code);
        csv_text_field(csv, label.name);
        csv_text_field(csv, bulletin_names[stage]);
        csv_text_number(csv, line->orders);
        csv_text_number(csv, line->drills);
        csv_text_number(csv, times->n);
        csv_text_number(csv, times->missing);
        csv_text_number(csv, times->withdrawn);
        for (uint32_t bin = 0; bin < HISTORY_BULLETIN_BINS; bin++) {
            csv_text_number(csv, times->bins[bin]);
        }
        csv_text_field(csv, times->slowest.code);
        csv_text_field(csv, times->slowest.name);
        csv_text_number(csv, times->slowest_ms);
        csv_text_number(csv, times->n == 0 ? TIME_NEVER : (int64_t)times->slowest_incident_id);
        const struct history_bulletin_line *before =
            summary_bulletin_before(result, line->line.key);
        for (uint32_t bin = 0; bin < HISTORY_BULLETIN_BINS; bin++) {
            csv_text_number(csv,
                            before == NULL ? TIME_NEVER : (int64_t)before->times[stage].bins[bin]);
        }
        csv_definition(csv, question, definition);
    }
}

void summary_table_csv(const struct summary_question *question, const struct summary_result *result,
                       const struct summary_definition *definition, struct proto_buffer *body)
{
    static const char times[] =
        "group,name,tier,stage,rows,n,missing,excluded_drill,excluded_merged,excluded_cancelled,"
        "excluded_open,met,missed,no_unit,rate_percent,p50_ms,p90_ms,p95_ms,p99_ms,max_ms,"
        "last_year_n,last_year_rate_percent,last_year_p50_ms,last_year_p90_ms,last_year_p95_ms,"
        "last_year_p99_ms,last_year_max_ms" DEFINITION_COLUMNS;
    static const char bulletin[] =
        "group,name,stage,orders,drills,n,missing,withdrawn,bin_1,bin_2,bin_3,bin_4,bin_5,"
        "slowest_unit,slowest_name,slowest_ms,slowest_incident_id,last_year_bin_1,last_year_bin_2,"
        "last_year_bin_3,last_year_bin_4,last_year_bin_5" DEFINITION_COLUMNS;
    struct csv_text csv;
    if (question->kind == SUMMARY_TIMES) {
        csv_text_begin(&csv, body, times);
        csv_times(question, result, definition, &csv);
    } else {
        csv_text_begin(&csv, body, bulletin);
        csv_bulletin(question, result, definition, &csv);
    }
}

/* ---- Terminal ---- */

static void say_definition(const struct summary_question *question,
                           const struct summary_result *result,
                           const struct summary_definition *definition, struct proto_buffer *body)
{
    terminal_text_say(body, "from ");
    terminal_text_time(body, question->filter.from_ms);
    terminal_text_say(body, " to ");
    terminal_text_time(body, question->filter.to_ms);
    terminal_text_say(body, ", time zone %s, days begin at %s, shifts at %s\n",
                      definition->time_zone, definition->day_starts, definition->shifts);
    terminal_text_say(body,
                      "clock from: %s; policy %s; percentiles by nearest rank, from every sample\n",
                      definition->clock_start, definition->policy);
    if (question->compares) {
        terminal_text_say(body, "last year: from ");
        terminal_text_time(body, result->before_from_ms);
        terminal_text_say(body, " to ");
        terminal_text_time(body, result->before_to_ms);
        terminal_text_say(body, "\n");
    }
}

#define LABEL_WIDTH 26u

static void say_label(struct proto_buffer *body, const struct summary_label *label)
{
    char text[2 * NAME_SIZE + 2];
    const bool named = label->name[0] != '\0';
    snprintf(text, sizeof text, "%s%s%s", label->code[0] == '\0' ? "-" : label->code,
             named ? " " : "", label->name);
    terminal_text_padded(body, text, LABEL_WIDTH);
}

static void say_rate(struct proto_buffer *body, const struct history_tier_statistics *tier)
{
    const uint32_t rate = tier == NULL ? UINT32_MAX : summary_rate(tier);
    char text[16] = "-";
    if (rate != UINT32_MAX) {
        snprintf(text, sizeof text, "%u.%u %%", rate / 10, rate % 10);
    }
    terminal_text_say(body, " %8s", text);
}

static void say_tier(struct proto_buffer *body, const struct summary_question *question,
                     const struct history_tier_statistics *tier,
                     const struct history_tier_statistics *before)
{
    for (uint32_t stage = 0; stage < SUMMARY_STAGES; stage++) {
        const struct history_percentiles *samples = summary_stage(tier, stage);
        terminal_text_say(body, "  %-26s %8u %8u", summary_stage_names[stage], samples->n,
                          samples->missing);
        terminal_text_span(body, samples->p50_ms);
        terminal_text_span(body, samples->p90_ms);
        terminal_text_span(body, samples->p95_ms);
        terminal_text_span(body, samples->p99_ms);
        terminal_text_span(body, samples->max_ms);
        if (question->compares) {
            const struct history_percentiles *then =
                before == NULL ? NULL : summary_stage(before, stage);
            terminal_text_say(body, " %8u", then == NULL ? 0 : then->n);
            terminal_text_span(body, then == NULL ? TIME_NEVER : then->p90_ms);
        }
        terminal_text_say(body, "\n");
    }
}

static void text_times(const struct summary_question *question, const struct summary_result *result,
                       struct proto_buffer *body)
{
    for (uint32_t i = 0; i < result->times.count; i++) {
        const struct history_summary_line *line = &result->times.lines[i];
        const struct summary_label label = summary_label_of(question, result, &line->line);
        const struct history_statistics *before = summary_times_before(result, line->line.key);
        for (uint32_t t = 0; t < TIER_COUNT; t++) {
            const struct history_tier_statistics *tier = &line->numbers.tiers[t];
            const struct history_tier_statistics *then = before == NULL ? NULL : &before->tiers[t];
            if (tier->rows == 0 && question->group != SUMMARY_NONE) {
                continue;
            }
            terminal_text_say(body, "\n");
            say_label(body, &label);
            terminal_text_say(body, " tier %s: met", types_name(TYPES_TIER, t));
            say_rate(body, tier);
            terminal_text_say(body, " (%u met, %u missed, %u no unit)", tier->met, tier->missed,
                              tier->no_unit);
            if (question->compares) {
                terminal_text_say(body, ", last year");
                say_rate(body, then);
            }
            terminal_text_say(
                body, "\n  excluded: %u drill, %u merged, %u cancelled, %u open; rows %u\n",
                tier->excluded[HISTORY_DRILL], tier->excluded[HISTORY_MERGED],
                tier->excluded[HISTORY_CANCELLED], tier->excluded[HISTORY_OPEN], tier->rows);
            terminal_text_say(body, "  %-26s %8s %8s %10s %10s %10s %10s %10s%s\n", "stage", "n",
                              "missing", "P50", "P90", "P95", "P99", "longest",
                              question->compares ? "   n then   P90 then" : "");
            say_tier(body, question, tier, then);
        }
    }
}

static void say_bulletin_stage(struct proto_buffer *body,
                               const struct history_bulletin_times *times)
{
    for (uint32_t bin = 0; bin < HISTORY_BULLETIN_BINS; bin++) {
        const uint32_t tenths =
            times->n == 0 ? 0 : (uint32_t)((uint64_t)times->bins[bin] * 1000 / times->n);
        terminal_text_say(body, " %7u %5u.%u%%", times->bins[bin], tenths / 10, tenths % 10);
    }
    terminal_text_say(body, " %8u %8u  ", times->missing, times->withdrawn);
    if (times->n > 0) {
        terminal_text_say(body, "%s %s, ", times->slowest.code, times->slowest.name);
        terminal_text_span(body, times->slowest_ms);
        terminal_text_say(body, ", incident %u", times->slowest_incident_id);
    }
    terminal_text_say(body, "\n");
}

static void text_bulletin(const struct summary_question *question,
                          const struct summary_result *result, struct proto_buffer *body)
{
    static const char *const heads[HISTORY_BULLETIN_STAGES] = {
        [HISTORY_SIGN] = "signed for (sent to acknowledged): 0-30, 30-60, 60-120, 120-180, >180 s",
        [HISTORY_DEPART] = "departed (sent to en route): 0-5, 5-10, 10-15, 15-30, >30 min",
        [HISTORY_FEEDBACK] = "fed back (sent to cleared): 0-30, 30-60 min, 1-2, 2-4, >4 h"};
    for (uint32_t stage = 0; stage < HISTORY_BULLETIN_STAGES; stage++) {
        terminal_text_say(body, "\n%s; then missing, withdrawn, the slowest\n", heads[stage]);
        for (uint32_t i = 0; i < result->bulletin.count; i++) {
            const struct history_bulletin_line *line = &result->bulletin.lines[i];
            const struct summary_label label = summary_label_of(question, result, &line->line);
            const struct history_bulletin_line *before =
                summary_bulletin_before(result, line->line.key);
            say_label(body, &label);
            say_bulletin_stage(body, &line->times[stage]);
            if (question->compares && before != NULL) {
                terminal_text_padded(body, "  last year", LABEL_WIDTH);
                say_bulletin_stage(body, &before->times[stage]);
            }
        }
    }
}

void summary_table_text(const struct summary_question *question,
                        const struct summary_result *result,
                        const struct summary_definition *definition, struct proto_buffer *body)
{
    say_definition(question, result, definition, body);
    if (question->kind == SUMMARY_TIMES) {
        text_times(question, result, body);
    } else {
        text_bulletin(question, result, body);
    }
}
