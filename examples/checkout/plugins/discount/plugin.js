// Finds the discount that is best for a customer: that of a coupon, or that for loyalty.
//
// A coupon is stored under its code as words: what it takes off, the least that has to be bought, until when, and
// what it is for.
import { ResultError, plugin } from "discount-sdk";
import * as store from "discount-sdk/store";

/** What a share is part of. */
const WHOLE = 10_000n;

/** How many orders make a customer loyal, and what that is worth. */
const LOYAL = 10;
const LOYALTY = 200n;

const CLASSES = ["standard", "food", "books"];

const NUMBER = /^-?\d{1,19}$/;

export default plugin({
  discounts: {
    find(customer, lines, coupon, now) {
      const loyal = loyalty(customer, lines);
      if (coupon === undefined) return best("loyalty", loyal);
      const found = stored(`coupon/${coupon}`);
      if (found === undefined) return best("loyalty", loyal);
      const read = parsed(found);
      if (read === undefined) throw new ResultError(`\`${coupon}\` is no coupon any more`);
      const off = takenOff(read, lines, now);
      return worth(off) > worth(loyal) ? best(`coupon ${coupon}`, off) : best("loyalty", loyal);
    },
  },
  coupons: {
    put(code, { worth: { tag, val }, class: of, atLeast, until }) {
      if (val < 0 || (tag === "share" && BigInt(val) > WHOLE)) {
        throw new ResultError("a coupon takes off from nothing to everything");
      }
      const text = `${tag} ${val} ${atLeast} ${until} ${of ?? "all"}`;
      asked(() => store.set(`coupon/${code}`, bytes(text)));
    },
  },
});

/** Keys and values here are ASCII, but for names of customers, which are only part of keys. */
const bytes = (text) => Uint8Array.from(text, (it) => it.charCodeAt(0));

/** Says in words what the store answered with. */
function asked(call) {
  try {
    return call();
  } catch (error) {
    if (error instanceof ResultError) throw new ResultError(error.message);
    throw error;
  }
}

function stored(key) {
  const value = asked(() => store.get(key));
  return value === undefined ? undefined : String.fromCharCode(...value);
}

function parsed(text) {
  const [kind, amount, atLeast, until, of, ...rest] = text.split(" ");
  const numbers = [amount, atLeast, until].every((it) => NUMBER.test(it ?? ""));
  const known = (kind === "share" || kind === "amount") && (of === "all" || CLASSES.includes(of));
  if (!numbers || !known || rest.length > 0) return undefined;
  return { kind, amount: BigInt(amount), atLeast: BigInt(atLeast), until: BigInt(until), of };
}

function loyalty({ id }, lines) {
  const orders = Number(stored(`customer/${id}/orders`) ?? "0");
  return orders >= LOYAL ? share(LOYALTY, lines.map((_, at) => at), lines) : [];
}

function takenOff({ kind, amount, atLeast, until, of }, lines, now) {
  const chosen = lines.map((_, at) => at).filter((at) => of === "all" || lines[at].class === of);
  const sum = chosen.reduce((sum, at) => sum + lines[at].net, 0n);
  if (now > until || sum < atLeast || sum === 0n) return [];
  return kind === "share" ? share(amount, chosen, lines) : spread(amount, sum, chosen, lines);
}

/** Takes a share off each line. */
function share(basis, chosen, lines) {
  return reductions(chosen.map((at) => [at, halfEven(lines[at].net * basis, WHOLE)]));
}

/** Spreads an amount by what lines cost: whole cents first, and those that are left to who lost most by that. */
function spread(wanted, sum, chosen, lines) {
  const amount = wanted < sum ? wanted : sum;
  const parts = chosen.map((at) => {
    const exact = amount * lines[at].net;
    return { at, cents: exact / sum, rest: exact % sum };
  });
  let left = amount - parts.reduce((sum, { cents }) => sum + cents, 0n);
  // The order of lines decides among equals: sorting keeps it.
  const byRest = parts.toSorted((a, b) => (a.rest === b.rest ? 0 : a.rest > b.rest ? -1 : 1));
  for (const part of byRest) {
    if (left === 0n) break;
    part.cents += 1n;
    left -= 1n;
  }
  return reductions(parts.map(({ at, cents }) => [at, cents]));
}

const reductions = (parts) =>
  parts.filter(([, cents]) => cents > 0n).map(([line, net]) => ({ line, net }));

const worth = (reductions) => reductions.reduce((sum, { net }) => sum + net, 0n);

const best = (reason, reductions) => (reductions.length > 0 ? { reason, reductions } : undefined);

/** Divides, and rounds half to even; neither is below 0. */
function halfEven(number, by) {
  const whole = number / by;
  const twice = 2n * (number % by);
  return twice > by || (twice === by && whole % 2n === 1n) ? whole + 1n : whole;
}
