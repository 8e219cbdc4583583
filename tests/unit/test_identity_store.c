/* identity_store: who may come in, who may not any more, and that secrets are nowhere in the file.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/identity_store.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_given.h"

#define NOW  1767225600000
#define HOUR 3600000

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE];
static char error[256];
static struct identity_store *store;

static void open_it(void)
{
    cr_assert(eq(int, identity_store_open(path, &store, error), STATUS_OK), "%s", error);
}

static void open_again(void)
{
    identity_store_close(store);
    open_it();
}

static void set_up(void)
{
    fault_vfs_install();
    store_given_directory(directory);
    store_given_path(directory, "identity.db", path);
    open_it();
}

static void tear_down(void)
{
    fault_vfs_disarm();
    identity_store_close(store);
    store = NULL;
    store_given_remove(directory);
}

TestSuite(identity, .init = set_up, .fini = tear_down, .timeout = 60);

static struct identity_user a_user(const char *name, enum identity_role role)
{
    struct identity_user user = {.role = role, .scope = 1u << 3};
    (void)snprintf(user.name, sizeof user.name, "%s", name);
    (void)snprintf(user.display_name, sizeof user.display_name, "李 %s", name);
    if (role == IDENTITY_UNIT) {
        (void)snprintf(user.unit_code, sizeof user.unit_code, "P12");
    }
    return user;
}

/* Passwords are slow by design: most tests need none that is real. */
static uint32_t given_user(const char *name, enum identity_role role, const char *passhash)
{
    struct identity_user user = a_user(name, role);
    cr_assert(
        eq(int, identity_store_user_create(store, &user, passhash, "root", NOW, error), STATUS_OK),
        "%s", error);
    return user.user_id;
}

/* ---- Users and passwords ---- */

Test(identity, a_password_opens_and_another_does_not)
{
    char passhash[IDENTITY_PASSHASH_SIZE], kept[IDENTITY_PASSHASH_SIZE];
    cr_assert(eq(int, identity_store_hash("correct horse", passhash), STATUS_OK));
    cr_expect(ne(ptr, strstr(passhash, "$argon2id$v=19$m=65536,t=2,p=1$"), NULL), "%s", passhash);
    const uint32_t id = given_user("li", IDENTITY_SUPERVISOR, passhash);
    open_again();
    struct identity_user user;
    cr_assert(eq(int, identity_store_login(store, "li", &user, kept), STATUS_OK));
    cr_expect(eq(u32, user.user_id, id));
    cr_expect(eq(int, user.role, IDENTITY_SUPERVISOR));
    cr_expect(eq(u64, user.scope, 1u << 3));
    cr_expect(eq(str, user.display_name, "李 li"));
    cr_expect(identity_store_match("correct horse", kept));
    cr_expect(not(identity_store_match("correct horsf", kept)));
    cr_expect(not(identity_store_match("", kept)));
}

Test(identity, an_unknown_name_takes_the_decoy_and_never_matches)
{
    struct identity_user user;
    char passhash[IDENTITY_PASSHASH_SIZE];
    cr_expect(eq(int, identity_store_login(store, "nobody", &user, passhash), STATUS_NOT_FOUND));
    cr_expect(eq(int, passhash[0], 0));
    cr_expect(not(identity_store_match("password", identity_store_decoy())));
    cr_expect(ne(ptr, strstr(identity_store_decoy(), "m=65536,t=2,p=1"), NULL),
              "it costs what a real one costs");
}

Test(identity, passwords_have_bounds)
{
    char passhash[IDENTITY_PASSHASH_SIZE];
    char text[IDENTITY_PASSWORD_MAX + 2];
    memset(text, 'x', sizeof text);
    text[IDENTITY_PASSWORD_MIN - 1] = '\0';
    cr_expect(eq(int, identity_store_hash(text, passhash), STATUS_BAD_INPUT));
    memset(text, 'x', sizeof text);
    text[IDENTITY_PASSWORD_MAX + 1] = '\0';
    cr_expect(eq(int, identity_store_hash(text, passhash), STATUS_BAD_INPUT));
    text[IDENTITY_PASSWORD_MAX] = '\0';
    cr_expect(eq(int, identity_store_hash(text, passhash), STATUS_OK));
    cr_expect(identity_store_match(text, passhash));
}

Test(identity, a_scope_of_the_whole_city_survives_the_sign_bit)
{
    struct identity_user user = a_user("chief", IDENTITY_DISPATCHER);
    user.scope = SCOPE_CITY;
    cr_assert(
        eq(int, identity_store_user_create(store, &user, NULL, "root", NOW, error), STATUS_OK));
    struct identity_user read;
    cr_assert(eq(int, identity_store_user(store, user.user_id, &read), STATUS_OK));
    cr_expect(eq(u64, read.scope, SCOPE_CITY));
}

Test(identity, a_name_is_taken_once)
{
    (void)given_user("li", IDENTITY_DISPATCHER, NULL);
    struct identity_user again = a_user("li", IDENTITY_SUPERVISOR);
    cr_expect(
        eq(int, identity_store_user_create(store, &again, NULL, "root", NOW, error), STATUS_BUSY));
    cr_expect(ne(ptr, strstr(error, "'li' is taken"), NULL), "%s", error);
}

Test(identity, what_is_out_of_bounds_is_refused_by_its_name)
{
    static const char *const names[] = {"",    "li wang", "李",
                                        "a/b", "system",  "x'; DROP TABLE user"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct identity_user user = a_user(names[i], IDENTITY_DISPATCHER);
        cr_expect(eq(int, identity_store_user_create(store, &user, NULL, "root", NOW, error),
                     STATUS_BAD_INPUT),
                  "'%s'", names[i]);
        cr_expect(ne(ptr, strstr(error, "name:"), NULL), "%s", error);
    }
    struct identity_user user = a_user("li", IDENTITY_UNIT);
    user.unit_code[0] = '\0';
    cr_expect(eq(int, identity_store_user_create(store, &user, NULL, "root", NOW, error),
                 STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, "unit code"), NULL), "%s", error);
    user = a_user("li", IDENTITY_UNIT);
    user.role = IDENTITY_API;
    cr_expect(eq(int, identity_store_user_create(store, &user, NULL, "root", NOW, error),
                 STATUS_BAD_INPUT));
    user = a_user("li", IDENTITY_API);
    user.role = IDENTITY_COUNT;
    cr_expect(eq(int, identity_store_user_create(store, &user, NULL, "root", NOW, error),
                 STATUS_BAD_INPUT));
    memset(user.display_name, 'x', sizeof user.display_name);
    user.role = IDENTITY_API;
    cr_expect(eq(int, identity_store_user_create(store, &user, NULL, "root", NOW, error),
                 STATUS_BAD_INPUT));
}

static uint32_t counted;

static bool count_user(void *context, const struct identity_user *user)
{
    (void)context;
    (void)user;
    counted++;
    return true;
}

static bool count_token(void *context, const struct identity_token *token)
{
    struct identity_token *last = context;
    if (last != NULL) {
        *last = *token;
    }
    counted++;
    return true;
}

static uint32_t tokens_at(int64_t at_ms, struct identity_token *last)
{
    counted = 0;
    cr_assert(eq(int, identity_store_tokens(store, at_ms, count_token, last), STATUS_OK));
    return counted;
}

Test(identity, a_disabled_user_is_out_with_every_token)
{
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, "$argon2id$hash");
    const uint32_t wang = given_user("wang", IDENTITY_DISPATCHER, NULL);
    char token[IDENTITY_TOKEN_SIZE], passhash[IDENTITY_PASSHASH_SIZE];
    struct identity_token issued;
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert(eq(int,
                     identity_store_token_issue(store, li, NOW, NOW + HOUR, token, &issued, error),
                     STATUS_OK));
    }
    cr_assert(eq(int,
                 identity_store_token_issue(store, wang, NOW, NOW + HOUR, token, &issued, error),
                 STATUS_OK));
    cr_expect(eq(u32, tokens_at(NOW, NULL), 4));
    cr_assert(eq(int, identity_store_user_disable(store, li, true, "root", NOW, error), STATUS_OK));
    cr_expect(eq(u32, tokens_at(NOW, NULL), 1));
    struct identity_user user;
    cr_expect(eq(int, identity_store_login(store, "li", &user, passhash), STATUS_DENIED));
    cr_expect(eq(int, passhash[0], 0));
    cr_expect(eq(int, identity_store_token_issue(store, li, NOW, NOW + HOUR, token, &issued, error),
                 STATUS_DENIED));
    cr_assert(
        eq(int, identity_store_user_disable(store, li, false, "root", NOW, error), STATUS_OK));
    cr_expect(eq(int, identity_store_login(store, "li", &user, passhash), STATUS_OK));
    cr_expect(eq(u32, tokens_at(NOW, NULL), 1), "old tokens stay revoked");
}

Test(identity, the_last_administrator_stays)
{
    const uint32_t one = given_user("one", IDENTITY_ADMINISTRATOR, "$h");
    cr_expect(
        eq(int, identity_store_user_disable(store, one, true, "root", NOW, error), STATUS_DENIED),
        "%s", error);
    struct identity_user less = a_user("one", IDENTITY_DISPATCHER);
    less.user_id = one;
    cr_expect(eq(int, identity_store_user_change(store, &less, "root", NOW, error), STATUS_DENIED));
    (void)given_user("two", IDENTITY_ADMINISTRATOR, "$h");
    cr_expect(eq(int, identity_store_user_change(store, &less, "root", NOW, error), STATUS_OK));
    struct identity_user read;
    cr_assert(eq(int, identity_store_user(store, one, &read), STATUS_OK));
    cr_expect(eq(int, read.role, IDENTITY_DISPATCHER));
}

Test(identity, changes_to_nobody_are_said)
{
    struct identity_user user = a_user("ghost", IDENTITY_DISPATCHER);
    user.user_id = 99;
    char token[IDENTITY_TOKEN_SIZE];
    struct identity_token issued;
    cr_expect(
        eq(int, identity_store_user_change(store, &user, "root", NOW, error), STATUS_NOT_FOUND));
    cr_expect(eq(int, identity_store_user_password(store, 99, "$h", "root", NOW, error),
                 STATUS_NOT_FOUND));
    cr_expect(eq(int, identity_store_user_disable(store, 99, true, "root", NOW, error),
                 STATUS_NOT_FOUND));
    cr_expect(eq(int, identity_store_user(store, 99, &user), STATUS_NOT_FOUND));
    cr_expect(eq(int, identity_store_token_issue(store, 99, NOW, NOW + 1, token, &issued, error),
                 STATUS_NOT_FOUND));
    cr_expect(
        eq(int, identity_store_token_revoke(store, 99, "root", NOW, error), STATUS_NOT_FOUND));
    cr_expect(
        eq(int, identity_store_device_revoke(store, "P1", "root", NOW, error), STATUS_NOT_FOUND));
    counted = 0;
    cr_expect(eq(int, identity_store_users(store, count_user, NULL), STATUS_OK));
    cr_expect(eq(u32, counted, 0));
}

/* ---- Backup ---- */

Test(identity, a_backup_is_whole_without_the_files_beside_it)
{
    char copy[GIVEN_PATH_SIZE];
    struct identity_user found;
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, NULL);
    store_given_path(directory, "copy.db", copy);
    cr_assert(eq(int, identity_store_backup(store, copy, error), STATUS_OK), "%s", error);
    const uint32_t wang = given_user("wang", IDENTITY_DISPATCHER, NULL);

    identity_store_close(store);
    cr_assert(eq(int, identity_store_open(copy, &store, error), STATUS_OK), "%s", error);
    cr_expect(eq(int, identity_store_user(store, li, &found), STATUS_OK));
    cr_expect(eq(str, found.name, (char *)"li"));
    cr_expect(eq(int, identity_store_user(store, wang, &found), STATUS_NOT_FOUND));
}

Test(identity, a_backup_that_fails_leaves_nothing_behind)
{
    char copy[GIVEN_PATH_SIZE];
    (void)given_user("li", IDENTITY_DISPATCHER, NULL);
    store_given_path(directory, "copy.db", copy);
    fault_vfs_arm(FAULT_WRITE, 3, SQLITE_FULL, false, false);
    cr_expect(eq(int, identity_store_backup(store, copy, error), STATUS_DISK_FULL), "%s", error);
    fault_vfs_disarm();
    cr_expect(eq(long, store_given_size(copy), -1));
    store_given_path(directory, "copy.db.part", copy);
    cr_expect(eq(long, store_given_size(copy), -1));
    cr_expect(eq(int, identity_store_backup(store, "/nowhere/copy.db", error), STATUS_NOT_FOUND));
}

/* ---- Tokens ---- */

Test(identity, a_token_is_known_by_its_hash_until_it_expires)
{
    const uint32_t li = given_user("li", IDENTITY_UNIT, NULL);
    char token[IDENTITY_TOKEN_SIZE];
    struct identity_token issued, found;
    cr_assert(eq(int, identity_store_token_issue(store, li, NOW, NOW + HOUR, token, &issued, error),
                 STATUS_OK),
              "%s", error);
    cr_expect(eq(sz, strlen(token), 43));
    cr_expect(eq(sz,
                 strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "-_"),
                 43));
    open_again();
    cr_assert(eq(u32, tokens_at(NOW + HOUR - 1, &found), 1));
    uint8_t hash[IDENTITY_HASH_SIZE];
    identity_store_fingerprint(token, hash);
    cr_expect(eq(int, memcmp(found.hash, hash, sizeof hash), 0));
    cr_expect(eq(u64, found.token_id, issued.token_id));
    cr_expect(eq(u32, found.user_id, li));
    cr_expect(eq(str, found.unit_code, "P12"));
    cr_expect(eq(u32, tokens_at(NOW + HOUR, NULL), 0), "at its last moment it is over");
    cr_expect(eq(u32, tokens_at(NOW, NULL), 0), "and removed");
}

Test(identity, a_login_sweeps_up_the_tokens_that_have_ended)
{
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, NULL);
    char token[IDENTITY_TOKEN_SIZE];
    struct identity_token issued;
    for (int64_t day = 0; day < 100; day++) {
        const int64_t at_ms = NOW + day * 24 * HOUR;
        cr_assert(eq(
            int,
            identity_store_token_issue(store, li, at_ms, at_ms + 12 * HOUR, token, &issued, error),
            STATUS_OK));
        cr_assert(eq(int,
                     identity_store_token_device(store, "P12", at_ms, at_ms + 12 * HOUR, token,
                                                 &issued, error),
                     STATUS_OK));
    }
    cr_expect(eq(u32, tokens_at(NOW, NULL), 2), "those of the last day");
}

Test(identity, tokens_are_revoked_one_by_one_or_all_of_a_user)
{
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, NULL);
    char token[IDENTITY_TOKEN_SIZE];
    struct identity_token issued[3];
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert(eq(
            int, identity_store_token_issue(store, li, NOW, NOW + HOUR, token, &issued[i], error),
            STATUS_OK));
    }
    cr_assert(eq(int, identity_store_token_revoke(store, issued[1].token_id, "root", NOW, error),
                 STATUS_OK));
    cr_expect(eq(u32, tokens_at(NOW, NULL), 2));
    cr_assert(eq(int, identity_store_token_revoke_user(store, li, "li", NOW, error), STATUS_OK));
    cr_expect(eq(u32, tokens_at(NOW, NULL), 0));
}

/* ---- Devices ---- */

#define DEVICES 3000u

Test(identity, thousands_of_device_secrets_are_one_transaction)
{
    static struct identity_device devices[DEVICES];
    for (uint32_t i = 0; i < DEVICES; i++) {
        (void)snprintf(devices[i].unit_code, CODE_SIZE, "U%u", i);
    }
    cr_assert(eq(int, identity_store_devices_create(store, devices, DEVICES, "root", NOW, error),
                 STATUS_OK),
              "%s", error);
    open_again();
    cr_expect(
        eq(int, identity_store_device_check(store, "U2999", devices[2999].secret), STATUS_OK));
    cr_expect(
        eq(int, identity_store_device_check(store, "U2999", devices[0].secret), STATUS_DENIED),
        "another unit's secret");
    cr_expect(
        eq(int, identity_store_device_check(store, "nobody", devices[0].secret), STATUS_DENIED));
    cr_expect(eq(int, identity_store_device_check(store, "U0", ""), STATUS_DENIED));
}

Test(identity, one_bad_code_makes_no_secret_at_all)
{
    struct identity_device devices[3] = {
        {.unit_code = "A"}, {.unit_code = "b d"}, {.unit_code = "C"}};
    cr_expect(eq(int, identity_store_devices_create(store, devices, 3, "root", NOW, error),
                 STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(error, "b d"), NULL), "%s", error);
    for (uint32_t i = 0; i < 3; i++) {
        cr_expect(eq(int, devices[i].secret[0], 0));
        cr_expect(
            eq(int, identity_store_device_check(store, devices[i].unit_code, ""), STATUS_DENIED));
    }
}

Test(identity, a_new_device_secret_ends_the_old_one_and_its_tokens)
{
    struct identity_device first = {.unit_code = "P12"};
    struct identity_device second = {.unit_code = "P12"};
    char token[IDENTITY_TOKEN_SIZE];
    struct identity_token issued;
    cr_assert(
        eq(int, identity_store_devices_create(store, &first, 1, "root", NOW, error), STATUS_OK));
    cr_assert(eq(int,
                 identity_store_token_device(store, "P12", NOW, NOW + HOUR, token, &issued, error),
                 STATUS_OK));
    cr_expect(eq(u32, issued.user_id, 0));
    cr_expect(eq(u32, tokens_at(NOW, NULL), 1));
    cr_assert(
        eq(int, identity_store_devices_create(store, &second, 1, "root", NOW, error), STATUS_OK));
    cr_expect(eq(int, identity_store_device_check(store, "P12", first.secret), STATUS_DENIED));
    cr_expect(eq(int, identity_store_device_check(store, "P12", second.secret), STATUS_OK));
    cr_expect(eq(u32, tokens_at(NOW, NULL), 0));
    cr_assert(eq(int, identity_store_device_revoke(store, "P12", "root", NOW, error), STATUS_OK));
    cr_expect(eq(int, identity_store_device_check(store, "P12", second.secret), STATUS_DENIED));
}

/* ---- The first administrator ---- */

Test(identity, the_setup_link_works_once)
{
    bool has = true;
    cr_assert(eq(int, identity_store_has_administrator(store, &has), STATUS_OK));
    cr_expect(not(has));
    char old[IDENTITY_TOKEN_SIZE], token[IDENTITY_TOKEN_SIZE];
    cr_assert(eq(int, identity_store_setup_create(store, NOW, NOW + HOUR, old, error), STATUS_OK));
    cr_assert(
        eq(int, identity_store_setup_create(store, NOW, NOW + HOUR, token, error), STATUS_OK));
    struct identity_user user = a_user("root", IDENTITY_DISPATCHER);
    cr_expect(
        eq(int, identity_store_setup_consume(store, old, &user, "$h", NOW, error), STATUS_DENIED),
        "a newer link replaced it");
    cr_expect(eq(int, identity_store_setup_consume(store, token, &user, "$h", NOW + HOUR, error),
                 STATUS_DENIED),
              "expired");
    struct identity_user bad = a_user("no name", IDENTITY_DISPATCHER);
    cr_expect(eq(int, identity_store_setup_consume(store, token, &bad, "$h", NOW, error),
                 STATUS_BAD_INPUT),
              "a typing error does not use it up");
    cr_assert(
        eq(int, identity_store_setup_consume(store, token, &user, "$h", NOW, error), STATUS_OK),
        "%s", error);
    cr_expect(eq(int, user.role, IDENTITY_ADMINISTRATOR));
    cr_expect(eq(u64, user.scope, SCOPE_CITY));
    cr_assert(eq(int, identity_store_has_administrator(store, &has), STATUS_OK));
    cr_expect(has);
    struct identity_user second = a_user("mallory", IDENTITY_DISPATCHER);
    cr_expect(eq(int, identity_store_setup_consume(store, token, &second, "$h", NOW, error),
                 STATUS_DENIED),
              "used");
}

/* ---- Audit, the disk, the file ---- */

static char audits[16][NOTE_SIZE + ACTOR_SIZE + 2];

static bool collect_audit(void *context, const struct identity_audit *audit)
{
    (void)context;
    (void)snprintf(audits[counted++], sizeof audits[0], "%s: %s", audit->actor, audit->text);
    return counted < 16;
}

Test(identity, every_change_leaves_a_row_of_who_and_what)
{
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, NULL);
    cr_assert(eq(int, identity_store_user_password(store, li, "$h", "li", NOW, error), STATUS_OK));
    cr_assert(
        eq(int, identity_store_user_disable(store, li, true, "chief", NOW, error), STATUS_OK));
    struct identity_user taken = a_user("li", IDENTITY_DISPATCHER);
    cr_expect(
        eq(int, identity_store_user_create(store, &taken, NULL, "root", NOW, error), STATUS_BUSY));
    counted = 0;
    cr_assert(eq(int, identity_store_audits(store, 0, 10, collect_audit, NULL), STATUS_OK));
    cr_assert(eq(u32, counted, 3), "what was refused leaves none");
    cr_expect(eq(str, audits[0], "chief: user.disable id=1"));
    cr_expect(eq(str, audits[1], "li: user.password id=1"));
    cr_expect(ne(ptr, strstr(audits[2], "root: user.create li role=dispatcher"), NULL), "%s",
              audits[2]);
    counted = 0;
    cr_assert(eq(int, identity_store_audits(store, 2, 10, collect_audit, NULL), STATUS_OK));
    cr_expect(eq(u32, counted, 1), "older than the second");
}

static bool file_has(const char *name, const char *needle)
{
    char file_path[GIVEN_PATH_SIZE];
    static char bytes[1 << 20];
    store_given_path(directory, name, file_path);
    FILE *file = fopen(file_path, "rb");
    if (file == NULL) {
        return false;
    }
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    return memmem(bytes, size, needle, strlen(needle)) != NULL;
}

Test(identity, no_secret_is_anywhere_in_the_file)
{
    struct identity_device device = {.unit_code = "P12"};
    char token[IDENTITY_TOKEN_SIZE], setup[IDENTITY_TOKEN_SIZE];
    struct identity_token issued;
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, NULL);
    cr_assert(
        eq(int, identity_store_devices_create(store, &device, 1, "root", NOW, error), STATUS_OK));
    cr_assert(eq(int, identity_store_token_issue(store, li, NOW, NOW + HOUR, token, &issued, error),
                 STATUS_OK));
    cr_assert(
        eq(int, identity_store_setup_create(store, NOW, NOW + HOUR, setup, error), STATUS_OK));
    static const char *const files[] = {"identity.db", "identity.db-wal"};
    for (uint32_t i = 0; i < 2; i++) {
        cr_expect(not(file_has(files[i], device.secret)));
        cr_expect(not(file_has(files[i], token)));
        cr_expect(not(file_has(files[i], setup)));
    }
    cr_expect(file_has("identity.db-wal", "P12"), "the search itself works");
}

Test(identity, every_failing_write_is_a_status_and_leaves_nothing_half_done)
{
    uint32_t nth = 1;
    for (bool struck = true; struck && nth < 100; nth++) {
        char name[IDENTITY_NAME_SIZE];
        (void)snprintf(name, sizeof name, "user%u", nth);
        struct identity_user user = a_user(name, IDENTITY_DISPATCHER);
        fault_vfs_arm(FAULT_WRITE | FAULT_SYNC, nth, SQLITE_FULL, true, false);
        const enum status status =
            identity_store_user_create(store, &user, NULL, "root", NOW, error);
        struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        cr_expect(eq(int, status, struck ? STATUS_DISK_FULL : STATUS_OK), "%s", error);
        counted = 0;
        cr_expect(eq(int, identity_store_users(store, count_user, NULL), STATUS_OK));
        cr_expect(eq(u32, counted, struck ? 0 : 1));
    }
    cr_expect(lt(u32, 2, nth));
}

/* What an operation of each kind does to the store, on one user and one device. */
static char made[IDENTITY_TOKEN_SIZE];
static uint32_t who;
static struct identity_token given;

static enum status create_user(void)
{
    struct identity_user user = a_user("wang", IDENTITY_DISPATCHER);
    return identity_store_user_create(store, &user, NULL, "root", NOW, error);
}
static enum status set_password(void)
{
    return identity_store_user_password(store, who, "$other", "root", NOW, error);
}
static enum status change_user(void)
{
    struct identity_user user = a_user("li", IDENTITY_SUPERVISOR);
    user.user_id = who;
    return identity_store_user_change(store, &user, "root", NOW, error);
}
static enum status disable_user(void)
{
    return identity_store_user_disable(store, who, true, "root", NOW, error);
}
static enum status issue_token(void)
{
    struct identity_token issued;
    return identity_store_token_issue(store, who, NOW, NOW + HOUR, made, &issued, error);
}
static enum status issue_to_device(void)
{
    struct identity_token issued;
    return identity_store_token_device(store, "P12", NOW, NOW + HOUR, made, &issued, error);
}
static enum status revoke_token(void)
{
    return identity_store_token_revoke(store, given.token_id, "root", NOW, error);
}
static enum status revoke_all(void)
{
    return identity_store_token_revoke_user(store, who, "root", NOW, error);
}
static enum status create_device(void)
{
    struct identity_device device = {.unit_code = "P12"};
    memcpy(device.secret, made, sizeof made);
    const enum status status = identity_store_devices_create(store, &device, 1, "root", NOW, error);
    memcpy(made, device.secret, sizeof made);
    return status;
}
static enum status revoke_device(void)
{
    return identity_store_device_revoke(store, "P1", "root", NOW, error);
}
static enum status create_setup(void)
{
    return identity_store_setup_create(store, NOW, NOW + HOUR, made, error);
}
static const struct {
    enum status (*run)(void);
    bool makes_secret;
    uint32_t audits; /* rows that it leaves of who and what */
} operations[] = {{create_user, false, 1},   {set_password, false, 1}, {change_user, false, 1},
                  {disable_user, false, 1},  {issue_token, true, 0},   {issue_to_device, true, 0},
                  {revoke_token, false, 1},  {revoke_all, false, 1},   {create_device, true, 1},
                  {revoke_device, false, 1}, {create_setup, true, 1}};

static bool count_audit(void *context, const struct identity_audit *audit)
{
    (void)context;
    (void)audit;
    counted++;
    return true;
}

static uint32_t audits_now(void)
{
    counted = 0;
    cr_assert(eq(int, identity_store_audits(store, 0, 1000, count_audit, NULL), STATUS_OK));
    return counted;
}

Test(identity, whatever_cannot_be_written_gives_no_secret_and_leaves_no_trace)
{
    struct identity_device device = {.unit_code = "P1"};
    char token[IDENTITY_TOKEN_SIZE];
    who = given_user("li", IDENTITY_DISPATCHER, "$h");
    cr_assert(
        eq(int, identity_store_devices_create(store, &device, 1, "root", NOW, error), STATUS_OK));
    cr_assert(eq(int, identity_store_token_issue(store, who, NOW, NOW + HOUR, token, &given, error),
                 STATUS_OK));
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        uint32_t nth = 1;
        for (bool struck = true; struck; nth++) {
            const uint32_t before = audits_now();
            const uint32_t tokens = tokens_at(NOW, NULL);
            memset(made, 'x', sizeof made - 1);
            memset(error, 0, sizeof error);
            fault_vfs_arm(FAULT_WRITE | FAULT_SYNC, nth, SQLITE_FULL, true, false);
            const enum status status = operations[i].run();
            struck = fault_vfs_failed() > 0;
            fault_vfs_disarm();
            cr_expect(eq(int, status, struck ? STATUS_DISK_FULL : STATUS_OK), "%zu, write %u: %s",
                      i, nth, error);
            cr_expect(eq(int, error[0] != '\0', struck), "%zu", i);
            cr_expect(eq(u32, audits_now(), before + (struck ? 0 : operations[i].audits)), "%zu",
                      i);
            if (operations[i].makes_secret) {
                cr_expect(eq(sz, strlen(made), struck ? 0 : 43), "%zu, write %u", i, nth);
            }
            if (struck) {
                cr_expect(eq(u32, tokens_at(NOW, NULL), tokens), "%zu, write %u", i, nth);
            }
        }
        cr_expect(lt(u32, 2, nth), "operation %zu", i);
        cr_assert(
            eq(int, identity_store_user_disable(store, who, false, "root", NOW, error), STATUS_OK));
        cr_assert(eq(int,
                     identity_store_token_issue(store, who, NOW, NOW + HOUR, token, &given, error),
                     STATUS_OK));
    }
}

static void run_sql(const char *sql)
{
    identity_store_close(store);
    sqlite3 *db = NULL;
    cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
    cr_assert(eq(int, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK), "%s", sql);
    cr_assert(eq(int, sqlite3_close(db), SQLITE_OK));
    open_it();
}

/* Who wrote there may not make a dispatcher an administrator by a number that means nothing. */
Test(identity, a_user_that_no_writer_of_ours_made_is_corrupt)
{
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, "$h");
    static const char *const bends[] = {
        "UPDATE user SET role = 5", "UPDATE user SET role = 4, name = hex(zeroblob(99))",
        "UPDATE user SET name = 'li', display_name = hex(zeroblob(999))",
        "UPDATE user SET display_name = 'li', unit_code = hex(zeroblob(99))"};
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        char passhash[IDENTITY_PASSHASH_SIZE];
        struct identity_user user;
        run_sql(bends[i]);
        counted = 0;
        cr_expect(eq(int, identity_store_user(store, li, &user), STATUS_CORRUPT), "%s", bends[i]);
        cr_expect(eq(int, identity_store_users(store, count_user, NULL), STATUS_CORRUPT));
        cr_expect(eq(u32, counted, 0));
        const enum status login = identity_store_login(store, "li", &user, passhash);
        cr_expect(ne(int, login, STATUS_OK), "%s", bends[i]);
        cr_expect(eq(int, passhash[0], 0));
    }
    run_sql("UPDATE user SET role = 0, unit_code = '', passhash = hex(zeroblob(999))");
    char passhash[IDENTITY_PASSHASH_SIZE];
    struct identity_user user;
    cr_expect(eq(int, identity_store_login(store, "li", &user, passhash), STATUS_CORRUPT));
}

Test(identity, a_token_that_no_writer_of_ours_made_is_corrupt)
{
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, NULL);
    char token[IDENTITY_TOKEN_SIZE];
    struct identity_token issued;
    cr_assert(eq(int, identity_store_token_issue(store, li, NOW, NOW + HOUR, token, &issued, error),
                 STATUS_OK));
    static const char *const bends[] = {
        "UPDATE token SET hash = x'0102'",
        "UPDATE token SET hash = zeroblob(32), unit_code = hex(zeroblob(99))"};
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        run_sql(bends[i]);
        counted = 0;
        cr_expect(eq(int, identity_store_tokens(store, NOW, count_token, NULL), STATUS_CORRUPT),
                  "%s", bends[i]);
        cr_expect(eq(u32, counted, 0));
    }
}

/* Reading is asked of the disk, too. */
Test(identity, what_cannot_be_read_lets_nobody_in)
{
    const uint32_t li = given_user("li", IDENTITY_DISPATCHER, "$h");
    char passhash[IDENTITY_PASSHASH_SIZE];
    struct identity_user user;
    struct identity_token issued;
    char token[IDENTITY_TOKEN_SIZE];
    open_again(); /* with nothing in its cache */
    fault_vfs_arm(FAULT_READ, 1, SQLITE_IOERR_READ, true, false);
    cr_expect(eq(int, identity_store_login(store, "li", &user, passhash), STATUS_IO));
    cr_expect(eq(int, passhash[0], 0));
    cr_expect(eq(int, identity_store_user(store, li, &user), STATUS_IO));
    cr_expect(eq(int, identity_store_users(store, count_user, NULL), STATUS_IO));
    cr_expect(eq(int, identity_store_tokens(store, NOW, count_token, NULL), STATUS_IO));
    cr_expect(eq(int, identity_store_token_issue(store, li, NOW, NOW + HOUR, token, &issued, error),
                 STATUS_IO));
    bool has = false;
    cr_expect(eq(int, identity_store_has_administrator(store, &has), STATUS_IO));
    fault_vfs_disarm();
    cr_expect(eq(int, identity_store_login(store, "li", &user, passhash), STATUS_OK));
}

Test(identity, a_second_engine_and_garbage_are_told)
{
    struct identity_store *second = NULL;
    cr_expect(eq(int, identity_store_open(path, &second, error), STATUS_BUSY));
    cr_expect(ne(ptr, strstr(error, "another engine"), NULL), "%s", error);
    char other[GIVEN_PATH_SIZE];
    store_given_path(directory, "other.db", other);
    FILE *file = fopen(other, "w");
    for (int i = 0; i < 5000; i++) {
        (void)fputc('a' + i % 26, file);
    }
    (void)fclose(file);
    cr_expect(eq(int, identity_store_open(other, &second, error), STATUS_CORRUPT), "%s", error);
}
