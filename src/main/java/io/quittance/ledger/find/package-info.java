/** Finds and lists accounts, transfers and entries, and shows them as JSON. */
@NullMarked
package io.quittance.ledger.find;

import org.jspecify.annotations.NullMarked;
