#ifndef ENGINE_HOST_PAST_BOARD_H
#define ENGINE_HOST_PAST_BOARD_H

#include "engine/host/past_marks.h"
#include "engine/net/access.h"
#include "engine/store/history_reader.h"
#include "proto/proto_buffer.h"

/* The board at a moment of the past and what happened after it, in the words of the city stream
 * (docs/PROTOCOL.md §6.2), so that a page shows any second of a shift with the reducer that it has
 * for the live one. */

struct past_board_question {
    int64_t at_ms, until_ms;
    uint64_t scope;
    enum role role;
};

#define PAST_BOARD_REPLAY_MAX 5000000u /* events since a mark: some ten seconds */
#define PAST_BOARD_EVENTS_MAX 20000u   /* after it; what follows is asked for with a later `at` */
#define PAST_BOARD_SPAN_MS    86400000

/* at= and until= (an hour unless said). False: `detail` says what is wrong. */
bool past_board_parse(struct past_board_question *question, const char *query,
                      const struct identity *by, char detail[256]);

/* On the reader's thread. STATUS_BAD_INPUT: before the record, or too much to replay. */
MUST_CHECK enum status past_board_answer(const struct past_board_question *question,
                                         struct history_reader *reader,
                                         const struct engine_config *config,
                                         const struct past_marks *marks, struct proto_buffer *body,
                                         char error[256]);

#endif
