#include "proto/proto_types.h"

#include <assert.h>
#include <string.h>

#define LIST_TEXT(name, text) text,

static const char *const unit_kinds[] = {PROTO_UNIT_KIND_LIST(LIST_TEXT)};
static const char *const tiers[] = {PROTO_TIER_LIST(LIST_TEXT)};
static const char *const tier_verdicts[] = {PROTO_TIER_VERDICT_LIST(LIST_TEXT)};
static const char *const incident_types[] = {PROTO_INCIDENT_TYPE_LIST(LIST_TEXT)};
static const char *const channels[] = {PROTO_CHANNEL_LIST(LIST_TEXT)};
static const char *const incident_states[] = {PROTO_INCIDENT_STATE_LIST(LIST_TEXT)};
static const char *const assignment_states[] = {PROTO_ASSIGNMENT_STATE_LIST(LIST_TEXT)};
static const char *const duties[] = {PROTO_DUTY_LIST(LIST_TEXT)};
static const char *const unit_statuses[] = {PROTO_UNIT_STATUS_LIST(LIST_TEXT)};
static const char *const sources[] = {PROTO_SOURCE_LIST(LIST_TEXT)};
static const char *const dispatch_modes[] = {PROTO_DISPATCH_MODE_LIST(LIST_TEXT)};
static const char *const reasons[] = {PROTO_REASON_LIST(LIST_TEXT)};
static const char *const alarm_kinds[] = {PROTO_ALARM_KIND_LIST(LIST_TEXT)};
static const char *const notice_kinds[] = {PROTO_NOTICE_KIND_LIST(LIST_TEXT)};
static const char *const notice_states[] = {PROTO_NOTICE_STATE_LIST(LIST_TEXT)};
static const char *const panic_states[] = {PROTO_PANIC_STATE_LIST(LIST_TEXT)};
static const char *const panic_places[] = {PROTO_PANIC_PLACE_LIST(LIST_TEXT)};
static const char *const warn_levels[] = {PROTO_WARN_LEVEL_LIST(LIST_TEXT)};
static const char *const clock_starts[] = {PROTO_CLOCK_START_LIST(LIST_TEXT)};
static const char *const preempts[] = {PROTO_PREEMPT_LIST(LIST_TEXT)};
static const char *const receipts[] = {PROTO_RECEIPT_LIST(LIST_TEXT)};
static const char *const centre_kinds[] = {PROTO_CENTRE_KIND_LIST(LIST_TEXT)};
static const char *const referral_states[] = {PROTO_REFERRAL_STATE_LIST(LIST_TEXT)};
static const char *const visits[] = {PROTO_VISIT_LIST(LIST_TEXT)};
static const char *const photo_media[] = {PROTO_PHOTO_MEDIA_LIST(LIST_TEXT)};
static const char *const event_kinds[] = {PROTO_EVENT_KIND_LIST(LIST_TEXT)};
static const char *const ladder_steps[] = {PROTO_LADDER_STEP_LIST(LIST_TEXT)};
static const char *const roles[] = {PROTO_ROLE_LIST(LIST_TEXT)};
static const char *const streams[] = {PROTO_STREAM_LIST(LIST_TEXT)};
static const char *const capabilities[] = {PROTO_CAPABILITY_LIST(LIST_TEXT)};
static const char *const ops[] = {PROTO_OP_LIST(LIST_TEXT)};
static const char *const crs_names[] = {PROTO_CRS_LIST(LIST_TEXT)};
static const char *const equipments[] = {PROTO_EQUIPMENT_LIST(LIST_TEXT)};
static const char *const area_kinds[] = {PROTO_AREA_KIND_LIST(LIST_TEXT)};

struct names {
    const char *const *texts;
    uint32_t count;
};

#define NAMES(array)                                                                               \
    {                                                                                              \
        array, sizeof(array) / sizeof((array)[0])                                                  \
    }
static const struct names lists[PROTO_LIST_COUNT] = {
    [PROTO_LIST_UNIT_KIND] = NAMES(unit_kinds),
    [PROTO_LIST_TIER] = NAMES(tiers),
    [PROTO_LIST_TIER_VERDICT] = NAMES(tier_verdicts),
    [PROTO_LIST_INCIDENT_TYPE] = NAMES(incident_types),
    [PROTO_LIST_CHANNEL] = NAMES(channels),
    [PROTO_LIST_INCIDENT_STATE] = NAMES(incident_states),
    [PROTO_LIST_ASSIGNMENT_STATE] = NAMES(assignment_states),
    [PROTO_LIST_DUTY] = NAMES(duties),
    [PROTO_LIST_UNIT_STATUS] = NAMES(unit_statuses),
    [PROTO_LIST_SOURCE] = NAMES(sources),
    [PROTO_LIST_DISPATCH_MODE] = NAMES(dispatch_modes),
    [PROTO_LIST_REASON] = NAMES(reasons),
    [PROTO_LIST_ALARM_KIND] = NAMES(alarm_kinds),
    [PROTO_LIST_NOTICE_KIND] = NAMES(notice_kinds),
    [PROTO_LIST_NOTICE_STATE] = NAMES(notice_states),
    [PROTO_LIST_WARN_LEVEL] = NAMES(warn_levels),
    [PROTO_LIST_PANIC_STATE] = NAMES(panic_states),
    [PROTO_LIST_PANIC_PLACE] = NAMES(panic_places),
    [PROTO_LIST_CLOCK_START] = NAMES(clock_starts),
    [PROTO_LIST_PREEMPT] = NAMES(preempts),
    [PROTO_LIST_RECEIPT] = NAMES(receipts),
    [PROTO_LIST_CENTRE_KIND] = NAMES(centre_kinds),
    [PROTO_LIST_REFERRAL_STATE] = NAMES(referral_states),
    [PROTO_LIST_VISIT] = NAMES(visits),
    [PROTO_LIST_PHOTO_MEDIA] = NAMES(photo_media),
    [PROTO_LIST_EVENT_KIND] = NAMES(event_kinds),
    [PROTO_LIST_LADDER_STEP] = NAMES(ladder_steps),
    [PROTO_LIST_ROLE] = NAMES(roles),
    [PROTO_LIST_STREAM] = NAMES(streams),
    [PROTO_LIST_CAPABILITY] = NAMES(capabilities),
    [PROTO_LIST_OP] = NAMES(ops),
    [PROTO_LIST_CRS] = NAMES(crs_names),
    [PROTO_LIST_AREA_KIND] = NAMES(area_kinds),
    [PROTO_LIST_EQUIPMENT] = NAMES(equipments),
};

const char *proto_name(enum proto_list list, uint32_t value)
{
    assert(list < PROTO_LIST_COUNT);
    assert(value <= lists[list].count);
    return value < lists[list].count ? lists[list].texts[value] : NULL;
}

int32_t proto_find(enum proto_list list, const char *name)
{
    assert(list < PROTO_LIST_COUNT);
    assert(name != NULL);
    for (uint32_t i = 0; i < lists[list].count; i++) {
        if (strcmp(lists[list].texts[i], name) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

uint32_t proto_count(enum proto_list list)
{
    assert(list < PROTO_LIST_COUNT);
    return lists[list].count;
}
