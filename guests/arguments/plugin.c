// Takes many arguments.
#include "arguments.h"

void many_nothing(void) {}

static void numbers(const uint32_t *all, size_t count, pw_list_u32_t *ret) {
  *ret = (pw_list_u32_t){0};
  for (size_t i = 0; i < count; i++) {
    PW_PUSH(ret, all[i]);
  }
}

void many_sixteen(
    uint32_t a,
    uint32_t b,
    uint32_t c,
    uint32_t d,
    uint32_t e,
    uint32_t f,
    uint32_t g,
    uint32_t h,
    uint32_t i,
    uint32_t j,
    uint32_t k,
    uint32_t l,
    uint32_t m,
    uint32_t n,
    uint32_t o,
    uint32_t p,
    pw_list_u32_t *ret) {
  const uint32_t all[] = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p};
  numbers(all, 16, ret);
}

void many_seventeen(
    uint32_t a,
    uint32_t b,
    uint32_t c,
    uint32_t d,
    uint32_t e,
    uint32_t f,
    uint32_t g,
    uint32_t h,
    uint32_t i,
    uint32_t j,
    uint32_t k,
    uint32_t l,
    uint32_t m,
    uint32_t n,
    uint32_t o,
    uint32_t p,
    uint32_t q,
    pw_list_u32_t *ret) {
  const uint32_t all[] = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q};
  numbers(all, 17, ret);
}

void many_mixed(
    uint8_t a,
    int64_t b,
    float c,
    double d,
    bool e,
    uint32_t f,
    pw_string_t *g,
    pw_list_u8_t *h,
    pw_string_t *i,
    many_result_u8_string_t *j,
    pw_tuple2_u8_string_t *k,
    pw_string_t *l,
    pw_string_t *ret) {
  uint8_t letter[4];
  pw_string_t numbers = pw_string_format("%u %lld %g %g %s ", a, (long long)b, c, d, e ? "true" : "false");
  pw_string_t length = pw_string_format(" %zu ", h->len);
  pw_string_t good = pw_string_format("%u", j->is_err ? 0u : j->val.ok);
  pw_string_t pair = pw_string_format(" %u", k->f0);
  pw_string_t space = pw_string_view(" ");
  pw_string_t parts[] = {
      numbers,
      {letter, pw_char_write(f, letter)},
      space,
      *g,
      length,
      i == NULL ? pw_string_view("-") : *i,
      space,
      j->is_err ? j->val.err : good,
      pair,
      k->f1,
      space,
      *l,
  };
  *ret = pw_string_join(parts, sizeof parts / sizeof *parts);
  pw_string_free(&numbers);
  pw_string_free(&length);
  pw_string_free(&good);
  pw_string_free(&pair);
  pw_string_free(g);
  pw_list_u8_free(h);
  if (i != NULL) {
    pw_string_free(i);
  }
  many_result_u8_string_free(j);
  pw_tuple2_u8_string_free(k);
  pw_string_free(l);
}

void many_two_records(many_wide_t *left, many_wide_t *right, many_tuple2_wide_wide_t *ret) {
  *ret = (many_tuple2_wide_wide_t){*left, *right};
}

void many_records_and_more(
    many_labelled_t *first,
    uint8_t times,
    many_labelled_t *second,
    pw_list_string_t *ret) {
  *ret = (pw_list_string_t){0};
  many_labelled_t *both[] = {first, second};
  for (int i = 0; i < 2; i++) {
    for (uint8_t time = 0; time < times; time++) {
      PW_PUSH(ret, pw_string_copy_n(both[i]->label.ptr, both[i]->label.len));
    }
    many_labelled_free(both[i]);
  }
}

uint32_t many_optional(uint8_t *a, pw_string_t *b, bool *c) {
  uint32_t count = (a != NULL) + (b != NULL) + (c != NULL);
  if (b != NULL) {
    pw_string_free(b);
  }
  return count;
}

void many_texts(
    pw_string_t *a,
    pw_string_t *b,
    pw_string_t *c,
    pw_string_t *d,
    pw_string_t *e,
    pw_string_t *f,
    pw_string_t *g,
    pw_string_t *h,
    pw_string_t *i,
    pw_string_t *ret) {
  pw_string_t *all[] = {a, b, c, d, e, f, g, h, i};
  pw_string_t parts[17];
  for (int at = 0; at < 9; at++) {
    parts[at * 2] = *all[at];
    if (at > 0) {
      parts[at * 2 - 1] = pw_string_view("|");
    }
  }
  *ret = pw_string_join(parts, 17);
  for (int at = 0; at < 9; at++) {
    pw_string_free(all[at]);
  }
}
