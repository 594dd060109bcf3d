package io.quittance.payment.batch.item;

import io.quittance.payment.create.BeginPayment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.timeline.TimelineScope;

/** An item of an atomic batch whose screening has answered. */
public record ScreenedItem(PaymentOrder order, BeginPayment begin, TimelineScope timeline) {}
