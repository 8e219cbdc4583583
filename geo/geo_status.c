#include "geo/geo_status.h"

#include <assert.h>

const char *geo_status_text(enum geo_status status)
{
#define GEO_STATUS_TEXT(name, text) text,
    static const char *const texts[] = {GEO_STATUS_LIST(GEO_STATUS_TEXT)};
#undef GEO_STATUS_TEXT
    _Static_assert(sizeof texts / sizeof texts[0] == GEO_STATUS_COUNT, "a text for every status");

    assert((unsigned)status < GEO_STATUS_COUNT);
    return texts[status];
}
