#include "geo/import/geo_import_list.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 64u

static bool reserve(struct geo_import_list *list, size_t count)
{
    assert(list->item_size > 0);
    if (list->items != NULL && count <= list->capacity) {
        return true;
    }
    size_t capacity = list->capacity == 0 ? CAPACITY_FIRST : list->capacity;
    while (capacity < count) {
        if (capacity > SIZE_MAX / 2) {
            return false;
        }
        capacity *= 2;
    }
    if (capacity > SIZE_MAX / list->item_size) {
        return false;
    }
    void *items = realloc(list->items, capacity * list->item_size);
    if (items == NULL) {
        return false;
    }
    list->items = items;
    list->capacity = capacity;
    return true;
}

void *geo_import_list_append(struct geo_import_list *list, const void *from, size_t count)
{
    if (count > SIZE_MAX - list->count || !reserve(list, list->count + count)) {
        return NULL;
    }
    unsigned char *slot = (unsigned char *)list->items + list->count * list->item_size;
    if (from != NULL) {
        memcpy(slot, from, count * list->item_size);
    } else {
        memset(slot, 0, count * list->item_size);
    }
    list->count += count;
    return slot;
}

void *geo_import_list_add(struct geo_import_list *list)
{
    return geo_import_list_append(list, NULL, 1);
}

void geo_import_list_finish(struct geo_import_list *list)
{
    free(list->items);
    list->items = NULL;
    list->count = 0;
    list->capacity = 0;
}
