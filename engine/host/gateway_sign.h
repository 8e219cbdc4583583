#ifndef ENGINE_HOST_GATEWAY_SIGN_H
#define ENGINE_HOST_GATEWAY_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How engine and gateway know each other: HMAC-SHA256 over time and body, under a shared secret,
 * carried in one header, `t=MILLISECONDS,v1=HEX`. docs/PROTOCOL.md has the exact bytes. */

#define GATEWAY_SECRET_MIN     32u /* bytes: as much as the hash itself has */
#define GATEWAY_SECRET_SIZE    257u
#define GATEWAY_SIGNATURE_SIZE 112u   /* "t=" 20 digits ",v1=" 64 digits, NUL */
#define GATEWAY_SIGNATURE_MS   300000 /* a signature is this old at most, and no further ahead */

void gateway_sign(const char *secret, int64_t at_ms, const void *body, size_t size,
                  char signature[GATEWAY_SIGNATURE_SIZE]);

/* Whether the holder of the secret signed this body around now. In constant time for the digest. */
bool gateway_sign_check(const char *secret, const char *signature, const void *body, size_t size,
                        int64_t now_ms);

#endif
