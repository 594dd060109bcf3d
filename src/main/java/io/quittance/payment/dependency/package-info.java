/**
 * What a payment depends on, each behind its circuit breaker, and how the journal is waited for.
 */
@NullMarked
package io.quittance.payment.dependency;

import org.jspecify.annotations.NullMarked;
