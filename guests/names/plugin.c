// Implements what has the names of others.
#include "names.h"

#include <stdlib.h>

struct types_item_t {
  pw_string_t name;
};

types_item_own_t types_item_new(pw_string_t *name) {
  types_item_t *item = PW_ALLOC(types_item_t, 1);
  item->name = *name;
  return types_item_to_own(item);
}

void types_item_name(types_item_borrow_t self, pw_string_t *ret) {
  *ret = pw_string_copy_n(self->name.ptr, self->name.len);
}

void types_item_destroy(types_item_t *item) {
  pw_string_free(&item->name);
  free(item);
}

void types_describe(pw_string_t *name, pw_string_t *ret) {
  pw_string_t parts[] = {*name, pw_string_view(" is of `types`")};
  *ret = pw_string_join(parts, 2);
  pw_string_free(name);
}

void json_dump(json_object_t *it, pw_string_t *ret) {
  pw_list_string_t parts = {0};
  for (size_t i = 0; i < it->keys.len; i++) {
    if (i > 0) {
      PW_PUSH(&parts, pw_string_view(" "));
    }
    PW_PUSH(&parts, it->keys.ptr[i]);
  }
  *ret = pw_string_join(parts.ptr, parts.len);
  free(parts.ptr);
  json_object_free(it);
}

uint8_t std_dump(std_object_t *it) {
  return it->keys;
}

void plugin_plugin(plugin_names_t *guest, plugin_names_t *ret) {
  *ret = (plugin_names_t){PW_ALLOC(pw_string_t, guest->len + 1), guest->len + 1};
  for (size_t i = 0; i < guest->len; i++) {
    ret->ptr[i] = guest->ptr[i];
  }
  ret->ptr[guest->len] = pw_string_copy("guest");
  // The names have a new place; only the old one is not needed any more.
  if (guest->len > 0) {
    free(guest->ptr);
  }
}

void plugin_sdk(pw_string_t *ret) {
  *ret = pw_string_copy("sdk");
}

bool errors_check(uint8_t code, uint8_t *ret, errors_error_t *err) {
  *ret = 0;
  err->code = code;
  return code == 0;
}

bool errors_fail(uint8_t code, uint8_t *ret, errors_exception_t *err) {
  if (code == 0) {
    *ret = 0;
    return true;
  }
  err->tag = code == 1 ? ERRORS_EXCEPTION_EXCEPTION : ERRORS_EXCEPTION_ERROR;
  err->val.error.code = code;
  return false;
}
