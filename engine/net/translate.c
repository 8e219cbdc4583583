#include "engine/net/translate.h"

#include <assert.h>
#include <string.h>

#include "engine/net/translate_key.h"
#include "geo/geo_coordinate.h"

#define COPY_TEXT(to, from)                                                                        \
    do {                                                                                           \
        _Static_assert(sizeof(to) >= sizeof(from), "the engine holds what the wire allows");       \
        memcpy(to, from, sizeof(from));                                                            \
    } while (0)

struct geo_point translate_point(struct proto_place place)
{
    return (struct geo_point){.lat_e7 = place.lat_e7, .lon_e7 = place.lon_e7};
}

struct geo_point translate_source(struct proto_place place, enum proto_crs crs)
{
    static const enum geo_crs systems[] = {[PROTO_CRS_WGS84] = GEO_CRS_WGS84,
                                           [PROTO_CRS_GCJ02] = GEO_CRS_GCJ02,
                                           [PROTO_CRS_BD09] = GEO_CRS_BD09};
    _Static_assert(sizeof systems / sizeof systems[0] == PROTO_CRS_COUNT, "every source is read");
    assert(crs < PROTO_CRS_COUNT);
    return geo_coordinate_to_wgs84(systems[crs], translate_point(place));
}

struct proto_place translate_place(struct geo_point point)
{
    return (struct proto_place){.lat_e7 = point.lat_e7, .lon_e7 = point.lon_e7};
}

/* ---- The city ---- */

static int32_t clamp(int32_t value, int32_t low, int32_t high)
{
    if (value < low) {
        return low;
    }
    return value > high ? high : value;
}

bool translate_in_city(const struct engine_config *config, struct geo_point at)
{
    if (config->map == NULL) {
        return true; /* no map, no bounds: every place is as good */
    }
    const struct geo_map_header *map = config->map->header;
    const struct geo_point nearest = {.lat_e7 = clamp(at.lat_e7, map->south_e7, map->north_e7),
                                      .lon_e7 = clamp(at.lon_e7, map->west_e7, map->east_e7)};
    return geo_distance_m(at, nearest) <= TRANSLATE_CITY_M;
}

void translate_error(const struct engine_config *config, struct proto_error *error)
{
    if (error->code != PROTO_SWAPPED_COORDINATES) {
        return;
    }
    const struct geo_point swapped = translate_point(error->swapped);
    if (config->map == NULL || !geo_point_valid(swapped) || !translate_in_city(config, swapped)) {
        char pointer[PROTO_POINTER_SIZE];
        memcpy(pointer, error->pointer, sizeof pointer);
        proto_error_set(error, PROTO_OUT_OF_RANGE, pointer, "lat must be -90 to 90");
    }
}

bool translate_is_swapped(const struct engine_config *config, struct geo_point at)
{
    const struct geo_point swapped = {.lat_e7 = at.lon_e7, .lon_e7 = at.lat_e7};
    return !translate_in_city(config, at) && geo_point_valid(swapped) &&
           translate_in_city(config, swapped);
}

static bool place_accept(const struct engine_config *config, struct geo_point at,
                         struct proto_error *error)
{
    if (translate_in_city(config, at)) {
        return true;
    }
    const bool would_fit = translate_is_swapped(config, at);
    proto_error_set(error, PROTO_OUTSIDE_CITY, "/lat",
                    would_fit ? "The place is more than 50 km from the map; with lat and lon "
                                "exchanged it would lie in the city"
                              : "The place is more than 50 km from the map");
    return false;
}

/* ---- Who ---- */

struct actor translate_actor(const struct identity *identity, const struct engine *engine)
{
    struct actor actor = {.source = SOURCE_DISPATCHER};
    _Static_assert(sizeof actor.id == sizeof identity->name, "an actor is a user's name");
    memcpy(actor.id, identity->name, sizeof actor.id);
    switch (identity->role) {
    case ROLE_UNIT: {
        struct unit_view unit;
        actor.source = SOURCE_UNIT;
        if (engine_unit(engine, identity->unit_id, &unit)) {
            static const char prefix[] = "unit:";
            _Static_assert(sizeof prefix - 1 + CODE_SIZE <= ACTOR_SIZE, "unit:CODE fits");
            memset(actor.id, 0, sizeof actor.id);
            memcpy(actor.id, prefix, sizeof prefix - 1);
            memcpy(actor.id + sizeof prefix - 1, unit.definition->code, CODE_SIZE);
        }
        break;
    }
    case ROLE_API:
        actor.source = SOURCE_API;
        break;
    case ROLE_DISPATCHER:
    case ROLE_SUPERVISOR:
    case ROLE_ADMINISTRATOR:
        break;
    case ROLE_COUNT:
        assert(false);
        break;
    }
    return actor;
}

/* ---- Bodies ---- */

static bool time_accept(int64_t *at_ms, int64_t now_ms, const char *pointer,
                        struct proto_error *error)
{
    if (*at_ms == PROTO_NEVER || *at_ms <= now_ms) {
        return true;
    }
    if (*at_ms > now_ms + TRANSLATE_AHEAD_MS) {
        proto_error_set(error, PROTO_OUT_OF_RANGE, pointer,
                        "The time lies more than a minute in the future");
        return false;
    }
    *at_ms = now_ms; /* clocks differ; nothing has happened later than now */
    return true;
}

/* Tiers are reckoned from it: one in seconds instead of milliseconds would miss them all. */
static bool received_accept(int64_t received_ms, int64_t now_ms, struct proto_error *error)
{
    if (received_ms != PROTO_NEVER && received_ms < now_ms - TRANSLATE_RECEIVED_MS) {
        proto_error_set(error, PROTO_OUT_OF_RANGE, "/received_ms",
                        "The time lies more than a day ago; it is in milliseconds");
        return false;
    }
    return true;
}

static bool report_fill(const struct proto_report_create *from, const struct engine_config *config,
                        int64_t now_ms, struct report_create *to, struct proto_error *error)
{
    *to = (struct report_create){
        .channel = (enum channel)from->channel,
        .type = (enum incident_type)from->type,
        .priority = from->priority,
        .at = translate_source(from->at, from->crs),
        .occurred_ms = from->occurred_ms,
        .received_ms = from->received_ms,
        .drill = from->drill,
        .may_merge = from->merge,
    };
    COPY_TEXT(to->address, from->address);
    COPY_TEXT(to->caller, from->caller);
    COPY_TEXT(to->phone, from->phone);
    COPY_TEXT(to->note, from->note);
    return place_accept(config, to->at, error) &&
           time_accept(&to->occurred_ms, now_ms, "/occurred_ms", error) &&
           time_accept(&to->received_ms, now_ms, "/received_ms", error) &&
           received_accept(to->received_ms, now_ms, error);
}

static void digits_append(char *text, size_t size, uint32_t value)
{
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    size_t at = strlen(text);
    while (count > 0 && at + 1 < size) {
        text[at++] = digits[--count];
    }
    text[at] = '\0';
}

static bool unit_resolve(const struct engine *engine, const char *code, const char *pointer,
                         uint32_t *unit_id, struct proto_error *error)
{
    *unit_id = engine_unit_find(engine, code);
    if (*unit_id != UNIT_NONE) {
        return true;
    }
    proto_error_set(error, PROTO_UNKNOWN_UNIT, pointer, "No unit has this code");
    return false;
}

static bool order_fill(const struct proto_incident_order *from, const struct engine *engine,
                       struct incident_order *to, struct proto_error *error)
{
    _Static_assert(PROTO_ORDER_UNITS_MAX == ORDER_UNITS_MAX, "one limit on both sides");
    *to = (struct incident_order){.incident_id = from->incident_id,
                                  .generation = from->generation,
                                  .unit_count = from->unit_count};
    COPY_TEXT(to->note, from->note);
    for (uint32_t i = 0; i < from->unit_count; i++) {
        char pointer[PROTO_POINTER_SIZE] = "/units/";
        digits_append(pointer, sizeof pointer, i);
        memcpy(pointer + strlen(pointer), "/unit", sizeof "/unit");
        if (!unit_resolve(engine, from->units[i].unit, pointer, &to->units[i].unit_id, error)) {
            return false;
        }
        to->units[i].tier = (enum tier)from->units[i].tier;
        to->units[i].victim_id = from->units[i].victim_id;
        for (uint32_t j = 0; j < i; j++) {
            if (to->units[j].unit_id == to->units[i].unit_id) {
                proto_error_set(error, PROTO_OUT_OF_RANGE, pointer, "The unit is named twice");
                return false;
            }
        }
    }
    return true;
}

static bool update_fill(const struct proto_incident_update *from,
                        const struct engine_config *config, const struct engine *engine,
                        struct incident_update *to, struct proto_error *error)
{
    *to = (struct incident_update){
        .incident_id = from->incident_id,
        .generation = from->generation,
        .has_place = from->has_place,
        .has_type = from->has_type,
        .has_priority = from->has_priority,
        .at = translate_source(from->at, from->crs),
        .type = (enum incident_type)from->type,
        .priority = from->priority,
    };
    COPY_TEXT(to->address, from->address);
    if (from->has_place && !place_accept(config, to->at, error)) {
        return false;
    }
    /* The engine takes an address with its place; what is not named stays as it is. */
    struct incident_view incident;
    if (from->has_place != from->has_address &&
        engine_incident(engine, from->incident_id, &incident)) {
        to->has_place = true;
        if (from->has_place) {
            memset(to->address, 0, sizeof to->address);
            memcpy(to->address, incident.address, strlen(incident.address));
        } else {
            to->at = incident.at;
        }
    }
    return true;
}

/* By code, or the unit that asks. */
static bool unit_fill(const char *code, const struct identity *identity,
                      const struct engine *engine, uint32_t *unit_id, struct proto_error *error)
{
    if (code[0] != '\0') {
        return unit_resolve(engine, code, "/unit", unit_id, error);
    }
    if (identity->unit_id == UNIT_NONE) {
        proto_error_set(error, PROTO_MISSING_MEMBER, "/unit", "Say which unit");
        return false;
    }
    *unit_id = identity->unit_id;
    return true;
}

static bool panic_fill(const struct proto_unit_panic *from, const struct identity *identity,
                       const struct engine_config *config, const struct engine *engine,
                       struct command *command, struct proto_error *error)
{
    /* A place that cannot be is left out, not refused: the call itself counts. */
    command->panic.at = translate_point(from->at);
    command->panic.has_place = from->has_place && translate_in_city(config, command->panic.at);
    command->panic.device_ms = from->device_ms;
    return unit_fill(from->unit, identity, engine, &command->panic.unit_id, error);
}

static bool sign_fill(const struct proto_checkpoint_sign *from, const struct identity *identity,
                      const struct engine *engine, struct command *command,
                      struct proto_error *error)
{
    command->sign.checkpoint = engine_checkpoint_find(engine, from->checkpoint);
    command->sign.visit = (enum visit)from->visit;
    command->sign.device_ms = from->device_ms;
    if (command->sign.checkpoint == UINT32_MAX) {
        proto_error_set(error, PROTO_UNKNOWN_CHECKPOINT, "/checkpoint",
                        "No checkpoint has this code");
        return false;
    }
    return unit_fill(from->unit, identity, engine, &command->sign.unit_id, error);
}

static bool duty_fill(const struct proto_unit_duty_set *from, const struct identity *identity,
                      const struct engine *engine, struct command *command,
                      struct proto_error *error)
{
    command->duty.duty = (enum duty)from->duty;
    command->duty.reason = (enum reason)from->reason;
    if (!unit_fill(from->unit, identity, engine, &command->duty.unit_id, error)) {
        return false;
    }
    struct unit_view unit;
    command->duty.people = from->people;
    if (!from->has_people && engine_unit(engine, command->duty.unit_id, &unit)) {
        command->duty.people = unit.definition->people;
    }
    command->duty.has_equipment = from->has_equipment;
    command->duty.has_crew = from->has_crew;
    command->duty.has_device = from->has_device;
    command->duty.sign_on.equipment = from->equipment;
    memcpy(command->duty.sign_on.crew, from->crew, CREW_SIZE);
    memcpy(command->duty.sign_on.device, from->device, DEVICE_SIZE);
    return true;
}

static bool life_fill(const struct proto_incident_life *from, int64_t now_ms,
                      struct command *command, struct proto_error *error)
{
    if (command->kind != COMMAND_INCIDENT_HOLD) {
        command->life.incident_id = from->incident_id;
        command->life.reason = (enum reason)from->reason;
        COPY_TEXT(command->life.note, from->note);
        return true;
    }
    if (from->review_ms <= now_ms || from->review_ms > now_ms + TRANSLATE_HOLD_MS) {
        proto_error_set(error, PROTO_OUT_OF_RANGE, "/review_ms",
                        "It is looked at again later than now and within a day");
        return false;
    }
    command->hold.incident_id = from->incident_id;
    command->hold.reason = (enum reason)from->reason;
    command->hold.review_ms = from->review_ms;
    COPY_TEXT(command->hold.note, from->note);
    return true;
}

static bool alarm_fill(const struct proto_alarm_act *from, int64_t now_ms, struct command *command,
                       struct proto_error *error)
{
    command->alarm.alarm_id = from->alarm_id;
    if (command->kind == COMMAND_ALARM_ACK) {
        return true;
    }
    if (from->until_ms <= now_ms || from->until_ms > now_ms + TRANSLATE_SHELVE_MS) {
        proto_error_set(error, PROTO_OUT_OF_RANGE, "/until_ms",
                        "It comes back later than now and within 15 minutes");
        return false;
    }
    command->alarm.reason = (enum reason)from->reason;
    command->alarm.until_ms = from->until_ms;
    COPY_TEXT(command->alarm.note, from->note);
    return true;
}

static bool refer_fill(const struct proto_incident_refer *from, const struct engine *engine,
                       struct command *command, struct proto_error *error)
{
    command->refer.incident_id = from->incident_id;
    command->refer.generation = from->generation;
    command->refer.centre = engine_centre_find(engine, from->centre);
    COPY_TEXT(command->refer.note, from->note);
    if (command->refer.centre == UINT32_MAX) {
        proto_error_set(error, PROTO_UNKNOWN_CENTRE, "/centre", "No centre has this code");
        return false;
    }
    return true;
}

static bool correct_fill(const struct proto_milestone_correct *from, int64_t now_ms,
                         struct command *command, struct proto_error *error)
{
    command->correct.assignment_id = from->assignment_id;
    command->correct.milestone = (enum assignment_state)from->milestone;
    command->correct.corrected_ms = from->corrected_ms;
    COPY_TEXT(command->correct.note, from->note);
    return time_accept(&command->correct.corrected_ms, now_ms, "/corrected_ms", error);
}

_Static_assert((int)TIER_COUNT == (int)PROTO_TIER_COUNT, "no tier is no tier on both sides");
_Static_assert((int)PROTO_OP_COUNT - (int)PROTO_OP_REPORT_CREATE ==
                   (int)COMMAND_KIND_COUNT - (int)COMMAND_REPORT_CREATE,
               "commands are in one order in both lists");

bool translate_command(const struct proto_command *from, const struct identity *identity,
                       const struct engine_config *config, const struct engine *engine,
                       int64_t now_ms, struct command *command, struct proto_error *error)
{
    assert(from->op >= PROTO_OP_REPORT_CREATE);
    assert(from->op < PROTO_OP_COUNT);

    memset(command, 0, sizeof *command);
    command->kind = (enum command_kind)((int)from->op - (int)PROTO_OP_REPORT_CREATE +
                                        (int)COMMAND_REPORT_CREATE);
    command->actor = translate_actor(identity, engine);
    translate_key_id(identity->name, from->key, command->id);
    switch (command->kind) {
    case COMMAND_REPORT_CREATE:
        return report_fill(&from->report, config, now_ms, &command->report, error);
    case COMMAND_INCIDENT_RECOMMEND:
        command->recommend.incident_id = from->act.incident_id;
        return true;
    case COMMAND_INCIDENT_ORDER:
        return order_fill(&from->order, engine, &command->order, error);
    case COMMAND_INCIDENT_UPDATE:
        return update_fill(&from->update, config, engine, &command->update, error);
    case COMMAND_INCIDENT_NOTE:
        command->note.incident_id = from->act.incident_id;
        COPY_TEXT(command->note.note, from->act.note);
        return true;
    case COMMAND_INCIDENT_CANCEL:
        command->cancel.incident_id = from->act.incident_id;
        command->cancel.reason = (enum reason)from->act.reason;
        COPY_TEXT(command->cancel.note, from->act.note);
        return true;
    case COMMAND_INCIDENT_CLOSE:
        command->close.incident_id = from->act.incident_id;
        command->close.reason = (enum reason)from->act.reason;
        command->close.clear_all = from->act.clear_all;
        COPY_TEXT(command->close.note, from->act.note);
        return true;
    case COMMAND_ASSIGNMENT_UPDATE:
        command->assignment.assignment_id = from->assignment.assignment_id;
        command->assignment.unit_id = identity->unit_id;
        command->assignment.state = (enum assignment_state)from->assignment.state;
        command->assignment.reason = (enum reason)from->assignment.reason;
        command->assignment.device_ms = from->assignment.device_ms;
        COPY_TEXT(command->assignment.note, from->assignment.note);
        return true;
    case COMMAND_ASSIGNMENT_RECALL:
        command->recall.assignment_id = from->recall.assignment_id;
        command->recall.reason = (enum reason)from->recall.reason;
        return true;
    case COMMAND_UNIT_DUTY:
        return duty_fill(&from->duty, identity, engine, command, error);
    case COMMAND_ALARM_ACK:
    case COMMAND_ALARM_SHELVE:
        return alarm_fill(&from->alarm, now_ms, command, error);
    case COMMAND_ASSIGNMENT_SUPPORT:
        command->support.assignment_id = from->support.assignment_id;
        command->support.unit_id = identity->unit_id;
        COPY_TEXT(command->support.note, from->support.note);
        return true;
    case COMMAND_INCIDENT_WARN:
        command->warn.incident_id = from->warn.incident_id;
        command->warn.level = (enum warn_level)from->warn.level;
        COPY_TEXT(command->warn.text, from->warn.text);
        return true;
    case COMMAND_UNIT_PANIC:
        return panic_fill(&from->panic, identity, config, engine, command, error);
    case COMMAND_PANIC_CLOSE:
        command->panic_close.reason = (enum reason)from->panic_close.reason;
        COPY_TEXT(command->panic_close.note, from->panic_close.note);
        return unit_resolve(engine, from->panic_close.unit, "/unit", &command->panic_close.unit_id,
                            error);
    case COMMAND_ASSIGNMENT_PAR:
        command->par.assignment_id = from->par.assignment_id;
        command->par.unit_id = identity->unit_id;
        command->par.device_ms = from->par.device_ms;
        return true;
    case COMMAND_NOTICE_UPDATE:
        command->notice.assignment_id = from->notice.assignment_id;
        command->notice.unit_id = identity->unit_id;
        command->notice.number = from->notice.number;
        command->notice.state = (enum notice_state)from->notice.state;
        command->notice.device_ms = from->notice.device_ms;
        return true;
    case COMMAND_INCIDENT_HOLD:
    case COMMAND_INCIDENT_RELEASE:
    case COMMAND_INCIDENT_REOPEN:
    case COMMAND_INCIDENT_CLAIM:
        return life_fill(&from->life, now_ms, command, error);
    case COMMAND_INCIDENT_MERGE:
        command->merge.incident_id = from->merge.incident_id;
        command->merge.into_id = from->merge.into_id;
        command->merge.move = from->merge.move;
        COPY_TEXT(command->merge.note, from->merge.note);
        return true;
    case COMMAND_INCIDENT_HAND_OVER:
        command->hand_over.incident_id = from->hand_over.incident_id;
        command->hand_over.is_superior = identity->role == ROLE_SUPERVISOR;
        COPY_TEXT(command->hand_over.to, from->hand_over.to);
        COPY_TEXT(command->hand_over.note, from->hand_over.note);
        return true;
    case COMMAND_REPORT_LINK:
    case COMMAND_REPORT_SPLIT:
    case COMMAND_REPORT_ANSWER:
        command->about_report.report_id = from->about_report.report_id;
        command->about_report.incident_id = from->about_report.incident_id;
        COPY_TEXT(command->about_report.note, from->about_report.note);
        return true;
    case COMMAND_ASSIGNMENT_REASSIGN:
        command->reassign.assignment_id = from->reassign.assignment_id;
        command->reassign.incident_id = from->reassign.incident_id;
        command->reassign.generation = from->reassign.generation;
        command->reassign.tier = (enum tier)from->reassign.tier;
        return true;
    case COMMAND_MILESTONE_CORRECT:
        return correct_fill(&from->correct, now_ms, command, error);
    case COMMAND_INCIDENT_REFER:
        return refer_fill(&from->refer, engine, command, error);
    case COMMAND_REFERRAL_UPDATE:
        command->referral.referral_id = from->referral.referral_id;
        command->referral.version = from->referral.version;
        command->referral.state = (enum referral_state)from->referral.state;
        command->referral.reason = (enum reason)from->referral.reason;
        COPY_TEXT(command->referral.units, from->referral.units);
        COPY_TEXT(command->referral.note, from->referral.note);
        return true;
    case COMMAND_CHECKPOINT_SIGN:
        return sign_fill(&from->sign, identity, engine, command, error);
    case COMMAND_INCIDENT_PHOTO:
        command->photo.incident_id = from->photo.incident_id;
        command->photo.assignment_id = from->photo.assignment_id;
        command->photo.unit_id = identity->unit_id;
        command->photo.media = (enum photo_media)from->photo.media;
        command->photo.size = from->photo.size;
        command->photo.device_ms = from->photo.device_ms;
        command->photo.of_record = from->photo.of_record;
        memcpy(command->photo.hash, from->photo.hash, sizeof command->photo.hash);
        return true;
    case COMMAND_TICK:
    case COMMAND_ROSTER_PUT:
    case COMMAND_AUDIT:
    case COMMAND_POLICY_PUT:
    case COMMAND_ASSIGNMENT_RECEIPT:
    case COMMAND_KIND_COUNT:
        break;
    }
    assert(false); /* no client gives these */
    return false;
}

/* ---- Refusals ---- */

enum proto_code translate_refusal(enum reason reason)
{
    assert(reason != REASON_NONE);
    const enum proto_code code = proto_code_find(types_name(TYPES_REASON, (uint32_t)reason));
    return code == PROTO_CODE_COUNT ? PROTO_WRONG_STATE : code;
}

const char *translate_refusal_detail(enum reason reason)
{
    static const char *const details[REASON_COUNT] = {
        [REASON_UNKNOWN_UNIT] = "The unit is not known",
        [REASON_UNKNOWN_INCIDENT] = "The incident is not known, or it ended long ago",
        [REASON_UNKNOWN_ASSIGNMENT] = "The assignment is not known, or it ended long ago",
        [REASON_UNKNOWN_ALARM] = "The alarm is not known, or it has been cleared",
        [REASON_UNKNOWN_REPORT] = "The report is not known, or its incident ended long ago",
        [REASON_CLAIMED] = "Another dispatcher has it; say why you take it",
        [REASON_NOT_LOWER] = "The incident that would give up the unit is as urgent",
        [REASON_WRONG_STATE] = "Its state does not allow this",
        [REASON_STALE_GENERATION] = "The incident was dispatched anew since you looked; look again",
        [REASON_UNIT_BUSY] = "A unit has another assignment",
        [REASON_NOT_YOURS] = "It is another one's to say",
        [REASON_OPEN_ASSIGNMENTS] = "There are open assignments; clear or recall them first",
        [REASON_OPEN_PANIC] = "A unit calls for help here; a supervisor ends that first",
        [REASON_CAPACITY] = "A configured limit is reached",
        [REASON_UNKNOWN_CHECKPOINT] = "No checkpoint has this code",
        [REASON_UNKNOWN_REFERRAL] = "The referral is not known, or its incident ended long ago",
        [REASON_OPEN_REFERRAL] = "A centre still has it; await its answer or withdraw it first",
    };
    const char *detail = details[reason];
    return detail != NULL ? detail : types_name(TYPES_REASON, (uint32_t)reason);
}
