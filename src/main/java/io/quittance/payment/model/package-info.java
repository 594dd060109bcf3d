/**
 * The payment itself: its states and transitions, what moved of it, their tables and their JSON.
 */
@NullMarked
package io.quittance.payment.model;

import org.jspecify.annotations.NullMarked;
