#ifndef ENGINE_CLI_CLI_HISTORY_H
#define ENGINE_CLI_CLI_HISTORY_H

#include "engine/store/history_reader.h"

/* A history to ask: the history.db of an engine, running or not, or one made for the occasion from
 * a journal that nobody has open (a backup). */
struct cli_history {
    struct history_reader *reader;
    char directory[256]; /* of the one that was made, "": none */
};

/* On failure `error` says what is wrong with the file; nothing is left behind. */
MUST_CHECK enum status cli_history_open(const char *path, struct cli_history *history,
                                        char error[256]);
void cli_history_close(struct cli_history *history);

#endif
