package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FairPlaces;
import io.quittance.identity.EnabledMerchants;
import io.quittance.journal.Journal;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Limits how many items of batches start: while other merchants send commands, only a few items of
 * all batches are under way at once; otherwise there is no limit. Merchants share these few fairly,
 * however long one's items take ({@link FairPlaces}). Items of a disabled merchant do not start.
 * Thread-safe.
 */
@Component
final class ItemGate {

  /** Another merchant counts as active if it sent a command within this time. */
  private static final Duration OTHERS_SEEN = Duration.ofSeconds(1);

  /** Less than the grace that items have after their deadline. */
  private static final Duration LOOK_UP_LIMIT = Duration.ofMillis(100);

  private final Predicate<UUID> othersCome;
  private final EnabledMerchants merchants;
  private final FairPlaces<UUID> places;

  @Autowired
  ItemGate(Journal journal, EnabledMerchants merchants, BatchProperties properties) {
    this(
        merchantId -> journal.othersWithin(merchantId, OTHERS_SEEN),
        merchants,
        properties.parallelismBesideOthers());
  }

  ItemGate(Predicate<UUID> othersCome, EnabledMerchants merchants, int besideOthers) {
    this.othersCome = othersCome;
    this.merchants = merchants;
    this.places = new FairPlaces<>(besideOthers);
  }

  /**
   * Waits until an item of the merchant may start. After that, {@link #leave} must be called.
   *
   * @return false if the deadline passed first, or the merchant is disabled; the item must not
   *     start
   */
  boolean enter(UUID merchantId, Deadline deadline) throws InterruptedException {
    return merchants.isEnabled(merchantId, deadline.within(LOOK_UP_LIMIT).remaining())
        && places.take(merchantId, deadline, () -> !othersCome.test(merchantId));
  }

  /**
   * How many items of a merchant's may be under way at once, at present.
   *
   * @param wanted what its batch would like
   */
  int width(UUID merchantId, int wanted) {
    return othersCome.test(merchantId) ? Math.min(wanted, places.size()) : wanted;
  }

  void leave(UUID merchantId) {
    places.giveBack(merchantId);
  }
}
