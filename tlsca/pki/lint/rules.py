"""Every rule for one certificate, in the order of what they look at."""

from tlsca.pki.lint import dates, names, strength, structure, usage
from tlsca.pki.lint.subject import Rule

RULES: tuple[Rule, ...] = (*structure.RULES, *strength.RULES, *dates.RULES, *names.RULES, *usage.RULES)
