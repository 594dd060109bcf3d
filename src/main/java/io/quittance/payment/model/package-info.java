/**
 * The payment itself: its states and transitions, its captures and refunds, their tables and JSON.
 * It is large because the aggregate, its rows and its JSON change together: a new field touches all
 * of them.
 */
@NullMarked
package io.quittance.payment.model;

import org.jspecify.annotations.NullMarked;
