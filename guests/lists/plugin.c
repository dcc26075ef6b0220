// Gives lists back, makes them, and sums them up.
#include "lists.h"

void echoes_echo_bool(pw_list_bool_t *it, pw_list_bool_t *ret) {
  *ret = *it;
}

void echoes_echo_u8(pw_list_u8_t *it, pw_list_u8_t *ret) {
  *ret = *it;
}

void echoes_echo_s8(pw_list_s8_t *it, pw_list_s8_t *ret) {
  *ret = *it;
}

void echoes_echo_u16(pw_list_u16_t *it, pw_list_u16_t *ret) {
  *ret = *it;
}

void echoes_echo_s16(pw_list_s16_t *it, pw_list_s16_t *ret) {
  *ret = *it;
}

void echoes_echo_u32(pw_list_u32_t *it, pw_list_u32_t *ret) {
  *ret = *it;
}

void echoes_echo_s32(pw_list_s32_t *it, pw_list_s32_t *ret) {
  *ret = *it;
}

void echoes_echo_u64(pw_list_u64_t *it, pw_list_u64_t *ret) {
  *ret = *it;
}

void echoes_echo_s64(pw_list_s64_t *it, pw_list_s64_t *ret) {
  *ret = *it;
}

void echoes_echo_f32(pw_list_f32_t *it, pw_list_f32_t *ret) {
  *ret = *it;
}

void echoes_echo_f64(pw_list_f64_t *it, pw_list_f64_t *ret) {
  *ret = *it;
}

void echoes_echo_char(pw_list_char32_t *it, pw_list_char32_t *ret) {
  *ret = *it;
}

void echoes_echo_string(pw_list_string_t *it, pw_list_string_t *ret) {
  *ret = *it;
}

void echoes_echo_list(pw_list_list_u8_t *it, pw_list_list_u8_t *ret) {
  *ret = *it;
}

void echoes_echo_deep(pw_list_list_list_string_t *it, pw_list_list_list_string_t *ret) {
  *ret = *it;
}

void echoes_echo_record(echoes_list_point_t *it, echoes_list_point_t *ret) {
  *ret = *it;
}

void echoes_echo_tuple(pw_list_tuple3_u8_string_u64_t *it, pw_list_tuple3_u8_string_u64_t *ret) {
  *ret = *it;
}

void echoes_echo_variant(echoes_list_shape_t *it, echoes_list_shape_t *ret) {
  *ret = *it;
}

void echoes_echo_enum(echoes_list_colour_t *it, echoes_list_colour_t *ret) {
  *ret = *it;
}

void echoes_echo_flags(echoes_list_access_t *it, echoes_list_access_t *ret) {
  *ret = *it;
}

void echoes_echo_option(pw_list_option_u32_t *it, pw_list_option_u32_t *ret) {
  *ret = *it;
}

void echoes_echo_result(echoes_list_result_u8_string_t *it, echoes_list_result_u8_string_t *ret) {
  *ret = *it;
}

void lengths_count_u32(uint32_t length, pw_list_u32_t *ret) {
  *ret = (pw_list_u32_t){PW_ALLOC(uint32_t, length), length};
  for (uint32_t i = 0; i < length; i++) {
    ret->ptr[i] = i;
  }
}

void lengths_count_u8(uint32_t length, pw_list_u8_t *ret) {
  *ret = (pw_list_u8_t){PW_ALLOC(uint8_t, length), length};
  for (uint32_t i = 0; i < length; i++) {
    ret->ptr[i] = (uint8_t)i;
  }
}

void lengths_count_string(uint32_t length, pw_list_string_t *ret) {
  *ret = (pw_list_string_t){PW_ALLOC(pw_string_t, length), length};
  for (uint32_t i = 0; i < length; i++) {
    ret->ptr[i] = pw_string_format("%u", i);
  }
}

void lengths_count_point(uint32_t length, lengths_list_point_t *ret) {
  *ret = (lengths_list_point_t){PW_ALLOC(lengths_point_t, length), length};
  for (uint32_t i = 0; i < length; i++) {
    ret->ptr[i] = (lengths_point_t){(int32_t)i, -(int32_t)i};
  }
}

uint64_t lengths_sum_u8(pw_list_u8_t *it) {
  uint64_t sum = 0;
  for (size_t i = 0; i < it->len; i++) {
    sum += it->ptr[i];
  }
  pw_list_u8_free(it);
  return sum;
}

uint64_t lengths_sum_u32(pw_list_u32_t *it) {
  uint64_t sum = 0;
  for (size_t i = 0; i < it->len; i++) {
    sum += it->ptr[i];
  }
  pw_list_u32_free(it);
  return sum;
}

double lengths_sum_f64(pw_list_f64_t *it) {
  double sum = 0;
  for (size_t i = 0; i < it->len; i++) {
    sum += it->ptr[i];
  }
  pw_list_f64_free(it);
  return sum;
}

uint64_t lengths_sum_string(pw_list_string_t *it) {
  uint64_t sum = 0;
  for (size_t i = 0; i < it->len; i++) {
    sum += it->ptr[i].len;
  }
  pw_list_string_free(it);
  return sum;
}

int64_t lengths_sum_point(lengths_list_point_t *it) {
  int64_t sum = 0;
  for (size_t i = 0; i < it->len; i++) {
    sum += (int64_t)it->ptr[i].x + it->ptr[i].y;
  }
  lengths_list_point_free(it);
  return sum;
}
