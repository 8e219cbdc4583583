#include "engine/core/event.h"

#include <assert.h>

const char *event_kind_name(enum event_kind kind)
{
#define EVENT_TEXT(name, text) text,
    static const char *const texts[] = {EVENT_KIND_LIST(EVENT_TEXT)};
#undef EVENT_TEXT
    assert(kind < EVENT_KIND_COUNT);
    return texts[kind];
}
