#ifndef ENGINE_HOST_BOARD_WORDS_H
#define ENGINE_HOST_BOARD_WORDS_H

#include "engine/core/types.h"

/* The words of the board on paper, Chinese and English beside each other ("到场 on scene"). The
 * pages have their own (web/src/i18n); this is for when there are no pages. A value that has no
 * word here is called by its wire name. */
const char *board_words(enum types_list list, uint32_t value);

#endif
