/** Reports from the entries: statements, past balances, trial balance, export, verification. */
@NullMarked
package io.quittance.ledger.report;

import org.jspecify.annotations.NullMarked;
