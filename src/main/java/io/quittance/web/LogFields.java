package io.quittance.web;

import java.util.UUID;
import org.slf4j.MDC;

/** The fields in each log line of a request; cleared when the request ends. */
public final class LogFields {

  private static final String REQUEST = "request_id";
  private static final String MERCHANT = "merchant_id";
  private static final String PAYMENT = "payment_id";

  private LogFields() {}

  public static void request(String id) {
    MDC.put(REQUEST, id);
  }

  public static void merchant(UUID id) {
    MDC.put(MERCHANT, TypeId.format("mch", id));
  }

  public static void payment(UUID id) {
    MDC.put(PAYMENT, TypeId.format("pay", id));
  }

  public static void clear() {
    MDC.remove(REQUEST);
    MDC.remove(MERCHANT);
    MDC.remove(PAYMENT);
  }
}
