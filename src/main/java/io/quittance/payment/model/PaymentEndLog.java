package io.quittance.payment.model;

import io.quittance.web.TypeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each unsuccessful payment: its id, its merchant, and the reason as a code. No texts and no
 * accounts, because they may name people.
 */
public final class PaymentEndLog {

  private static final Logger log = LoggerFactory.getLogger(PaymentEndLog.class);

  private PaymentEndLog() {}

  /**
   * Logs the reason if the payment was unsuccessful. Must be called after the commit; logs once.
   */
  public static void logIfUnsuccessful(Payment payment) {
    if (!payment.markEndLogged()) {
      return;
    }
    String id = TypeId.format("pay", payment.terms().id());
    String merchant = TypeId.format("mch", payment.terms().merchantId());
    String status = payment.status().text();
    Failure failure = payment.failure();
    if (failure == null) {
      log.info("Payment {} of {} is {}", id, merchant, status);
    } else if (payment.status() == PaymentStatus.FAILED) {
      log.warn("Payment {} of {} has failed: {}", id, merchant, reason(failure));
    } else {
      log.info("Payment {} of {} is {}: {}", id, merchant, status, reason(failure));
    }
  }

  private static String reason(Failure failure) {
    return failure.dependency() == null
        ? failure.code()
        : failure.code() + " (" + failure.dependency() + ")";
  }
}
