package io.quittance.concurrency.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartyLimitTest {

  /** The parties take one after the other, in turns, until none may have one more. */
  @ParameterizedTest
  @CsvSource({
    // of 512 senders, three quarters: 3/4, 3/7, 3/10 and so on
    "512, 384, 1, 384",
    "512, 384, 2, 438",
    "512, 384, 3, 460",
    "512, 384, 10, 495",
    "512, 384, 100, 510",
    "512, 384, 511, 511",
    // of 32 threads for names, 4
    "32, 4, 1, 4",
    "32, 4, 2, 8",
    "32, 4, 8, 17",
    "32, 4, 31, 31",
    // of 8 batches, 4
    "8, 4, 1, 4",
    "8, 4, 2, 5",
    "8, 4, 3, 6",
    // small numbers
    "5, 3, 2, 4",
    "4, 3, 1, 3",
    "4, 3, 2, 3",
    "3, 2, 2, 2",
    "2, 1, 1, 1",
    "2, 1, 2, 2",
    "1, 1, 1, 1"
  })
  void leavesPlacesFreeHoweverManyPartiesTakeAllTheyMay(
      int places, int ofOneParty, int parties, int total) {
    int[] taken = taken(new PartyLimit(places, ofOneParty), parties);

    assertThat(Arrays.stream(taken).sum()).isEqualTo(total);
    assertThat(Arrays.stream(taken).max().orElseThrow() - Arrays.stream(taken).min().orElseThrow())
        .isLessThanOrEqualTo(1);
  }

  /** Whoever came when all was free keeps more, until it gives some back. */
  @Test
  void leavesAPlaceToEachOfSeveralThatComeOneAfterTheOther() {
    var limit = new PartyLimit(512, 384);
    int total = 0;
    for (int taken : new int[] {384, 96, 24, 6, 1}) {
      int own = 0;
      while (total < limit.places() && own < limit.whileTaken(total)) {
        own++;
        total++;
      }
      assertThat(own).isEqualTo(taken);
    }
    assertThat(total).isEqualTo(511);
  }

  @Test
  void limitsNobodyIfOnePartyMayHaveAll() {
    assertThat(taken(new PartyLimit(4, 4), 1)).containsExactly(4);
    assertThat(taken(new PartyLimit(4, Integer.MAX_VALUE), 2)).containsExactly(2, 2);
  }

  private static int[] taken(PartyLimit limit, int parties) {
    int[] taken = new int[parties];
    boolean more = true;
    while (more) {
      more = false;
      for (int party = 0; party < parties; party++) {
        int total = Arrays.stream(taken).sum();
        if (total < limit.places() && taken[party] < limit.whileTaken(total)) {
          taken[party]++;
          more = true;
        }
      }
    }
    return taken;
  }
}
