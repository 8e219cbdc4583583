#ifndef ENGINE_STORE_HEADS_FILE_H
#define ENGINE_STORE_HEADS_FILE_H

#include "engine/store/journal_sign.h"
#include "engine/store/store_file.h"

/* heads.log from its end to its beginning, a piece at a time: it grows for years, and its newest
 * heads are what a start wants to know. A line that is no head is passed over. */

#define HEADS_PIECE_SIZE (32u << 10) /* some 140 heads */

struct heads_file {
    char path[STORE_PATH_SIZE];
    uint64_t unread; /* bytes from the beginning that no piece has held yet */
    bool is_torn;    /* does not end with a newline */
    char text[HEADS_PIECE_SIZE + 1];
};

/* STATUS_NOT_FOUND: there is none. Nothing to close. */
MUST_CHECK enum status heads_file_open(struct heads_file *file, const char *path,
                                       char error[STORE_ERROR_SIZE]);

/* The next whole lines towards the beginning, into `text` (read them with journal_sign_next).
 * STATUS_NOT_FOUND: there are no more. */
MUST_CHECK enum status heads_file_piece(struct heads_file *file, char error[STORE_ERROR_SIZE]);

#endif
