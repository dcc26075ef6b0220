// Knows what is owed to which state.
#include "tax.h"

#include <string.h>

// Where the shop is.
#define HOME "DE"

// What a rate is part of.
#define WHOLE 10000

// How many kinds of goods there are.
#define CLASSES 3

typedef struct country {
  const char *name;
  // In basis points, as of 2025: the standard rate, that of most foodstuffs, that of printed books.
  uint32_t rates[CLASSES];
  // How VAT numbers look: 9 stands for a digit, A for a letter, X for either, and all else for itself.
  const char *numbers[2];
} country_t;

static const country_t countries[] = {
    {"AT", {2000, 1000, 1000}, {"ATU99999999", NULL}},
    {"BE", {2100, 600, 600}, {"BE9999999999", NULL}},
    {"DE", {1900, 700, 700}, {"DE999999999", NULL}},
    {"ES", {2100, 1000, 400}, {"ESX9999999X", NULL}},
    {"FR", {2000, 550, 550}, {"FRXX999999999", NULL}},
    {"IE", {2300, 0, 0}, {"IE9999999A", "IE9999999AA"}},
    {"IT", {2200, 1000, 400}, {"IT99999999999", NULL}},
    {"LU", {1700, 300, 300}, {"LU99999999", NULL}},
    {"NL", {2100, 900, 900}, {"NL999999999B99", NULL}},
    {"PL", {2300, 500, 500}, {"PL9999999999", NULL}},
};

// The country of two letters, or nothing.
static const country_t *country_of(const pw_string_t *name) {
  for (size_t i = 0; i < sizeof(countries) / sizeof(countries[0]); i++) {
    if (pw_string_is(name, countries[i].name)) {
      return &countries[i];
    }
  }
  return NULL;
}

static bool fits(char pattern, char letter) {
  bool is_digit = letter >= '0' && letter <= '9';
  bool is_letter = letter >= 'A' && letter <= 'Z';
  switch (pattern) {
  case '9':
    return is_digit;
  case 'A':
    return is_letter;
  case 'X':
    return is_digit || is_letter;
  default:
    return pattern == letter;
  }
}

static bool looks(const pw_string_t *id, const char *pattern) {
  if (pattern == NULL || strlen(pattern) != id->len) {
    return false;
  }
  for (size_t i = 0; i < id->len; i++) {
    if (!fits(pattern[i], (char)id->ptr[i])) {
      return false;
    }
  }
  return true;
}

// Whether a text looks like the VAT number of the country whose letters it begins with.
static bool is_number(const pw_string_t *id) {
  if (id->len < 2) {
    return false;
  }
  pw_string_t name = {.ptr = id->ptr, .len = 2};
  const country_t *country = country_of(&name);
  return country != NULL && (looks(id, country->numbers[0]) || looks(id, country->numbers[1]));
}

// Takes a share, rounded half to even; the amount is not below 0.
static int64_t share(int64_t net, uint32_t rate) {
  // In two parts, so that nothing is too large.
  int64_t part = net % WHOLE * rate;
  int64_t cents = net / WHOLE * rate + part / WHOLE;
  int64_t twice = 2 * (part % WHOLE);
  return cents + (twice > WHOLE || (twice == WHOLE && cents % 2 == 1));
}

// Adds an amount to the tax of its rate; the highest rate stays first.
static void add(taxes_list_tax_t *taxes, uint32_t rate, int64_t net) {
  size_t at = 0;
  while (at < taxes->len && taxes->ptr[at].rate > rate) {
    at++;
  }
  if (at == taxes->len || taxes->ptr[at].rate != rate) {
    memmove(&taxes->ptr[at + 1], &taxes->ptr[at], (taxes->len - at) * sizeof(taxes->ptr[0]));
    taxes->ptr[at] = (taxes_tax_t){.rate = rate};
    taxes->len++;
  }
  taxes->ptr[at].net += net;
}

bool taxes_assess(taxes_customer_t *customer, pw_string_t *to, taxes_list_part_t *parts,
                  taxes_list_tax_t *ret, taxes_tax_error_t *err) {
  const country_t *country = country_of(to);
  const pw_string_t *id = customer->vat_id.is_some ? &customer->vat_id.val : NULL;
  bool is_good = country != NULL && (id == NULL || is_number(id));
  if (country == NULL) {
    err->tag = TRADE_TAX_ERROR_NO_SUCH_COUNTRY;
    err->val.no_such_country = pw_string_copy_n(to->ptr, to->len);
  } else if (!is_good) {
    err->tag = TRADE_TAX_ERROR_BAD_VAT_ID;
    err->val.bad_vat_id = pw_string_copy_n(id->ptr, id->len);
  } else {
    bool pays_itself =
        id != NULL && strcmp(country->name, HOME) != 0 && memcmp(id->ptr, HOME, 2) != 0;
    // No country has more rates than there are kinds of goods.
    *ret = (taxes_list_tax_t){.ptr = PW_ALLOC(taxes_tax_t, CLASSES), .len = 0};
    for (size_t i = 0; i < parts->len; i++) {
      uint32_t rate = pays_itself ? 0 : country->rates[parts->ptr[i].class_];
      add(ret, rate, parts->ptr[i].net);
    }
    for (size_t i = 0; i < ret->len; i++) {
      ret->ptr[i].tax = share(ret->ptr[i].net, ret->ptr[i].rate);
    }
  }
  taxes_customer_free(customer);
  pw_string_free(to);
  taxes_list_part_free(parts);
  return is_good;
}
