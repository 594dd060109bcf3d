package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TroubledMerchantsTest {

  private final UUID troubled = UUID.randomUUID();
  private final UUID other = UUID.randomUUID();
  private final RecentMerchants recent = new RecentMerchants(System::nanoTime);
  private final TroubledMerchants merchants = new TroubledMerchants(recent);

  private void bothCome() {
    recent.note(troubled);
    recent.note(other);
  }

  @Test
  void stepAsideOnceTheyHaveWaitedForLocksTwice() {
    bothCome();

    merchants.waitsForALock(troubled);
    assertThat(merchants.has(troubled)).isFalse();

    merchants.waitsForALock(troubled);
    assertThat(merchants.has(troubled)).isTrue();
    assertThat(merchants.has(other)).isFalse();
  }

  @Test
  void areLookedForWhenATransactionOfSeveralWasSlow() {
    bothCome();

    merchants.areSlow(Set.of(troubled, other));
    assertThat(merchants.watchful()).isTrue();
    assertThat(merchants.has(troubled)).isFalse();

    merchants.areSlow(Set.of(troubled));
    assertThat(merchants.has(troubled)).isTrue();
    assertThat(merchants.has(other)).isFalse();
  }

  @Test
  void areNotToBlameWhenSeveralAreSlow() {
    bothCome();

    merchants.areSlow(Set.of(troubled));
    merchants.areSlow(Set.of(other));

    assertThat(merchants.severalAreSlow()).isTrue();
    assertThat(merchants.has(troubled)).isFalse();
    assertThat(merchants.watchful()).isFalse();
  }

  @Test
  void stepAsideForNobody() {
    recent.note(troubled);

    merchants.areSlow(Set.of(troubled));

    assertThat(merchants.has(troubled)).isFalse();
  }
}
