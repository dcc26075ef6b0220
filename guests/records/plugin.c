// Gives records and tuples back, and makes new ones of their parts.
#include "records.h"

void people_echo_person(people_person_t *it, people_person_t *ret) {
  *ret = *it;
}

void people_echo_padded(people_padded_t *it, people_padded_t *ret) {
  *ret = *it;
}

void people_echo_single(people_single_t *it, people_single_t *ret) {
  *ret = *it;
}

void people_echo_pair(people_pair_t *it, people_pair_t *ret) {
  *ret = *it;
}

void people_echo_tuple(
    pw_tuple3_u8_tuple2_u64_tuple2_string_bool_char32_t *it,
    pw_tuple3_u8_tuple2_u64_tuple2_string_bool_char32_t *ret) {
  *ret = *it;
}

void people_echo_single_tuple(pw_tuple1_u32_t *it, pw_tuple1_u32_t *ret) {
  *ret = *it;
}

void people_introduce(pw_string_t *given, pw_string_t *family, uint8_t age, people_person_t *ret) {
  size_t at = 0;
  *ret = (people_person_t){
      .name = {.given = *given},
      .age = age,
      .initial = given->len > 0 ? pw_char_read(given, &at) : '?',
  };
  ret->name.family.is_some = family != NULL;
  if (family != NULL) {
    ret->name.family.val = *family;
  }
}

void people_moved(people_person_t *person, people_address_t *home, people_person_t *ret) {
  *ret = *person;
  ret->age++;
  // The list of the host's has no room for one more, so all homes go to a new one.
  ret->homes.ptr = PW_ALLOC(people_address_t, person->homes.len + 1);
  for (size_t i = 0; i < person->homes.len; i++) {
    ret->homes.ptr[i] = person->homes.ptr[i];
    person->homes.ptr[i] = (people_address_t){0};
  }
  ret->homes.ptr[ret->homes.len++] = *home;
  people_list_address_free(&person->homes);
}

void people_swapped(people_pair_t *it, people_tuple2_single_string_t *ret) {
  *ret = (people_tuple2_single_string_t){it->f1, it->f0};
}
