#include "engine/core/types.h"

#include <assert.h>
#include <stddef.h>

#define TEXT(name, text) text,
static const char *const unit_kinds[] = {UNIT_KIND_LIST(TEXT)};
static const char *const tiers[] = {TIER_LIST(TEXT)};
static const char *const tier_verdicts[] = {TIER_VERDICT_LIST(TEXT)};
static const char *const incident_types[] = {INCIDENT_TYPE_LIST(TEXT)};
static const char *const channels[] = {CHANNEL_LIST(TEXT)};
static const char *const incident_states[] = {INCIDENT_STATE_LIST(TEXT)};
static const char *const assignment_states[] = {ASSIGNMENT_STATE_LIST(TEXT)};
static const char *const duties[] = {DUTY_LIST(TEXT)};
static const char *const unit_statuses[] = {UNIT_STATUS_LIST(TEXT)};
static const char *const sources[] = {SOURCE_LIST(TEXT)};
static const char *const dispatch_modes[] = {DISPATCH_MODE_LIST(TEXT)};
static const char *const reasons[] = {REASON_LIST(TEXT)};
static const char *const alarm_kinds[] = {ALARM_KIND_LIST(TEXT)};
static const char *const notice_kinds[] = {NOTICE_KIND_LIST(TEXT)};
static const char *const notice_states[] = {NOTICE_STATE_LIST(TEXT)};
static const char *const warn_levels[] = {WARN_LEVEL_LIST(TEXT)};
static const char *const panic_states[] = {PANIC_STATE_LIST(TEXT)};
static const char *const panic_places[] = {PANIC_PLACE_LIST(TEXT)};
static const char *const clock_starts[] = {CLOCK_START_LIST(TEXT)};
static const char *const preempts[] = {PREEMPT_LIST(TEXT)};
static const char *const receipts[] = {RECEIPT_LIST(TEXT)};
static const char *const equipments[] = {EQUIPMENT_LIST(TEXT)};
static const char *const area_kinds[] = {AREA_KIND_LIST(TEXT)};
static const char *const centre_kinds[] = {CENTRE_KIND_LIST(TEXT)};
static const char *const referral_states[] = {REFERRAL_STATE_LIST(TEXT)};
static const char *const visits[] = {VISIT_LIST(TEXT)};
static const char *const photo_media[] = {PHOTO_MEDIA_LIST(TEXT)};
#undef TEXT

static const struct {
    const char *const *names;
    uint32_t count;
} lists[] = {
    [TYPES_UNIT_KIND] = {unit_kinds, UNIT_KIND_COUNT},
    [TYPES_TIER] = {tiers, TIER_COUNT},
    [TYPES_TIER_VERDICT] = {tier_verdicts, TIER_VERDICT_COUNT},
    [TYPES_INCIDENT_TYPE] = {incident_types, INCIDENT_TYPE_COUNT},
    [TYPES_CHANNEL] = {channels, CHANNEL_COUNT},
    [TYPES_INCIDENT_STATE] = {incident_states, INCIDENT_STATE_COUNT},
    [TYPES_ASSIGNMENT_STATE] = {assignment_states, ASSIGNMENT_STATE_COUNT},
    [TYPES_DUTY] = {duties, DUTY_COUNT},
    [TYPES_UNIT_STATUS] = {unit_statuses, UNIT_STATUS_COUNT},
    [TYPES_SOURCE] = {sources, SOURCE_COUNT},
    [TYPES_DISPATCH_MODE] = {dispatch_modes, DISPATCH_MODE_COUNT},
    [TYPES_REASON] = {reasons, REASON_COUNT},
    [TYPES_ALARM_KIND] = {alarm_kinds, ALARM_KIND_COUNT},
    [TYPES_NOTICE_KIND] = {notice_kinds, NOTICE_KIND_COUNT},
    [TYPES_NOTICE_STATE] = {notice_states, NOTICE_STATE_COUNT},
    [TYPES_WARN_LEVEL] = {warn_levels, WARN_LEVEL_COUNT},
    [TYPES_PANIC_STATE] = {panic_states, PANIC_STATE_COUNT},
    [TYPES_PANIC_PLACE] = {panic_places, PANIC_PLACE_COUNT},
    [TYPES_CLOCK_START] = {clock_starts, CLOCK_START_COUNT},
    [TYPES_PREEMPT] = {preempts, PREEMPT_COUNT},
    [TYPES_RECEIPT] = {receipts, RECEIPT_COUNT},
    [TYPES_AREA_KIND] = {area_kinds, AREA_KIND_COUNT},
    [TYPES_CENTRE_KIND] = {centre_kinds, CENTRE_KIND_COUNT},
    [TYPES_REFERRAL_STATE] = {referral_states, REFERRAL_STATE_COUNT},
    [TYPES_EQUIPMENT] = {equipments, EQUIPMENT_COUNT},
    [TYPES_VISIT] = {visits, VISIT_COUNT},
    [TYPES_PHOTO_MEDIA] = {photo_media, PHOTO_MEDIA_COUNT},
};
_Static_assert(sizeof lists / sizeof lists[0] == TYPES_LIST_COUNT, "every list has its names");

const char *types_name(enum types_list list, uint32_t value)
{
    assert(list < TYPES_LIST_COUNT);
    assert(value < lists[list].count);
    return lists[list].names[value];
}

bool types_same_text(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] != '\0' && a[i] == b[i]) {
        i++;
    }
    return a[i] == b[i];
}

int32_t types_find(enum types_list list, const char *name)
{
    assert(list < TYPES_LIST_COUNT);
    for (uint32_t value = 0; value < lists[list].count; value++) {
        if (types_same_text(lists[list].names[value], name)) {
            return (int32_t)value;
        }
    }
    return -1;
}

uint32_t types_count(enum types_list list)
{
    assert(list < TYPES_LIST_COUNT);
    return lists[list].count;
}
