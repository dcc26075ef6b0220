/**
 * Functions between a plugin and its host: what the plugin calls, and what it answers.
 */
import { bug } from "./bug.js";
import { ResultError } from "./error.js";

/** A signature: the types of the parameters, and of what comes back, if anything does. */
export function func(params, result) {
  return { params, result, isAsync: false };
}

/** The signature of an `async func`. */
export function asyncFunc(params, result) {
  return { params, result, isAsync: true };
}

/** A `result` as the answer of a function: the error is thrown. */
export function outcome(ok, err) {
  return { isOutcome: true, ok, err };
}

/** A function of the host. */
export function imported(host, name, signature) {
  return calls(name, signature, (args) => host[name](...args));
}

/** Calls something of the runtime with values of the plugin, and gives back what it answers. */
export function calls(name, { params, result, isAsync }, call) {
  const lowered = (args) => params.map((it, at) => argument(name, at, it, args[at]));
  const lifted = (value) => {
    const type = result?.isOutcome ? result.ok : result;
    return type?.lift(value);
  };
  if (isAsync) {
    return async function (...args) {
      try {
        return lifted(await call(lowered(args), this));
      } catch (error) {
        throw refused(result, error);
      }
    };
  }
  return function (...args) {
    const given = lowered(args);
    if (!result?.isOutcome) return lifted(call(given, this));
    try {
      return lifted(call(given, this));
    } catch (error) {
      throw refused(result, error);
    }
  };
}

function argument(name, at, type, value) {
  try {
    return type.lower(value);
  } catch (error) {
    throw error?.inside?.(`argument ${at + 1} of ${name}`) ?? error;
  }
}

/** What a plugin catches where the host answered with an error. */
function refused(result, error) {
  if (!result?.isOutcome || !Object.hasOwn(error, "payload") || error instanceof ResultError) return error;
  return new ResultError(result.err?.lift(error.payload));
}

const sweeps = new Set();

/** Has something done before each answer. */
export function beforeAnswers(work) {
  sweeps.add(work);
}

/** What the host lends with the values that are being lifted. */
const lent = [];

const NOTHING = [];

/** Has something given back to the host at the end of the call with which it came. */
export function lend(it) {
  lent.push(it);
}

/** A function of the plugin, as the runtime calls it. */
export function answer(of, name, signature) {
  return answers(name, signature, (args) => of[name](...args));
}

/** Has the plugin answer a call of the runtime, whose values are lifted first. */
export function answers(name, { params, result, isAsync }, call) {
  const type = result?.isOutcome ? result.ok : result;
  const begin = (args) => {
    for (const sweep of sweeps) sweep();
    return params.map((it, at) => it.lift(args[at]));
  };
  const end = (value) => {
    try {
      return type?.lower(value);
    } catch (error) {
      throw error?.inside?.(`the answer of ${name}`) ?? error;
    }
  };
  if (isAsync) {
    return async function (...args) {
      let borrowed = NOTHING;
      try {
        const values = begin(args);
        borrowed = taken();
        return end(await call(values, this));
      } catch (error) {
        throw refusal(result, error);
      } finally {
        giveBack(borrowed);
      }
    };
  }
  return function (...args) {
    let borrowed = NOTHING;
    try {
      const values = begin(args);
      borrowed = taken();
      return end(call(values, this));
    } catch (error) {
      throw refusal(result, error);
    } finally {
      giveBack(borrowed);
    }
  };
}

/** What came with the values that have just been lifted, before other calls begin. */
function taken() {
  return lent.length === 0 ? NOTHING : lent.splice(0);
}

function giveBack(borrowed) {
  for (const it of borrowed) it[Symbol.dispose]();
}

/** What the runtime is told where the plugin threw: an error of the WIT, or that there is a bug. */
function refusal(result, error) {
  if (!result?.isOutcome || !(error instanceof ResultError)) return bug(error);
  try {
    return { payload: result.err?.lower(error.payload) };
  } catch (mismatch) {
    return bug(mismatch.inside?.("the payload of a ResultError") ?? mismatch);
  }
}
