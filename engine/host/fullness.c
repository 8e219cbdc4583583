#include "engine/host/fullness.h"

#include <assert.h>

#include "engine/host/log.h"

const char *fullness_name(enum engine_store store)
{
    static const char *const names[] = {[ENGINE_INCIDENTS] = "incidents",
                                        [ENGINE_REPORTS] = "reports",
                                        [ENGINE_ASSIGNMENTS] = "assignments",
                                        [ENGINE_ALARMS] = "alarms"};
    _Static_assert(sizeof names / sizeof names[0] == ENGINE_STORE_COUNT, "a name for every store");
    assert(store < ENGINE_STORE_COUNT);
    return names[store];
}

static uint32_t oldest_incident(const struct engine *engine)
{
    struct incident_view view;
    return engine_incident_next(engine, 0, &view) ? view.incident_id : 0;
}

void fullness_look(struct daemon *daemon)
{
    for (uint32_t i = 0; i < ENGINE_STORE_COUNT; i++) {
        const struct engine_fill fill = engine_fill(daemon->engine, (enum engine_store)i);
        const uint64_t percent = (uint64_t)fill.count * 100 / fill.max;
        if (percent >= FULLNESS_SAY_PERCENT && !daemon->fullness_said[i]) {
            daemon->fullness_said[i] = true;
            daemon->alarms++;
            log_write(LOG_ERROR,
                      "%u of %u %s are in use, and what is beyond them is refused: close incidents "
                      "that are over (the oldest is %u), or raise %s_max",
                      fill.count, fill.max, fullness_name((enum engine_store)i),
                      oldest_incident(daemon->engine), fullness_name((enum engine_store)i));
        } else if (percent < FULLNESS_QUIET_PERCENT) {
            daemon->fullness_said[i] = false;
        }
    }
}
