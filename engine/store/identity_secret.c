#include "engine/store/identity_secret.h"

#include <sodium.h>
#include <string.h>

#define SECRET_BYTES 32u

void identity_secret_make(char secret[IDENTITY_TOKEN_SIZE], uint8_t hash[IDENTITY_HASH_SIZE])
{
    uint8_t bytes[SECRET_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(secret, IDENTITY_TOKEN_SIZE, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    identity_store_fingerprint(secret, hash);
}

enum status identity_secret_end(struct identity_write *write, char secret[IDENTITY_TOKEN_SIZE])
{
    const enum status status = identity_write_end(write);
    if (status != STATUS_OK) {
        secret[0] = '\0';
    }
    return status;
}

bool identity_secret_code_valid(const char *text, size_t size)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_.-";
    const size_t length = strnlen(text, size);
    return length > 0 && length < size && strspn(text, allowed) == length;
}
