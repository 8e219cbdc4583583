/* The tables of identity.db. A scope is a bit mask and reads as a signed number. */
#include "engine/store/identity_private.h"

const struct store_db_format identity_tables_format = {
    .application_id = IDENTITY_APPLICATION_ID,
    .version = IDENTITY_FORMAT,
    .name = "store of identities",
    .schema =
        "CREATE TABLE user(user_id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
        "  display_name TEXT NOT NULL, role INTEGER NOT NULL, scope INTEGER NOT NULL,"
        "  unit_code TEXT NOT NULL, passhash TEXT, disabled INTEGER NOT NULL,"
        "  created_ms INTEGER NOT NULL);"
        "CREATE TABLE token(token_id INTEGER PRIMARY KEY AUTOINCREMENT,"
        "  hash BLOB NOT NULL UNIQUE, user_id INTEGER NOT NULL, unit_code TEXT NOT NULL,"
        "  issued_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL);"
        "CREATE INDEX token_of_user ON token(user_id);"
        "CREATE INDEX token_of_unit ON token(unit_code) WHERE user_id = 0;"
        "CREATE INDEX token_by_expiry ON token(expires_ms);"
        "CREATE TABLE device(unit_code TEXT PRIMARY KEY, hash BLOB NOT NULL,"
        "  created_ms INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE setup(hash BLOB PRIMARY KEY, expires_ms INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE audit(audit_id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
        "  actor TEXT NOT NULL, text TEXT NOT NULL);"};
