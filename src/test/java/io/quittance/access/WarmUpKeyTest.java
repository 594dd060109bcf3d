package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.identity.Actor;
import io.quittance.identity.Scope;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The service's own key opens little, and for a short time. */
class WarmUpKeyTest {

  private final WarmUpKey key = new WarmUpKey();

  private Map<ByteBuffer, Identity> found(String secret) {
    return key.with(Map.of(), List.of(ByteBuffer.wrap(new Secret(secret).hash())));
  }

  @Test
  void readsPaymentsAndNothingElse() {
    assertThat(found(key.text()).values())
        .singleElement()
        .satisfies(
            identity -> {
              assertThat(identity.scopes()).containsExactly(Scope.PAYMENTS_READ);
              assertThat(identity.actor().type()).isEqualTo(Actor.Type.SYSTEM);
            });
  }

  @Test
  void isAnotherOneInEachProcess() {
    assertThat(key.text()).startsWith("qt_").isNotEqualTo(new WarmUpKey().text());
  }

  @Test
  void opensNothingOnceItIsWithdrawn() {
    String text = key.text();
    key.withdraw();

    assertThat(found(text)).isEmpty();
    assertThatThrownBy(key::text).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void leavesOtherKeysAlone() {
    assertThat(found("qt_other")).isEmpty();
    key.text();
    assertThat(found("qt_other")).isEmpty();
  }
}
