// Gives numbers back, and works with them.
#include "numbers.h"

bool echoes_echo_bool(bool it) {
  return it;
}

uint8_t echoes_echo_u8(uint8_t it) {
  return it;
}

int8_t echoes_echo_s8(int8_t it) {
  return it;
}

uint16_t echoes_echo_u16(uint16_t it) {
  return it;
}

int16_t echoes_echo_s16(int16_t it) {
  return it;
}

uint32_t echoes_echo_u32(uint32_t it) {
  return it;
}

int32_t echoes_echo_s32(int32_t it) {
  return it;
}

uint64_t echoes_echo_u64(uint64_t it) {
  return it;
}

int64_t echoes_echo_s64(int64_t it) {
  return it;
}

float echoes_echo_f32(float it) {
  return it;
}

double echoes_echo_f64(double it) {
  return it;
}

uint8_t arithmetic_add_u8(uint8_t left, uint8_t right) {
  return (uint8_t)(left + right);
}

int16_t arithmetic_add_s16(int16_t left, int16_t right) {
  return (int16_t)((uint16_t)left + (uint16_t)right);
}

uint32_t arithmetic_add_u32(uint32_t left, uint32_t right) {
  return left + right;
}

uint64_t arithmetic_add_u64(uint64_t left, uint64_t right) {
  return left + right;
}

int64_t arithmetic_add_s64(int64_t left, int64_t right) {
  return (int64_t)((uint64_t)left + (uint64_t)right);
}

float arithmetic_divide_f32(float left, float right) {
  return left / right;
}

double arithmetic_divide_f64(double left, double right) {
  return left / right;
}

bool arithmetic_is_nan(double it) {
  return it != it;
}

void arithmetic_bounds_8(pw_tuple3_s8_s8_u8_t *ret) {
  *ret = (pw_tuple3_s8_s8_u8_t){INT8_MIN, INT8_MAX, UINT8_MAX};
}

void arithmetic_bounds_16(pw_tuple3_s16_s16_u16_t *ret) {
  *ret = (pw_tuple3_s16_s16_u16_t){INT16_MIN, INT16_MAX, UINT16_MAX};
}

void arithmetic_bounds_32(pw_tuple3_s32_s32_u32_t *ret) {
  *ret = (pw_tuple3_s32_s32_u32_t){INT32_MIN, INT32_MAX, UINT32_MAX};
}

void arithmetic_bounds_64(pw_tuple3_s64_s64_u64_t *ret) {
  *ret = (pw_tuple3_s64_s64_u64_t){INT64_MIN, INT64_MAX, UINT64_MAX};
}
