#ifndef GEO_IMPORT_GEO_IMPORT_PINYIN_H
#define GEO_IMPORT_GEO_IMPORT_PINYIN_H

#include "geo/geo_status.h"
#include "geo/import/geo_import_list.h"

/* How Chinese names are typed on a keyboard: 中山路 as "zhongshanlu" or "zsl". The readings are
 * ICU's (CLDR's Han-Latin, made of Unihan; Unicode licence), one a character; characters that names
 * of places read in two ways have both. */
struct geo_import_pinyin;

GEO_MUST_CHECK enum geo_status geo_import_pinyin_create(struct geo_import_pinyin **out);
void geo_import_pinyin_destroy(struct geo_import_pinyin *pinyin);

/* A name spelled out: squeezed (geo_text.h), Han characters by their reading, with the first
 * letters apart. `starts` as in geo_text_squeeze(). */
#define GEO_IMPORT_PINYIN_SIZE 1024u
struct geo_import_spelling {
    char text[GEO_IMPORT_PINYIN_SIZE];
    bool starts[GEO_IMPORT_PINYIN_SIZE];
    char initials[GEO_IMPORT_PINYIN_SIZE];
};

/* False: there is nothing to spell, or with `second` no character that is read in another way, too.
 */
bool geo_import_pinyin_spell(struct geo_import_pinyin *pinyin, const char *name, bool second,
                             struct geo_import_spelling *out);

#endif
