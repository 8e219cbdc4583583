#ifndef ENGINE_STORE_IDENTITY_PRIVATE_H
#define ENGINE_STORE_IDENTITY_PRIVATE_H

#include "engine/store/identity_store.h"
#include "engine/store/store_db.h"
#include "engine/store/store_file.h"

/* What the modules of the identity store share. */

#define IDENTITY_FORMAT         1
#define IDENTITY_APPLICATION_ID 0x4b464931 /* "KFI1" */

struct identity_store {
    sqlite3 *db;
    char path[STORE_PATH_SIZE];
};

extern const struct store_db_format identity_tables_format;

/* identity_write: statements of one use with bound values, and transactions around them. The first
 * failure is kept; what follows it does nothing; `identity_write_end` commits or rolls back. */
struct identity_write {
    struct identity_store *store;
    enum status status;
    char *error; /* 256 bytes */
    sqlite3_stmt *statement;
    int index;
};
struct identity_write identity_write_begin(struct identity_store *store, char error[256]);
void identity_write_sql(struct identity_write *write, const char *sql);
void identity_write_number(struct identity_write *write, int64_t number);
void identity_write_text(struct identity_write *write, const char *text); /* NULL: NULL */
void identity_write_hash(struct identity_write *write, const uint8_t hash[IDENTITY_HASH_SIZE]);
/* Run it; answers how many rows changed. */
int identity_write_run(struct identity_write *write);
/* Fail with our own words, unless it has failed already. */
void identity_write_refuse(struct identity_write *write, enum status status, const char *format,
                           ...) __attribute__((format(printf, 3, 4)));
void identity_write_audit(struct identity_write *write, int64_t at_ms, const char *actor,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));
MUST_CHECK enum status identity_write_end(struct identity_write *write);

#endif
