// Reads what its host lends it.
#include "lent.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static struct {
  bool is_there;
  reports_buffer_own_t it;
} held;

uint64_t lent_length(lent_bytes_borrow_t of) {
  uint64_t length = buffers_buffer_length(of);
  buffers_buffer_drop_borrow(of);
  return length;
}

void reports_head(reports_buffer_borrow_t of, uint64_t most, pw_list_u8_t *ret) {
  buffers_buffer_read(of, 0, most, ret);
  buffers_buffer_drop_borrow(of);
}

double reports_total(reports_buffer_borrow_t of, uint64_t first, uint64_t most) {
  pw_list_f64_t numbers;
  buffers_buffer_read_f64(of, first, most, &numbers);
  double total = 0;
  for (size_t i = 0; i < numbers.len; i++) {
    total += numbers.ptr[i];
  }
  pw_list_f64_free(&numbers);
  buffers_buffer_drop_borrow(of);
  return total;
}

#define FIRST(sort, into) \
  do { \
    pw_list_##sort##_t numbers; \
    buffers_buffer_read_##sort(of, 0, 1, &numbers); \
    (into) = numbers.ptr[0]; \
    pw_list_##sort##_free(&numbers); \
  } while (0)

void reports_numbers(reports_buffer_borrow_t of, pw_tuple6_u32_u64_s32_s64_f32_f64_t *ret) {
  FIRST(u32, ret->f0);
  FIRST(u64, ret->f1);
  FIRST(s32, ret->f2);
  FIRST(s64, ret->f3);
  FIRST(f32, ret->f4);
  FIRST(f64, ret->f5);
  buffers_buffer_drop_borrow(of);
}

uint64_t reports_lengths(reports_list_own_buffer_t *of) {
  uint64_t total = 0;
  for (size_t i = 0; i < of->len; i++) {
    total += buffers_buffer_length(buffers_buffer_borrow(of->ptr[i]));
    buffers_buffer_drop(of->ptr[i]);
  }
  reports_list_own_buffer_free(of);
  return total;
}

reports_buffer_own_t reports_part(reports_buffer_own_t of, uint64_t first, uint64_t most) {
  buffers_buffer_own_t rest = buffers_buffer_slice(buffers_buffer_borrow(of), first, UINT64_MAX);
  reports_buffer_own_t part = buffers_buffer_slice(buffers_buffer_borrow(rest), 0, most);
  buffers_buffer_drop(rest);
  buffers_buffer_drop(of);
  return part;
}

void reports_hold(reports_buffer_own_t it) {
  held.is_there = true;
  held.it = it;
}

bool reports_release(reports_buffer_own_t *ret) {
  bool was_there = held.is_there;
  *ret = held.it;
  held.is_there = false;
  return was_there;
}

bool reports_restock(pw_string_t *name, pw_tuple2_u64_u32_t *ret) {
  store_buffer_own_t found;
  bool is_there = store_find(name, &found);
  pw_string_free(name);
  if (is_there) {
    ret->f0 = store_measure(buffers_buffer_borrow(found));
    ret->f1 = store_put(found);
  }
  return is_there;
}

// Turns what a table complains about into a text.
static pw_string_t told(tables_mistake_t *mistake) {
  pw_string_t text;
  switch (mistake->tag) {
    case TABLES_MISTAKE_NO_COLUMN:
      text = pw_string_format(
          "no column %.*s", (int)mistake->val.no_column.len,
          (const char *)mistake->val.no_column.ptr);
      break;
    case TABLES_MISTAKE_TWICE:
      text = pw_string_format(
          "twice %.*s", (int)mistake->val.twice.len, (const char *)mistake->val.twice.ptr);
      break;
    case TABLES_MISTAKE_OTHER_KIND:
      text = pw_string_copy(
          mistake->val.other_kind == TABLES_KIND_TEXTS ? "these are texts"
                                                       : "these are no numbers");
      break;
    default:
      text = pw_string_copy("no such place");
  }
  tables_mistake_free(mistake);
  return text;
}

static bool find(reports_table_borrow_t of, const pw_string_t *column, uint32_t *place) {
  tables_list_column_t columns;
  tables_table_columns(of, &columns);
  bool is_there = false;
  for (size_t i = 0; i < columns.len; i++) {
    if (pw_string_equal(&columns.ptr[i].name, column)) {
      is_there = true;
      *place = (uint32_t)i;
    }
  }
  tables_list_column_free(&columns);
  return is_there;
}

bool reports_mean(
    reports_table_borrow_t of,
    pw_string_t *column,
    pw_tuple2_f64_u64_t *ret,
    pw_string_t *err) {
  uint32_t place;
  tables_mistake_t mistake;
  pw_list_f64_t values;
  pw_list_u64_t missing;
  bool is_well = false;
  if (!find(of, column, &place)) {
    *err = pw_string_format("no column %.*s", (int)column->len, (const char *)column->ptr);
  } else if (!tables_table_numbers(of, place, 0, UINT64_MAX, &values, &mistake)) {
    *err = told(&mistake);
  } else {
    if (tables_table_missing(of, place, 0, UINT64_MAX, &missing, &mistake)) {
      double total = 0;
      for (size_t i = 0; i < values.len; i++) {
        total += isnan(values.ptr[i]) ? 0 : values.ptr[i];
      }
      ret->f0 = total / (double)(values.len - missing.len);
      ret->f1 = missing.len;
      pw_list_u64_free(&missing);
      is_well = true;
    } else {
      *err = told(&mistake);
    }
    pw_list_f64_free(&values);
  }
  pw_string_free(column);
  tables_table_drop_borrow(of);
  return is_well;
}

static pw_string_t shown(const tables_value_t *value) {
  switch (value->tag) {
    case TABLES_VALUE_BOOLEAN:
      return pw_string_copy(value->val.boolean ? "true" : "false");
    case TABLES_VALUE_INTEGER:
      return pw_string_format("%" PRId64, value->val.integer);
    case TABLES_VALUE_NUMBER:
      return pw_string_format("%g", value->val.number);
    case TABLES_VALUE_TEXT:
      return pw_string_copy_n(value->val.text.ptr, value->val.text.len);
    case TABLES_VALUE_BLOB:
      return pw_string_format("%zu bytes", value->val.blob.len);
    default:
      return pw_string_copy("-");
  }
}

bool reports_describe(reports_table_borrow_t of, uint64_t row, pw_string_t *ret) {
  tables_list_value_t values;
  bool is_there = tables_table_row(of, row, &values);
  if (is_there) {
    pw_string_t *parts = PW_ALLOC(pw_string_t, 2 * values.len);
    for (size_t i = 0; i < values.len; i++) {
      parts[2 * i] = pw_string_view(i == 0 ? "" : ", ");
      parts[2 * i + 1] = shown(&values.ptr[i]);
    }
    *ret = pw_string_join(parts, 2 * values.len);
    for (size_t i = 0; i < values.len; i++) {
      pw_string_free(&parts[2 * i + 1]);
    }
    free(parts);
    tables_list_value_free(&values);
  }
  tables_table_drop_borrow(of);
  return is_there;
}

bool reports_choose(
    reports_table_own_t of,
    pw_list_string_t *columns,
    uint64_t first,
    uint64_t most,
    reports_table_own_t *ret,
    pw_string_t *err) {
  tables_table_own_t some;
  tables_mistake_t mistake;
  bool is_well = tables_table_select(tables_table_borrow(of), columns, &some, &mistake);
  if (is_well) {
    *ret = tables_table_slice(tables_table_borrow(some), first, most);
    tables_table_drop(some);
  } else {
    *err = told(&mistake);
  }
  pw_list_string_free(columns);
  tables_table_drop(of);
  return is_well;
}
