/** Payments: what the journal changed, added to the panes exactly once. */
@NullMarked
package io.quittance.analytics.payment;

import org.jspecify.annotations.NullMarked;
