#include "proto/proto_command.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_field.h"

#define BIT(value) (UINT64_C(1) << (value))
#define ID_MAX     ((int64_t)UINT32_MAX)

_Static_assert(PROTO_REASON_COUNT <= 64, "reasons are bits of `allowed`");

/* Only what people say; the engine's own reasons are not a client's to give. */
#define REASONS_GIVEN                                                                              \
    (BIT(PROTO_REASON_UNIT_DECLINES) | BIT(PROTO_REASON_VEHICLE) | BIT(PROTO_REASON_ENGAGED) |     \
     BIT(PROTO_REASON_UNSAFE) | BIT(PROTO_REASON_DISPATCHER) | BIT(PROTO_REASON_FALSE_REPORT) |    \
     BIT(PROTO_REASON_DUPLICATE) | BIT(PROTO_REASON_RESOLVED) | BIT(PROTO_REASON_CAN_WAIT) |       \
     BIT(PROTO_REASON_NEW_FACTS) | BIT(PROTO_REASON_NOT_COMPETENT))
#define REASONS_OR_NONE (REASONS_GIVEN | BIT(PROTO_REASON_NONE))
#define STATES_SAID                                                                                \
    (BIT(PROTO_ASSIGNMENT_DELIVERED) | BIT(PROTO_ASSIGNMENT_ACKNOWLEDGED) |                        \
     BIT(PROTO_ASSIGNMENT_EN_ROUTE) | BIT(PROTO_ASSIGNMENT_ON_SCENE) |                             \
     BIT(PROTO_ASSIGNMENT_CLEARED) | BIT(PROTO_ASSIGNMENT_DECLINED))

#define ID(of, text_name, member)                                                                  \
    PROTO_READ_NUMBER(of, text_name, member, PROTO_FIELD_U32, PROTO_REQUIRED, 1, ID_MAX)
#define TIME(of, text_name, member)                                                                \
    PROTO_READ_NUMBER(of, text_name, member, PROTO_FIELD_I64, PROTO_OPTIONAL, 1, PROTO_TIME_MAX)
#define NOTE(of, member) PROTO_READ_TEXT(of, "note", member, PROTO_OPTIONAL, 0, PROTO_NOTE_SIZE)

static const struct proto_field report_fields[] = {
    PROTO_READ_CHOICE(proto_report_create, "type", type, PROTO_REQUIRED, PROTO_LIST_INCIDENT_TYPE,
                      PROTO_ALLOW_ALL),
    PROTO_READ_PLAIN(proto_report_create, "lat", at.lat_e7, PROTO_FIELD_LAT, PROTO_REQUIRED),
    PROTO_READ_PLAIN(proto_report_create, "lon", at.lon_e7, PROTO_FIELD_LON, PROTO_REQUIRED),
    PROTO_READ_CHOICE(proto_report_create, "crs", crs, PROTO_OPTIONAL, PROTO_LIST_CRS,
                      PROTO_ALLOW_ALL),
    PROTO_READ_CHOICE(proto_report_create, "channel", channel, PROTO_OPTIONAL, PROTO_LIST_CHANNEL,
                      PROTO_ALLOW_ALL),
    PROTO_READ_NUMBER(proto_report_create, "priority", priority, PROTO_FIELD_U32, PROTO_OPTIONAL, 1,
                      4),
    PROTO_READ_TEXT(proto_report_create, "address", address, PROTO_OPTIONAL, 0, PROTO_ADDRESS_SIZE),
    PROTO_READ_TEXT(proto_report_create, "caller", caller, PROTO_OPTIONAL, 0, PROTO_NAME_SIZE),
    PROTO_READ_TEXT(proto_report_create, "phone", phone, PROTO_OPTIONAL, 0, PROTO_PHONE_SIZE),
    NOTE(proto_report_create, note),
    TIME(proto_report_create, "occurred_ms", occurred_ms),
    TIME(proto_report_create, "received_ms", received_ms),
    PROTO_READ_PLAIN(proto_report_create, "drill", drill, PROTO_FIELD_BOOL, PROTO_OPTIONAL),
    PROTO_READ_PLAIN(proto_report_create, "merge", merge, PROTO_FIELD_BOOL, PROTO_OPTIONAL),
};

static const struct proto_field recommend_fields[] = {
    ID(proto_incident_act, "incident", incident_id),
};

static const struct proto_field order_fields[] = {
    ID(proto_incident_order, "incident", incident_id),
    PROTO_READ_NUMBER(proto_incident_order, "generation", generation, PROTO_FIELD_U32,
                      PROTO_REQUIRED, 0, ID_MAX),
    {.name = "units", .type = PROTO_FIELD_CALLER, .required = PROTO_REQUIRED},
    NOTE(proto_incident_order, note),
};

struct order_unit {
    char unit[PROTO_CODE_SIZE];
    enum proto_tier tier;
    uint32_t victim_id;
};
static const struct proto_field order_unit_fields[] = {
    {.name = "unit",
     .type = PROTO_FIELD_CODE,
     .required = PROTO_REQUIRED,
     .offset = offsetof(struct order_unit, unit),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)},
    PROTO_READ_CHOICE(order_unit, "tier", tier, PROTO_REQUIRED, PROTO_LIST_TIER, PROTO_ALLOW_ALL),
    PROTO_READ_NUMBER(order_unit, "victim", victim_id, PROTO_FIELD_U32, PROTO_OPTIONAL, 1, ID_MAX),
};

#define UPDATE_HAS(member) .has_offset = offsetof(struct proto_incident_update, member)
static const struct proto_field update_fields[] = {
    ID(proto_incident_update, "incident", incident_id),
    PROTO_READ_NUMBER(proto_incident_update, "generation", generation, PROTO_FIELD_U32,
                      PROTO_REQUIRED, 0, ID_MAX),
    {.name = "lat",
     .type = PROTO_FIELD_LAT,
     UPDATE_HAS(has_place),
     .offset = offsetof(struct proto_incident_update, at.lat_e7)},
    {.name = "lon",
     .type = PROTO_FIELD_LON,
     UPDATE_HAS(has_place),
     .offset = offsetof(struct proto_incident_update, at.lon_e7)},
    PROTO_READ_CHOICE(proto_incident_update, "crs", crs, PROTO_OPTIONAL, PROTO_LIST_CRS,
                      PROTO_ALLOW_ALL),
    {.name = "address",
     .type = PROTO_FIELD_TEXT,
     UPDATE_HAS(has_address),
     .offset = offsetof(struct proto_incident_update, address),
     .max = PROTO_TEXT_BYTES(PROTO_ADDRESS_SIZE)},
    {.name = "type",
     .type = PROTO_FIELD_NAME,
     UPDATE_HAS(has_type),
     .offset = offsetof(struct proto_incident_update, type),
     .list = PROTO_LIST_INCIDENT_TYPE,
     .allowed = PROTO_ALLOW_ALL},
    {.name = "priority",
     .type = PROTO_FIELD_U32,
     UPDATE_HAS(has_priority),
     .offset = offsetof(struct proto_incident_update, priority),
     .min = 1,
     .max = 4},
};

static const struct proto_field note_fields[] = {
    ID(proto_incident_act, "incident", incident_id),
    PROTO_READ_TEXT(proto_incident_act, "note", note, PROTO_REQUIRED, 1, PROTO_NOTE_SIZE),
};

#define ACT_REASON                                                                                 \
    PROTO_READ_CHOICE(proto_incident_act, "reason", reason, PROTO_REQUIRED, PROTO_LIST_REASON,     \
                      REASONS_GIVEN)
static const struct proto_field cancel_fields[] = {
    ID(proto_incident_act, "incident", incident_id),
    ACT_REASON,
    NOTE(proto_incident_act, note),
};

static const struct proto_field close_fields[] = {
    ID(proto_incident_act, "incident", incident_id),
    ACT_REASON,
    PROTO_READ_PLAIN(proto_incident_act, "clear_all", clear_all, PROTO_FIELD_BOOL, PROTO_OPTIONAL),
    NOTE(proto_incident_act, note),
};

static const struct proto_field assignment_fields[] = {
    ID(proto_assignment_update, "assignment", assignment_id),
    PROTO_READ_CHOICE(proto_assignment_update, "state", state, PROTO_REQUIRED,
                      PROTO_LIST_ASSIGNMENT_STATE, STATES_SAID),
    PROTO_READ_CHOICE(proto_assignment_update, "reason", reason, PROTO_OPTIONAL, PROTO_LIST_REASON,
                      REASONS_OR_NONE),
    TIME(proto_assignment_update, "device_ms", device_ms),
    NOTE(proto_assignment_update, note),
};

static const struct proto_field recall_fields[] = {
    ID(proto_assignment_recall, "assignment", assignment_id),
    PROTO_READ_CHOICE(proto_assignment_recall, "reason", reason, PROTO_OPTIONAL, PROTO_LIST_REASON,
                      REASONS_OR_NONE),
};

static const struct proto_field duty_fields[] = {
    {.name = "unit",
     .type = PROTO_FIELD_CODE,
     .offset = offsetof(struct proto_unit_duty_set, unit),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)},
    PROTO_READ_CHOICE(proto_unit_duty_set, "duty", duty, PROTO_REQUIRED, PROTO_LIST_DUTY,
                      PROTO_ALLOW_ALL),
    PROTO_READ_CHOICE(proto_unit_duty_set, "reason", reason, PROTO_OPTIONAL, PROTO_LIST_REASON,
                      REASONS_OR_NONE),
    {.name = "people",
     .type = PROTO_FIELD_U16,
     .offset = offsetof(struct proto_unit_duty_set, people),
     .has_offset = offsetof(struct proto_unit_duty_set, has_people),
     .max = 999},
    {.name = "crew",
     .type = PROTO_FIELD_TEXT,
     .offset = offsetof(struct proto_unit_duty_set, crew),
     .has_offset = offsetof(struct proto_unit_duty_set, has_crew),
     .max = PROTO_TEXT_BYTES(PROTO_CREW_SIZE)},
    {.name = "device",
     .type = PROTO_FIELD_TEXT,
     .offset = offsetof(struct proto_unit_duty_set, device),
     .has_offset = offsetof(struct proto_unit_duty_set, has_device),
     .max = PROTO_TEXT_BYTES(PROTO_DEVICE_SIZE)},
    {.name = "equipment", .type = PROTO_FIELD_CALLER},
};

static const struct proto_field ack_fields[] = {
    ID(proto_alarm_act, "alarm", alarm_id),
};

static const struct proto_field shelve_fields[] = {
    ID(proto_alarm_act, "alarm", alarm_id),
    PROTO_READ_CHOICE(proto_alarm_act, "reason", reason, PROTO_REQUIRED, PROTO_LIST_REASON,
                      REASONS_GIVEN),
    PROTO_READ_NUMBER(proto_alarm_act, "until_ms", until_ms, PROTO_FIELD_I64, PROTO_REQUIRED, 1,
                      PROTO_TIME_MAX),
    NOTE(proto_alarm_act, note),
};

static const struct proto_field support_fields[] = {
    ID(proto_assignment_support, "assignment", assignment_id),
    NOTE(proto_assignment_support, note),
};

static const struct proto_field warn_fields[] = {
    ID(proto_incident_warn, "incident", incident_id),
    PROTO_READ_CHOICE(proto_incident_warn, "level", level, PROTO_REQUIRED, PROTO_LIST_WARN_LEVEL,
                      PROTO_ALLOW_ALL),
    PROTO_READ_TEXT(proto_incident_warn, "text", text, PROTO_REQUIRED, 1, PROTO_NOTE_SIZE),
};

static const struct proto_field notice_fields[] = {
    ID(proto_notice_update, "assignment", assignment_id),
    ID(proto_notice_update, "number", number),
    PROTO_READ_CHOICE(proto_notice_update, "state", state, PROTO_REQUIRED, PROTO_LIST_NOTICE_STATE,
                      BIT(PROTO_NOTICE_DELIVERED) | BIT(PROTO_NOTICE_ACKNOWLEDGED)),
    TIME(proto_notice_update, "device_ms", device_ms),
};

#define UNIT_CODE(of, is_required)                                                                 \
    {                                                                                              \
        .name = "unit", .type = PROTO_FIELD_CODE, .required = (is_required),                       \
        .offset = offsetof(struct of, unit), .min = 1, .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)    \
    }
static const struct proto_field panic_fields[] = {
    UNIT_CODE(proto_unit_panic, PROTO_OPTIONAL),
    {.name = "lat",
     .type = PROTO_FIELD_LAT,
     .has_offset = offsetof(struct proto_unit_panic, has_place),
     .offset = offsetof(struct proto_unit_panic, at.lat_e7)},
    {.name = "lon",
     .type = PROTO_FIELD_LON,
     .has_offset = offsetof(struct proto_unit_panic, has_place),
     .offset = offsetof(struct proto_unit_panic, at.lon_e7)},
    TIME(proto_unit_panic, "device_ms", device_ms),
};

static const struct proto_field panic_close_fields[] = {
    UNIT_CODE(proto_panic_close, PROTO_REQUIRED),
    PROTO_READ_CHOICE(proto_panic_close, "reason", reason, PROTO_REQUIRED, PROTO_LIST_REASON,
                      REASONS_GIVEN),
    NOTE(proto_panic_close, note),
};

static const struct proto_field par_fields[] = {
    ID(proto_assignment_par, "assignment", assignment_id),
    TIME(proto_assignment_par, "device_ms", device_ms),
};

#define LIFE_ID   ID(proto_incident_life, "incident", incident_id)
#define LIFE_NOTE NOTE(proto_incident_life, note)
#define LIFE_REASON                                                                                \
    PROTO_READ_CHOICE(proto_incident_life, "reason", reason, PROTO_REQUIRED, PROTO_LIST_REASON,    \
                      REASONS_GIVEN)
static const struct proto_field hold_fields[] = {
    LIFE_ID,
    LIFE_REASON,
    PROTO_READ_NUMBER(proto_incident_life, "review_ms", review_ms, PROTO_FIELD_I64, PROTO_REQUIRED,
                      1, PROTO_TIME_MAX),
    LIFE_NOTE,
};
static const struct proto_field release_fields[] = {LIFE_ID, LIFE_NOTE}; /* and claim */
static const struct proto_field reopen_fields[] = {LIFE_ID, LIFE_REASON, LIFE_NOTE};

static const struct proto_field merge_fields[] = {
    ID(proto_incident_merge, "incident", incident_id),
    ID(proto_incident_merge, "into", into_id),
    PROTO_READ_PLAIN(proto_incident_merge, "move", move, PROTO_FIELD_BOOL, PROTO_OPTIONAL),
    NOTE(proto_incident_merge, note),
};

static const struct proto_field hand_over_fields[] = {
    ID(proto_incident_hand_over, "incident", incident_id),
    {.name = "to",
     .type = PROTO_FIELD_CODE,
     .offset = offsetof(struct proto_incident_hand_over, to),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_USER_SIZE)},
    NOTE(proto_incident_hand_over, note),
};

static const struct proto_field link_fields[] = {
    ID(proto_report_act, "report", report_id),
    ID(proto_report_act, "incident", incident_id),
};
static const struct proto_field split_fields[] = {ID(proto_report_act, "report", report_id)};
static const struct proto_field answer_fields[] = {
    ID(proto_report_act, "report", report_id),
    NOTE(proto_report_act, note),
};

static const struct proto_field reassign_fields[] = {
    ID(proto_assignment_reassign, "assignment", assignment_id),
    ID(proto_assignment_reassign, "incident", incident_id),
    PROTO_READ_NUMBER(proto_assignment_reassign, "generation", generation, PROTO_FIELD_U32,
                      PROTO_REQUIRED, 0, ID_MAX),
    PROTO_READ_CHOICE(proto_assignment_reassign, "tier", tier, PROTO_OPTIONAL, PROTO_LIST_TIER,
                      PROTO_ALLOW_ALL),
};

#define MILESTONES (STATES_SAID & ~BIT(PROTO_ASSIGNMENT_DECLINED))
static const struct proto_field correct_fields[] = {
    ID(proto_milestone_correct, "assignment", assignment_id),
    PROTO_READ_CHOICE(proto_milestone_correct, "milestone", milestone, PROTO_REQUIRED,
                      PROTO_LIST_ASSIGNMENT_STATE, MILESTONES),
    PROTO_READ_NUMBER(proto_milestone_correct, "corrected_ms", corrected_ms, PROTO_FIELD_I64,
                      PROTO_REQUIRED, 1, PROTO_TIME_MAX),
    PROTO_READ_TEXT(proto_milestone_correct, "note", note, PROTO_REQUIRED, 1, PROTO_NOTE_SIZE),
};

static const struct proto_field refer_fields[] = {
    ID(proto_incident_refer, "incident", incident_id),
    PROTO_READ_NUMBER(proto_incident_refer, "generation", generation, PROTO_FIELD_U32,
                      PROTO_REQUIRED, 0, ID_MAX),
    {.name = "centre",
     .type = PROTO_FIELD_CODE,
     .required = PROTO_REQUIRED,
     .offset = offsetof(struct proto_incident_refer, centre),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)},
    NOTE(proto_incident_refer, note),
};

static const struct proto_field referral_fields[] = {
    ID(proto_referral_update, "referral", referral_id),
    ID(proto_referral_update, "version", version),
    PROTO_READ_CHOICE(proto_referral_update, "state", state, PROTO_REQUIRED,
                      PROTO_LIST_REFERRAL_STATE, PROTO_ALLOW_ALL & ~BIT(PROTO_REFERRAL_SENT)),
    PROTO_READ_CHOICE(proto_referral_update, "reason", reason, PROTO_OPTIONAL, PROTO_LIST_REASON,
                      REASONS_OR_NONE),
    PROTO_READ_TEXT(proto_referral_update, "units", units, PROTO_OPTIONAL, 1, PROTO_ADDRESS_SIZE),
    NOTE(proto_referral_update, note),
};

static const struct proto_field sign_fields[] = {
    {.name = "checkpoint",
     .type = PROTO_FIELD_CODE,
     .required = PROTO_REQUIRED,
     .offset = offsetof(struct proto_checkpoint_sign, checkpoint),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)},
    {.name = "unit",
     .type = PROTO_FIELD_CODE,
     .offset = offsetof(struct proto_checkpoint_sign, unit),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)},
    PROTO_READ_CHOICE(proto_checkpoint_sign, "visit", visit, PROTO_REQUIRED, PROTO_LIST_VISIT,
                      BIT(PROTO_VISIT_SIGNED) | BIT(PROTO_VISIT_SCANNED)),
    TIME(proto_checkpoint_sign, "device_ms", device_ms),
};

#define TABLE(array)                                                                               \
    {                                                                                              \
        .fields = (array), .count = PROTO_COUNT(array)                                             \
    }
static const struct proto_fields command_tables[PROTO_OP_COUNT] = {
    [PROTO_OP_REPORT_CREATE] = TABLE(report_fields),
    [PROTO_OP_INCIDENT_RECOMMEND] = TABLE(recommend_fields),
    [PROTO_OP_INCIDENT_ORDER] = TABLE(order_fields),
    [PROTO_OP_INCIDENT_UPDATE] = TABLE(update_fields),
    [PROTO_OP_INCIDENT_NOTE] = TABLE(note_fields),
    [PROTO_OP_INCIDENT_CANCEL] = TABLE(cancel_fields),
    [PROTO_OP_INCIDENT_CLOSE] = TABLE(close_fields),
    [PROTO_OP_ASSIGNMENT_UPDATE] = TABLE(assignment_fields),
    [PROTO_OP_ASSIGNMENT_RECALL] = TABLE(recall_fields),
    [PROTO_OP_UNIT_DUTY] = TABLE(duty_fields),
    [PROTO_OP_ALARM_ACK] = TABLE(ack_fields),
    [PROTO_OP_INCIDENT_WARN] = TABLE(warn_fields),
    [PROTO_OP_NOTICE_UPDATE] = TABLE(notice_fields),
    [PROTO_OP_UNIT_PANIC] = TABLE(panic_fields),
    [PROTO_OP_PANIC_CLOSE] = TABLE(panic_close_fields),
    [PROTO_OP_ASSIGNMENT_PAR] = TABLE(par_fields),
    [PROTO_OP_INCIDENT_HOLD] = TABLE(hold_fields),
    [PROTO_OP_INCIDENT_RELEASE] = TABLE(release_fields),
    [PROTO_OP_INCIDENT_REOPEN] = TABLE(reopen_fields),
    [PROTO_OP_INCIDENT_MERGE] = TABLE(merge_fields),
    [PROTO_OP_INCIDENT_CLAIM] = TABLE(release_fields),
    [PROTO_OP_INCIDENT_HAND_OVER] = TABLE(hand_over_fields),
    [PROTO_OP_REPORT_LINK] = TABLE(link_fields),
    [PROTO_OP_REPORT_SPLIT] = TABLE(split_fields),
    [PROTO_OP_REPORT_ANSWER] = TABLE(answer_fields),
    [PROTO_OP_ASSIGNMENT_REASSIGN] = TABLE(reassign_fields),
    [PROTO_OP_MILESTONE_CORRECT] = TABLE(correct_fields),
    [PROTO_OP_ALARM_SHELVE] = TABLE(shelve_fields),
    [PROTO_OP_ASSIGNMENT_SUPPORT] = TABLE(support_fields),
    [PROTO_OP_INCIDENT_REFER] = TABLE(refer_fields),
    [PROTO_OP_REFERRAL_UPDATE] = TABLE(referral_fields),
    [PROTO_OP_CHECKPOINT_SIGN] = TABLE(sign_fields),
};

/* ---- Commands ---- */

static bool read_equipment(const json_t *list, struct proto_unit_duty_set *duty,
                           struct proto_error *error)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        const int32_t found = text == NULL ? -1 : proto_find(PROTO_LIST_EQUIPMENT, text);
        if (found < 0) {
            char base[PROTO_BASE_SIZE];
            proto_field_base(base, "/equipment", i);
            proto_field_refuse(error, PROTO_UNKNOWN_VALUE, base, NULL,
                               "is not one of the equipment that units sign on with");
            return false;
        }
        duty->equipment |= 1u << found;
    }
    return true;
}

static bool read_sign_on(const json_t *object, struct proto_unit_duty_set *duty,
                         struct proto_error *error)
{
    if (json_object_get(object, "equipment") != NULL) {
        const json_t *list = proto_field_list(object, "equipment", 0, PROTO_EQUIPMENT_COUNT, error);
        duty->has_equipment = true;
        if (list == NULL || !read_equipment(list, duty, error)) {
            return false;
        }
    }
    if (duty->duty == PROTO_DUTY_OFF &&
        (duty->has_equipment || duty->has_crew || duty->has_device)) {
        proto_field_refuse(error, PROTO_OUT_OF_RANGE, "", "duty",
                           "is off: crew, equipment and device are of who signs on");
        return false;
    }
    return true;
}

static bool read_order_units(json_t *object, struct proto_incident_order *order,
                             struct proto_error *error)
{
    static const struct proto_fields table = {.fields = order_unit_fields,
                                              .count = PROTO_COUNT(order_unit_fields)};
    const json_t *list = proto_field_list(object, "units", 1, PROTO_ORDER_UNITS_MAX, error);
    if (list == NULL) {
        return false;
    }
    order->unit_count = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < order->unit_count; i++) {
        char base[PROTO_BASE_SIZE];
        proto_field_base(base, "/units", i);
        struct order_unit unit = {.tier = PROTO_TIER_1};
        if (!proto_field_read(&table, base, json_array_get(list, i), &unit, error)) {
            return false;
        }
        memcpy(order->units[i].unit, unit.unit, sizeof(unit.unit));
        order->units[i].tier = unit.tier;
        order->units[i].victim_id = unit.victim_id;
    }
    return true;
}

static bool check_place(const json_t *object, struct proto_error *error)
{
    const bool has_lat = json_object_get(object, "lat") != NULL;
    const bool has_lon = json_object_get(object, "lon") != NULL;
    if (has_lat != has_lon) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, "", has_lat ? "lon" : "lat",
                           "is missing: a place has both");
        return false;
    }
    if (!has_lat && json_object_get(object, "crs") != NULL) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, "", "lat", "is missing: a crs has a place");
        return false;
    }
    return true;
}

static bool check_update(const json_t *object, const struct proto_incident_update *update,
                         struct proto_error *error)
{
    if (!check_place(object, error)) {
        return false;
    }
    if (!update->has_place && !update->has_address && !update->has_type && !update->has_priority) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, "", NULL,
                           "names nothing to change: lat and lon, address, type or priority");
        return false;
    }
    return true;
}

static bool check_assignment(const struct proto_assignment_update *update,
                             struct proto_error *error)
{
    if (update->state == PROTO_ASSIGNMENT_DECLINED && update->reason == PROTO_REASON_NONE) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, "", "reason",
                           "is missing: a decline says why");
        return false;
    }
    return true;
}

static bool check_referral(const struct proto_referral_update *update, struct proto_error *error)
{
    const bool is_declined =
        update->state == PROTO_REFERRAL_RETURNED || update->state == PROTO_REFERRAL_REFUSED;
    const char *missing = NULL;
    if (is_declined && update->reason == PROTO_REASON_NONE) {
        missing = "reason";
    } else if (update->state == PROTO_REFERRAL_LENT && update->units[0] == '\0') {
        missing = "units";
    } else if (update->state == PROTO_REFERRAL_FEEDBACK && update->note[0] == '\0') {
        missing = "note";
    }
    if (missing != NULL) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, "", missing,
                           "is missing: returned and refused say the reason, lent which units, "
                           "feedback in a note what became of it");
        return false;
    }
    if (update->state != PROTO_REFERRAL_LENT && update->units[0] != '\0') {
        proto_field_refuse(error, PROTO_OUT_OF_RANGE, "", "units", "are named when they are lent");
        return false;
    }
    return true;
}

/* What holds before a member is read; all else is zero. */
static void set_defaults(struct proto_command *command, enum proto_op op)
{
    *command = (struct proto_command){.op = op};
    if (op == PROTO_OP_REPORT_CREATE) {
        command->report.channel = PROTO_CHANNEL_API;
        command->report.occurred_ms = PROTO_NEVER;
        command->report.received_ms = PROTO_NEVER;
        command->report.merge = true;
    } else if (op == PROTO_OP_ASSIGNMENT_UPDATE) {
        command->assignment.device_ms = PROTO_NEVER;
    } else if (op == PROTO_OP_NOTICE_UPDATE) {
        command->notice.device_ms = PROTO_NEVER;
    } else if (op == PROTO_OP_UNIT_PANIC) {
        command->panic.device_ms = PROTO_NEVER;
    } else if (op == PROTO_OP_ASSIGNMENT_PAR) {
        command->par.device_ms = PROTO_NEVER;
    } else if (op == PROTO_OP_CHECKPOINT_SIGN) {
        command->sign.device_ms = PROTO_NEVER;
    } else if (op == PROTO_OP_ASSIGNMENT_REASSIGN) {
        command->reassign.tier = PROTO_TIER_COUNT;
    }
}

/* Everything but the key and the envelope, which only `also` knows. */
static bool read_body(json_t *object, enum proto_op op, const char *const *also,
                      struct proto_command *command, struct proto_error *error)
{
    assert(op >= PROTO_OP_REPORT_CREATE);
    assert(op < PROTO_OP_COUNT);
    assert(op != PROTO_OP_INCIDENT_PHOTO); /* no message */
    struct proto_fields table = command_tables[op];
    table.also = also;
    /* Every member of the union begins where the union does. */
    if (!proto_field_read(&table, "", object, &command->report, error)) {
        return false;
    }
    if (op == PROTO_OP_INCIDENT_ORDER) {
        return read_order_units(object, &command->order, error);
    }
    if (op == PROTO_OP_INCIDENT_UPDATE) {
        return check_update(object, &command->update, error);
    }
    if (op == PROTO_OP_UNIT_DUTY) {
        return read_sign_on(object, &command->duty, error);
    }
    if (op == PROTO_OP_UNIT_PANIC) {
        return check_place(object, error);
    }
    if (op == PROTO_OP_ASSIGNMENT_UPDATE) {
        return check_assignment(&command->assignment, error);
    }
    if (op == PROTO_OP_REFERRAL_UPDATE) {
        return check_referral(&command->referral, error);
    }
    return true;
}

bool proto_command_key_valid(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] <= ' ' || text[i] > '~') {
            return false;
        }
    }
    return size > 0 && size < PROTO_KEY_SIZE;
}

static bool read_key(const json_t *object, char key[PROTO_KEY_SIZE], struct proto_error *error)
{
    const json_t *value = json_object_get(object, "key");
    if (value == NULL) {
        proto_field_refuse(error, PROTO_KEY_MISSING, "", "key", "is missing: a command has one");
        return false;
    }
    if (!json_is_string(value)) {
        proto_field_refuse(error, PROTO_WRONG_TYPE, "", "key", "must be a text");
        return false;
    }
    const size_t size = json_string_length(value);
    if (!proto_command_key_valid(json_string_value(value), size)) {
        proto_field_refuse(error, PROTO_KEY_INVALID, "", "key",
                           "must be 1 to 64 visible ASCII characters");
        return false;
    }
    memcpy(key, json_string_value(value), size);
    key[size] = '\0';
    return true;
}

bool proto_command_read_report(json_t *object, struct proto_command *command,
                               struct proto_error *error)
{
    set_defaults(command, PROTO_OP_REPORT_CREATE);
    return read_body(object, PROTO_OP_REPORT_CREATE, NULL, command, error);
}

bool proto_command_read(json_t *object, enum proto_op op, const char *const *also,
                        struct proto_command *command, struct proto_error *error)
{
    set_defaults(command, op);
    return read_key(object, command->key, error) && read_body(object, op, also, command, error);
}
