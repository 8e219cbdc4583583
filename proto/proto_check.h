#ifndef PROTO_PROTO_CHECK_H
#define PROTO_PROTO_CHECK_H

#include "proto/proto_row.h"

/* One row of a roster being checked: the first error of a cell does not hide those of the others.
 * What is wrong is noted in the roster with its place, and the value that is answered means
 * nothing. */
struct proto_check {
    struct proto_roster *roster;
    const struct proto_row *row;
    bool is_good;
};

const struct proto_cell *proto_check_cell(const struct proto_check *check,
                                          enum proto_column column);
/* Where the cell stands; where it is left out, the row. */
struct proto_roster_at proto_check_at(const struct proto_check *check, enum proto_column column);
void proto_check_refuse(struct proto_check *check, enum proto_column column, const char *sentence,
                        bool with_value);

void proto_check_text(struct proto_check *check, enum proto_column column, bool is_needed,
                      char *text, size_t text_size);
void proto_check_code(struct proto_check *check, enum proto_column column, bool is_needed,
                      char text[PROTO_CODE_SIZE]);
uint32_t proto_check_number(struct proto_check *check, enum proto_column column, int32_t min,
                            int32_t max, const char *sentence);
bool proto_check_flag(struct proto_check *check, enum proto_column column);
/* Answers whether there is a place; `is_needed`: there must be one. */
bool proto_check_place(struct proto_check *check, bool is_needed, struct proto_place *place);

/* A list joined by +: start with the cell and 0. */
struct proto_words {
    const struct proto_cell *cell;
    size_t from;
};

/* The next word, which may be empty; false: there is none. */
bool proto_check_word(struct proto_words *words, struct proto_cell *word);

/* Which name of the list these bytes are; -1: none. */
int32_t proto_check_find(enum proto_list list, const char *bytes, size_t size);

/* Take a whole row of a roster of plans (proto_row_plan.c). */
void proto_check_plan(struct proto_check *check);

#endif
