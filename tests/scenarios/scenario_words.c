#include "tests/scenarios/scenario_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *scenario_unit(const struct world *world, uint32_t unit_id)
{
    static char number[24];
    struct unit_view view;
    if (engine_unit(world->engine, unit_id, &view)) {
        return view.definition->code;
    }
    (void)snprintf(number, sizeof number, "unit %u", unit_id);
    return number;
}

static void add(char sentence[SENTENCE_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(char sentence[SENTENCE_SIZE], const char *format, ...)
{
    const size_t length = strlen(sentence);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence + length, SENTENCE_SIZE - length, format, arguments);
    va_end(arguments);
}

static void add_reason(char sentence[SENTENCE_SIZE], enum reason reason)
{
    if (reason != REASON_NONE) {
        add(sentence, " (%s)", types_name(TYPES_REASON, reason));
    }
}

static void decision(const struct world *world, const struct decision_made *made,
                     char sentence[SENTENCE_SIZE])
{
    if (made->wave > 0) {
        add(sentence, "I%u wave %u of volunteers:", made->incident_id, made->wave);
    } else {
        add(sentence, "I%u tier %s:", made->incident_id, types_name(TYPES_TIER, made->tier));
    }
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        const struct candidate *candidate = &made->candidates[i];
        add(sentence, "%s %s%s%s in %u s", i == 0 ? "" : ",", candidate->chosen ? "choose " : "",
            scenario_unit(world, candidate->unit_id),
            made->plan != PLAN_NONE && candidate->by_plan ? " by the plan"
            : made->area_first && candidate->own_area     ? " of the area"
                                                          : "",
            candidate->travel_ms / 1000);
    }
    add(sentence, "%s", made->candidate_count == 0 ? " nobody" : "");
    for (uint32_t i = 0; i < made->passed_count && i < 4; i++) {
        add(sentence, "%s %s%s: %s", i == 0 ? "; not" : ",",
            scenario_unit(world, made->passed[i].unit_id),
            made->passed[i].by_plan ? " of the plan" : "",
            types_name(TYPES_REASON, made->passed[i].reason));
    }
}

static void add_areas(const struct world *world, const uint32_t areas[AREA_KIND_COUNT],
                      char sentence[SENTENCE_SIZE])
{
    for (uint32_t i = 0; i < AREA_KIND_COUNT; i++) {
        if (areas[i] != AREA_NONE) {
            add(sentence, ", %s %s", types_name(TYPES_AREA_KIND, i),
                engine_area(world->engine, areas[i]).code);
        }
    }
}

static const char *ladder_words(uint32_t step)
{
    static const char *const steps[] = {[LADDER_RESENT] = "the order is sent again",
                                        [LADDER_ADDITIONAL] = "the next one is asked",
                                        [LADDER_DISPATCHER] = "the dispatcher is alarmed",
                                        [LADDER_SUPERVISOR] = "the supervisor is alarmed",
                                        [LADDER_PAR_ASKED] = "is all well?",
                                        [LADDER_PAR_OVERDUE] = "not even that all is well",
                                        [LADDER_SECOND] = "it goes out",
                                        [LADDER_SECOND_TAKEN] = "the gateway has it",
                                        [LADDER_SECOND_DELIVERED] = "it is delivered",
                                        [LADDER_SECOND_FAILED] = "it could not be delivered",
                                        [LADDER_SECOND_ANSWERED] = "a person said yes"};
    _Static_assert(sizeof steps / sizeof steps[0] == LADDER_STEP_COUNT, "each step has words");
    return step < sizeof steps / sizeof steps[0] ? steps[step] : "another step";
}

/* What has to be heard after the order: a change, a danger, a recall. */
static bool notice_words(const struct world *world, const struct event *event,
                         char sentence[SENTENCE_SIZE])
{
    if (event->kind == EVENT_INCIDENT_WARNED) {
        add(sentence, "I%u %s: %s", event->warned.incident_id,
            types_name(TYPES_WARN_LEVEL, event->warned.level), event->warned.text);
    } else if (event->kind == EVENT_NOTICE_SENT) {
        add(sentence, "%s has to hear:", scenario_unit(world, event->notice.unit_id));
        for (uint32_t kind = 0; kind < NOTICE_KIND_COUNT; kind++) {
            if ((event->notice.kinds >> kind & 1u) != 0) {
                add(sentence, " %s", types_name(TYPES_NOTICE_KIND, kind));
            }
        }
    } else if (event->kind == EVENT_NOTICE_UPDATED) {
        add(sentence, "%s has heard it: %s", scenario_unit(world, event->noticed.unit_id),
            types_name(TYPES_NOTICE_STATE, event->noticed.state));
    } else if (event->kind == EVENT_NOTICE_STEP) {
        const uint32_t step = event->notice_step.step;
        add(sentence, "%s does not say that it heard: %s",
            scenario_unit(world, event->notice_step.unit_id),
            step == LADDER_RESENT ? "it is said again" : ladder_words(step));
    } else {
        return false;
    }
    return true;
}

static void verdict(const struct world *world, const struct event *event,
                    char sentence[SENTENCE_SIZE])
{
    add(sentence, "I%u tier %s %s", event->verdict.incident_id,
        types_name(TYPES_TIER, event->verdict.tier),
        types_name(TYPES_TIER_VERDICT, event->verdict.verdict));
    if (event->verdict.unit_id != UNIT_NONE) {
        add(sentence, " by %s", scenario_unit(world, event->verdict.unit_id));
    }
    add(sentence, " after %u s", event->verdict.elapsed_ms / 1000);
}

static void alarm_words(const struct world *world, const struct event *event,
                        char sentence[SENTENCE_SIZE])
{
    const char *what = event->kind == EVENT_ALARM_RAISED     ? "raised"
                       : event->kind == EVENT_ALARM_ACKED    ? "taken by"
                       : event->kind == EVENT_ALARM_SHELVED  ? "shelved by"
                       : event->kind == EVENT_ALARM_RETURNED ? "is back"
                                                             : "cleared";
    const bool has_actor = event->kind == EVENT_ALARM_ACKED || event->kind == EVENT_ALARM_SHELVED;
    if (event->alarm.checkpoint != CHECKPOINT_NONE) {
        add(sentence, "alarm %s of %s", types_name(TYPES_ALARM_KIND, event->alarm.kind),
            engine_checkpoint(world->engine, event->alarm.checkpoint).definition->code);
    } else if (event->alarm.circle == CIRCLE_NONE) {
        add(sentence, "alarm %s of I%u", types_name(TYPES_ALARM_KIND, event->alarm.kind),
            event->alarm.incident_id);
    } else {
        add(sentence, "alarm %s of %s tier %s", types_name(TYPES_ALARM_KIND, event->alarm.kind),
            engine_circle(world->engine, event->alarm.circle)->code,
            types_name(TYPES_TIER, event->alarm.tier));
    }
    if (event->alarm.unit_id != UNIT_NONE) {
        add(sentence, " about %s", scenario_unit(world, event->alarm.unit_id));
    }
    add(sentence, " %s%s%s", what, has_actor ? " " : "", has_actor ? event->actor.id : "");
    if (event->kind == EVENT_ALARM_SHELVED) {
        add(sentence, " for %lld s", (long long)(event->alarm.until_ms - event->at_ms) / 1000);
    }
}

static void updated(const struct world *world, const struct event *event,
                    char sentence[SENTENCE_SIZE])
{
    add(sentence, "%s %s", scenario_unit(world, event->updated.unit_id),
        types_name(TYPES_ASSIGNMENT_STATE, event->updated.state));
    add(sentence, "%s%s", event->updated.late ? " late" : "",
        event->updated.skipped ? ", skipping a step" : "");
    const bool is_told = event->updated.state <= ASSIGNMENT_DECLINED; /* others are decisions */
    add(sentence, "%s",
        is_told && event->updated.source == SOURCE_DISPATCHER ? ", says the dispatcher" : "");
    add_reason(sentence, event->updated.reason);
}

static bool panic_words(const struct world *world, const struct event *event,
                        char sentence[SENTENCE_SIZE])
{
    if (event->kind == EVENT_UNIT_PANIC) {
        add(sentence, "%s calls for help: I%u (place: %s)",
            scenario_unit(world, event->panic.unit_id), event->panic.incident_id,
            types_name(TYPES_PANIC_PLACE, event->panic.place));
    } else if (event->kind == EVENT_PANIC_WIDENED) {
        add(sentence, "nobody in charge answers %s: everybody is told",
            scenario_unit(world, event->panic_end.unit_id));
    } else if (event->kind == EVENT_PANIC_CLOSED) {
        add(sentence, "the call of %s is ended", scenario_unit(world, event->panic_end.unit_id));
    } else if (event->kind == EVENT_ASSIGNMENT_PAR) {
        add(sentence, "%s says that all is well", scenario_unit(world, event->par.unit_id));
    } else {
        return false;
    }
    return true;
}

static bool referral_words(const struct world *world, const struct event *event,
                           char sentence[SENTENCE_SIZE])
{
    if (event->kind == EVENT_REFERRAL_SENT) {
        const char *code = engine_centre(world->engine, event->referred.centre)->code;
        const bool diverts = event->referred.kind == CENTRE_COMMUNITY;
        add(sentence, diverts ? "I%u is given to %s" : "I%u: %s is asked for units",
            event->referred.incident_id, code);
    } else if (event->kind == EVENT_REFERRAL_UPDATED) {
        add(sentence, "%s says of I%u: %s",
            engine_centre(world->engine, event->referral.centre)->code, event->referral.incident_id,
            types_name(TYPES_REFERRAL_STATE, event->referral.state));
        add_reason(sentence, event->referral.reason);
        add(sentence, "%s%s", event->referral.units[0] == '\0' ? "" : ", ", event->referral.units);
    } else {
        return false;
    }
    return true;
}

static bool patrol_words(const struct world *world, const struct event *event,
                         char sentence[SENTENCE_SIZE])
{
    if (event->kind == EVENT_CHECKPOINT_VISITED) {
        const char *code = engine_checkpoint(world->engine, event->visited.index).definition->code;
        add(sentence, "%s has visited %s, ", scenario_unit(world, event->visited.unit_id), code);
        if (event->visited.visit == VISIT_WALKED) {
            add(sentence, "walked in %u s", event->visited.stayed_ms / 1000);
        } else if (event->visited.visit == VISIT_SEEN) {
            add(sentence, "there for %u s", event->visited.stayed_ms / 1000);
        } else {
            add(sentence, "%s", types_name(TYPES_VISIT, event->visited.visit));
            if (event->visited.distance_m != UINT32_MAX) {
                add(sentence, " from %u m", event->visited.distance_m);
            }
        }
    } else if (event->kind == EVENT_CHECKPOINT_OVERDUE) {
        add(sentence, "%s is overdue, missed %u",
            engine_checkpoint(world->engine, event->overdue.index).definition->code,
            event->overdue.missed);
    } else {
        return false;
    }
    return true;
}

static void add_plan(const struct world *world, uint32_t version, char sentence[SENTENCE_SIZE])
{
    const struct circle_plan *plan = engine_plan_version(world->engine, version);
    if (plan != NULL) {
        add(sentence, ", plan %s, version %u", plan->code, version);
    }
}

/* A kind that is not named here is said by its name. */
void scenario_sentence(const struct world *world, const struct event *event,
                       char sentence[SENTENCE_SIZE])
{
    sentence[0] = '\0';
    if (event->kind == EVENT_REPORT_RECEIVED) {
        add(sentence, "report %u %s I%u", event->report.report_id,
            event->report.merged ? "joins" : "opens", event->report.incident_id);
    } else if (event->kind == EVENT_INCIDENT_OPENED) {
        add(sentence, "I%u: %s, priority %u%s", event->opened.incident_id,
            types_name(TYPES_INCIDENT_TYPE, event->opened.type), event->opened.priority,
            event->opened.drill ? ", a drill" : "");
        add_areas(world, event->opened.areas, sentence);
        add_plan(world, event->opened.plan_version, sentence);
    } else if (event->kind == EVENT_DECISION_MADE) {
        decision(world, &event->decision, sentence);
    } else if (event->kind == EVENT_ASSIGNMENT_SENT) {
        add(sentence, "%s %s I%u tier %s%s", scenario_unit(world, event->sent.unit_id),
            event->sent.wave > 0 ? "is asked to" : "ordered to", event->sent.incident_id,
            types_name(TYPES_TIER, event->sent.tier),
            event->sent.additional && event->sent.wave == 0 ? " in addition" : "");
    } else if (event->kind == EVENT_ASSIGNMENT_UPDATED) {
        updated(world, event, sentence);
    } else if (event->kind == EVENT_ASSIGNMENT_STEP) {
        const bool is_second = event->step.step >= LADDER_SECOND;
        add(sentence, "%s %s: %s", scenario_unit(world, event->step.unit_id),
            is_second ? "by the second channel" : "does not answer",
            ladder_words(event->step.step));
    } else if (event->kind == EVENT_INCIDENT_UPDATED) {
        add(sentence, "I%u is now: %s, priority %u", event->incident.incident_id,
            types_name(TYPES_INCIDENT_TYPE, event->incident.type), event->incident.priority);
        add_areas(world, event->incident.areas, sentence);
    } else if (event->kind == EVENT_INCIDENT_STATE) {
        add(sentence, "I%u becomes %s", event->state.incident_id,
            types_name(TYPES_INCIDENT_STATE, event->state.state));
        add_reason(sentence, event->state.reason);
    } else if (event->kind == EVENT_TIER_VERDICT) {
        verdict(world, event, sentence);
    } else if (event->kind == EVENT_UNIT_DUTY) {
        add(sentence, "%s signs %s", scenario_unit(world, event->duty.unit_id),
            types_name(TYPES_DUTY, event->duty.duty));
    } else if (event->kind == EVENT_ALARM_RAISED || event->kind == EVENT_ALARM_ACKED ||
               event->kind == EVENT_ALARM_CLEARED || event->kind == EVENT_ALARM_SHELVED ||
               event->kind == EVENT_ALARM_RETURNED) {
        alarm_words(world, event, sentence);
    } else if (event->kind == EVENT_POLICY_PUT) {
        add(sentence, "policy %s, version %u, holds from now on", event->policy.policy.name,
            event->policy.version);
    } else if (event->kind == EVENT_PLAN_PUT) {
        add(sentence, "plan %s of circle %u, version %u, holds from now on", event->plan.plan.code,
            event->plan.plan.circle + 1, event->plan.version);
    } else if (event->kind == EVENT_INCIDENT_ARCHIVED) {
        add(sentence, "I%u leaves the board", event->archived.incident_id);
    } else if (event->kind == EVENT_COMMAND_REFUSED) {
        add(sentence, "refused %s: %s", command_kind_name(event->refused.command),
            types_name(TYPES_REASON, event->refused.reason));
    } else if (!notice_words(world, event, sentence) && !panic_words(world, event, sentence) &&
               !referral_words(world, event, sentence) && !patrol_words(world, event, sentence)) {
        add(sentence, "%s", event_kind_name(event->kind));
    }
}

/* ---- What is so now ---- */

static bool incident_is(const struct world *world, uint32_t incident_id, const char *rest)
{
    struct incident_view view;
    char tier[8];
    char verdict_name[32];
    if (!engine_incident(world->engine, incident_id, &view)) {
        return strcmp(rest, "is gone") == 0;
    }
    if (sscanf(rest, "tier %7s is %31s", tier, verdict_name) == 2) {
        const int32_t found = types_find(TYPES_TIER, tier);
        return found >= 0 &&
               strcmp(types_name(TYPES_TIER_VERDICT, view.tiers[found].verdict), verdict_name) == 0;
    }
    return strncmp(rest, "is ", 3) == 0 &&
           strcmp(rest + 3, types_name(TYPES_INCIDENT_STATE, view.state)) == 0;
}

static bool unit_is(const struct world *world, const char *code, const char *rest)
{
    struct unit_view view;
    return engine_unit(world->engine, engine_unit_find(world->engine, code), &view) &&
           strncmp(rest, "is ", 3) == 0 &&
           strcmp(rest + 3, types_name(TYPES_UNIT_STATUS, view.status)) == 0;
}

/* Who could be there in time now, if anybody. */
static bool circle_is(const struct world *world, uint32_t number, const char *tier_name,
                      const char *rest)
{
    struct coverage_view view;
    const int32_t tier = types_find(TYPES_TIER, tier_name);
    engine_coverage_refresh(world->engine, world->now_ms);
    if (tier < 0 || number == 0 ||
        !engine_coverage(world->engine, number - 1, (enum tier)tier, &view)) {
        return false;
    }
    if (strcmp(rest, "has a gap") == 0) {
        return view.gap_since_ms != TIME_NEVER;
    }
    for (uint32_t i = 0; i < view.count && strncmp(rest, "is covered by ", 14) == 0; i++) {
        if (strcmp(rest + 14, scenario_unit(world, view.units[i].unit_id)) == 0) {
            return true;
        }
    }
    return false;
}

static bool checkpoint_is(const struct world *world, const char *code, const char *rest)
{
    const uint32_t index = engine_checkpoint_find(world->engine, code);
    if (index == UINT32_MAX) {
        return false;
    }
    const struct checkpoint_view view = engine_checkpoint(world->engine, index);
    uint32_t seconds = 0;
    if (sscanf(rest, "is due in %u s", &seconds) == 1) {
        return view.due_ms == world->now_ms + (int64_t)seconds * 1000;
    }
    char stop[CODE_SIZE];
    if (sscanf(rest, "comes to %15s next", stop) == 1) {
        return view.next < view.definition->stop_count &&
               strcmp(engine_checkpoint(world->engine, view.definition->stops[view.next])
                          .definition->code,
                      stop) == 0;
    }
    return strcmp(rest, "is overdue") == 0 && view.overdue_ms != TIME_NEVER;
}

bool scenario_is_so(const struct world *world, const char *sentence)
{
    char word[32];
    uint32_t incident_id = 0;
    int length = 0;
    if (sscanf(sentence, "alarm %31s of I%u is open%n", word, &incident_id, &length) == 2 &&
        length > 0) {
        const int32_t kind = types_find(TYPES_ALARM_KIND, word);
        return kind >= 0 && world_has_alarm(world, (enum alarm_kind)kind, incident_id);
    }
    length = 0;
    if (sscanf(sentence, "checkpoint %31s %n", word, &length) == 1 && length > 0) {
        return checkpoint_is(world, word, sentence + length);
    }
    uint32_t circle = 0;
    if (sscanf(sentence, "circle %u tier %31s %n", &circle, word, &length) == 2 && length > 0) {
        return circle_is(world, circle, word, sentence + length);
    }
    length = 0;
    if (sscanf(sentence, "I%u %n", &incident_id, &length) == 1 && length > 0) {
        return incident_is(world, incident_id, sentence + length);
    }
    return sscanf(sentence, "%31s %n", word, &length) == 1 && length > 0 &&
           unit_is(world, word, sentence + length);
}
