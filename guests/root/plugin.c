// Functions of the world itself.
#include "root.h"

void root_echo(root_settings_t *it, root_settings_t *ret) {
  *ret = *it;
}

bool root_apply(root_settings_t *it, pw_string_t *ret, root_failure_t *err) {
  bool is_good = it->len > 0 && it->ptr[0].value.is_some;
  if (is_good) {
    pw_string_t *value = &it->ptr[0].value.val;
    *ret = pw_string_copy_n(value->ptr, value->len);
  } else {
    *err = it->len == 0 ? ROOT_FAILURE_UNKNOWN : ROOT_FAILURE_LOCKED;
  }
  root_settings_free(it);
  return is_good;
}

uint32_t root_add(uint32_t left, uint32_t right) {
  return left + right;
}

timer_ticks_t timer_end(timer_span_t *it) {
  return it->start + it->length;
}
