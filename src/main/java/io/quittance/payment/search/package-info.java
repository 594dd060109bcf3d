/**
 * Search: a merchant's payments by status, account, currency, amount, time, batch and reference.
 */
@NullMarked
package io.quittance.payment.search;

import org.jspecify.annotations.NullMarked;
