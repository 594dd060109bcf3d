package io.quittance.payment.dependency;

import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.payment.EventsCommitted;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.model.Payment;
import io.quittance.web.DependencyNames;
import io.quittance.web.TypeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Wakes the delivery of a payment's events. Best effort: the deliveries are stored already, so a
 * failure does not affect the payment. Thread-safe.
 */
@Component
public final class DeliveryTrigger {

  private static final Logger log = LoggerFactory.getLogger(DeliveryTrigger.class);

  private final Dependencies dependencies;
  private final PaymentProperties properties;
  private final ApplicationEventPublisher events;

  DeliveryTrigger(
      Dependencies dependencies, PaymentProperties properties, ApplicationEventPublisher events) {
    this.dependencies = dependencies;
    this.properties = properties;
    this.events = events;
  }

  /** Runs as the subtask "notification" of the payment's scope. */
  public void run(DeadlineScope scope, Payment payment) {
    var committed = new EventsCommitted(payment.terms().merchantId());
    scope.fork(
        DependencyNames.NOTIFICATION,
        properties.handOverLimit(),
        dependencies
            .notification()
            .<Boolean>behindBreaker(
                _ -> {
                  events.publishEvent(committed);
                  return true;
                }),
        failure -> false);
    try {
      scope.join();
    } catch (DeadlineExceededException | ScopeFailedException e) {
      log.debug(
          "Events of payment {} are sent by the next poll",
          TypeId.format("pay", payment.terms().id()),
          e);
    } catch (InterruptedException e) {
      // The payment is committed, so its caller gets the result even when the service stops.
      Thread.currentThread().interrupt();
    }
  }
}
