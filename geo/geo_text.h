#ifndef GEO_GEO_TEXT_H
#define GEO_GEO_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The next character of UTF-8 text and its bytes (1..4); a byte that is no UTF-8 counts as a
 * character of its own, at or above GEO_TEXT_BYTE. The text ends in NUL. */
#define GEO_TEXT_BYTE 0x80000000u
size_t geo_text_next(const char *text, uint32_t *character);

/* Han and what is written among it: every character can begin a search. */
bool geo_text_is_ideograph(uint32_t character);

/* What a search compares: folded (geo_fold_text), full-width letters as plain ones, without blanks
 * and punctuation. starts[i], if not NULL, says that a word or an ideograph begins at byte i of
 * `out`; it has out_size places. Answers the size; `out` is cut between characters. */
size_t geo_text_squeeze(const char *text, char *out, size_t out_size, bool starts[]);

#endif
