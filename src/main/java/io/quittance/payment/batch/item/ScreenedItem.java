package io.quittance.payment.batch.item;

import io.quittance.fraud.Screening;
import io.quittance.payment.create.Authorize;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.timeline.TimelineScope;

/** An item of an atomic batch that screening has answered for. */
public final class ScreenedItem {

  private final PaymentOrder order;
  private final Authorize authorize;
  private final TimelineScope timeline;

  ScreenedItem(
      PaymentOrder order, Authorize authorize, Screening screening, TimelineScope timeline) {
    this.order = order;
    this.authorize = authorize;
    this.timeline = timeline;
    authorize.screened(screening);
  }

  PaymentOrder order() {
    return order;
  }

  Authorize authorize() {
    return authorize;
  }

  TimelineScope timeline() {
    return timeline;
  }
}
