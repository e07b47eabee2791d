"""Derivations put together: sums, products and differences of forms, shorter where they can be.

Factors of 1 and terms of 0 are left out, whole numbers that meet in a sum are added, and what
neighbouring terms have in common is taken out.
"""

from __future__ import annotations

from typing import Any

from cnncalc.notation import Form, Leaf, Number, Product, Sum, is_number


def moved(form: Form, by: int) -> Form:
    """The form plus a whole number of the formula."""
    return _sum(*_terms(form), by)


def plus(a: Form, b: Form) -> Form:
    """a + b, with what their neighbouring terms have in common taken out.

    What b takes away again that a has goes: ⌊t/2⌋ + (t − ⌊t/2⌋) is t.
    """
    terms, offset = _terms(a)
    others, last = _terms(b)
    if offset:
        terms = (*terms, (True, Number(offset)))
    for one in others:
        if not one[0] and (True, one[1]) in terms:
            terms, others = _without(terms, (True, one[1])), _without(others, one)
    if not terms or not others:
        return _sum(terms or others, last) if terms or others else Number(last)
    if terms[-1][0] and others[0][0]:
        together = _together(terms[-1][1], others[0][1])
        if together:
            return _sum((*terms[:-1], (True, together), *others[1:]), last)
    return _sum((*terms, *others), last)


def minus(a: Form, b: Form) -> Form:
    terms, offset = _terms(a)
    if offset:
        terms = (*terms, (True, Number(offset)))
    return _sum((*terms, (False, b)))


def opposite(form: Form) -> Form:
    """−a; that of −a is a."""
    return _terms(form)[0][0][1] if _is_opposite(form) else Sum(((False, form),))


def times(a: Form, b: Form) -> Form:
    """a · b; the sign of −a stands before the product."""
    if _is_opposite(a):
        return opposite(times(_terms(a)[0][0][1], b))
    if _is_opposite(b):
        return opposite(times(a, _terms(b)[0][0][1]))
    if is_number(b, 1):
        return a
    if is_number(a, 1):
        return b
    return Product((*_factors(a), *_factors(b)))


def _is_opposite(form: Form) -> bool:
    """Is it −a?"""
    return isinstance(form, Sum) and len(form.terms) == 1 and not form.offset


def _terms(form: Form) -> tuple[tuple[tuple[bool, Form], ...], int]:
    return (form.terms, form.offset) if isinstance(form, Sum) else (((True, form),), 0)


def _sum(terms: tuple[tuple[bool, Form], ...], offset: int = 0, by: int = 0) -> Form:
    offset += by
    if len(terms) == 1 and terms[0][0] and not offset:
        return terms[0][1]
    return Sum(terms, offset)


def _without(terms: tuple[Any, ...], one: Any) -> tuple[Any, ...]:
    """The terms but the first that is this one."""
    at = terms.index(one)
    return terms[:at] + terms[at + 1 :]


def _factors(form: Form) -> tuple[Form, ...]:
    return form.factors if isinstance(form, Product) else (form,)


def _together(a: Form, b: Form) -> Form | None:
    """a + b as a product, where both begin with the same quantities: C·k + C = C·(k + 1)."""
    ours, theirs = _factors(a), _factors(b)
    same = 0
    while same < min(len(ours), len(theirs)) and ours[same] == theirs[same]:
        same += 1
    if not any(
        isinstance(factor, Leaf) or not isinstance(factor, Number) for factor in ours[:same]
    ):
        return None
    common, ours, theirs = ours[:same], ours[same:], theirs[same:]
    if not ours and not theirs:
        return Product((Number(2), *common))
    rest = moved(_product(ours), 1) if not theirs else plus(_product(ours), _product(theirs))
    return Product((*common, rest))


def _product(factors: tuple[Form, ...]) -> Form:
    if not factors:
        return Number(1)
    return factors[0] if len(factors) == 1 else Product(factors)
