#include "engine/store/photo_file.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

bool photo_file_media(const uint8_t *bytes, size_t size, enum photo_media *media)
{
    static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF};
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (size >= sizeof jpeg && memcmp(bytes, jpeg, sizeof jpeg) == 0) {
        *media = PHOTO_JPEG;
        return true;
    }
    if (size >= sizeof png && memcmp(bytes, png, sizeof png) == 0) {
        *media = PHOTO_PNG;
        return true;
    }
    if (size >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0) {
        *media = PHOTO_WEBP;
        return true;
    }
    return false;
}

void photo_file_hash(const uint8_t *bytes, size_t size, uint8_t hash[PHOTO_HASH_SIZE])
{
    const int code = crypto_generichash(hash, PHOTO_HASH_SIZE, bytes, size, NULL, 0);
    assert(code == 0); /* the sizes are constants that it takes */
}

void photo_file_name(const uint8_t hash[PHOTO_HASH_SIZE], char name[PHOTO_FILE_NAME_SIZE])
{
    (void)sodium_bin2hex(name, PHOTO_FILE_NAME_SIZE, hash, PHOTO_HASH_SIZE);
}

bool photo_file_name_read(const char *name, uint8_t hash[PHOTO_HASH_SIZE])
{
    if (strspn(name, "0123456789abcdef") != PHOTO_FILE_NAME_SIZE - 1 ||
        name[PHOTO_FILE_NAME_SIZE - 1] != '\0') {
        return false;
    }
    size_t size = 0;
    return sodium_hex2bin(hash, PHOTO_HASH_SIZE, name, PHOTO_FILE_NAME_SIZE - 1, NULL, &size,
                          NULL) == 0 &&
           size == PHOTO_HASH_SIZE;
}

enum status photo_file_path(const char *directory, const uint8_t hash[PHOTO_HASH_SIZE],
                            char path[STORE_PATH_SIZE], char error[STORE_ERROR_SIZE])
{
    char name[1 + PHOTO_FILE_NAME_SIZE] = "/";
    photo_file_name(hash, name + 1);
    return store_file_longer(directory, name, path, error);
}

enum status photo_file_save(const char *directory, const uint8_t hash[PHOTO_HASH_SIZE],
                            const uint8_t *bytes, size_t size, char error[STORE_ERROR_SIZE])
{
    char path[STORE_PATH_SIZE];
    const struct store_piece piece = {bytes, size};
    const enum status status = photo_file_path(directory, hash, path, error);
    return status == STATUS_OK ? store_file_replace(path, &piece, 1, error) : status;
}

enum status photo_file_read(const char *directory, const uint8_t hash[PHOTO_HASH_SIZE],
                            size_t size_max, uint8_t **bytes, size_t *size,
                            char error[STORE_ERROR_SIZE])
{
    char path[STORE_PATH_SIZE];
    uint8_t found[PHOTO_HASH_SIZE];
    *bytes = NULL;
    *size = 0;
    enum status status = photo_file_path(directory, hash, path, error);
    if (status == STATUS_OK) {
        status = store_file_read(path, size_max, bytes, size, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    photo_file_hash(*bytes, *size, found);
    if (memcmp(found, hash, PHOTO_HASH_SIZE) != 0) {
        free(*bytes);
        *bytes = NULL;
        *size = 0;
        store_db_say(error, "%.150s: altered: it is not what its name says", path);
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}
