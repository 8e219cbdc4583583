/* journal_chain, journal_sign: what is hashed and signed is what it always was, byte for byte, or
 * no old journal could be verified; and a line of heads.log is read whole or not at all. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/store/journal_sign.h"
#include "engine/store/store_file.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_given.h"

#define EPOCH "0123456789abcdef0123456789abcdef"

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE], public_path[GIVEN_PATH_SIZE];
static char error[STORE_ERROR_SIZE];
static struct sign_key key;
static struct signed_head head;

static void set_up(void)
{
    uint8_t seed[crypto_sign_SEEDBYTES] = {7};
    cr_assert(ge(int, sodium_init(), 0));
    fault_vfs_install();
    store_given_directory(directory);
    store_given_path(directory, "sign.key", path);
    store_given_path(directory, "sign.key.pub", public_path);
    (void)crypto_sign_seed_keypair(key.public, key.secret, seed);
    head = (struct signed_head){.epoch = EPOCH, .seq = 0x0102030405060708};
    for (uint32_t i = 0; i < CHAIN_HASH_SIZE; i++) {
        head.hash[i] = (uint8_t)(200 + i);
    }
    journal_sign_head(&key, &head);
}

static void tear_down(void)
{
    fault_vfs_disarm();
    store_given_remove(directory);
}

TestSuite(journal_sign, .init = set_up, .fini = tear_down, .timeout = 30);

/* ---- What is hashed, what is signed ---- */

Test(journal_sign, an_event_is_hashed_with_all_before_it_as_it_always_was)
{
    struct event_record record = {
        .seq = 0x1112131415161718, .at_ms = 0x2122232425262728, .kind = (enum event_kind)0x1234};
    record.actor.source = SOURCE_API;
    memcpy(record.actor.id, "wang", 5);
    memset(record.command_id, 0xc0, COMMAND_ID_SIZE);
    uint8_t bytes[256];
    uint8_t expected[CHAIN_HASH_SIZE], hash[CHAIN_HASH_SIZE], body_hash[CHAIN_HASH_SIZE];

    journal_chain_start(EPOCH, hash);
    (void)crypto_generichash(expected, CHAIN_HASH_SIZE, (const uint8_t *)"kuaifan journal 1" EPOCH,
                             17 + 32, NULL, 0);
    cr_expect(eq(int, memcmp(hash, expected, CHAIN_HASH_SIZE), 0));
    journal_chain_body((const uint8_t *)"body", 4, body_hash);
    (void)crypto_generichash(expected, CHAIN_HASH_SIZE, (const uint8_t *)"body", 4, NULL, 0);
    cr_expect(eq(int, memcmp(body_hash, expected, CHAIN_HASH_SIZE), 0));

    static const char header[] = "\x18\x17\x16\x15\x14\x13\x12\x11" /* seq */
                                 "\x38\x37\x36\x35\x34\x33\x32\x31" /* term */
                                 "\x28\x27\x26\x25\x24\x23\x22\x21" /* at_ms */
                                 "\x34\x12";                        /* kind */
    memcpy(bytes, hash, 32);
    memcpy(bytes + 32, header, 26);
    bytes[58] = SOURCE_API;
    bytes[59] = 4;
    memcpy(bytes + 60, "wang", 4);
    memset(bytes + 64, 0xc0, 16);
    memcpy(bytes + 80, body_hash, 32);
    (void)crypto_generichash(expected, CHAIN_HASH_SIZE, bytes, 112, NULL, 0);
    journal_chain_next(hash, &record, 0x3132333435363738, body_hash);
    cr_expect(eq(int, memcmp(hash, expected, CHAIN_HASH_SIZE), 0));
}

Test(journal_sign, a_head_is_signed_as_it_always_was)
{
    uint8_t message[13 + 32 + 8 + 32];
    memcpy(message, "kuaifan head " EPOCH "\x08\x07\x06\x05\x04\x03\x02\x01", 53);
    memcpy(message + 53, head.hash, 32);
    cr_expect(eq(
        int, crypto_sign_verify_detached(head.signature, message, sizeof message, key.public), 0));
}

Test(journal_sign, whatever_is_bent_in_a_head_is_noticed)
{
    cr_assert(journal_sign_valid(key.public, &head));
    for (size_t i = 0; i < 32; i++) {
        head.hash[i] ^= 1;
        head.epoch[i] ^= 1;
        cr_expect(not(journal_sign_valid(key.public, &head)));
        head.epoch[i] ^= 1;
        cr_expect(not(journal_sign_valid(key.public, &head)), "byte %zu of the hash", i);
        head.hash[i] ^= 1;
    }
    for (uint32_t bit = 0; bit < 64; bit++) {
        head.seq ^= (uint64_t)1 << bit;
        cr_expect(not(journal_sign_valid(key.public, &head)), "bit %u of the number", bit);
        head.seq ^= (uint64_t)1 << bit;
    }
    cr_expect(journal_sign_valid(key.public, &head));
}

/* ---- Lines ---- */

static size_t line_of(char line[SIGN_LINE_SIZE])
{
    char hash[65], signature[129], expected[SIGN_LINE_SIZE];
    (void)sodium_bin2hex(hash, sizeof hash, head.hash, 32);
    (void)sodium_bin2hex(signature, sizeof signature, head.signature, 64);
    const int length =
        snprintf(expected, sizeof expected, EPOCH " 72623859790382856 %s %s\n", hash, signature);
    const size_t size = journal_sign_print(&head, line);
    cr_expect(eq(sz, size, (size_t)length));
    cr_expect(eq(str, line, expected));
    return size;
}

Test(journal_sign, a_line_is_read_whole_or_not_at_all)
{
    char line[SIGN_LINE_SIZE], bent[SIGN_LINE_SIZE];
    struct signed_head read;
    const size_t size = line_of(line);
    memset(&read, 0xa5, sizeof read);
    cr_assert(journal_sign_parse(line, &read));
    cr_expect(eq(str, read.epoch, EPOCH));
    cr_expect(eq(u64, read.seq, head.seq));
    cr_expect(eq(int, memcmp(read.hash, head.hash, 32), 0));
    cr_expect(eq(int, memcmp(read.signature, head.signature, 64), 0));
    for (size_t i = 0; i < size; i++) {
        memcpy(bent, line, size + 1);
        bent[i] = '\0'; /* torn */
        cr_expect(not(journal_sign_parse(bent, &read)), "byte %zu", i);
        bent[i] = '/'; /* nothing that a line has */
        cr_expect(not(journal_sign_parse(bent, &read)), "byte %zu", i);
        memmove(bent + i, line + i + 1, size - i); /* one left out: only of a number it may be */
        const bool is_in_number = i > 32 && i < 32 + 1 + 17 && line[i] != ' ';
        cr_expect(eq(int, journal_sign_parse(bent, &read), is_in_number), "byte %zu", i);
    }
    memset(&head.seq, 0xff, sizeof head.seq);
    cr_assert(lt(sz, journal_sign_print(&head, line), SIGN_LINE_SIZE));
    cr_assert(journal_sign_parse(line, &read));
    cr_expect(eq(u64, read.seq, UINT64_MAX));
}

Test(journal_sign, lines_that_cannot_be_read_are_passed_over)
{
    char line[SIGN_LINE_SIZE], text[5 * SIGN_LINE_SIZE];
    struct signed_head read;
    (void)line_of(line);
    (void)snprintf(text, sizeof text, "\n%s\nnothing\n%s%.100s", line, line, line);
    uint32_t count = 0;
    for (const char *at = text; (at = journal_sign_next(at, &read)) != NULL;) {
        cr_expect(eq(u64, read.seq, head.seq));
        count++;
    }
    cr_expect(eq(u32, count, 2));
    const char *none = journal_sign_next("", &read);
    cr_expect(none == NULL);
}

/* ---- Keys ---- */

static void write_key(const char *file, const char *text)
{
    const struct store_piece piece = {(const uint8_t *)text, strlen(text)};
    cr_assert(eq(int, store_file_replace(file, &piece, 1, error), STATUS_OK), "%s", error);
}

Test(journal_sign, a_key_is_made_once_and_its_public_half_lies_beside_it)
{
    struct sign_key made, again;
    uint8_t public[SIGN_PUBLIC_SIZE];
    struct stat state;
    cr_expect(eq(int, journal_sign_key(path, false, &made, error), STATUS_NOT_FOUND));
    cr_expect(eq(int, (int)store_given_size(path), -1), "it was not asked for");
    cr_assert(eq(int, journal_sign_key(path, true, &made, error), STATUS_OK), "%s", error);
    cr_expect(eq(int, (int)store_given_size(path), 129));
    cr_expect(eq(int, (int)store_given_size(public_path), 65));
    cr_assert(eq(int, stat(path, &state), 0));
    cr_expect(eq(u32, state.st_mode & 0777, 0600));
    cr_assert(eq(int, journal_sign_key(path, true, &again, error), STATUS_OK), "%s", error);
    cr_expect(eq(int, memcmp(&again, &made, sizeof made), 0));
    const char *const files[] = {path, public_path};
    for (size_t i = 0; i < 2; i++) {
        memset(public, 0, sizeof public);
        cr_assert(eq(int, journal_sign_public(files[i], public, error), STATUS_OK), "%s", error);
        cr_expect(eq(int, memcmp(public, made.public, sizeof public), 0));
    }
    journal_sign_head(&made, &head);
    cr_expect(journal_sign_valid(public, &head));
}

Test(journal_sign, a_file_that_is_no_key_is_named)
{
    char digits[2 * SIGN_SECRET_SIZE + 3];
    struct sign_key read;
    uint8_t public[SIGN_PUBLIC_SIZE];
    memset(digits, 'a', sizeof digits);
    for (size_t length = 0; length < sizeof digits; length++) {
        digits[length] = '\0';
        write_key(path, digits);
        const bool is_secret = length == 128;
        const bool is_public = length == 64;
        cr_expect(eq(int, journal_sign_key(path, true, &read, error),
                     is_secret ? STATUS_OK : STATUS_CORRUPT),
                  "%zu digits", length);
        cr_expect(eq(int, journal_sign_public(path, public, error),
                     is_secret || is_public ? STATUS_OK : STATUS_CORRUPT),
                  "%zu digits", length);
        digits[length] = 'a';
    }
    digits[128] = '\0';
    digits[70] = 'x';
    write_key(path, digits);
    cr_expect(eq(int, journal_sign_key(path, true, &read, error), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "not a signing key"), NULL), "%s", error);
    cr_expect(eq(int, journal_sign_public(path, public, error), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "not a key"), NULL), "%s", error);
}

Test(journal_sign, a_key_that_cannot_be_written_or_read_is_none)
{
    struct sign_key made;
    uint8_t public[SIGN_PUBLIC_SIZE];
    uint32_t nth = 1;
    for (bool struck = true; struck; nth++) {
        (void)remove(path);
        fault_vfs_arm(FAULT_SYNC | FAULT_WRITE | FAULT_TRUNCATE, nth, SQLITE_FULL, true, false);
        const enum status status = journal_sign_key(path, true, &made, error);
        struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        cr_expect(eq(int, status, struck ? STATUS_DISK_FULL : STATUS_OK), "step %u", nth);
    }
    cr_expect(lt(u32, 6, nth));
    fault_vfs_arm(FAULT_READ, 1, SQLITE_IOERR_READ, true, false);
    cr_expect(eq(int, journal_sign_key(path, true, &made, error), STATUS_IO));
    cr_expect(eq(int, journal_sign_public(path, public, error), STATUS_IO));
}
