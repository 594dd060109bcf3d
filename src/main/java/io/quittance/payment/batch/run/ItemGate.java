package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FairPlaces;
import io.quittance.journal.Journal;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Lets a replica's batches have what others leave: while commands of other merchants come, only a
 * few items are under way at once, of all batches together; otherwise as many as the batches like.
 * The merchants share these few fairly, however long the items of one take ({@link FairPlaces}).
 * Thread-safe.
 */
@Component
final class ItemGate {

  /** Another merchant counts as active if a command of its came within this time. */
  private static final Duration OTHERS_SEEN = Duration.ofSeconds(1);

  private final Predicate<UUID> othersCome;
  private final FairPlaces<UUID> places;

  @Autowired
  ItemGate(Journal journal, BatchProperties properties) {
    this(
        merchantId -> journal.othersWithin(merchantId, OTHERS_SEEN),
        properties.parallelismBesideOthers());
  }

  ItemGate(Predicate<UUID> othersCome, int besideOthers) {
    this.othersCome = othersCome;
    this.places = new FairPlaces<>(besideOthers);
  }

  /**
   * Waits until an item of a merchant's may begin; then it must {@link #leave}.
   *
   * @return false if the deadline passed before, and the item is not under way
   */
  boolean enter(UUID merchantId, Deadline deadline) throws InterruptedException {
    return places.take(merchantId, deadline.remaining(), () -> !othersCome.test(merchantId));
  }

  void leave(UUID merchantId) {
    places.giveBack(merchantId);
  }
}
