/** The dependencies of a payment, each behind its circuit breaker, and calls to the journal. */
@NullMarked
package io.quittance.payment.dependency;

import org.jspecify.annotations.NullMarked;
