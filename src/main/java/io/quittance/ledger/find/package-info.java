/** Finds and lists accounts, transfers and entries, and has their JSON. */
@NullMarked
package io.quittance.ledger.find;

import org.jspecify.annotations.NullMarked;
