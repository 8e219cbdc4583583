#include "geo/import/geo_import_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_text.h"
#include "geo/import/geo_import_pinyin.h"
#include "geo/import/geo_import_street.h"

#define SQUARE_E7 10000 /* 100 m: one place mapped as a point and as an area is one place */

struct sorted_name {
    struct geo_import_named named;
    const char *name;
    char folded[64]; /* enough to sort by; what follows is decided by the name */
};

struct sorted_key {
    struct geo_name_key key;
    const char *text;
};

static int compare_int(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_names(const void *a, const void *b)
{
    const struct sorted_name *one = a;
    const struct sorted_name *other = b;
    int by = strcmp(one->folded, other->folded);
    by = by != 0 ? by : strcmp(one->name, other->name);
    by = by != 0 ? by : compare_int(one->named.kind, other->named.kind);
    by = by != 0 ? by : compare_int(one->named.at.lat_e7, other->named.at.lat_e7);
    return by != 0 ? by : compare_int(one->named.at.lon_e7, other->named.at.lon_e7);
}

static int compare_keys(const void *a, const void *b)
{
    const struct sorted_key *one = a;
    const struct sorted_key *other = b;
    const int by_text = strcmp(one->text, other->text);
    if (by_text != 0) {
        return by_text;
    }
    const uint32_t mask = ~GEO_NAME_INSIDE;
    const int by_name = compare_int(one->key.name & mask, other->key.name & mask);
    return by_name != 0 ? by_name : compare_int(one->key.name, other->key.name);
}

static enum geo_status add_places(const struct geo_import_source *source,
                                  struct geo_import_names *names)
{
    const struct geo_import_poi *pois = source->pois.items;
    for (size_t i = 0; i < source->pois.count; i++) {
        struct geo_import_named *named = geo_import_list_add(&names->drafts);
        if (named == NULL) {
            return GEO_NO_MEMORY;
        }
        *named = (struct geo_import_named){.kind = pois[i].kind, .at = pois[i].at};
        const char *name = geo_import_text_at(&source->text, pois[i].name);
        const char *others = geo_import_text_at(&source->text, pois[i].alternatives);
        enum geo_status status = geo_import_text_add(&names->text, name, &named->name);
        if (status == GEO_OK) {
            status = geo_import_text_add(&names->text, others, &named->alternatives);
        }
        if (status != GEO_OK) {
            return status;
        }
    }
    return GEO_OK;
}

static bool is_again(const struct geo_import_named *one, const struct geo_import_named *other)
{
    return one->name == other->name && one->kind == other->kind &&
           labs((long)one->at.lat_e7 - other->at.lat_e7) < SQUARE_E7 &&
           labs((long)one->at.lon_e7 - other->at.lon_e7) < SQUARE_E7;
}

/* drafts become names, by folded name; one that is there already within a square is left out. */
static enum geo_status sort_names(struct geo_import_names *names)
{
    struct geo_import_named *drafts = names->drafts.items;
    const size_t count = names->drafts.count;
    struct sorted_name *sorted = calloc(count + 1, sizeof *sorted);
    if (sorted == NULL) {
        return GEO_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i].named = drafts[i];
        sorted[i].name = geo_import_text_at(&names->text, drafts[i].name);
        geo_fold_text(sorted[i].name, sorted[i].folded, sizeof sorted[i].folded);
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !is_again(&drafts[kept - 1], &sorted[i].named)) {
            drafts[kept++] = sorted[i].named;
        }
    }
    names->drafts.count = kept;
    free(sorted);
    struct geo_name *out = geo_import_list_append(&names->names, NULL, kept);
    for (size_t i = 0; out != NULL && i < kept; i++) {
        out[i] = (struct geo_name){drafts[i].name, drafts[i].kind, drafts[i].at};
    }
    return out == NULL ? GEO_NO_MEMORY : GEO_OK;
}

/* The keys of one spelling: its text goes into TEXT once, each start is an offset into it; `starts`
 * NULL: every byte is one. */
static enum geo_status add_keys(struct geo_import_names *names, uint32_t name, const char *text,
                                const bool starts[])
{
    uint32_t offset = 0;
    if (text[0] == '\0' || strlen(text) > GEO_IMPORT_TEXT_MAX) {
        return GEO_OK;
    }
    const enum geo_status status = geo_import_text_add(&names->text, text, &offset);
    for (uint32_t i = 0; status == GEO_OK && text[i] != '\0'; i++) {
        if (i > 0 && starts != NULL && !starts[i]) {
            continue;
        }
        struct geo_name_key *key = geo_import_list_add(&names->keys);
        if (key == NULL) {
            return GEO_NO_MEMORY;
        }
        *key =
            (struct geo_name_key){.text = offset + i, .name = name | (i > 0 ? GEO_NAME_INSIDE : 0)};
    }
    return status;
}

static enum geo_status add_spelling(struct geo_import_names *names,
                                    struct geo_import_pinyin *pinyin, uint32_t name,
                                    const char *text)
{
    char squeezed[GEO_IMPORT_TEXT_MAX * 2 + 1];
    bool starts[GEO_IMPORT_TEXT_MAX * 2 + 1];
    (void)geo_text_squeeze(text, squeezed, sizeof squeezed, starts);
    enum geo_status status = add_keys(names, name, squeezed, starts);
    for (int second = 0; second < 2 && status == GEO_OK; second++) {
        struct geo_import_spelling spelling;
        if (!geo_import_pinyin_spell(pinyin, text, second == 1, &spelling)) {
            break;
        }
        status = add_keys(names, name, spelling.text, spelling.starts);
        if (status == GEO_OK) {
            status = add_keys(names, name, spelling.initials, NULL);
        }
    }
    return status;
}

/* All spellings of all names. They are copied before use: adding to the text may move it. */
static enum geo_status spell_all(struct geo_import_names *names, struct geo_import_pinyin *pinyin)
{
    const struct geo_import_named *drafts = names->drafts.items;
    enum geo_status status = GEO_OK;
    for (uint32_t i = 0; i < names->drafts.count && status == GEO_OK; i++) {
        char text[GEO_IMPORT_TEXT_MAX + 1] = {0};
        (void)snprintf(text, sizeof text, "%s", geo_import_text_at(&names->text, drafts[i].name));
        status = add_spelling(names, pinyin, i, text);
        (void)snprintf(text, sizeof text, "%s",
                       geo_import_text_at(&names->text, drafts[i].alternatives));
        for (char *at = text; *at != '\0' && status == GEO_OK;) {
            const size_t length = strcspn(at, ";");
            const bool is_last = at[length] == '\0';
            at[length] = '\0';
            status = add_spelling(names, pinyin, i, at);
            at += is_last ? length : length + 1;
        }
    }
    return status;
}

static enum geo_status sort_keys(struct geo_import_names *names)
{
    struct geo_name_key *keys = names->keys.items;
    const size_t count = names->keys.count;
    struct sorted_key *sorted = calloc(count + 1, sizeof *sorted);
    if (sorted == NULL) {
        return GEO_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = (struct sorted_key){keys[i], geo_import_text_at(&names->text, keys[i].text)};
    }
    qsort(sorted, count, sizeof *sorted, compare_keys);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) { /* two spellings that come to the same are one */
        const bool again = i > 0 && strcmp(sorted[i].text, sorted[i - 1].text) == 0 &&
                           ((sorted[i].key.name ^ sorted[i - 1].key.name) & ~GEO_NAME_INSIDE) == 0;
        if (!again) {
            keys[kept++] = sorted[i].key;
        }
    }
    names->keys.count = kept;
    free(sorted);
    return GEO_OK;
}

static enum geo_status build(const struct geo_import_source *source, struct geo_import_graph *graph,
                             struct geo_import_names *names, struct geo_import_pinyin *pinyin)
{
    enum geo_status status = geo_import_street_add(source, graph, names);
    source->report->counts[GEO_IMPORT_STREETS] = names->drafts.count;
    if (status == GEO_OK) {
        status = add_places(source, names);
    }
    if (status == GEO_OK) {
        status = sort_names(names);
    }
    if (status == GEO_OK && names->names.count >= GEO_NAME_INSIDE) {
        status = GEO_FULL;
    }
    if (status == GEO_OK) {
        status = spell_all(names, pinyin);
    }
    source->report->counts[GEO_IMPORT_NAMES] = names->names.count;
    source->report->counts[GEO_IMPORT_NAME_KEYS] = names->keys.count;
    return status == GEO_OK ? sort_keys(names) : status;
}

enum geo_status geo_import_name_build(const struct geo_import_source *source,
                                      struct geo_import_graph *graph,
                                      struct geo_import_names *names)
{
    *names = (struct geo_import_names){.drafts = GEO_IMPORT_LIST_OF(struct geo_import_named),
                                       .names = GEO_IMPORT_LIST_OF(struct geo_name),
                                       .keys = GEO_IMPORT_LIST_OF(struct geo_name_key)};
    struct geo_import_pinyin *pinyin = NULL;
    enum geo_status status = geo_import_text_init(&names->text);
    if (status == GEO_OK) {
        status = geo_import_pinyin_create(&pinyin);
        if (status == GEO_NOT_FOUND) {
            status = geo_import_report_fail(source->report, GEO_NOT_FOUND,
                                            "ICU knows no Han-Latin: its data is not installed");
        }
    }
    if (status == GEO_OK) {
        status = build(source, graph, names, pinyin);
    }
    geo_import_pinyin_destroy(pinyin);
    if (status != GEO_OK) {
        geo_import_name_finish(names);
    }
    return status;
}

void geo_import_name_finish(struct geo_import_names *names)
{
    geo_import_text_finish(&names->text);
    geo_import_list_finish(&names->drafts);
    geo_import_list_finish(&names->names);
    geo_import_list_finish(&names->keys);
}
