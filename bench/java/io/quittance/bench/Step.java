package io.quittance.bench;

import java.util.UUID;

/**
 * One operation to carry out. A capture or refund is of the payment that its client made last.
 *
 * @param order what the payment was made of, or is
 * @param amount what this step moves or holds
 */
record Step(Kind kind, Order order, int amount, UUID key) {}
