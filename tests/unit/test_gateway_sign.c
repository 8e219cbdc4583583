/* gateway_sign: engine and gateway know each other by a hash over time and body. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/host/gateway_sign.h"

#define AT_MS INT64_C(1764400000000)

/* The vector of docs/PROTOCOL.md; `printf '%s' 1764400000000.BODY | openssl dgst -sha256 -hmac
 * SECRET` prints the same digest. */
static const char secret[] = "the-secret-has-at-least-32-bytes";
static const char body[] = "{\"assignment\":17,\"receipt\":\"delivered\"}";
static const char vector[] =
    "t=1764400000000,v1=e954a7161acf08899d132c0d99ccc4733f04a4d8765fc44afcfed8fc6fbfa639";

static bool check(const char *signature, int64_t now_ms)
{
    return gateway_sign_check(secret, signature, body, strlen(body), now_ms);
}

Test(gateway_sign, the_bytes_are_those_of_the_protocol)
{
    char signature[GATEWAY_SIGNATURE_SIZE];
    gateway_sign(secret, AT_MS, body, strlen(body), signature);
    cr_expect(eq(int, strcmp(signature, vector), 0), "%s", signature);
    cr_expect(check(vector, AT_MS));
}

Test(gateway_sign, another_body_secret_or_time_is_refused)
{
    cr_expect(not(gateway_sign_check(secret, vector, body, strlen(body) - 1, AT_MS)));
    cr_expect(not(
        gateway_sign_check("another-secret-that-is-32-bytes!", vector, body, strlen(body), AT_MS)));
    char later[sizeof vector];
    memcpy(later, vector, sizeof vector);
    later[14] = '1'; /* the last digit of the time */
    cr_expect(not(check(later, AT_MS)));
}

Test(gateway_sign, an_old_one_is_refused_and_so_is_one_of_the_future)
{
    cr_expect(check(vector, AT_MS + GATEWAY_SIGNATURE_MS));
    cr_expect(not(check(vector, AT_MS + GATEWAY_SIGNATURE_MS + 1)));
    cr_expect(check(vector, AT_MS - GATEWAY_SIGNATURE_MS));
    cr_expect(not(check(vector, AT_MS - GATEWAY_SIGNATURE_MS - 1)));
}

Test(gateway_sign, every_change_of_one_character_is_refused)
{
    for (size_t i = 0; i < sizeof vector - 1; i++) {
        char bent[sizeof vector];
        memcpy(bent, vector, sizeof vector);
        bent[i] = bent[i] == '1' ? '2' : '1';
        cr_expect(not(check(bent, AT_MS)), "character %zu", i);
    }
}

Test(gateway_sign, what_is_no_signature_is_refused)
{
    static const char *const texts[] = {"",
                                        "t=",
                                        "t=1",
                                        "v1=00",
                                        "t=1764400000000",
                                        "t=1764400000000,v1=",
                                        "t=-1,v1=00",
                                        "t=99999999999999999999,v1=00",
                                        "t=1764400000000,v1=zz"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_expect(not(check(texts[i], AT_MS)), "%s", texts[i]);
    }
    char longer[sizeof vector + 2];
    snprintf(longer, sizeof longer, "%s00", vector);
    cr_expect(not(check(longer, AT_MS)));
}
