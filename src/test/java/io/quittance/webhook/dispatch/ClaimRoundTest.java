package io.quittance.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.concurrency.Deadline;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import io.quittance.webhook.delivery.Destination;
import io.quittance.webhook.dispatch.DestinationQueue.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;

/** A round of claims in which something fails. */
class ClaimRoundTest {

  private final UUID first = UUID.randomUUID();
  private final UUID failing = UUID.randomUUID();
  private final UUID last = UUID.randomUUID();

  private final DestinationQueue destinations = new DestinationQueue();
  private final List<UUID> handed = new ArrayList<>();

  @Test
  void handsOverWhatWasClaimedBesideAMerchantWhoseClaimFails() throws InterruptedException {
    queue(first, failing, last);

    boolean more = round(this::dispatch).run();

    assertThat(handed).containsExactly(first, failing, last);
    assertThat(more).as("worth another one for those that have more").isTrue();
    assertThat(destinations.isEmpty()).isTrue();
  }

  @Test
  void queuesAgainThoseWhoseTurnHasNotComeWhenItIsBrokenOff() {
    List<UUID> many = Stream.generate(UUID::randomUUID).limit(300).toList();
    queue(many.toArray(UUID[]::new));

    assertThatThrownBy(
            () ->
                round(
                        claimed -> {
                          throw new InterruptedException();
                        })
                    .run())
        .isInstanceOf(InterruptedException.class);

    assertThat(destinations.takeAll())
        .extracting(Entry::merchantId)
        .containsExactlyElementsOf(many.subList(256, 300));
  }

  /** Where they share a receiver, the next turn is that of those that found no room. */
  @Test
  void letsThoseThatHadATurnComeAfterTheOthers() throws InterruptedException {
    queue(first, failing, last);

    new ClaimRound(
            destinations,
            (entry, _, again) -> {
              if (entry.merchantId().equals(first)) {
                queue(first);
                again.accept(entry);
              } else {
                destinations.add(entry);
              }
              return false;
            },
            this::dispatch)
        .run();

    assertThat(destinations.takeAll())
        .extracting(Entry::merchantId)
        .containsExactly(failing, last, first);
  }

  private void queue(UUID... merchants) {
    for (UUID merchant : merchants) {
      destinations.add(new Destination(merchant, UUID.randomUUID()), Instant.EPOCH);
    }
  }

  private ClaimRound round(ClaimRound.Dispatch dispatch) {
    return new ClaimRound(destinations, this::claim, dispatch);
  }

  private void dispatch(List<Claimed> claimed) {
    claimed.forEach(delivery -> handed.add(delivery.merchantId()));
  }

  /** Claims one delivery for each merchant; the failing one's second claim fails. */
  private boolean claim(Entry entry, List<Claimed> claimed, Consumer<Entry> again) {
    UUID id = UUID.randomUUID();
    claimed.add(
        new Claimed(
            id,
            entry.merchantId(),
            id,
            entry.destinations().getFirst().endpointId(),
            0,
            false,
            Instant.EPOCH,
            Deadline.after(Duration.ofHours(1))));
    if (entry.merchantId().equals(failing)) {
      throw new CannotAcquireLockException("its row is locked");
    }
    return entry.merchantId().equals(first);
  }
}
