// Gives flags back, and works with them as with sets.
#include "flags.h"

switches_one_t switches_echo_one(switches_one_t it) {
  return it;
}

switches_eight_t switches_echo_eight(switches_eight_t it) {
  return it;
}

switches_nine_t switches_echo_nine(switches_nine_t it) {
  return it;
}

switches_seventeen_t switches_echo_seventeen(switches_seventeen_t it) {
  return it;
}

switches_thirty_two_t switches_echo_thirty_two(switches_thirty_two_t it) {
  return it;
}

switches_eight_t switches_inverted_eight(switches_eight_t it) {
  return it ^ 0xff;
}

switches_nine_t switches_inverted_nine(switches_nine_t it) {
  return it ^ 0x1ff;
}

bool switches_is_weekend(switches_eight_t it) {
  return (it & (SWITCHES_EIGHT_SATURDAY | SWITCHES_EIGHT_SUNDAY)) != 0;
}

void switches_each_thirty_two(switches_list_thirty_two_t *ret) {
  *ret = (switches_list_thirty_two_t){0};
  for (switches_thirty_two_t it = SWITCHES_THIRTY_TWO_F0; it != 0; it <<= 1) {
    PW_PUSH(ret, it);
  }
}

switches_thirty_two_t switches_union_thirty_two(
    switches_thirty_two_t left,
    switches_thirty_two_t right) {
  return left | right;
}

uint32_t switches_count_thirty_two(switches_thirty_two_t it) {
  uint32_t count = 0;
  for (; it != 0; it &= it - 1) {
    count++;
  }
  return count;
}
