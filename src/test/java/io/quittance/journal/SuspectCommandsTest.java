package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SuspectCommandsTest {

  private static final UUID OWN = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();
  private static final UUID THIRD = UUID.randomUUID();

  private final AtomicLong now = new AtomicLong(42);
  private final SuspectCommands suspects = new SuspectCommands(Duration.ofMillis(50), now::get);

  private record Asked(UUID merchantId, String kind, int number) implements Command<Integer> {

    @Override
    public Set<String> accounts() {
      return Set.of();
    }

    @Override
    public void prepare(UnitOfWork unit) {}

    @Override
    public Integer decide(UnitOfWork unit) {
      return number;
    }
  }

  private static Asked capture(UUID merchantId, int number) {
    return new Asked(merchantId, "capture", number);
  }

  @Test
  void suspectsNobodyAtFirst() {
    assertThat(suspects.suspects(capture(OWN, 1))).isFalse();
  }

  /** It goes on being tried, and tells nothing about others. */
  @Test
  void oneCommandThatIsBlockedAgainAndAgainMakesNoOtherSuspect() {
    for (int i = 0; i < 10; i++) {
      suspects.blockedAlone(capture(OWN, 1));
      now.addAndGet(Duration.ofMillis(100).toNanos());
    }

    assertThat(suspects.suspects(capture(OWN, 1))).isFalse();
    assertThat(suspects.suspects(capture(OWN, 2))).isFalse();
  }

  @Test
  void twoOfAKindMakeThatKindOfTheirMerchantSuspect() {
    suspects.blockedAlone(capture(OWN, 1));
    suspects.blockedAlone(capture(OWN, 2));

    assertThat(suspects.suspects(capture(OWN, 3))).isTrue();
    assertThat(suspects.suspects(capture(OTHER, 3))).isFalse();
    assertThat(suspects.suspects(new Asked(OWN, "refund", 3))).isFalse();
  }

  @Test
  void twoMerchantsMakeTheKindSuspect() {
    for (UUID merchant : new UUID[] {OWN, OTHER}) {
      suspects.blockedAlone(capture(merchant, 1));
      suspects.blockedAlone(capture(merchant, 2));
    }

    assertThat(suspects.suspects(capture(THIRD, 3))).isTrue();
    assertThat(suspects.suspects(new Asked(OWN, "refund", 3))).isFalse();
  }

  /** Each of two merchants has one command that waits for something of its own. */
  @Test
  void oneCommandOfEachMerchantIsNoReason() {
    suspects.blockedAlone(capture(OWN, 1));
    suspects.blockedAlone(capture(OTHER, 1));

    assertThat(suspects.suspects(capture(OWN, 2))).isFalse();
    assertThat(suspects.suspects(capture(THIRD, 2))).isFalse();
  }

  @Test
  void staysSuspectWhileOneIsBlockedAfterAnotherAndForAWhileAfter() {
    for (int i = 0; i < 6; i++) {
      suspects.blockedAlone(capture(OWN, i % 2));
      now.addAndGet(Duration.ofMillis(900).toNanos());
    }
    assertThat(suspects.suspects(capture(OWN, 3))).isTrue();

    now.addAndGet(Duration.ofMillis(100).toNanos());
    assertThat(suspects.suspects(capture(OWN, 3))).isFalse();
  }

  /** What it waits for may concern nobody else any more. */
  @Test
  void oneThatIsLeftKeepsNobodySuspect() {
    suspects.blockedAlone(capture(OWN, 1));
    suspects.blockedAlone(capture(OWN, 2));
    for (int i = 0; i < 11; i++) {
      now.addAndGet(Duration.ofMillis(100).toNanos());
      suspects.blockedAlone(capture(OWN, 2));
    }

    assertThat(suspects.suspects(capture(OWN, 3))).isFalse();
  }

  @Test
  void oneMerchantThatIsLeftKeepsNoOtherSuspect() {
    for (UUID merchant : new UUID[] {OWN, OTHER}) {
      suspects.blockedAlone(capture(merchant, 1));
      suspects.blockedAlone(capture(merchant, 2));
    }
    for (int i = 0; i < 11; i++) {
      now.addAndGet(Duration.ofMillis(100).toNanos());
      suspects.blockedAlone(capture(OTHER, i % 2));
    }

    assertThat(suspects.suspects(capture(OTHER, 3))).isTrue();
    assertThat(suspects.suspects(capture(THIRD, 3))).isFalse();
  }
}
