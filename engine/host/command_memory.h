#ifndef ENGINE_HOST_COMMAND_MEMORY_H
#define ENGINE_HOST_COMMAND_MEMORY_H

#include "engine/store/journal.h"

/* Which commands were executed, so that a repeated one gets its first answer and is not executed
 * again. A fixed window of the newest; ids are found by hash, the oldest is forgotten first. */
struct command_memory;

MUST_CHECK enum status command_memory_create(uint32_t commands_max, struct command_memory **out);
void command_memory_destroy(struct command_memory *memory);

/* NULL: not known. The answer may be changed by its owner until it is durable. */
struct command_answer *command_memory_find(const struct command_memory *memory,
                                           const uint8_t id[COMMAND_ID_SIZE]);

/* Remember; forgets the oldest when full. The id must not be known. */
struct command_answer *command_memory_add(struct command_memory *memory,
                                          const struct command_answer *answer);

/* What was executed up to then is not all remembered: at the start of another life of the engine,
 * which has the newest answers from the journal. */
void command_memory_forgot(struct command_memory *memory, int64_t at_ms);

/* A UUIDv7 that is older than all that is remembered, while something was forgotten already. */
bool command_memory_expired(const struct command_memory *memory, const uint8_t id[COMMAND_ID_SIZE]);

uint32_t command_memory_count(const struct command_memory *memory);

#endif
