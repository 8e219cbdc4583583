#include "engine/store/journal_sign.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/store_file.h"

#define KEY_TEXT_SIZE (2 * SIGN_SECRET_SIZE + 1)
#define KEY_FILE_MAX  4096u
#define MESSAGE_SIZE  (13 + EPOCH_SIZE + 8 + CHAIN_HASH_SIZE)

static enum status public_create(const char *path, const struct sign_key *key,
                                 char error[STORE_ERROR_SIZE])
{
    char beside[STORE_PATH_SIZE];
    if (store_file_longer(path, ".pub", beside, error) != STATUS_OK) {
        return STATUS_FULL;
    }
    char text[2 * SIGN_PUBLIC_SIZE + 1];
    (void)sodium_bin2hex(text, sizeof text, key->public, SIGN_PUBLIC_SIZE);
    text[sizeof text - 1] = '\n';
    const struct store_piece piece = {(const uint8_t *)text, sizeof text};
    return store_file_replace(beside, &piece, 1, error);
}

static enum status key_create(const char *path, struct sign_key *key, char error[STORE_ERROR_SIZE])
{
    (void)crypto_sign_keypair(key->public, key->secret);
    char text[KEY_TEXT_SIZE];
    (void)sodium_bin2hex(text, sizeof text, key->secret, SIGN_SECRET_SIZE);
    text[KEY_TEXT_SIZE - 1] = '\n';
    const enum status status = store_file_secret(path, (const uint8_t *)text, sizeof text, error);
    sodium_memzero(text, sizeof text);
    return status == STATUS_OK ? public_create(path, key, error) : status;
}

/* Read a line of hex; `length` bytes came out. */
static enum status key_read(const char *path, uint8_t bytes[SIGN_SECRET_SIZE], size_t *length,
                            char error[STORE_ERROR_SIZE])
{
    uint8_t *text = NULL;
    size_t size = 0;
    const enum status status = store_file_read(path, KEY_FILE_MAX, &text, &size, error);
    if (status != STATUS_OK) {
        return status;
    }
    const char *end = NULL;
    const int bad =
        sodium_hex2bin(bytes, SIGN_SECRET_SIZE, (const char *)text, size, "\n", length, &end);
    sodium_memzero(text, size);
    free(text);
    *length = bad == 0 ? *length : 0;
    return STATUS_OK;
}

enum status journal_sign_key(const char *path, bool create, struct sign_key *key,
                             char error[STORE_ERROR_SIZE])
{
    _Static_assert(SIGN_SIZE == crypto_sign_BYTES, "libsodium's signature");
    _Static_assert(SIGN_SECRET_SIZE == crypto_sign_SECRETKEYBYTES, "libsodium's secret key");
    size_t length = 0;
    const enum status status = key_read(path, key->secret, &length, error);
    if (status == STATUS_NOT_FOUND && create) {
        return key_create(path, key, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (length != SIGN_SECRET_SIZE) {
        store_db_say(error, "%.150s: not a signing key (128 hex digits expected)", path);
        return STATUS_CORRUPT;
    }
    (void)crypto_sign_ed25519_sk_to_pk(key->public, key->secret);
    return STATUS_OK;
}

enum status journal_sign_public(const char *path, uint8_t public[SIGN_PUBLIC_SIZE],
                                char error[STORE_ERROR_SIZE])
{
    uint8_t bytes[SIGN_SECRET_SIZE];
    size_t length = 0;
    enum status status = key_read(path, bytes, &length, error);
    if (status == STATUS_OK && length == SIGN_SECRET_SIZE) {
        (void)crypto_sign_ed25519_sk_to_pk(public, bytes);
    } else if (status == STATUS_OK && length == SIGN_PUBLIC_SIZE) {
        memcpy(public, bytes, SIGN_PUBLIC_SIZE);
    } else if (status == STATUS_OK) {
        store_db_say(error, "%.150s: not a key (64 or 128 hex digits expected)", path);
        status = STATUS_CORRUPT;
    }
    sodium_memzero(bytes, sizeof bytes);
    return status;
}

static size_t head_message(const struct signed_head *head, uint8_t message[MESSAGE_SIZE])
{
    static const char label[] = "kuaifan head "; /* a signature of ours means nothing else */
    uint8_t *at = message;
    memcpy(at, label, sizeof label - 1);
    at += sizeof label - 1;
    memcpy(at, head->epoch, EPOCH_SIZE - 1);
    at += EPOCH_SIZE - 1;
    for (uint32_t i = 0; i < 8; i++) {
        *at++ = (uint8_t)(head->seq >> (8 * i) & 0xff);
    }
    memcpy(at, head->hash, CHAIN_HASH_SIZE);
    at += CHAIN_HASH_SIZE;
    assert((size_t)(at - message) <= MESSAGE_SIZE);
    return (size_t)(at - message);
}

void journal_sign_head(const struct sign_key *key, struct signed_head *head)
{
    uint8_t message[MESSAGE_SIZE];
    const size_t size = head_message(head, message);
    (void)crypto_sign_detached(head->signature, NULL, message, size, key->secret);
}

bool journal_sign_valid(const uint8_t public[SIGN_PUBLIC_SIZE], const struct signed_head *head)
{
    uint8_t message[MESSAGE_SIZE];
    const size_t size = head_message(head, message);
    return crypto_sign_verify_detached(head->signature, message, size, public) == 0;
}

size_t journal_sign_print(const struct signed_head *head, char line[SIGN_LINE_SIZE])
{
    char hash[2 * CHAIN_HASH_SIZE + 1];
    char signature[2 * SIGN_SIZE + 1];
    (void)sodium_bin2hex(hash, sizeof hash, head->hash, CHAIN_HASH_SIZE);
    (void)sodium_bin2hex(signature, sizeof signature, head->signature, SIGN_SIZE);
    const int length = snprintf(line, SIGN_LINE_SIZE, "%s %llu %s %s\n", head->epoch,
                                (unsigned long long)head->seq, hash, signature);
    assert(length > 0);
    assert((size_t)length < SIGN_LINE_SIZE);
    return (size_t)length;
}

static bool parse_hex(const char **at, uint8_t *bytes, size_t size, char end)
{
    size_t length = 0;
    const char *stop = NULL;
    if (strnlen(*at, 2 * size) < 2 * size ||
        sodium_hex2bin(bytes, size, *at, 2 * size, NULL, &length, &stop) != 0) {
        return false;
    }
    *at = stop + 1;
    return length == size && *stop == end;
}

bool journal_sign_parse(const char *line, struct signed_head *head)
{
    uint8_t epoch[(EPOCH_SIZE - 1) / 2];
    const char *at = line;
    if (!parse_hex(&at, epoch, sizeof epoch, ' ')) {
        return false;
    }
    memcpy(head->epoch, line, EPOCH_SIZE - 1);
    head->epoch[EPOCH_SIZE - 1] = '\0';
    char *end = NULL;
    head->seq = strtoull(at, &end, 10);
    if (end == at || *end != ' ') {
        return false;
    }
    at = end + 1;
    return parse_hex(&at, head->hash, CHAIN_HASH_SIZE, ' ') &&
           parse_hex(&at, head->signature, SIGN_SIZE, '\n');
}

const char *journal_sign_next(const char *text, struct signed_head *head)
{
    const char *at = text;
    while (*at != '\0') {
        const char *newline = strchr(at, '\n');
        const bool whole = journal_sign_parse(at, head);
        at = newline == NULL ? at + strlen(at) : newline + 1;
        if (whole) {
            return at;
        }
    }
    return NULL;
}
