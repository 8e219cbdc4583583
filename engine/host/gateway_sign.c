#include "engine/host/gateway_sign.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define TIME_DIGITS_MAX 15u /* of an int64_t that is no nonsense: the year 33,000 */

static void digest(const char *secret, int64_t at_ms, const void *body, size_t size,
                   unsigned char out[crypto_auth_hmacsha256_BYTES])
{
    char head[32];
    const int head_size = snprintf(head, sizeof head, "%" PRId64 ".", at_ms);
    assert(head_size > 0);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)head,
                                  (unsigned long long)head_size);
    crypto_auth_hmacsha256_update(&state, body, size);
    crypto_auth_hmacsha256_final(&state, out);
    sodium_memzero(&state, sizeof state);
}

void gateway_sign(const char *secret, int64_t at_ms, const void *body, size_t size,
                  char signature[GATEWAY_SIGNATURE_SIZE])
{
    unsigned char bytes[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof bytes + 1];
    digest(secret, at_ms, body, size, bytes);
    (void)sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    snprintf(signature, GATEWAY_SIGNATURE_SIZE, "t=%" PRId64 ",v1=%s", at_ms, hex);
}

/* "t=DIGITS,v1=HEX" and nothing else. */
static bool read_signature(const char *signature, int64_t *at_ms,
                           unsigned char bytes[crypto_auth_hmacsha256_BYTES])
{
    static const char middle[] = ",v1=";
    if (strncmp(signature, "t=", 2) != 0) {
        return false;
    }
    const char *at = signature + 2;
    const size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > TIME_DIGITS_MAX ||
        strncmp(at + digits, middle, sizeof middle - 1) != 0) {
        return false;
    }
    *at_ms = 0;
    for (size_t i = 0; i < digits; i++) {
        *at_ms = *at_ms * 10 + (at[i] - '0');
    }
    const char *hex = at + digits + sizeof middle - 1;
    size_t size = 0;
    return strlen(hex) == 2 * (size_t)crypto_auth_hmacsha256_BYTES &&
           sodium_hex2bin(bytes, crypto_auth_hmacsha256_BYTES, hex, strlen(hex), NULL, &size,
                          NULL) == 0 &&
           size == crypto_auth_hmacsha256_BYTES;
}

bool gateway_sign_check(const char *secret, const char *signature, const void *body, size_t size,
                        int64_t now_ms)
{
    unsigned char said[crypto_auth_hmacsha256_BYTES];
    unsigned char meant[crypto_auth_hmacsha256_BYTES];
    int64_t at_ms = 0;
    if (!read_signature(signature, &at_ms, said)) {
        return false;
    }
    if (at_ms < now_ms - GATEWAY_SIGNATURE_MS || at_ms > now_ms + GATEWAY_SIGNATURE_MS) {
        return false;
    }
    digest(secret, at_ms, body, size, meant);
    return sodium_memcmp(said, meant, sizeof said) == 0;
}
