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

// Numbers as people write them: 1,728 and 1 728, -2, 0.5, 1/2, 512 B.

function number(text, unit = "") {
  let plain = text.trim().replace(/−/g, "-");
  if (unit && plain.endsWith(unit)) plain = plain.slice(0, -unit.length).trim();
  plain = plain.replace(/(\d)[,_\u00a0\u202f ](?=\d{3}(?!\d))/g, "$1");
  if (plain.length > 40 || !/^-?(\d+(\.\d*)?|\.\d+)(\/\d+)?$/.test(plain)) return null;
  const [over, under] = plain.split("/");
  const [whole, part = ""] = over.replace("-", "").split(".");
  const value = fraction(BigInt(whole + part || "0"), 10n ** BigInt(part.length));
  const signed = over.startsWith("-") ? negative(value) : value;
  if (under === undefined) return signed;
  return BigInt(under) ? divide(signed, fraction(BigInt(under))) : null;
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

function formula(text, symbols) {
  const written = text.replace(/\^/g, "**").replace(/·/g, "*").replace(/−/g, "-");
  const tokens = written.match(/\d+(\.\d+)?|[A-Za-z_]\w*|\*\*|\/\/|[-+*/%(),]|\S/g) || [];
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
