#include "engine/core/apply.h"
#include "engine/core/presence.h"

enum status apply_policy_put(struct engine *engine, const struct event *event)
{
    const uint32_t slot = state_policy_slot(engine);
    if (event->policy.version != engine->last_policy_version + 1 || slot == SLOT_NONE ||
        !policy_valid(&event->policy.policy)) {
        return STATUS_CORRUPT;
    }
    engine->policies[slot] =
        (struct kept_policy){.policy = event->policy.policy, .version = event->policy.version};
    engine->policy_now = slot;
    engine->last_policy_version = event->policy.version;
    if (event->policy.origin != 0) {
        engine->policy_origin = event->policy.origin;
    }
    /* How long a fix is trusted may have changed: who can be sent follows. */
    for (uint32_t id = 0; id < engine->unit_count; id++) {
        presence_define(engine, id);
    }
    return STATUS_OK;
}
