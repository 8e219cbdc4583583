#ifndef ENGINE_HOST_QUERY_TEXT_H
#define ENGINE_HOST_QUERY_TEXT_H

#include "engine/core/types.h"

/* The query of a question ("from=…&tier=5"), read strictly: what is misspelt, empty, doubled or out
 * of range is refused with a sentence, since it would silently widen the question. */

#define QUERY_VALUE_SIZE 64u

/* Only these names (separated by a space), each once and with a value. */
bool query_text_check(const char *query, const char *known, char detail[256]);

/* The value of a parameter, percent-decoded; false: it is not there. */
bool query_text_value(const char *query, const char *name, char value[QUERY_VALUE_SIZE]);

/* A code, "" where the parameter is not there; false: longer than any, refused. */
bool query_text_code(const char *query, const char *name, char code[CODE_SIZE], char detail[256]);

/* Each leaves what it was given where the parameter is not there; false: refused. */
bool query_text_number(const char *query, const char *name, int64_t min, int64_t max,
                       int64_t *number, char detail[256]);
bool query_text_name(const char *query, const char *name, enum types_list list, uint32_t *number,
                     char detail[256]);
/* One of `words` (separated by a space): its number. */
bool query_text_word(const char *query, const char *name, const char *words, uint32_t *number,
                     char detail[256]);

#endif
