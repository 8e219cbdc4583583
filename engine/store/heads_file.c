#include "engine/store/heads_file.h"

#include <assert.h>
#include <string.h>

_Static_assert(HEADS_PIECE_SIZE > 2 * SIGN_LINE_SIZE, "a piece holds a whole line");

enum status heads_file_open(struct heads_file *file, const char *path, char error[STORE_ERROR_SIZE])
{
    const size_t length = strlen(path);
    assert(length < sizeof file->path);
    memcpy(file->path, path, length + 1);
    enum status status = store_file_size(path, &file->unread, error);
    char last = '\n';
    if (status == STATUS_OK && file->unread > 0) {
        status = store_file_part(path, file->unread - 1, (uint8_t *)&last, 1, error);
    }
    file->is_torn = last != '\n';
    return status;
}

enum status heads_file_piece(struct heads_file *file, char error[STORE_ERROR_SIZE])
{
    if (file->unread == 0) {
        return STATUS_NOT_FOUND;
    }
    const uint64_t from = file->unread > HEADS_PIECE_SIZE ? file->unread - HEADS_PIECE_SIZE : 0;
    const size_t size = (size_t)(file->unread - from);
    const enum status status =
        store_file_part(file->path, from, (uint8_t *)file->text, size, error);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < size; i++) { /* a power cut may leave zeros: they end no text */
        if (file->text[i] == '\0') {
            file->text[i] = ' ';
        }
    }
    file->text[size] = '\0';
    const char *newline = from == 0 ? NULL : memchr(file->text, '\n', size - 1);
    const size_t begun = newline == NULL ? 0 : (size_t)(newline - file->text) + 1;
    /* The line that the piece begins in is read whole with the piece before. */
    memmove(file->text, file->text + begun, size - begun + 1);
    file->unread = from + begun;
    return STATUS_OK;
}
