#ifndef GEO_IMPORT_GEO_IMPORT_LIST_H
#define GEO_IMPORT_GEO_IMPORT_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A growing array. Items are plain data; a pointer to one is good until the next call that adds. */
struct geo_import_list {
    void *items;
    size_t count, capacity, item_size;
};

#define GEO_IMPORT_LIST_OF(type) ((struct geo_import_list){.item_size = sizeof(type)})

/* A zeroed item at the end; NULL: out of memory. */
void *geo_import_list_add(struct geo_import_list *list);

/* `count` items at the end, zeroed, or copied from `from` if that is not NULL; NULL: out of memory.
 * A count of 0 answers a pointer that must not be read. */
void *geo_import_list_append(struct geo_import_list *list, const void *from, size_t count);

/* Give the memory back; the list is empty and can be used again. */
void geo_import_list_finish(struct geo_import_list *list);

#endif
