#include "engine/core/staffing.h"

#include <assert.h>

#include "engine/core/patrol.h"

#define MIN_MS INT64_C(60000)

bool staffing_rota_valid(const struct circle_definition *circle)
{
    bool is_valid = circle->shift_count <= CIRCLE_SHIFTS_MAX &&
                    (circle->shift_count != 1 || circle->shifts[0].from_min == 0);
    for (uint32_t i = 0; is_valid && i < circle->shift_count; i++) {
        is_valid = circle->shifts[i].from_min < DAY_MIN &&
                   circle->shifts[i].minimum <= CIRCLE_MINIMUM_MAX &&
                   (i == 0 || circle->shifts[i - 1].from_min < circle->shifts[i].from_min);
    }
    return is_valid;
}

/* Minutes since local midnight. */
static uint32_t local_minute(const struct engine *engine, int64_t at_ms)
{
    const int64_t minutes = (at_ms + patrol_zone_ms(engine)) / MIN_MS;
    const int64_t minute = (minutes % DAY_MIN + DAY_MIN) % DAY_MIN; /* before 1970, too */
    return (uint32_t)minute;
}

static void take_rota(const struct circle_definition *circle, uint32_t minute,
                      struct staffing *staffing)
{
    const uint32_t count = circle->shift_count;
    if (count == 0) {
        return;
    }
    uint32_t now = count - 1; /* of yesterday, before the first of today */
    for (uint32_t i = 0; i < count && circle->shifts[i].from_min <= minute; i++) {
        now = i;
    }
    staffing->is_planned = true;
    staffing->minimum = circle->shifts[now].minimum;
    staffing->from_min = circle->shifts[now].from_min;
    staffing->to_min = circle->shifts[(now + 1) % count].from_min;
}

static void count_unit(const struct unit *unit, struct staffing *staffing)
{
    if (unit->duty == DUTY_ON) {
        staffing->on_count++;
        staffing->people += unit->people;
    } else if (unit->duty == DUTY_OUT_OF_SERVICE) {
        staffing->out_of_service_count++;
    }
}

void staffing_reckon(const struct engine *engine, int64_t at_ms)
{
    const uint32_t minute = local_minute(engine, at_ms);
    assert(minute < DAY_MIN);
    for (uint32_t i = 0; i < engine->circle_count; i++) {
        engine->staffing[i] = (struct staffing){.is_planned = false};
        take_rota(&engine->circles[i], minute, &engine->staffing[i]);
    }
    for (uint32_t i = 0; i < engine->unit_count; i++) {
        const struct unit *unit = &engine->units[i];
        const uint32_t circle = unit->definition.circle;
        if (circle != CIRCLE_NONE && unit->definition.kind != UNIT_VOLUNTEER) {
            count_unit(unit, &engine->staffing[circle]);
        }
    }
}
