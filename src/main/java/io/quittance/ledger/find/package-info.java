/** Looks up accounts, transfers and entries, lists them, and says how they look in JSON. */
@NullMarked
package io.quittance.ledger.find;

import org.jspecify.annotations.NullMarked;
