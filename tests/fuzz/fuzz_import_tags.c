/* Any tags: a rule within its limits, or a reason. The bytes are key, NUL, value, NUL ... */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_draw.h"
#include "geo/import/geo_import_speed.h"
#include "geo/import/geo_import_tags.h"
#include "geo/import/geo_import_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TAGS_MAX 32u

static void check_rule(struct geo_import_tags tags)
{
    struct geo_import_rule rule;
    enum geo_import_count reason = GEO_IMPORT_COUNT_COUNT;
    bool unknown = false;
    const bool is_road = geo_import_tags_rule(tags, &rule, &reason, &unknown);
    assert(is_road == (geo_import_tags_open(&rule) != 0));
    assert(rule.road_class < GEO_ROAD_CLASS_COUNT);
    for (int d = 0; d < GEO_IMPORT_DIRECTION_COUNT; d++) {
        for (int p = 0; p < GEO_PROFILE_COUNT; p++) {
            const uint32_t speed = rule.speed_mh[d][p];
            assert(speed == 0 || speed >= GEO_IMPORT_SPEED_MIN_MH);
            assert(speed <= GEO_IMPORT_SPEED_MAX_MH);
        }
    }
    assert(geo_import_tags_blocked(tags) < 1u << GEO_PROFILE_COUNT);
    const struct geo_import_draw draw = geo_import_draw_of(tags, true);
    assert((draw.layer == NULL) == (draw.kind == NULL));
}

static void check_value(const char *value)
{
    uint32_t speed = 0;
    if (geo_import_speed_posted(value, &speed)) {
        assert(speed >= GEO_IMPORT_SPEED_MIN_MH);
    }
    (void)geo_import_speed_duration_s(value);
    struct geo_import_text text;
    if (geo_import_text_init(&text) != GEO_OK) {
        return;
    }
    uint32_t offset = 0;
    uint32_t again = 1;
    if (geo_import_text_add(&text, value, &offset) == GEO_OK &&
        geo_import_text_add(&text, geo_import_text_at(&text, offset), &again) == GEO_OK) {
        assert(offset == again); /* what is clean stays as it is */
    }
    geo_import_text_finish(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 2);
    if (copy == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(copy, data, size);
    }
    copy[size] = '\0';
    copy[size + 1] = '\0';
    struct geo_import_tag tags[TAGS_MAX];
    size_t count = 0;
    for (size_t at = 0; at < size && count < TAGS_MAX; count++) {
        tags[count].key = copy + at;
        at += strlen(copy + at) + 1;
        tags[count].value = at <= size ? copy + at : "";
        at += strlen(tags[count].value) + 1;
        check_value(tags[count].value);
    }
    check_rule((struct geo_import_tags){tags, count});
    free(copy);
    return 0;
}
