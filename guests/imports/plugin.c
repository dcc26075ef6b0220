// Works with what its host offers.
#include "imports.h"

uint64_t tasks_report(tasks_level_t level, pw_list_string_t *texts) {
  uint64_t count = texts->len;
  for (size_t i = 0; i < texts->len; i++) {
    pw_string_t tag = pw_string_format("%zu", i);
    desk_line_t line = {level, texts->ptr[i], {&tag, 1}};
    desk_write(&line);
    pw_string_free(&tag);
  }
  pw_list_string_free(texts);
  return count;
}

bool tasks_find(tasks_query_t *query, tasks_list_entry_t *ret, tasks_failure_t *err) {
  desk_list_entry_t found;
  bool is_found = desk_find(query, &found, err);
  desk_query_free(query);
  if (is_found) {
    *ret = (tasks_list_entry_t){found.ptr, found.len};
  }
  return is_found;
}

bool tasks_name_of(uint64_t id, pw_string_t *ret, tasks_failure_t *err) {
  desk_query_t query = {.tag = DESK_QUERY_BY_ID, .val = {.by_id = id}};
  desk_list_entry_t found;
  if (!desk_find(&query, &found, err)) {
    return false;
  }
  if (found.len == 0) {
    err->tag = DESK_FAILURE_NOT_FOUND;
    return false;
  }
  *ret = pw_string_copy_n(found.ptr[0].name.ptr, found.ptr[0].name.len);
  desk_list_entry_free(&found);
  return true;
}

bool tasks_copy(pw_string_t *from, pw_string_t *to, pw_option_u32_t *ret, tasks_failure_t *err) {
  pw_list_u8_t value;
  bool is_good = true;
  ret->is_some = desk_load(from, &value);
  if (ret->is_some) {
    ret->val = (uint32_t)value.len;
    is_good = desk_store(to, &value, err);
    pw_list_u8_free(&value);
  }
  pw_string_free(from);
  pw_string_free(to);
  return is_good;
}

bool tasks_check(tasks_level_t level) {
  return desk_check(level);
}

void tasks_mix(pw_tuple7_u8_s64_f32_f64_bool_char32_string_t *ret) {
  pw_string_t text = pw_string_view("gemischt ✓");
  desk_mix(255, INT64_MIN, 0.1f, 0.1, true, 0x1f980, &text, ret);
}

int64_t tasks_sum(int64_t of) {
  return desk_sum(1, 2, 3, 4, -5, -6, -7, -8, 9, 10, 11, 12, -13, -14, -15, of, 17);
}

uint64_t tasks_ticks(uint32_t times) {
  uint64_t sum = 0;
  while (times-- > 0) {
    sum += desk_now();
  }
  return sum;
}

void tasks_ask(pw_string_t *question, pw_string_t *ret) {
  imports_answer(question, ret);
  pw_string_free(question);
}
