package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.FairPlaces;
import io.quittance.identity.EnabledMerchants;
import io.quittance.journal.Journal;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

  /**
   * Some times what an item takes beside others. One that takes longer waits for a screening
   * service or a locked account, and takes nothing from others meanwhile. However slow items are,
   * so many places let no more in than quick items would use.
   */
  private static final Duration PLACE_LIMIT = Duration.ofMillis(50);

  private final Predicate<UUID> othersCome;
  private final EnabledMerchants merchants;
  private final FairPlaces<UUID> places;
  private final Executor later;

  /** The place of an item that was let in. It is left once. */
  final class Place implements AutoCloseable {

    private final UUID merchantId;
    private final AtomicBoolean left = new AtomicBoolean();

    private Place(UUID merchantId) {
      this.merchantId = merchantId;
    }

    @Override
    public void close() {
      if (left.compareAndSet(false, true)) {
        leave(merchantId);
      }
    }
  }

  @Autowired
  ItemGate(Journal journal, EnabledMerchants merchants, BatchProperties properties) {
    this(
        merchantId -> journal.othersWithin(merchantId, OTHERS_SEEN),
        merchants,
        properties.parallelismBesideOthers(),
        CompletableFuture.delayedExecutor(PLACE_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
  }

  /**
   * @param later runs what it is given when an item has taken too long
   */
  ItemGate(
      Predicate<UUID> othersCome, EnabledMerchants merchants, int besideOthers, Executor later) {
    this.othersCome = othersCome;
    this.merchants = merchants;
    this.places = new FairPlaces<>(besideOthers);
    this.later = later;
  }

  /**
   * Waits until an item of the merchant may start. After that, its {@link #place} must be left.
   *
   * @return false if the deadline passed first, or the merchant is disabled; the item must not
   *     start
   */
  boolean enter(UUID merchantId, Deadline deadline) throws InterruptedException {
    return merchants.isEnabled(merchantId, deadline.within(LOOK_UP_LIMIT).remaining())
        && places.take(merchantId, deadline, () -> !othersCome.test(merchantId));
  }

  /**
   * The place of an item that {@link #enter} has let in. It must be closed when the item has ended;
   * beside others, it is left earlier if the item takes long.
   */
  Place place(UUID merchantId) {
    var place = new Place(merchantId);
    if (othersCome.test(merchantId)) {
      later.execute(place::close);
    }
    return place;
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
