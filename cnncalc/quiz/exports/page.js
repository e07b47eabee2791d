"use strict";
// Checks the answers of a page. Numbers are exact fractions, formulas are compared at many points.

const questions = JSON.parse(document.getElementById("data").textContent);

// Exact fractions.

function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

function fraction(over, under = 1n) {
  if (under === 0n) throw new Error("division by zero");
  const common = (under < 0n ? -1n : 1n) * (gcd(over, under) || 1n);
  return { over: over / common, under: under / common };
}

const plus = (a, b) => fraction(a.over * b.under + b.over * a.under, a.under * b.under);
const negative = (a) => ({ over: -a.over, under: a.under });
const minus = (a, b) => plus(a, negative(b));
const times = (a, b) => fraction(a.over * b.over, a.under * b.under);
const divide = (a, b) => fraction(a.over * b.under, a.under * b.over);
const less = (a, b) => a.over * b.under < b.over * a.under;
const same = (a, b) => a.over === b.over && a.under === b.under;

function floor(a) {
  const whole = a.over / a.under;
  return fraction(a.over < 0n && whole * a.under !== a.over ? whole - 1n : whole);
}

const ceil = (a) => negative(floor(negative(a)));
const minimum = (...all) => all.reduce((a, b) => (less(b, a) ? b : a));
const maximum = (...all) => all.reduce((a, b) => (less(a, b) ? b : a));

function power(base, exponent) {
  if (exponent.under !== 1n || exponent.over > 200n || exponent.over < -200n) {
    throw new Error("an exponent must be a small whole number");
  }
  const n = exponent.over;
  return n < 0n
    ? divide(fraction(1n), power(base, fraction(-n)))
    : fraction(base.over ** n, base.under ** n);
}

// Numbers as people write them: 1,728 and 1 728, -2, 0.5 and 0,5, 1/2, 512 B, s = 3.

const GROUPED = /^[1-9]\d{0,2}([,_'’\u00a0\u202f ]\d{3})+(\.\d*)?$/;
const POINTED = /^[1-9]\d{0,2}((\.\d{3}){2,}|(\.\d{3})+,\d+)$/;
const DECIMAL = /^(\d+([.,]\d*)?|[.,]\d+)$/;

function decimal(text) {
  let plain = text.trim();
  if (GROUPED.test(plain)) plain = plain.replace(/[^\d.]/g, "");
  else if (POINTED.test(plain)) plain = plain.replace(/\./g, "").replace(",", ".");
  else if (DECIMAL.test(plain)) plain = plain.replace(",", ".");
  else return null;
  const [whole, part = ""] = plain.split(".");
  return fraction(BigInt(whole + part || "0"), 10n ** BigInt(part.length));
}

function number(text, unit = "") {
  let plain = text.trim().replace(/^[A-Za-z_]\w*\s*=/, "").trim().replace(/−/g, "-");
  if (unit && plain.endsWith(unit)) plain = plain.slice(0, -unit.length).trim();
  if (plain.length > 40) return null;
  const [over, ...under] = plain.replace(/^-/, "").split("/");
  const value = decimal(over);
  const divisor = under.length ? decimal(under.join("/")) : fraction(1n);
  if (!value || !divisor || !divisor.over) return null;
  const found = divide(value, divisor);
  return plain.startsWith("-") ? negative(found) : found;
}

// Formulas: a function from the values of the symbols.

const FUNCTIONS = { min: minimum, max: maximum, floor, ceil };
const OPERATORS = {
  "+": plus,
  "-": minus,
  "*": times,
  "/": divide,
  "//": (a, b) => floor(divide(a, b)),
  "%": (a, b) => minus(a, times(b, floor(divide(a, b)))),
};

const SIGNS = { "^": "**", "·": "*", "×": "*", "−": "-", "²": "**2 ", "³": "**3 " };
const isName = (token) => /^[A-Za-z_]\w*$/.test(token);
const isFunction = (token) => Object.hasOwn(FUNCTIONS, token);
// Can a factor end here?
const ends = (token) => /^(\)|\d+\.\d+|\w+)$/.test(token) && !isFunction(token);

// chw is C, H and W, where these are symbols and it is none.
function factors(token, symbols) {
  if (symbols.includes(token) || isFunction(token) || !isName(token)) return [token];
  const known = (name) => symbols.find((one) => one.toLowerCase() === name.toLowerCase());
  const parts = known(token) ? [known(token)] : [...token].map(known);
  return parts.every(Boolean) ? parts : [token];
}

// The signs of a formula; signs for products may be missing, but not behind a division, where it
// is open what divides.
function split(text, symbols) {
  const written = text.replace(/[\^·×−²³]/g, (sign) => SIGNS[sign]);
  const plain = (written.match(/\d+(\.\d+)?|[A-Za-z_]\w*|\*\*|\/\/|\S/g) || []).flatMap((token) =>
    factors(token, symbols),
  );
  const found = [];
  let before = "";
  let divided = [false];
  for (const token of plain) {
    if (ends(before) && (token === "(" || isName(token))) {
      if (divided.at(-1)) throw new Error("a sign is missing behind a division");
      found.push("*");
    }
    if (token === "(") divided.push(false);
    else if (token === ")") divided = divided.length > 1 ? divided.slice(0, -1) : [false];
    else if (["/", "//", "%"].includes(token)) divided[divided.length - 1] = true;
    else if (token === "*" || token === "," || ("+-".includes(token) && ends(before))) {
      divided[divided.length - 1] = false;
    }
    found.push(token);
    before = token;
  }
  return found;
}

function formula(text, symbols) {
  const tokens = split(text, symbols);
  if (tokens.length > 400) throw new Error("too long");
  let at = 0;
  const take = (...wanted) => (wanted.includes(tokens[at]) ? tokens[at++] : null);
  const need = (wanted) => {
    if (!take(wanted)) throw new Error(`${wanted} is missing`);
  };
  const chain = (next, ...operators) => () => {
    let left = next();
    for (let sign = take(...operators); sign; sign = take(...operators)) {
      const [a, b, combine] = [left, next(), OPERATORS[sign]];
      left = (values) => combine(a(values), b(values));
    }
    return left;
  };
  const sum = () => chain(product, "+", "-")();
  const product = () => chain(signed, "*", "/", "//", "%")();
  const signed = () => {
    if (take("-")) {
      const inner = signed();
      return (values) => negative(inner(values));
    }
    return take("+") ? signed() : raised();
  };
  const raised = () => {
    const base = atom();
    if (!take("**")) return base;
    const exponent = signed();
    return (values) => power(base(values), exponent(values));
  };
  const atom = () => {
    const token = tokens[at++];
    if (token === "(") {
      const inner = sum();
      need(")");
      return inner;
    }
    if (/^\d/.test(token ?? "")) {
      const value = number(token);
      return () => value;
    }
    if (Object.hasOwn(FUNCTIONS, token ?? "")) {
      need("(");
      const given = [sum()];
      while (take(",")) given.push(sum());
      need(")");
      return (values) => FUNCTIONS[token](...given.map((one) => one(values)));
    }
    if (!symbols.includes(token)) throw new Error(`${token ?? "the end"} is not expected`);
    return (values) => values[token];
  };
  const found = sum();
  if (at < tokens.length) throw new Error(`${tokens[at]} is not expected`);
  return found;
}

// Sixty points that are the same each time: two different formulas do not agree on all of them.

function points(symbols) {
  let state = 12345;
  const next = () => (state = (state * 1103515245 + 12345) % 2147483648) >> 8;
  return Array.from({ length: 60 }, () =>
    Object.fromEntries(symbols.map((symbol) => [symbol, fraction(BigInt(1 + (next() % 211)))])),
  );
}

function equivalent(one, other, symbols) {
  return points(symbols).every((values) => same(one(values), other(values)));
}

// Kinds of parts: what was answered (null: nothing that can be read), and is it this answer?

const KINDS = {
  choice: {
    ask: "Choose an answer first.",
    read: (text) => text || null,
    is: (answer, value) => answer === value,
  },
  number: {
    ask: "Write a number, such as 1,728 or 0.5 or 1/2.",
    read: (text, part) => number(text, part.unit),
    is: (answer, value, part) => {
      const off = minus(answer, number(value));
      return !less(number(part.tolerance), maximum(off, negative(off)));
    },
  },
  formula: {
    ask: "Write a formula, such as 9*C**2 + C.",
    read: (text, part) => {
      try {
        const found = formula(text, part.symbols);
        found(points(part.symbols)[0]);
        return found;
      } catch {
        return null;
      }
    },
    is: (answer, value, part) => {
      try {
        return equivalent(answer, formula(value, part.symbols), part.symbols);
      } catch {
        return false;
      }
    },
  },
};

// The page.

const state = questions.map(() => null); // for each question: its marks, once it is checked

function field(form, name) {
  const found = form.elements.namedItem(name);
  return found ? found.value : "";
}

function said(kind, text) {
  const line = document.createElement("p");
  line.className = kind;
  text.split("`").forEach((piece, i) => {
    const node = document.createElement(i % 2 ? "code" : "span");
    node.textContent = piece;
    line.append(node);
  });
  return line;
}

function markOf(part, answer) {
  const kind = KINDS[part.kind];
  if (kind.is(answer, part.right, part)) return { right: true };
  const found = part.wrong.find(([value]) => kind.is(answer, value, part));
  return { right: false, said: found?.[1] ?? "That is not right.", name: found?.[2] };
}

function line(part, mark) {
  const start = part.label ? `${part.label}: ` : "";
  if (mark.right) return said("right", `✓ ${start}Right.`);
  return said("wrong", `✗ ${start}${mark.said} The answer is ${part.key}.`);
}

function check(event, index) {
  event.preventDefault();
  if (state[index]) return;
  const section = document.getElementById(`q${index + 1}`);
  const form = section.querySelector("form");
  const feedback = section.querySelector(".feedback");
  const parts = questions[index].parts;
  const answers = parts.map((part, i) =>
    KINDS[part.kind].read(field(form, `q${index + 1}-${i}`), part),
  );
  const unread = answers.indexOf(null);
  if (unread >= 0) {
    const { label, kind } = parts[unread];
    feedback.replaceChildren(said("ask", (label ? `${label}: ` : "") + KINDS[kind].ask));
    return;
  }
  state[index] = parts.map((part, i) => markOf(part, answers[i]));
  feedback.replaceChildren(...parts.map((part, i) => line(part, state[index][i])));
  form.querySelectorAll("input, select, button").forEach((one) => (one.disabled = true));
  const solution = section.querySelector(".solution");
  solution.hidden = false;
  solution.open = state[index].some((mark) => !mark.right);
  showScore();
}

function share(marks) {
  return marks ? marks.filter((mark) => mark.right).length / marks.length : 0;
}

const short = (value) => String(Math.round(100 * value) / 100);

function showScore() {
  const topics = new Map();
  questions.forEach((question, i) => {
    const row = topics.get(question.topic) ?? { score: 0, answered: 0, all: 0 };
    row.score += share(state[i]);
    row.answered += state[i] ? 1 : 0;
    row.all += 1;
    topics.set(question.topic, row);
  });
  const answered = state.filter(Boolean).length;
  const score = state.reduce((sum, marks) => sum + share(marks), 0);
  document.getElementById("total").textContent =
    `${short(score)} of ${questions.length}; ${answered} answered`;
  const rows = [...topics].map(([topic, row]) => {
    const made = document.createElement("tr");
    const cells = [topic, `${short(row.score)} of ${row.all}`, `${row.answered} of ${row.all}`];
    made.append(
      ...cells.map((text) => {
        const cell = document.createElement("td");
        cell.textContent = text;
        return cell;
      }),
    );
    return made;
  });
  document.querySelector("#topics tbody").replaceChildren(...rows);
  showMistakes();
}

function showMistakes() {
  const counts = new Map();
  state.flatMap((marks) => marks ?? []).forEach(({ name }) => {
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  const place = document.getElementById("mistakes");
  place.replaceChildren();
  if (!counts.size) return;
  const list = document.createElement("ul");
  [...counts].sort((a, b) => b[1] - a[1]).forEach(([name, count]) => {
    const item = document.createElement("li");
    item.textContent = `You ${name}${count > 1 ? ` (${count} times)` : ""}.`;
    list.append(item);
  });
  place.append(said("", "What to look at again:"), list);
}

function begin() {
  questions.forEach((_, i) => {
    const section = document.getElementById(`q${i + 1}`);
    const form = section.querySelector("form");
    form.reset();
    form.querySelectorAll("input, select, button").forEach((one) => (one.disabled = false));
    section.querySelector(".feedback").replaceChildren();
    Object.assign(section.querySelector(".solution"), { hidden: true, open: false });
    state[i] = null;
  });
  showScore();
}

questions.forEach((_, i) => {
  const form = document.getElementById(`q${i + 1}`).querySelector("form");
  form.addEventListener("submit", (event) => check(event, i));
});
document.getElementById("again").addEventListener("click", () => {
  begin();
  scrollTo(0, 0);
});
begin();
